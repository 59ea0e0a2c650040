"""What every page shares: the Engine that it is about, the rights there, the navigation, and whether it is live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import NoReverseMatch, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from networks.partials.framed import beside_of
from networks.partials.screen import SWARM_PAGES, ScreenKey, is_across, socket_url
from networks.partials.shell import ACTING_STATES, FrameEngine, frame_engine
from networks.policy.permissions import (
    Denied,
    Permission,
    is_superuser,
    permissions_by_engine,
    read_reach,
    write_reach,
    write_rights,
)
from networks.policy.second_step import duty_of, is_shut_out
from networks.queries.engines import list_engines
from networks.queries.rows import EngineRow
from networks.sync.attention import FIGURE_PAGES, note_viewer
from networks.sync.host.board import traffic_of

CHOICE_LASTS_S = 365 * 24 * 3600  # how long a browser keeps which Engine it looked at last
# Counters that nobody looked at are not measured: the first page waits for a sample, which takes five milliseconds, or goes on.
FRESH_WITHIN_S = 0.05
# Where no script runs, a live page may read itself anew: by its address, so that it is one page's alone, and ends with it.
RELOADS, RELOADS_ON, RELOAD_EVERY_S = "refresh", "on", 10
THEMES = frozenset({"light", "dark"})

# What navigation shows: the first word of the URL names that belong to it, label, and where it leads.
_NAVIGATION: tuple[tuple[str, Promise, str], ...] = (
    ("overview", _("Overview"), "overview"),
    ("network", _("Networks"), "network_list"),
    ("container", _("Containers"), "container_list"),
    ("interface", _("Interfaces"), "interface_list"),
    ("address", _("Addresses"), "address_list"),
    ("event", _("Events"), "event_list"),
    ("job", _("Jobs"), "job_list"),
    ("activity", _("Activity"), "activity_list"),
    ("engine", _("Engines"), "engine_list"),
)


@dataclass(frozen=True, slots=True)
class Access:
    """The Engines that this person may view, by slug, and what they may do on each; read once per request.

    `default`: what a page is about that names none: the one that this browser was switched to last, else the first that was
    added, or that the person got a role on. Whatever is added later leaves it alone. None where there is no Engine.
    """

    engines: tuple[EngineRow, ...] = ()
    default: EngineRow | None = None
    permissions: dict[str, frozenset[Permission]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry of the navigation."""

    name: str
    label: Promise
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Reload:
    """How a live page is read anew where no script runs. `every_s`: by itself, 0 for not; `url`: once more, `other_url`: the
    page with that switched. `drawn_at`: of when it is.
    """

    every_s: int
    url: str
    other_url: str
    drawn_at: datetime


@dataclass(frozen=True, slots=True)
class Shell:
    """The template context `shell`. `socket_url` is "" and `reload` None on a page that isn't live. `second_step_due`: until when
    this person has to set a second step up, None for not at all; `is_shut_out`: nothing else is open to them.
    """

    engines: tuple[FrameEngine, ...] = ()
    engine: FrameEngine | None = None
    nav: tuple[NavigationEntry, ...] = ()
    rights: frozenset[str] = frozenset()
    can_admin: bool = False
    is_read_only: bool = False
    theme: str = ""
    socket_url: str = ""
    epoch: str = ""
    revision: int = 0
    reload: Reload | None = None
    second_step_due: datetime | None = None
    is_shut_out: bool = False

    @property
    def is_off(self) -> bool:
        """Tell whether nothing can be changed on this Engine now, so that its buttons start switched off."""
        return self.is_read_only or self.engine is None or self.engine.state not in ACTING_STATES


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give every template what its frame shows. Two statements at most, none for a stranger."""
    person = getattr(request, "user", None) or AnonymousUser()
    theme = request.COOKIES.get("theme", "")
    theme = theme if theme in THEMES else ""
    if not person.is_authenticated:
        return {"shell": Shell(theme=theme)}
    access = rights_of_request(request)
    key: ScreenKey | None = getattr(request, "shell_key", None)
    engine = _engine_of(request, access, key)
    return {
        "shell": Shell(
            engines=tuple(frame_engine(row) for row in access.engines),
            engine=frame_engine(engine) if engine else None,
            nav=_navigation(request, access, engine, _hidden(access)),
            rights=frozenset(write_rights(access.permissions.get(engine.slug, ())).split(",")) if engine else frozenset(),
            can_admin=is_superuser(person),
            is_read_only=settings.NETADMIN_READ_ONLY,
            theme=theme,
            socket_url=socket_url(key) if key else "",
            # Read before the page's rows: they may be newer than this revision, never older.
            epoch=engine.epoch + getattr(request, "shell_beside", "") if engine else "",
            revision=engine.revision if engine else 0,
            reload=_reload_of(request) if key else None,
            second_step_due=duty.due_at if (duty := duty_of(person)) else None,
            is_shut_out=is_shut_out(person),
        )
    }


def _reload_of(request: HttpRequest) -> Reload:
    given = request.GET.copy()
    is_on = given.pop(RELOADS, [""])[-1] == RELOADS_ON
    if not is_on:
        given[RELOADS] = RELOADS_ON
    switched = given.urlencode()
    other_url = f"{request.path}?{switched}" if switched else request.path
    return Reload(RELOAD_EVERY_S if is_on else 0, request.get_full_path(), other_url, timezone.now())


def engines_seen(request: HttpRequest) -> frozenset[str]:
    """Return the slugs of the Engines that the request's person may view."""
    return frozenset(slug for slug, may in rights_of_request(request).permissions.items() if Permission.VIEW in may)


