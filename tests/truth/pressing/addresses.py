"""Which of Netadmin's addresses a URL is."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import Resolver404, ResolverMatch, resolve


def match_of(url: str) -> ResolverMatch | None:
    """Return the address that answers, None for a foreign one."""
    try:
        return resolve(urlsplit(url).path)
    except Resolver404:
        return None


def name_of(url: str) -> str:
    """Return its name, "" for none."""
    match = match_of(url)
    return (match.url_name or "") if match else ""
