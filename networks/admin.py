"""The admin site: what is remembered, to look at; people, grants and Engines, to edit. Only superusers enter."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.filters import AllValuesFieldListFilter
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.forms.engine import EngineAdminForm
from networks.forms.people import PersonAdminForm, is_last_superuser
from networks.models import (
    Action,
    Container,
    Endpoint,
    Engine,
    EngineStatus,
    Event,
    Grant,
    Network,
    Outcome,
    OutcomeKind,
    Pool,
    Tombstone,
)
from networks.models.access import keep_credentials
from networks.policy.permissions import is_superuser
from networks.sync.engines import is_own
from networks.sync.requests import request_sync
from networks.templatetags.ui import cut, short_id, visible

IN_LISTS = 80  # characters
ON_PAGES = 4_000
Column = Callable[[Any], Any]

# Django's own classes can't be subscripted when they run, and must be when they are checked.
if TYPE_CHECKING:
    RowAdmin = admin.ModelAdmin[Any]
    RowInline = admin.TabularInline[Any, Any]
    AnyUserAdmin = UserAdmin[User]
else:
    RowAdmin, RowInline, AnyUserAdmin = admin.ModelAdmin, admin.TabularInline, UserAdmin

admin.site.site_header = admin.site.site_title = "Netadmin"
admin.site.index_title = _("What Netadmin remembers, and who may do what")
# is_staff alone opens nothing here.
admin.site.has_permission = lambda request: is_superuser(request.user)  # type: ignore[method-assign]


@cache  # Django compares columns: the same field must be the same column
def show(model: type[Model], name: str, length: int) -> Column:
    """Return a column that writes one field safely: hostile text spelt out, long text cut, times in UTC."""
    field = model._meta.get_field(name)

    @admin.display(description=getattr(field, "verbose_name", name), ordering=name)
    def column(record: Any) -> Any:
        value = getattr(record, name)
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, datetime):
            return value.astimezone(UTC).strftime("%Y-%m-%d\u00a0%H:%M:%S\u00a0UTC")
        if length == IN_LISTS and name.endswith("_id"):
            return short_id(str(value))
        choice = getattr(record, f"get_{name}_display", None)
        text = choice() if choice else json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
        return cut(text, length)

    column.boolean = field.get_internal_type() == "BooleanField"  # type: ignore[attr-defined]
    column.__name__ = name
    return column


def list_columns(model: type[Model], names: Sequence[str | Column]) -> list[str | Column]:
    """Return the columns of a list; names of fields become columns that are safe to look at."""
    shown: list[str | Column] = []
    for name in names:
        try:
            shown.append(show(model, name, IN_LISTS) if isinstance(name, str) else name)
        except FieldDoesNotExist:
            shown.append(name)
    return shown


class SpeltValues(AllValuesFieldListFilter):
    """A filter by all values of a field, each spelt out."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": visible(choice["display"])}


