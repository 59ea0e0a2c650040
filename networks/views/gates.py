"""What stands before the policy: from where the admin site may be reached, and a second step that is required."""

from __future__ import annotations

from ipaddress import ip_address

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from networks.policy.duty import duty_of
from networks.views.denied import lead_to_page

log = structlog.get_logger(__name__)

# What is open to whoever has to set a second step up first, besides the pages on which that is done.
_OPEN = frozenset({"account_logout", "account_login", "account_reauthenticate", "account_change_password", "set_language"})
# In a request's META: proxies are trusted, and none of them told who is at the other end.
CLIENT_UNTOLD = "netadmin.client_untold"
_OF_SECOND_STEP = "mfa_"


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
    return lead_to_page(request, "mfa_index") if is_shut else None
