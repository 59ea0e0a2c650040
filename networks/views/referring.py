"""The page that a request was sent from, as a place to go back to."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def referring_page(request: HttpRequest) -> str:
    """Return path and query of the page that sent this, "" where it isn't one of ours.

    Its path alone is looked at as well: a browser takes "//elsewhere" and "/\\elsewhere" for another site's address.
    """
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(sent_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(sent_from)
    page = parts.path + (f"?{parts.query}" if parts.query else "")
    return page if page.startswith("/") and url_has_allowed_host_and_scheme(page, None) else ""
