"""What a link belongs to beside Docker, in words: in short for its row, and with what says so for its card."""

from __future__ import annotations

from django.utils.translation import gettext as _

from networks.hostnet.facts import VxlanFact
from networks.hostnet.software import OPENVSWITCH_KIND, Belonging, Software, SoftwareProof
from networks.sync.host.board import HostLink
from networks.templatetags.wording import spell

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
