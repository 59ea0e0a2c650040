"""Which columns of a list stay however narrow the window is: chosen in the address, kept by the browser."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PARAM = "columns"
LASTS_S = 365 * 24 * 3600
# By the page's URL name; without a choice each leaves a narrow window when there is no room for it.
OFFERED: dict[str, tuple[tuple[str, Promise], ...]] = {
    "container_list": (
        ("id", _("ID")),
        ("image", _("Image")),
        ("command", _("Command")),
        ("ports", _("Ports")),
        ("mode", _("Mode")),
        ("created", _("Created")),
    ),
    "network_list": (
        ("id", _("ID")),
        ("scope", _("Scope")),
        ("gateway", _("Gateway")),
        ("free", _("Free")),
        ("flags", _("Flags")),
        ("project", _("Project")),
        ("created", _("Created")),
    ),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column in the choice of them."""

    key: str
    label: Promise
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The choice for one list. `shown`: keys, for the data-show of its table; `rest`: what else the address asks."""

    page: str
    offered: tuple[Column, ...]
    rest: tuple[tuple[str, str], ...]
    is_chosen_now: bool

    @property
    def shown(self) -> str:
        return " ".join(column.key for column in self.offered if column.is_shown)

    def keep(self, answer: HttpResponse) -> HttpResponse:
        """Have the browser keep a choice that this address makes."""
        if self.is_chosen_now:
            answer.set_cookie(_cookie(self.page), self.shown.replace(" ", "."), max_age=LASTS_S, httponly=True, samesite="Lax")
        return answer


def read_columns(request: HttpRequest, page: str) -> Columns:
    """Return the choice in the address, else the one that the browser keeps, else none; what isn't offered is left aside."""
    is_chosen_now = PARAM in request.GET
    kept = request.GET.getlist(PARAM) if is_chosen_now else request.COOKIES.get(_cookie(page), "").split(".")
    offered = tuple(Column(key, label, key in kept) for key, label in OFFERED[page])
    rest = tuple((name, value) for name, values in request.GET.lists() if name != PARAM for value in values if value)
    return Columns(page, offered, rest, is_chosen_now)


def _cookie(page: str) -> str:
    return f"netadmin_columns_{page}_{settings.NETADMIN_PORT}"
