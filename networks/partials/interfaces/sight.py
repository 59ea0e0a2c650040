"""How much Netadmin sees of an Engine's machine, why no more, and what would help: in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.hostnet.facts import HostView, Obstacle

# What is in the way, and what helps against it.
_OBSTACLES: dict[Obstacle, tuple[Promise, Promise]] = {
    Obstacle.NOT_LINUX: (
        gettext_lazy("Netadmin doesn't run on Linux, and links are read from the Linux kernel."),
        gettext_lazy("Run Netadmin on the Linux machine that the Engine runs on."),
    ),
    Obstacle.REMOTE: (
        gettext_lazy("This Engine is on another machine: its API doesn't report that machine's links."),
        gettext_lazy("Run Netadmin on that machine."),
    ),
    Obstacle.OTHER_NAMESPACE: (
        gettext_lazy("The links that Netadmin finds here don't belong to this Engine's networks: the Engine runs elsewhere."),
        gettext_lazy(
            "If the Engine runs in another network namespace of this machine, set it in NETADMIN_NETNS or in the "
            "Engine's settings. If Netadmin runs in a container, give it the host's network."
        ),
    ),
    Obstacle.NAMESPACE_MISSING: (
        gettext_lazy("The network namespace in the Engine's settings can't be opened."),
        gettext_lazy("Correct the path in the Engine's settings, or clear it if the Engine runs in Netadmin's own namespace."),
    ),
    Obstacle.NOT_ROOT: (
        gettext_lazy("Netadmin doesn't run as root, and Linux lets almost no other user into other network namespaces."),
        gettext_lazy("Run Netadmin as root, or give it CAP_SYS_ADMIN and CAP_SYS_PTRACE."),
    ),
    Obstacle.PIDS_HIDDEN: (
        gettext_lazy("Netadmin runs in a container that doesn't show the host's processes."),
        gettext_lazy("Start its container with --pid=host and --network=host."),
    ),
}


def say_view(view: HostView) -> str:
    """Return in a sentence what may be seen."""
    if view.sees_host and view.enters_containers:
        return _("All links of this Engine's machine are visible, and the inside of its containers.")
    if view.sees_host:
        return _("All links of this Engine's machine are visible; the inside of its containers isn't.")
    if view.enters_containers:
        return _("The inside of this Engine's containers is visible; the links of its machine aren't.")
    return _("Neither the links of this Engine's machine nor the inside of its containers is visible.")


def obstacles_of(view: HostView) -> tuple[tuple[str, str], ...]:
    """Return what is in the way and what helps, the host's links first."""
    whys = dict.fromkeys(why for why in (view.why_not_host, view.why_not_inside) if why is not Obstacle.NOTHING)
    return tuple((str(said), str(help_)) for said, help_ in (_OBSTACLES[why] for why in whys))
