"""A link as `ifconfig` of net-tools prints it, to the letter. Pure.

Bytes in brackets are in units of a thousand, as most distributions' net-tools write them; 2.10 writes KiB there.
"""

from __future__ import annotations

from ipaddress import IPv4Interface

from networks.hostnet.facts import Counters, LinkAddress, LinkFact
from networks.hostnet.linux.netlink.words import FLAGS

INDENT = " " * 8
# In the order in which they are printed. Source: ife_print_long() of net-tools
_WORDS = (
    *("UP", "BROADCAST", "DEBUG", "LOOPBACK", "POINTOPOINT", "NOTRAILERS", "RUNNING", "NOARP", "PROMISC", "ALLMULTI", "SLAVE"),
    *("MASTER", "MULTICAST", "DYNAMIC"),
)
# Counted in the number, but without a word of their own.
_UNNAMED = frozenset({"PORTSEL", "AUTOMEDIA"})
SCOPES = {"link": (0x20, "link"), "site": (0x40, "site"), "host": (0x10, "host")}
# ARPHRD_* to the family's word and title.
HARDWARE = {
    1: ("ether", "Ethernet"),
    512: ("ppp", "Point-to-Point Protocol"),
    768: ("tunnel ", "IPIP Tunnel"),
    772: ("loop", "Local Loopback"),
    776: ("sit", "IPv6-in-IPv4"),
}
ETHERNET = 1
UNSPECIFIED_LENGTH = 16
UNITS = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB"))
_ALL_BITS_LENGTH = 32


def write_ifconfig(link: LinkFact, counters: Counters | None = None) -> str:
    """Return a link's paragraph, its lines joined by newlines, without one at the end.

    `counters`: newer ones than those of the fact. Of several IPv4 addresses it is the first, as `ifconfig` does it. What a fact
    doesn't hold is left out: interrupts and memory of a device, and the far address of a point-to-point link.
    """
    count = link.counters if counters is None else counters
    words = flag_words(link)
    lines = [f"{link.name}: flags={flag_number(link)}<{','.join(words)}>  mtu {link.mtu}"]
    first = next((one for one in link.addresses if isinstance(one.interface, IPv4Interface)), None)
    if first is not None:
        lines.append(INDENT + _inet(first, words))
    lines += [INDENT + _inet6(one) for one in link.addresses if not isinstance(one.interface, IPv4Interface)]
    lines += [
        INDENT + _hardware(link),
        f"{INDENT}RX packets {count.rx_packets}  bytes {count.rx_bytes} ({short_bytes(count.rx_bytes)})",
        f"{INDENT}RX errors {count.rx_errors}  dropped {count.rx_dropped}  overruns {count.rx_overruns}  frame {count.rx_frame}",
        f"{INDENT}TX packets {count.tx_packets}  bytes {count.tx_bytes} ({short_bytes(count.tx_bytes)})",
        f"{INDENT}TX errors {count.tx_errors}  dropped {count.tx_dropped} overruns {count.tx_overruns}"
        f"  carrier {count.tx_carrier}  collisions {count.collisions}",
    ]
    return "\n".join(lines)


def name_order(name: str) -> tuple[str, int, str]:
    """Return a key for the order in which `ifconfig` prints links: by what stands before the digits at the end, then by these."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or -1), name


def is_running(link: LinkFact) -> bool:
    """Whether the kernel sets RUNNING, which `ip link` leaves out: switched on, and its state is up or unknown."""
    return "UP" in link.flags and link.state in ("up", "unknown")


def flag_words(link: LinkFact) -> tuple[str, ...]:
    """Return the flags that `ifconfig` has words for, in its order."""
    held = set(link.flags) - {"RUNNING"}
    if is_running(link):
        held.add("RUNNING")
    return tuple(word for word in _WORDS if word in held)


def flag_number(link: LinkFact) -> int:
    """Return the number before them: the lower 16 bits of the link's flags."""
    return sum(FLAGS[word] for word in (*flag_words(link), *_UNNAMED.intersection(link.flags)))


def short_bytes(count: int) -> str:
    """Return a number of bytes as it stands in the brackets: 166595513 is "166.5 MB", cut and not rounded."""
    for size, unit in UNITS:
        if count > size:
            tenths = count * 10 // size
            return f"{tenths // 10}.{tenths % 10} {unit}"
    return f"{count}.0 B"


def _inet(address: LinkAddress, flags: tuple[str, ...]) -> str:
    interface = address.interface
    line = f"inet {interface.ip}  netmask {interface.netmask}"
    if "BROADCAST" in flags:
        line += f"  broadcast {address.broadcast or '0.0.0.0'}"  # noqa: S104 (printed where none is set)
    # With a whole netmask the far end is another address, which the fact doesn't hold.
    if "POINTOPOINT" in flags and interface.network.prefixlen < _ALL_BITS_LENGTH:
        line += f"  destination {interface.ip}"
    return line


def _inet6(address: LinkAddress) -> str:
    interface = address.interface
    number, word = SCOPES.get(address.scope, (0, "global"))
    return f"inet6 {interface.ip}  prefixlen {interface.network.prefixlen}  scopeid {number:#x}<{word}>"


def _hardware(link: LinkFact) -> str:
    word, title = HARDWARE.get(link.hardware, ("unspec", "UNSPEC"))
    if link.hardware == ETHERNET:
        word += f" {link.mac or '00:00:00:00:00:00'}"
    elif word == "unspec":
        digits = [one.upper() for one in link.mac.split(":") if one][:UNSPECIFIED_LENGTH]
        word += " " + "-".join(digits + ["00"] * (UNSPECIFIED_LENGTH - len(digits)))
    return f"{word}  txqueuelen {link.queue_length}  ({title})"
