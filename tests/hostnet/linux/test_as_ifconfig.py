"""Each link's paragraph beside that of the `ifconfig` of net-tools, where it is installed."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess

import pytest

from networks.hostnet.ifconfig import name_order, write_ifconfig
from tests.hostnet.lab import LabHost
from tests.hostnet.linux.test_links import MADE, compare

IFCONFIG = shutil.which("ifconfig")
SET_UP = (
    *(f"link add {name} type bridge" for name in ("br-a12", "br-a1b", "br-5b0f", "br-3719e", "Zeta", "e10", "e9", "e09")),
    "link set br0 up",
    "link set v1 up",
    "link set v0 up txqueuelen 77 mtu 1400",
    "link set v1 promisc on",
    "link set v0 allmulticast on",
    "link set br0 arp off",
    "address add 10.77.0.1/16 brd + dev br0",
    "address add 10.77.0.2/16 dev br0",
    "address add 10.79.0.1/24 dev v1",
    "address add fd77::1/64 dev br0 nodad",
    "address add fec0::1/64 dev br0 nodad",
    "address add 10.8.0.2/24 dev tun7",
)


def is_net_tools() -> bool:
    """Tell whether `ifconfig` is that of net-tools, not busybox's."""
    return (
        bool(IFCONFIG)
        and "net-tools" in subprocess.run(["ifconfig", "--version"], capture_output=True, text=True, check=False).stdout
    )


@pytest.mark.engine
@pytest.mark.skipif(not is_net_tools(), reason="needs the ifconfig of net-tools")
def test_it_writes_what_ifconfig_prints(lab: LabHost) -> None:
    for words in MADE:
        with contextlib.suppress(RuntimeError):
            lab.ip("link", "add", *words.split())
    lab.ip("tuntap", "add", "dev", "tun7", "mode", "tun")
    lab.ip("link", "set", "tun7", "up")
    lab.add_container("a")
    lab.plug("a", lab.index_of("br0"), "eth0", "10.77.1.2/24")
    for words in SET_UP:
        lab.ip(*words.split())
    reader = lab.open()

    def ours() -> dict[str, list[str]]:
        return {link.name: lines_of(write_ifconfig(link)) for link in reader.links()}

    def theirs() -> dict[str, list[str]]:
        told = subprocess.run(
            ["nsenter", f"--net={lab.netns_path}", "--", "ifconfig", "-a"], capture_output=True, text=True, check=True
        ).stdout
        return {text.partition(":")[0]: lines_of(text) for text in told.strip().split("\n\n")}

    compare(ours, theirs)
    assert sorted(ours(), key=name_order) == list(theirs())
    assert len(ours()) >= 6
    reader.close()


def lines_of(paragraph: str) -> list[str]:
    """Return its lines; IPv6 addresses, which both read elsewhere, in an order of their own.

    Without the bytes in brackets: net-tools 2.10 writes 1.1 KiB for what was 1.2 KB before.
    """
    lines = [re.sub(r" \([0-9.]+ [A-Za-z]+\)$", "", line) for line in paragraph.split("\n")]
    inet6 = sorted(line for line in lines if line.strip().startswith("inet6"))
    return [*inet6, *(line for line in lines if not re.match(r"\s+inet6", line))]
