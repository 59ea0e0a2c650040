"""The disguises of other versions refuse in the words that real ones used, but for what is listed here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.faults.disguise import DockerDisguise
from tests.recorded.reading import refused

# What they don't put on: what came before a start's words, what 29 says of JSON that it can't read, and what it takes.
UNLIKE = {
    "28.0.4": {
        *("donor missing (start)", "donor not running (start)", "donor never started (start)", "network missing (start)"),
        *("host with another network (start)", "two networks, one missing (start)", "address taken at start (start)"),
        *("pool full at start (start)", "container: of itself by empty (create)", "API too new"),
        "option com.docker.network.bridge.gateway_mode_ipv4=isolated",
    },
}
UNLIKE["28.5.2"] = UNLIKE["28.0.4"] | {"remove running"}
UNLIKE["29.7.2"] = UNLIKE["28.5.2"] | {
    *("bad CIDR", "no prefix length", "gateway bad", "gateway without subnet", "address bad", "MAC bad"),
    *("IPv6 address on IPv4 network", "address on default bridge", "address on default bridge at create (create)"),
    *("address on automatic subnet at create (create)", "pause paused"),
}


def bare(sentence: str) -> str:
    """Return a sentence without what is another at each Engine: ids, names of links, and who has an endpoint."""
    return re.sub(r"[0-9a-f]{64}|veth[0-9a-f]{7}|di-[0-9a-f]{12}|\(name:.*\)$", "…", sentence)


@pytest.mark.parametrize("version", list(UNLIKE))
def test_it_says_what_a_real_one_says(version: str) -> None:
    before, after = refused("27.5.1"), refused(version)
    disguise = DockerDisguise(version, 55, 24)
    said = {
        case: disguise.word(before[case].message, urlsplit(before[case].request.split(" ")[1]).path)
        for case in before.keys() & after.keys()
    }

    assert {case for case, sentence in said.items() if bare(sentence) != bare(after[case].message)} == UNLIKE[version]
