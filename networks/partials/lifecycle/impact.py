"""What an order to a container touches, in words. Each sentence was measured on an Engine: docs/container-lifecycle.md."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy

from networks.forms.containers.several import say_held
from networks.partials.lifecycle.returning import Notice, name_list, short, tell_address
from networks.queries.donors import AWAY
from networks.queries.lifecycle.orders import ENDED, ENDING, Impact


def tell_impact(verb: str, impact: Impact) -> tuple[Notice, ...]:
    """Return all that there is to say before this order is given; never nothing."""
    said = tuple(_tell(verb, impact))
    if any(each.level != "ok" for each in said):
        return said
    text = _("Containers that are tied to it by --link, --pid, --ipc or --volumes-from are not looked for.")
    return (*said, Notice("ok", _("Nothing else on its networks depends on it."), text))


def _tell(verb: str, impact: Impact) -> Iterator[Notice]:
    yield from _tell_itself(verb, impact)
    yield from _tell_return(verb, impact)
    yield from _tell_guests(verb, impact)
    if impact.ports and (verb in ENDING or (verb == "pause_container" and not impact.answering_guests)):
        text = _("One that Docker chose itself may be another one then.") if verb == "restart_container" else ""
        yield Notice("warn", _say_ports(verb), text, details=impact.ports)
    if verb in ENDING or verb == "pause_container":
        alone = [one.network_name for one in impact.places if one.is_alone and one.is_user_defined]
        if alone and impact.is_running and not (verb == "pause_container" and impact.answering_guests):
            words = ngettext(
                "It is the only container running on %(names)s", "It is the only container running on %(names)s", len(alone)
            )
            yield Notice("warn", words % {"names": name_list(alone)}, _say_silence(verb))
    if verb in ENDING and impact.is_running and not impact.is_removed_by(verb):
        for place in impact.places:
            for held in place.held:
                yield tell_address(place, held)
    if impact.project and verb in ENDED | {"remove_container"}:
        names = {"project": short(impact.project)}
        yield Notice("warn", _("It belongs to the Compose project %(project)s") % names, _say_compose(verb, impact))


def _say_silence(verb: str) -> str:
    if verb == "pause_container":
        return _("The network stays, but no container's processes answer on it until it is resumed.")
    if verb == "restart_container":
        return _("The network stays, but no container on it answers until it has started again.")
    return _("The network stays, but no container on it answers any more.")


def _say_compose(verb: str, impact: Impact) -> str:
    if impact.is_oneoff:
        return _("“docker compose run” made it, so “docker compose up” neither starts it nor recreates it.")
    if impact.is_removed_by(verb):
        return _("“docker compose up” recreates it, with another ID.")
    return _("“docker compose up” starts it again.")


def _say_ports(verb: str) -> str:
    if verb == "pause_container":
        return _("Nothing behind its published ports answers in the meantime")
    return _("Published ports close for a moment") if verb == "restart_container" else _("Published ports close")


def _tell_itself(verb: str, impact: Impact) -> Iterator[Notice]:
    if verb == "kill_container":
        yield Notice("warn", _("It is killed at once"), _("It gets no time to finish writing (SIGKILL)."))
    if verb == "remove_container":
        if impact.is_running:
            yield Notice(
                "warn",
                _("If it runs between two tries, it is killed at once, and it is removed")
                if impact.state == "restarting"
                else _("It is paused: it is killed at once, and then removed")
                if impact.state == "paused"
                else _("It is running: it is killed at once, and then removed"),
                _("It gets no time to finish writing (SIGKILL)."),
            )
        yield Notice(
            "warn",
            _("Its files go with it, and anonymous volumes that no other container uses"),
            _("What it wrote elsewhere stays: named volumes, directories of the machine."),
        )
    if verb in ENDED and impact.is_removed_by(verb):
        text = _(
            "It was started with --rm. Its files go with it, and anonymous volumes that no other container uses: it can't be "
            "started again."
        )
        yield Notice("warn", _("Docker removes it when it stops"), text)
    if verb in ENDED and impact.restart_policy == "always":
        yield Notice(
            "ok",
            _("It stays stopped until the Engine is restarted"),
            _("Its restart policy is “always”: Docker then starts it again."),
        )
    elif verb in ENDED and impact.restart_policy == "on-failure":
        text = _(
            "Its restart policy is “on-failure”: Docker then starts it again, unless it ended with exit code 0 or has no tries "
            "left."
        )
        yield Notice("ok", _("It stays stopped until the Engine is restarted"), text)
    elif verb in ENDED and impact.restart_policy:
        text = _("Its restart policy (%(policy)s) doesn't start a container that a person stopped.")
        yield Notice("ok", _("It stays stopped"), text % {"policy": impact.restart_policy})
    if verb in ("start_container", "restart_container"):
        yield from _tell_no_start(impact)
    if verb == "pause_container":
        yield _told_pause(impact)
    if verb == "rename_container" and impact.names:
        yield _told_name(impact)


def _told_pause(impact: Impact) -> Notice:
    if not any(place.held for place in impact.places):
        text = _("The kernel still accepts TCP connections on ports on which it listens: they open, and then wait.")
        return Notice("ok", _("Its processes answer nothing until it is resumed"), text)
    text = _(
        "The kernel still answers pings for it and accepts TCP connections on ports on which it listens: they open, and "
        "then wait."
    )
    return Notice("ok", _("It keeps its addresses, and its processes answer nothing until it is resumed"), text)


def _tell_no_start(impact: Impact) -> Iterator[Notice]:
    if impact.missing:
        names = {"names": name_list(impact.missing)}
        yield Notice(
            "bad", _("It can't start: there is no network %(names)s here") % names, _("Its own page says how to repair it.")
        )
    elif impact.awaited:
        title = _("This Engine doesn't list the network %(names)s now") % {"names": name_list(impact.awaited)}
        text = _("It lists a swarm's network only while a container uses it. It starts only if the swarm has one.")
        yield Notice("warn", title, text)
    elif impact.held_by:
        yield Notice("bad", say_held(short(impact.held_by)), _("Docker starts it on no other, though it may be on some."))
    if impact.stack == "gone":
        yield Notice("bad", _("It can't start: the container whose network it shares was removed"), _("It has to be recreated."))
    if impact.stack in AWAY:
        names = {"name": short(impact.donor_name)}
        first = _("Find out why %(name)s ends and is restarted.") if impact.stack == "restarting" else _("Start %(name)s first.")
        yield Notice("bad", _("It can't start: %(name)s, whose network it shares, doesn't run") % names, first % names)


def _tell_return(verb: str, impact: Impact) -> Iterator[Notice]:
    """Yield why what is ended now can't, or perhaps can't, be started again as it is."""
    if impact.is_removed_by(verb):
        return
    if verb in ENDED and impact.stack == "gone":
        title = _("It can't be started again: the container whose network it shares was removed")
        yield Notice("warn", title, _("It has to be recreated."))
    if verb in ENDED and impact.held_by:
        names = {"name": short(impact.held_by)}
        yield Notice("warn", _("It can be started again only once there is a network %(name)s, with which it was made") % names)
    if verb in ENDED and impact.stack in AWAY:
        names = {"name": short(impact.donor_name)}
        yield Notice("warn", _("It can be started again only once %(name)s runs, whose network it shares") % names)
    if verb == "restart_container" and impact.remnants:
        words = _("Docker's record of it names %(names)s, where it has no endpoint: if it is refused there, it stays stopped.")
        yield Notice("warn", _("It may not start again"), words % {"names": name_list(impact.remnants)})


def _told_name(impact: Impact) -> Notice:
    if not impact.is_running:
        return Notice("ok", _("Once it runs, its neighbours find it by the new name"))
    text = _(
        "Docker's DNS changes at once. The old name is found no longer, unless it is an alias or a hostname as well, this "
        "container's or another's. Aliases stay; names that --link gave it are lost."
    )
    return Notice("warn", _("Its neighbours find it by the new name only"), text)


_Said = tuple[str, Any, Any]
# What an order does to those that share the network, by its verb: tone, title and text; `count`: how many these are.
_CUT_OFF: _Said = (
    "warn",
    ngettext_lazy(
        "%(count)s container shares its network and is cut off", "%(count)s containers share its network and are cut off", "count"
    ),
    ngettext_lazy(
        "It keeps running, with only loopback. Restart it too once this container has been started again: that creates a new "
        "network stack, and it stays in the old one until then.",
        "They keep running, with only loopback. Restart them too once this container has been started again: that creates a new "
        "network stack, and they stay in the old one until then.",
        "count",
    ),
)
_LOST: _Said = (
    "warn",
    ngettext_lazy(
        "%(count)s container shares its network and can never start again",
        "%(count)s containers share its network and can never start again",
        "count",
    ),
    ngettext_lazy(
        "It refers to this one by its ID, so another container with the same name doesn't help: it has to be recreated.",
        "They refer to this one by its ID, so another container with the same name doesn't help: they have to be recreated.",
        "count",
    ),
)
_KEEPING = ngettext_lazy(
    "%(count)s container shares its network and keeps it", "%(count)s containers share its network and keep it", "count"
)
_GUESTS: dict[str, _Said] = {
    "stop_container": _CUT_OFF,
    "kill_container": _CUT_OFF,
    "restart_container": (
        "warn",
        ngettext_lazy(
            "%(count)s container shares its network and stays behind in the old stack",
            "%(count)s containers share its network and stay behind in the old stack",
            "count",
        ),
        ngettext_lazy(
            "Until it is restarted too, it has only loopback there.",
            "Until they are restarted too, they have only loopback there.",
            "count",
        ),
    ),
    "remove_container": _LOST,
    "pause_container": (
        "ok",
        ngettext_lazy(
            "%(count)s container shares its network and isn't paused with it",
            "%(count)s containers share its network and aren't paused with it",
            "count",
        ),
        "",
    ),
    "rename_container": ("ok", _KEEPING, ""),
}


def _tell_guests(verb: str, impact: Impact) -> Iterator[Notice]:
    is_removed = impact.is_removed_by(verb)
    guests = impact.guests if is_removed else impact.running_guests
    if verb == "rename_container":
        guests = (*impact.guests, *impact.further)
    if impact.keeps_guests and verb in ENDED | {"restart_container"} and guests and not is_removed:
        text = _("It isn't this container's own, and stays. Before this one runs again, what shares it with it can't be started.")
        yield Notice("ok", _KEEPING % {"count": len(guests)}, text, guests)
    elif guests and verb in _GUESTS:
        tone, title, told = _LOST if is_removed else _GUESTS[verb]
        yield Notice(tone, title % {"count": len(guests)}, told % {"count": len(guests)}, guests)
    if impact.further and is_removed:
        title = _CUT_OFF[1] % {"count": len(impact.further)}
        yield Notice("warn", title, _("Nothing but loopback is left there."), impact.further)
