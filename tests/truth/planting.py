"""Lies planted into pages that were drawn: whoever checks them has to find each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.truth.claims import Lie, Page
from tests.truth.elements import read_html
from tests.truth.reality import Reality
from tests.truth.sweep import Findings, Sweep, Where


@dataclass(frozen=True)
class Planted:
    """A lie: on which kind of page, what is changed, and the kind of claim that has to be found false."""

    page: str
    pattern: str
    becomes: str | Callable[[re.Match[str]], str]
    found_as: str


def _more(match: re.Match[str]) -> str:
    return f"{match[1]}{int(match[2]) + 1}{match[3]}"


PLANTED = (
    Planted(
        "container",
        r'(data-l="IPv4">\s*<span class="st">\s*<span class="addr"><span class="net">[^<]*</span>)(\d+)(<)',
        _more,
        "endpoint.ipv4",
    ),
    Planted("container", r'(data-l="MAC"[^>]*>\s*<code class="ink2">)02:42', r"\g<1>02:43", "endpoint.mac"),
    Planted(
        "container",
        r'(data-l="Gateway"[^>]*>\s*<span class="addr"><span class="net">[^<]*</span>)(\d+)(<)',
        _more,
        "endpoint.gateway",
    ),
    Planted("container", r'(data-l="DNS names"[^>]*>\s*)(?=\w)', r"\g<1>nobody, ", "endpoint.names"),
    Planted("container", r"formaction=\"([^\"]*)/stop/\"", r'formaction="\g<1>/start/"', "container.orders"),
    Planted("containers", r"exited \(\d+\)", "exited (42)", "container.status"),
    Planted("containers", r'(<td data-l="Network mode"[^>]*>)\s*bridge', r"\g<1>host", "container.mode"),
    Planted("networks", r'(data-l="Used">.*?<span>)(\d+)(</span>)', _more, "network.used"),
    Planted("networks", r'(data-l="Free">)(\d+)(</td>)', _more, "network.free"),
    Planted("networks", r"(<tr id=\"net-)[0-9a-f]{64}", r"\g<1>" + "0" * 64, "networks.listed"),
    Planted("network", r"(>\s*)(\d+)( running)", _more, "network.counts.line"),
    Planted("network", r"in use: [^\"]+", "in use: nobody", "cell.name"),
    Planted("network", r'title="([0-9.]+) free"', r'title="\g<1> in use: nobody"', "cell.state"),
    Planted("interfaces", r"(:\s+)(\d+)( veth link)", _more, "sentence"),
    Planted("interfaces", r'(<td class="num lo not-sm">)(\d+)(</td>)', _more, "link.mtu"),
    Planted("interfaces", r"(/containers/local/)[0-9a-f]{64}", r"\g<1>" + "0" * 64, "link.peer"),
    Planted("overview", r"(\d+ of )(\d+)( containers running)", _more, "sentence"),
    Planted("inside", r"(inet )(10\.\d+\.\d+\.\d+)", r"\g<1>10.9.9.9", "inside.addresses"),
)


def plant(sweep: Sweep, wheres: list[Where], reality: Reality) -> Iterator[tuple[Planted, list[Lie]]]:
    """Yield each lie that a page of this world has a place for, and the lies that were found there."""
    for lie in PLANTED:
        for url, kind, subject in wheres:
            if kind != lie.page:
                continue
            html = sweep.client.get(url).content.decode()
            changed, count = re.subn(lie.pattern, lie.becomes, html, count=1, flags=re.DOTALL)
            if count and changed != html:
                main = read_html(changed).by_id("main")
                assert main is not None
                yield lie, list(sweep.check(Page(url, kind, subject, main), reality, Findings()))
                break
