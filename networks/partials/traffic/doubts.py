"""What isn't known of a container's or a network's links, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from networks.sync.host.picture import HostLink
from networks.templatetags.ui import count_text
from networks.templatetags.wording import spell

MOST_NAMES, NAME_LENGTH = 5, 40


def say_doubtful(links: Sequence[HostLink]) -> str:
    """Return which interfaces of one container are on a network that isn't known."""
    names = ", ".join(spell(link.peer.ifname)[:NAME_LENGTH] for link in links if link.peer)
    return _("Which network %(names)s is on isn't known: no address that Docker tells was read there.") % {"names": names}


def say_doubts(links: Sequence[HostLink], perhaps: Sequence[HostLink], *, running: int) -> list[str]:
    """Return why the links of a network that are known may not be all: `perhaps` may be on it; `running` containers are."""
    said: list[str] = []
    if perhaps:
        ends = [f"{spell(one.peer.container_name)[:NAME_LENGTH]} {spell(one.peer.ifname)}" for one in perhaps if one.peer]
        names = ", ".join(ends[:MOST_NAMES]) + ("…" if len(ends) > MOST_NAMES else "")
        said.append(_("Whether these are on this network isn't known, and they aren't counted: %(names)s.") % {"names": names})
    known = {one.peer.container_id for one in (*links, *perhaps) if one.peer}
    missing = running - len(known) - sum(1 for one in links if one.peer is None)
    if links and missing > 0:
        words = ngettext(
            "%(count)s running container on it has no link on the host that is known, and isn't counted.",
            "%(count)s running containers on it have no link on the host that is known, and aren't counted.",
            missing,
        )
        said.append(words % {"count": count_text(missing)})
    return said


def say_no_link(driver: str, *, running: int) -> list[str]:
    """Return why no link of a network is known; `running`: how many of this Engine's running containers are on it."""
    if not running and driver != "overlay":
        return [_("No running container is on it, so it carries no traffic.")]
    if driver == "bridge":
        return [_("The links of its containers were not found on the host, or not yet.")]
    words = _("Its containers' interfaces have no links on the host that could be counted, unlike those of a bridge.")
    if driver == "overlay":  # its containers have another link, on docker_gwbridge or on a bridge network: their pages count that
        return [words]
    return [words, _("The page of a container that has no other link shows what its Engine counts for it.")]
