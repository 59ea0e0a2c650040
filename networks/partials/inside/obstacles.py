"""Why a page doesn't show more of the host's side, and what would change that."""

from __future__ import annotations

from django.utils.translation import gettext as _

from networks.hostnet.facts import Obstacle
from networks.sync.host.picture import HostPicture
from networks.templatetags.wording import spell


def why_not_host(picture: HostPicture) -> str:
    """Return in words why the links of an Engine's machine aren't seen, "" where nothing is known to be in the way."""
    if picture.trouble:
        return _("The system said: %(words)s") % {"words": spell(picture.trouble)[:200]}
    return {
        Obstacle.NOT_LINUX: _("That takes Linux."),
        Obstacle.REMOTE: _("The Engine is on another machine; Netadmin would have to run there."),
        Obstacle.OTHER_NAMESPACE: _(
            "The links here aren't those of this Engine: it runs in another network namespace. Its name can be set in the "
            "admin site, as /run/netns/NAME."
        ),
        Obstacle.NAMESPACE_MISSING: _("The network namespace that is set for this Engine isn't there."),
        Obstacle.NOT_ROOT: _("That takes root."),
        Obstacle.PIDS_HIDDEN: _("Netadmin runs in a container of its own: it would need --network host and --pid host."),
    }.get(picture.view.why_not_host, "")


def why_not_inside(obstacle: Obstacle) -> str:
    """Return in words why containers' own namespaces can't be entered, and what would help."""
    return {
        Obstacle.NOT_LINUX: _("Looking inside takes Linux."),
        Obstacle.REMOTE: _("The Engine is on another machine: only a process there can look inside its containers."),
        Obstacle.OTHER_NAMESPACE: _("The Engine's containers don't run where Netadmin could look at their processes."),
        Obstacle.NAMESPACE_MISSING: _("The network namespace that is set for this Engine isn't there."),
        Obstacle.NOT_ROOT: _(
            "Entering a container's network namespace takes root: Netadmin runs as an ordinary user. Run as root it shows this "
            "without anything in the image."
        ),
        Obstacle.PIDS_HIDDEN: _(
            "Netadmin runs in a container of its own and sees other processes than the Engine means: with --pid host and the "
            "capabilities SYS_ADMIN and SYS_PTRACE it could look."
        ),
    }.get(obstacle, _("Netadmin may not enter the network namespaces of this Engine's containers."))
