"""Why a page doesn't show more of the host's side, and what would change that."""

from __future__ import annotations

from django.utils.translation import gettext as _

from networks.hostnet.facts import Obstacle, View
from networks.partials.hosts.sight import obstacles_of
from networks.sync.host.picture import HostPicture
from networks.templatetags.wording import spell

MOST_WORDS = 200


def why_not_host(picture: HostPicture) -> str:
    """Return in words why the links of an Engine's machine aren't seen, "" where nothing is known to be in the way."""
    if picture.trouble:
        return _("The system's message: %(words)s") % {"words": spell(picture.trouble)[:MOST_WORDS]}
    return _said(View(why_not_host=picture.view.why_not_host))


def why_not_inside(obstacle: Obstacle) -> str:
    """Return in words why containers' own namespaces can't be entered, and what would help."""
    said = _said(View(why_not_inside=obstacle))
    return said or _("Netadmin may not enter the network namespaces of this Engine's containers.")


def _said(view: View) -> str:
    return " ".join(f"{what} {help_}" for what, help_ in obstacles_of(view))
