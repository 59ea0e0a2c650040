"""`{% load passkeys %}`: whether browsers make passkeys for the address that the page was asked under."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from networks.policy.login.two_factor import can_hold_passkeys

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_work_here(context: dict[str, Any]) -> bool:
    """Tell whether this page's address is one that passkeys can be bound to."""
    request = context["request"]
    host = request.get_host().rpartition(":")[0] if request.get_host().rpartition(":")[2].isdigit() else request.get_host()
    return can_hold_passkeys(host, is_https=request.is_secure())


@register.simple_tag
def local_origin() -> str:
    """Return the http origin where passkeys work, "" where this Netadmin doesn't answer there."""
    origin = f"http://localhost:{settings.NETADMIN_PORT}"
    return origin if origin in settings.NETADMIN_ALLOWED_ORIGINS else ""
