"""How much Netadmin sees of an Engine's machine, and what a link belongs to beside Docker: in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from networks.hostnet.facts import HostView, Obstacle, VxlanFact
from networks.hostnet.software import OPENVSWITCH_KIND, Belonging, Software, SoftwareProof
from networks.sync.host.board import HostLink
from networks.templatetags.wording import spell

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


# Names are not translated.
NAMES = {
    Software.OPENVSWITCH: "Open vSwitch",
    Software.WEAVE: "Weave Net",
    Software.FLANNEL: "flannel",
    Software.CNI: "CNI",
}
MOST = 32  # characters of a name


def say_belonging(belonging: Belonging | None) -> str:
    """Return it in short, "" for nothing; what only the name says is called that."""
    if belonging is None:
        return ""
    words = {
        SoftwareProof.KIND: "%(software)s",
        SoftwareProof.MASTER: _("port of %(software)s"),
        SoftwareProof.NAME: _("%(software)s, by its name"),
    }
    return words[belonging.proof] % {"software": NAMES[belonging.software]}


def explain_software(link: HostLink) -> list[tuple[str, str]]:
    """Return what it belongs to with what says so, and a VXLAN link's numbers: each as a word and a sentence."""
    said = ((_("Belongs to"), _explain_belonging(link)), ("VXLAN", _say_vxlan(link.fact.vxlan)))
    return [(word, sentence) for word, sentence in said if sentence]


def _explain_belonging(link: HostLink) -> str:
    belonging = link.belonging
    if belonging is None:
        return ""
    words = {
        SoftwareProof.KIND: _("%(software)s: the kernel's word for it is %(kind)s."),
        SoftwareProof.MASTER: _("%(software)s: plugged into %(master)s, for which the kernel's word is %(kind)s."),
        SoftwareProof.NAME: _("%(software)s, by its name alone: the kernel says %(kind)s, and not what made it."),
    }
    return words[belonging.proof] % {
        "software": NAMES[belonging.software],
        "master": spell(link.master_name)[:MOST],
        "kind": OPENVSWITCH_KIND if belonging.proof is SoftwareProof.MASTER else spell(link.fact.kind)[:MOST],
    }


def _say_vxlan(vxlan: VxlanFact | None) -> str:
    if vxlan is None:
        return ""
    if vxlan.id is None:
        return _("the ID is chosen packet by packet, UDP port %(port)s") % {"port": vxlan.port}
    return _("ID %(id)s, UDP port %(port)s") % {"id": vxlan.id, "port": vxlan.port}
