"""What the pages that take something away share: what would break, read anew just before it is done."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from networks.preflight.findings import say_finding
from networks.preflight.places import check_plugin
from networks.queries.lifecycle.removals import Consequences, consequences_of
from networks.sync.requests import request_sync
from networks.templatetags.wording import can_be_typed


def wanted_name(name: str, docker_id: str) -> str:
    """Return what a person types to confirm: the name, or the short id where the name can't be typed."""
    return name if can_be_typed(name) else docker_id[:12]


def read_anew(request: HttpRequest, engine_slug: str) -> bool:
    """Have the whole Engine read, stopped containers included, of which no event tells; returns whether that was done.

    Where it wasn't, the page says so: then nobody knows what would break.
    """
    is_read = request_sync(engine_slug)
    if not is_read:
        messages.warning(
            request, _("The Engine could not be read just now, so it isn't known what would break: nothing was done. Try again.")
        )
    return is_read


def consequences_of_one(engine_slug: str, network_id: str, container_ids: Collection[str] | None = None) -> Consequences | None:
    """Return what breaks if this network goes, or these containers leave it; None where the network isn't there."""
    return next(iter(consequences_of(engine_slug, [network_id], container_ids=container_ids)), None)


def say_plugin(engine_slug: str, driver: str) -> str:
    """Return that the plugin behind a network can't be asked, "" where it can, or where nobody knows."""
    return next((say_finding(finding) for finding in check_plugin(engine_slug, driver)), "")
