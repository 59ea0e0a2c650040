"""What is so of endpoints: addresses, wishes, names that are answered for, and what their history says of now."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from tests.truth.claims import Subject, checks
from tests.truth.reality import Box, Reality
from tests.truth.records import asked_for
from tests.truth.so.either import AnyOf


def end_of(reality: Reality, subject: Subject) -> tuple[Box, str, dict[str, Any]]:
    """Return (container, network's name, endpoint) of a pair, the network given by id or by name. Raises LookupError."""
    box = reality.boxes[subject[0]]
    for name, end in box.recorded.items():
        net = reality.net_of(box, name)
        if subject[1] == name or (net is not None and net["Id"] == subject[1]):
            return box, name, end
    raise LookupError(f"{box.name} is not on {subject[1]}")


@checks("endpoint.network")
def _network(reality: Reality, subject: Subject) -> Any:
    box, name, _end = end_of(reality, subject)
    net = reality.net_of(box, name)
    return net["Id"] if net else ""


@checks("endpoint.ipv4")
def _ipv4(reality: Reality, subject: Subject) -> Any:
    box, name, _end = end_of(reality, subject)
    return box.addresses_on(name).get(4, ("",))[0]


@checks("endpoint.ipv6")
def _ipv6(reality: Reality, subject: Subject) -> Any:
    box, name, _end = end_of(reality, subject)
    return box.addresses_on(name).get(6, ("",))[0]


@checks("endpoint.asks4")
def _asks4(reality: Reality, subject: Subject) -> Any:
    return _asks(reality, subject, 4)


@checks("endpoint.asks6")
def _asks6(reality: Reality, subject: Subject) -> Any:
    return _asks(reality, subject, 6)


def _asks(reality: Reality, subject: Subject, version: int) -> str:
    """Return what it will ask for: of one that runs, where a connect was refused and its record still has the wish."""
    box, name, end = end_of(reality, subject)
    is_open = not box.is_running or name in box.remnants
    return next((one for one in asked_for(end) if ip_address(one).version == version and is_open), "")


@checks("endpoint.static")
def _static(reality: Reality, subject: Subject) -> Any:
    """An address is static when it is the one that was asked for, whatever the driver."""
    box, name, end = end_of(reality, subject)
    wished = next((one for one in asked_for(end) if ":" not in one), "")
    has = box.addresses_on(name).get(4, ("",))[0]
    return bool(wished) and (not box.is_running or name in box.remnants or has == wished)


@checks("endpoint.mac")
def _mac(reality: Reality, subject: Subject) -> Any:
    box, name, _end = end_of(reality, subject)
    link = box.link_of(name)
    return link.mac if link else ""


@checks("endpoint.gateway")
def _gateway(reality: Reality, subject: Subject) -> Any:
    box, _name, end = end_of(reality, subject)
    return end["Gateway"] if box.is_running else ""


@checks("endpoint.names", "inside.names")
def _names(reality: Reality, subject: Subject) -> Any:
    """Docker's own list; those of what runs are asked for one by one besides, from inside. On a network that is gone they
    find nobody, whatever the record says.
    """
    box, name, end = end_of(reality, subject)
    if name in ("bridge", "host", "none") or name in box.remnants:
        return ()
    recorded = tuple(sorted({*(end["DNSNames"] or ()), *(end["Aliases"] or ())}))
    if reality.net_of(box, name) is None:
        return AnyOf([(), recorded])
    if not recorded and box.state == "created":  # Docker writes them down at the first start
        return ()
    return recorded or tuple(sorted((box.name, box.key[:12])))


@checks("name.answered")
def _answered(reality: Reality, subject: Subject) -> Any:
    """Ask Docker's DNS from inside, where it is the container's name server: it has to give the address on this network."""
    box, name, _end = end_of(reality, subject[:2])
    own = {address for address, _length in box.addresses_on(name).values()}
    neighbours = [one for one in reality.on(reality.nets[subject[1]]) if one.state == "running" and not one.donor]
    asking = next((one for one in neighbours if one.key != box.key), box)
    return bool(own & reality.resolve(asking, subject[2]))


@checks("endpoint.leavable")
def _leavable(reality: Reality, subject: Subject) -> Any:
    """Offered where Docker takes it; where it isn't, nothing is said."""
    box, name, _end = end_of(reality, subject)
    return AnyOf([False]) if name == "host" or name in box.remnants else AnyOf([True, False])


@checks("container.addresses")
def _all_addresses(reality: Reality, subject: Subject) -> Any:
    box = reality.boxes[subject[0]]
    return tuple(sorted(address for name in box.ends for address, _length in box.addresses_on(name).values()))


@checks("command.connect")
def _connect(reality: Reality, subject: Subject) -> Any:
    """What was asked for, as options of docker network connect. Docker adds a short id to a container's aliases itself."""
    box = next(one for one in reality.boxes.values() if subject[0] in (one.name, one.key, one.key[:12]))
    places = {one: (reality.net_of(box, one) or {}).get("Id", "?")[: len(subject[1])] for one in box.ends}
    name = next((one for one, short in places.items() if subject[1] in (one, short)), None)
    if name is None:
        raise LookupError(f"{box.name} is not on {subject[1]}")
    end = box.ends[name]
    wish = end.get("IPAMConfig") or {}
    said = [("--ip", wish.get("IPv4Address")), ("--ip6", wish.get("IPv6Address"))]
    said += [("--alias", alias) for alias in end["Aliases"] or () if alias != box.key[:12]]
    return tuple(sorted((option, value) for option, value in said if value))


@checks("history.now")
def _history_now(reality: Reality, subject: Subject) -> Any:
    container, network, address = subject
    box = reality.boxes.get(container)
    if box is None or not any((reality.net_of(box, name) or {}).get("Id") == network for name in box.ends):
        return False
    # A removal or an assignment that lies back says "until" some time; only the newest line of an address may say "now".
    now = any(address in {one for one, _ in box.addresses_on(name).values()} for name in box.ends)
    return AnyOf([True, False]) if now else False