def rights_of_request(request: HttpRequest) -> Access:
    """Return the Engines and rights of the request's person, read at the first call."""
    known: Access | None = getattr(request, "shell_access", None)
    if known is None:
        rows = list_engines()
        permissions = permissions_by_engine(request.user, [row.slug for row in sorted(rows, key=lambda row: row.pk)])
        seen = {row.slug: row for row in rows if row.slug in permissions}
        kept = request.COOKIES.get(choice_cookie(), "")
        default = next((row for row in seen.values() if str(row.pk) == kept), None) or seen.get(next(iter(permissions), ""))
        known = Access(tuple(seen.values()), default, permissions)
        request.shell_access = known  # type: ignore[attr-defined]
    return known


def choice_cookie() -> str:
    """Return the name of the cookie that keeps which Engine a browser was switched to: by number, for a name may come again."""
    return f"netadmin_engine_{settings.NETADMIN_COOKIE_SUFFIX}"


def reach_of_request(request: HttpRequest) -> str:
    """Return of which Engines a page across them shows this person something."""
    return write_reach((row.slug for row in rights_of_request(request).engines), is_superuser=is_superuser(request.user))


def pick_engine(request: HttpRequest, engine_slug: str = "") -> EngineRow:
    """Return the Engine that the page is about: the URL's, else `?engine=`, else the default.

    Raises Denied when the person may not view it (or any), Http404 when a superuser names one that isn't there.
    """
    access = rights_of_request(request)
    by_slug = {row.slug: row for row in access.engines}
    wanted = engine_slug or request.GET.get("engine", "")
    if wanted:
        if wanted in by_slug:
            return by_slug[wanted]
        if is_superuser(request.user):
            raise Http404(wanted)
        raise Denied(Permission.VIEW, wanted)
    if access.default is None:
        if is_superuser(request.user):
            raise Http404
        raise Denied(Permission.ANY)
    return access.default


def open_screen(
    request: HttpRequest,
    page: str,
    *,
    engine_slug: str = "",
    docker_id: str = "",
    params: Iterable[str] = (),
    is_live: bool = True,
) -> ScreenKey:
    """Return the key of the page asked for, and make the page live unless `is_live` is false. Raises as pick_engine does.

    `params`: the names in the query string that the page understands; the others, and empty ones, are dropped.
    """
    engine = pick_engine(request, engine_slug)
    query = urlencode([(name, value) for name in sorted(params) for value in request.GET.getlist(name) if value])
    rights = write_rights(rights_of_request(request).permissions.get(engine.slug, frozenset()))
    reach = reach_of_request(request) if is_across(page, docker_id) else ""
    key = ScreenKey(page, engine.slug, docker_id, query, get_language() or settings.LANGUAGE_CODE, rights, reach)
    request.shell_engine = engine  # type: ignore[attr-defined]
    note_viewer(engine.slug, page, docker_id)
    for slug in read_reach(reach) if page in SWARM_PAGES else ():
        note_viewer(slug)  # who takes part is known by reading alone
    if page in FIGURE_PAGES:
        traffic_of(engine.slug).wait_for_sample(FRESH_WITHIN_S)
    request.shell_beside = beside_of(key)  # type: ignore[attr-defined]
    if is_live:
        request.shell_key = key  # type: ignore[attr-defined]
    return key


def _engine_of(request: HttpRequest, access: Access, key: ScreenKey | None) -> EngineRow | None:
    """Return the Engine of the frame: the page's own, else the URL's, else the default; None where there is none."""
    chosen: EngineRow | None = getattr(request, "shell_engine", None)
    if chosen or not access.engines:
        return chosen
    by_slug = {row.slug: row for row in access.engines}
    match = request.resolver_match
    slug = key.engine_slug if key else (match.kwargs.get("engine_slug", "") if match else "")
    return by_slug.get(slug) or access.default


def _hidden(access: Access) -> frozenset[str]:
    """Return the entries that would lead to an empty page: jobs are shown only where there are some that this person may see."""
    can_have = (row for row in access.engines if Permission.CONNECT in access.permissions.get(row.slug, frozenset()))
    return frozenset() if any(row.has_jobs for row in can_have) else frozenset({"job"})


def _navigation(
    request: HttpRequest, access: Access, engine: EngineRow | None, hidden: frozenset[str]
) -> tuple[NavigationEntry, ...]:
    """Return the entries; they keep to the page's Engine, also where it isn't the default."""
    if engine is None:
        return ()
    match = request.resolver_match
    current = (match.url_name or "") if match else ""
    suffix = "" if access.default and access.default.slug == engine.slug else "?" + urlencode({"engine": engine.slug})
    entries = []
    for name, label, url_name in (entry for entry in _NAVIGATION if entry[0] not in hidden):
        try:
            url = reverse(url_name) + ("" if name == "engine" else suffix)
        except NoReverseMatch:  # navigation shows only pages that exist
            continue
        entries.append(NavigationEntry(name, label, url, current.split("_")[0] == name))
    return tuple(entries)


def resolve_path(path: str) -> ResolverMatch:
    """Return what is at the path of one of our addresses, as a browser has it. Raises Resolver404."""
    return resolve(path.removeprefix(settings.NETADMIN_PREFIX))


def referring_page(request: HttpRequest) -> str:
    """Return path and query of the page that sent this, "" where it isn't one of ours.

    Its path alone is looked at as well: a browser takes "//elsewhere" and "/\\elsewhere" for another site's address.
    """
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(sent_from)
    page = parts.path + (f"?{parts.query}" if parts.query else "")
    is_below = page.startswith(f"{settings.NETADMIN_PREFIX}/")  # the rest of the host is others'
    return page if is_below and url_has_allowed_host_and_scheme(page, None) else ""
