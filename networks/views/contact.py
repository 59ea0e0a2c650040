"""Where whoever finds a hole in this installation writes to: /.well-known/security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from networks.policy.origins import asked_origin

# The file is made anew with each request. RFC 9116 wants less than a year: whoever keeps a copy shall not trust it for long.
_DAYS = 180


def show_security_contact(request: HttpRequest) -> HttpResponse:
    """Answer with NETADMIN_SECURITY_CONTACT, good for 180 days from today's midnight (UTC).

    Raises Http404 where it names nobody.
    """
    contacts: tuple[str, ...] = settings.NETADMIN_SECURITY_CONTACT
    if not contacts:
        raise Http404("NETADMIN_SECURITY_CONTACT names nobody")
    until = datetime.combine(timezone.now().astimezone(UTC).date() + timedelta(days=_DAYS), time())
    lines = [f"Contact: {contact}" for contact in contacts]
    lines += [f"Expires: {until.isoformat()}Z", "Preferred-Languages: en, ko"]
    origin = asked_origin(request.headers.get("Host", ""), settings.NETADMIN_ALLOWED_ORIGINS, is_secure=request.is_secure())
    if origin.startswith("https://"):  # RFC 9116 allows no other Canonical
        lines.append(f"Canonical: {origin}{request.path}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