class LookOnly:
    """Nothing is added or changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(LookOnly, RowAdmin):
    """Rows that only `sync` or an action writes: to look at, never to change."""

    columns: Sequence[str] = ()
    list_per_page = 100
    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> Any:
        model: type[Model] = self.model
        return list_columns(model, self.columns)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        model: type[Model] = self.model
        return [show(model, field.name, ON_PAGES) for field in model._meta.concrete_fields if not field.primary_key]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PoolInline(LookOnly, RowInline):
    """The pools of a network."""

    model = Pool
    extra = 0
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [show(Pool, name, ON_PAGES) for name in ("subnet", "ip_range", "gateway", "aux_addresses")]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


@admin.register(Network)
class NetworkAdmin(ReadOnly):
    columns = ("name", "docker_id", "driver", "scope", "is_internal", "has_ipv6", "created_at", "revision", "engine")
    list_select_related = ("engine",)
    list_filter = ("engine", ("driver", SpeltValues), ("scope", SpeltValues), "is_internal", "has_ipv6")
    search_fields = ("name", "docker_id", "pools__subnet")
    inlines = (PoolInline,)


@admin.register(Container)
class ContainerAdmin(ReadOnly):
    columns = ("name", "docker_id", "image", "state", "exit_code", "network_mode", "created_at", "revision", "engine")
    list_select_related = ("engine",)
    list_filter = ("engine", ("state", SpeltValues), ("health", SpeltValues))
    search_fields = ("name", "docker_id", "image")


@admin.register(Endpoint)
class EndpointAdmin(ReadOnly):
    columns = ("network_name", "container", "ipv4", "ipv6", "mac", "requested_ipv4", "engine")
    list_select_related = ("engine", "container", "network")
    list_filter = ("engine",)
    search_fields = ("network_name", "container__name", "ipv4", "ipv6", "mac", "docker_id")


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnly):
    columns = ("name", "kind", "docker_id", "gone_at", "revision", "engine")
    list_select_related = ("engine",)
    list_filter = ("engine", "kind")
    search_fields = ("name", "docker_id")


@admin.register(Event)
class EventAdmin(ReadOnly):
    columns = ("at", "kind", "verb", "actor_name", "container_name", "actor_id", "engine_slug")
    list_filter = (("engine_slug", SpeltValues), ("kind", SpeltValues), ("verb", SpeltValues))
    search_fields = ("actor_name", "container_name", "actor_id", "container_id")


@admin.register(Action)
class ActionAdmin(ReadOnly):
    """What people asked for, with the newest outcome of each."""

    columns = ("at", "who", "from_address", "verb", "what", "newest_outcome", "engine_slug", "command")
    list_filter = (("engine_slug", SpeltValues), ("verb", SpeltValues), ("who", SpeltValues))
    search_fields = ("who", "what", "docker_id", "command")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        newest = Outcome.objects.filter(action_id=OuterRef("pk")).order_by("-id").values("kind")[:1]
        actions: QuerySet[Action] = super().get_queryset(request)
        annotated: QuerySet[Any] = actions.annotate(outcome_kind=Subquery(newest))
        return annotated

    @admin.display(description=_("outcome"), ordering="outcome_kind")
    def newest_outcome(self, action: Any) -> str:
        kind = action.outcome_kind
        return str(OutcomeKind(kind).label) if kind in OutcomeKind.values else gettext("none yet")


@admin.register(Outcome)
class OutcomeAdmin(ReadOnly):
    columns = ("at", "action_id", "kind", "status", "words", "duration_ms")
    list_filter, search_fields = ("kind",), ("sentence", "=action_id")

    @admin.display(description=_("the Engine's words"), ordering="sentence")
    def words(self, outcome: Outcome) -> str:
        return cut(outcome.words, IN_LISTS)


@admin.register(EngineStatus)
class EngineStatusAdmin(ReadOnly):
    columns = ("engine", "state", "state_since", "as_of", "version", "api_version", "revision", "follower", "last_error")
    list_select_related = ("engine",)
    list_filter = ("state",)


@admin.register(Engine)
class EngineAdmin(RowAdmin):
    """Where Engines are. They aren't deleted here: their rows are sync's, and what people did there must keep its name."""

    list_display = ("slug", "name", "url")
    form = EngineAdminForm
    search_fields = ("slug", "name", "url")
    actions = ("sync_now",)
    exclude = ("is_terminal_on", "registries")  # on the Engine's own page

    def get_readonly_fields(self, request: HttpRequest, obj: Engine | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        if not is_own(obj):
            return ("slug",)
        return ("slug", "url", "netns") if settings.NETADMIN_NETNS else ("slug", "url")

    def save_model(self, request: HttpRequest, obj: Engine, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.draft is not None:
            keep_credentials(obj, form.draft.access)

    def has_delete_permission(self, request: HttpRequest, obj: Engine | None = None) -> bool:
        return False

    @admin.action(description=_("Sync now: read everything again"), permissions=["change"])
    def sync_now(self, request: HttpRequest, queryset: QuerySet[Engine]) -> None:
        for engine in queryset:
            known = {"engine": engine.name}
            if request_sync(engine.slug):
                self.message_user(request, gettext("%(engine)s was read again.") % known)
                continue
            text = gettext("%(engine)s was asked, but has not been read yet.") % known
            self.message_user(request, text, messages.WARNING)


@admin.register(Grant)
class GrantAdmin(RowAdmin):
    list_display = ("user", "engine", "role", "has_terminal", "is_mapped")
    readonly_fields = ("has_terminal",)  # given on the Engine's own page, which says what that opens
    list_select_related = ("user", "engine")
    list_filter = ("engine", "role")
    search_fields = ("user__username",)
    autocomplete_fields = ("user",)


class GrantInline(RowInline):
    model, extra, readonly_fields = Grant, 0, ("has_terminal",)


class PersonAdmin(AnyUserAdmin):
    """Django's own, with the person's grants below; nobody locks everybody out."""

    form = PersonAdminForm
    inlines = (GrantInline,)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any) -> Any:
        form = super().get_form(request, obj, change=change, **more)
        return type(form.__name__, (form,), {"asker": request.user})

    def get_actions(self, request: HttpRequest) -> Any:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_needed = obj is not None and (obj.pk == request.user.pk or is_last_superuser(obj))
        return super().has_delete_permission(request, obj) and not is_needed


# Nothing here sends e-mail. Second steps are taken away on a person's page, which writes it down; nobody sees their secrets.
# Where people sign on, the settings alone say.
for _model in [each for each in admin.site._registry if each._meta.app_label in ("account", "mfa", "socialaccount")]:
    admin.site.unregister(_model)
admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
