"""The Interfaces page, and the same as a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from networks.sync.host.board import take_down
from tests.builders import make_engine, make_network
from tests.host_pictures import Watched
from tests.views.pages import count_statements, log_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def board() -> Iterator[None]:
    yield
    take_down("local")


def make_lab(containers: int = 2) -> Watched:
    watched = Watched(make_engine())
    network = make_network(watched.engine, "front", "172.20.0.0/16", gateway="172.20.0.1")
    bridge = watched.bridge(network, "br-front", "172.20.0.1/16")
    for number in range(containers):
        watched.run(f"web-{number}", network, bridge, f"172.20.{number // 200}.{number % 200 + 2}")
    watched.look()
    watched.sample()
    return watched


def test_it_is_a_live_page_of_the_navigation() -> None:
    make_lab()

    html = log_in().get("/interfaces/?kind=veth&nonsense=1").content.decode()

    assert 'href="/interfaces/" aria-current="page"' in html
    assert "/ws/live/interface_list/local/?lang=en&amp;kind=veth" in html
    assert html.count('<tr id="lnk-') == 2
    assert html.split('data-epoch="')[1].split('"')[0].endswith(".1.1")


def test_it_keeps_the_filter_in_every_address() -> None:
    make_lab()

    html = log_in().get("/interfaces/?engine=local&kind=veth&open=vethweb-0").content.decode()

    assert 'href="/interfaces/?engine=local&amp;kind=veth&amp;open=vethweb-1#lnk-' in html
    assert 'href="/interfaces/?engine=local&amp;kind=veth&amp;as=ifconfig"' in html
    assert '<input type="hidden" name="engine" value="local">' in html
    assert '<option value="veth" selected>' in html
    assert 'class="ifcard' in html


def test_it_offers_the_text_as_a_file() -> None:
    make_lab()
    browser = log_in()

    page = browser.get("/interfaces/?kind=veth&as=ifconfig").content.decode()
    answer = browser.get("/interfaces/ifconfig.txt?engine=local&kind=veth")

    assert 'href="/interfaces/ifconfig.txt?engine=local&amp;kind=veth"' in page
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="ifconfig-local.txt"'
    assert answer.content.decode().startswith(
        "vethweb-0: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        ether 02:"
    )
    assert answer.content.decode().count("TX errors") == 2


@pytest.mark.parametrize("containers", [2, 150])
@pytest.mark.parametrize("query", ["", "?open=br-front", "?as=ifconfig"])
def test_it_takes_the_same_statements_at_any_size(containers: int, query: str) -> None:
    make_lab(containers)
    browser = log_in()

    taken = count_statements(browser, f"/interfaces/{query}")

    # Session, person, grants and Engines are every page's; the page's own is one: what the Engine's newest revision is.
    assert taken == count_statements(browser, "/networks/")


def test_it_is_there_without_a_machine() -> None:
    make_engine()

    html = log_in().get("/interfaces/").content.decode()

    assert "No process watches this Engine's machine." in html
    assert "The links of this Engine's machine aren't visible" in html
