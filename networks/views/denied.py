"""The pages that say no: what is missing, and who can give it; and what stands before the policy."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlencode

import structlog
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.defaults import server_error

from networks.actions.jobs.starting import TooManyJobs
from networks.models import Engine, Grant, Role
from networks.models.damage import is_damage
from networks.models.database_trouble import explain_trouble, find_trouble, note_damage
from networks.policy.origins import Approach, is_allowed_host, is_origin, read_approach
from networks.policy.permissions import Denied, Permission, Person, is_superuser, permissions_of
from networks.policy.second_step import duty_of
from networks.policy.url_permissions import ON_ENGINE
from networks.views.shell import referring_page

log = structlog.get_logger(__name__)

_MISSING: dict[Permission, Promise] = {
    Permission.ANY: _("You have no role on any Engine yet, so there is nothing to show."),
    Permission.VIEW: _("You may not view this Engine."),
    Permission.CONNECT: _("You may look, but not change networks here. That takes the role operator or admin."),
    Permission.SHAPE: _("You may not do this here: it touches the machine that the Engine runs on. That takes the role admin."),
    Permission.RUN: _("You may not run or stop containers here. That takes the role operator or admin."),
    Permission.GRANT: _("You may not give roles on this Engine. That takes the role admin."),
    Permission.SUPERUSER: _("Only a superuser may enter here."),
}
_MOST_SHOWN = 200  # characters of a header on the page that refuses it
_MOST_NAMES = 5
RETRY_AFTER_S = 5
# What is open to whoever has to set a second step up first, besides the pages on which that is done.
_OPEN = frozenset({"account_logout", "account_login", "account_reauthenticate", "account_change_password", "set_language"})
_OPEN |= {"sign_on", "sign_on_callback", "sign_on_again", "sign_on_ended"}
# In a request's META: proxies are trusted, and none of them told who is at the other end.
CLIENT_UNTOLD = "netadmin.client_untold"
_OF_SECOND_STEP = "mfa_"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request makes no sense, 400, or that it holds more than any form here: 413."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        limit_mb = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) / 1_000_000
        context = {"limit_mb": limit_mb, "most_fields": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS}
        return render(request, "413.html", context, status=413)
    return render(request, "400.html", status=400)


def denied_page(request: HttpRequest, denied: Denied) -> HttpResponse:
    """Say what is missing, and what to do about it or whom to ask: 403; htmx puts the page's main part in place of the one that
    asked.
    """
    person, wanted, slug = request.user, denied.permission, denied.engine_slug
    held = permissions_of(person, slug) if slug else frozenset()
    # A stranger isn't told which Engines there are, nor anything of one.
    is_stranger = wanted is Permission.ANY or (wanted in ON_ENGINE and Permission.VIEW not in held)
    engine = None if is_stranger else Engine.objects.filter(slug=slug).first()
    no = _no_terminal(person, engine, held) if wanted is Permission.TERMINAL and engine else None
    if is_stranger and wanted is not Permission.ANY:
        wanted = Permission.VIEW
    asked = None if wanted is Permission.SUPERUSER else engine
    context = {
        "missing": no.missing if no else _MISSING.get(wanted, _("You may not do this.")),
        "engine": engine,
        "advice": no.advice if no else "",
        "advice_url": reverse("engine_people", args=[slug]) if no and no.advice else "",
        "people": people_to_ask(asked, person) if no is None or no.asks_others else [],
        "has_nothing": wanted is Permission.ANY,
    }
    return _framed(request, render(request, "denied.html", context, status=403))


@dataclass(frozen=True, slots=True)
class _NoTerminal:
    """Why no terminal is opened. `advice`: what this person can do about it, or "". `asks_others`: somebody else must."""

    missing: Promise
    advice: Promise | str
    asks_others: bool


def _no_terminal(person: Person, engine: Engine, held: frozenset[Permission]) -> _NoTerminal:
    """Tell what of the two is missing: that terminals are on for the Engine, and that one was given to this person."""
    is_on = engine.is_terminal_on
    is_given = Grant.objects.filter(user_id=person.pk or 0, engine=engine, has_terminal=True).exists()
    if is_on:
        missing = _("No terminal was given to you on this Engine; no role brings one.")
    elif is_given:
        missing = _("Terminals are switched off for this Engine.")
    else:
        missing = _("Terminals are switched off for this Engine, and none was given to you.")
    if Permission.GRANT not in held:
        return _NoTerminal(missing, "", asks_others=True)
    if is_given:
        return _NoTerminal(missing, _("Switch them on under People and roles, then open this page again."), asks_others=False)
    if is_superuser(person):
        both = _("Switch them on and give one to yourself under People and roles, then open this page again.")
        one = _("Give one to yourself under People and roles, then open this page again.")
        return _NoTerminal(missing, one if is_on else both, asks_others=False)
    return _NoTerminal(missing, "" if is_on else _("You can switch them on under People and roles."), asks_others=True)


def _framed(request: HttpRequest, page: HttpResponse) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        page["HX-Retarget"] = page["HX-Reselect"] = "#main"
        page["HX-Reswap"] = "outerHTML"
    return page


def read_only_page(request: HttpRequest) -> HttpResponse:
    """Say that nothing is changed now, by anybody: 403."""
    context = {"missing": _("Netadmin is in read-only mode: nothing can be changed."), "is_read_only": True}
    return _framed(request, render(request, "denied.html", context, status=403))


def people_to_ask(engine: Engine | None, person: Person) -> list[str]:
    """Return the names of those besides `person` who can give a role on this Engine, or on any when it is None."""
    who = Q(is_superuser=True)
    if engine is not None:
        who |= Q(grants__engine=engine, grants__role=Role.ADMIN)
    users = (
        get_user_model()._default_manager.filter(who, is_active=True).exclude(pk=person.pk or 0).distinct().order_by("username")
    )
    return [user.get_username() for user in users[:_MOST_NAMES] if isinstance(user, AbstractUser)]


def too_many_page(request: HttpRequest, too_many: TooManyJobs) -> HttpResponse:
    """Say how many jobs of this person are open already, and lead to them: 409, for nothing was begun."""
    return render(request, "409.html", {"sentence": too_many.sentence}, status=409)


def login_redirect(request: HttpRequest) -> HttpResponse:
    """Send to the login page and back; htmx follows a header instead of a redirect, which it would swap into the page."""
    return _lead_to(request, f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': _page_of(request)})}")


def ask_for_password(request: HttpRequest, *, may_go_on: bool) -> HttpResponse:
    """Ask for the password again. `may_go_on`: then what was sent is done; else its page is opened, to be filled anew."""
    target = reverse("account_reauthenticate")
    if may_go_on and request.method == "POST":
        return _lead_to(request, suspend_request(request, target).url)
    return _lead_to(request, f"{target}?{urlencode({'next': _page_of(request)})}")


def _lead_to(request: HttpRequest, target: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _page_of(request: HttpRequest) -> str:
    """Return the path to come back to: the page itself, or for a button the page that it stands on."""
    if request.method in ("GET", "HEAD") and request.headers.get("HX-Request") != "true":
        return request.get_full_path()
    return referring_page(request) or reverse("overview")


def refuse_origin(request: HttpRequest, approach: Approach) -> HttpResponse:
    """Say which host and origin came and which setting would admit them. Nothing has been read but the headers."""
    allowed = settings.NETADMIN_ALLOWED_ORIGINS
    is_host_wrong = not is_allowed_host(approach.host, allowed)
    wanted = f"{approach.scheme or 'http'}://{approach.host}" if is_host_wrong else approach.origin or ""
    context = {
        "is_host_wrong": is_host_wrong,
        "seen": _seen(approach),
        "setting": f"NETADMIN_TRUSTED_ORIGINS={_shown(wanted)}" if is_origin(wanted) else "",
        "allowed": sorted(allowed),
        "names_proxies": bool(approach.forwarded) and not settings.NETADMIN_TRUSTED_PROXIES,
    }
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("origin_refused.html", context), status=403)


def lead_below_prefix(request: HttpRequest) -> HttpResponse:
    """Answer whoever asks outside of the path that everything lies below: the proxy has to pass the whole path on."""
    prefix = settings.NETADMIN_PREFIX
    if request.path == prefix:
        return HttpResponseRedirect(f"{prefix}/")
    reason = _("This Netadmin is at %(url)s, as NETADMIN_PUBLIC_URL says. A proxy passes the whole path on, %(prefix)s included.")
    context = {"reason": reason % {"url": settings.NETADMIN_PUBLIC_URL, "prefix": prefix}}
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("404.html", context), status=404)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the form was too old, or not ours (Django's CSRF_FAILURE_VIEW). A wrong origin never comes this far."""
    approach = read_approach({name.lower(): value for name, value in request.headers.items()}, "", 0)
    return render(request, "403_csrf.html", {"reason": reason, "seen": _seen(approach)}, status=403)


