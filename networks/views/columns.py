"""Which columns of a list stay however narrow the window is: chosen in the address, kept by the browser."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language
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

    @property
    def ticks(self) -> str:
        """The columns to tick, drawn."""
        return _draw_ticks(self.page, self.shown, get_language())

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


@lru_cache(maxsize=64)  # 1 kB each; every page of a list has one, and hardly anybody chooses
def _draw_ticks(page: str, shown: str, language: str | None) -> str:
    """Return it in the language that is active, for which it is kept."""
    keys = shown.split()
    offered = [Column(key, label, key in keys) for key, label in OFFERED[page]]
    return render_to_string("components/columns_ticks.html", {"offered": offered})


def _cookie(page: str) -> str:
    return f"netadmin_columns_{page}_{settings.NETADMIN_COOKIE_SUFFIX}"
