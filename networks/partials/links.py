"""Addresses of pages that a part of Netadmin may or may not have."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def url_of(name: str, *arguments: str) -> str:
    """Return the address of a page by its URL name, "" where there is no such page: then nothing links to it."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