def show_fault(request: HttpRequest) -> HttpResponse:
    """Answer what no view caught (Django's handler500): 503 with the reason where it is the database's, else 500."""
    trouble = find_trouble(sys.exc_info()[1])
    if trouble is None:
        return server_error(request)
    is_damaged = is_damage(trouble)
    if is_damaged:
        note_damage(trouble)
    # Rendered without the request: what a page's frame shows would ask the database.
    page = render_to_string("503.html", {"reason": explain_trouble(trouble), "is_damaged": is_damaged})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_S)})


def _seen(approach: Approach) -> list[tuple[str, str]]:
    """Return what came, for components/seen.html."""
    named = [("Host", approach.host), ("Origin", approach.origin or ""), *approach.forwarded.items()]
    return [(name, _shown(value)) for name, value in named]


def _shown(text: str) -> str:
    """Return hostile text, short and with what can't be seen made visible."""
    short = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)


def refuse_from_elsewhere(request: HttpRequest, name: str) -> None:
    """Return when the address that was asked may be reached from here. Raises Http404 for the admin site from elsewhere."""
    allowed = settings.NETADMIN_ADMIN_FROM
    if not allowed or not name.startswith("admin:"):
        return
    text = "" if request.META.get(CLIENT_UNTOLD) else str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        address = None
    address = getattr(address, "ipv4_mapped", None) or address  # as IPv4 comes to a socket of both families
    if address is None or not any(address.version == subnet.version and address in subnet for subnet in allowed):
        log.warning("admin_site_from_elsewhere", client=text)
        raise Http404(name)


def lead_to_second_step(request: HttpRequest, name: str) -> HttpResponse | None:
    """Return the way to the page where a second step is set up, once that is overdue; None while everything is open."""
    if name in _OPEN or name.startswith(_OF_SECOND_STEP):
        return None
    duty = duty_of(request.user, notes=True)
    is_shut = duty is not None and duty.is_for_all and duty.is_overdue()
    return _lead_to(request, reverse("mfa_index")) if is_shut else None
