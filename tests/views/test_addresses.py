"""The page of all address pools, and the grid on a network's page."""

from __future__ import annotations

import re

import pytest

from networks.models import Engine, Network
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network, make_pool, make_predefined
from tests.views.pages import count_statements, log_in
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def make_custom(engine: Engine) -> Network:
    """Make a network with one of everything."""
    network = make_network(engine, "my_custom_network", "172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")
    network.pools.update(aux_addresses={"router": "172.72.0.9"})
    make_endpoint(make_container(engine, "web"), network, "172.72.0.2", requested_ipv4="172.72.0.2")
    make_endpoint(make_container(engine, "db"), network, "172.72.0.3")
    make_endpoint(make_container(engine, "asleep", state="exited", exit_code=0), network, requested_ipv4="172.72.0.4")
    return network


def cells(html: str) -> dict[str, str]:
    """Return the class of each cell of the grid by its title."""
    grid = html.split('class="agrid')[1].split("</div>")[0]
    return {title: css for css, title in re.findall(r'class="([^"]*)"[^>]* title="([^"]*)"', grid)}


def test_it_shows_every_address_of_a_block() -> None:
    engine = make_engine()
    make_custom(engine)

    html = log_in().get("/addresses/").content.decode()

    shown = cells(html)
    assert len(shown) == 256
    assert {title: css for title, css in shown.items() if css not in ("", "z")} == {
        "172.72.0.0 network address": "res",
        "172.72.0.1 gateway": "gw",
        "172.72.0.2 in use: web": "used",
        "172.72.0.3 in use: db": "used",
        "172.72.0.4 asked for: asleep, next to be handed out": "asked next",
        "172.72.0.9 reserved: router": "aux",
    }
    assert "2 of 65,532 in use" in html
    assert "1 asked for, 1 reserved, 65,529 free, 65,279 of them outside the IP range." in html
    assert "256 blocks of /24" in html
    assert "Docker doesn&#x27;t hold it back for asleep" in html
    assert "/ws/live/address_list/local/" in html


def test_it_says_of_a_picked_address_who_has_it() -> None:
    engine = make_engine()
    network = make_custom(engine)

    html = log_in().get("/addresses/?pool=172.72.0.0/16&address=172.72.0.2").content.decode()

    drawer = html.split('id="address-drawer"')[1]
    assert f'href="/containers/local/{make_id("container web")}/"' in drawer
    assert f'href="/networks/local/{network.docker_id}/"' in drawer
    assert "02:42:ac:48:00:02" in drawer
    assert "requested with --ip" in drawer
    assert 'class="used cur"' in html


def test_it_leads_from_a_free_address_to_the_form_that_asks_for_it() -> None:
    engine = make_engine()
    network = make_custom(engine)
    browser = log_in()
    connect = f"/networks/local/{network.docker_id}/connect/?ipv4=172.72.0.11"

    drawer = browser.get("/addresses/?address=172.72.0.11").content.decode().split('id="address-drawer"')[1]
    page = browser.get(f"/networks/local/{network.docker_id}/").content.decode()
    form = browser.get(connect).content.decode()

    assert f'href="{connect}"' in drawer
    assert f'href="{connect}"' in page
    assert 'name="ipv4" value="172.72.0.11"' in form


def test_it_offers_no_address_where_none_can_be_asked_for() -> None:
    engine = make_engine()
    bridge, _host, _none = make_predefined(engine)
    browser = log_in()

    drawer = browser.get("/addresses/?address=172.17.0.11").content.decode().split('id="address-drawer"')[1]
    page = browser.get(f"/networks/local/{bridge.docker_id}/").content.decode()

    assert "no address can be requested" in drawer
    assert "?ipv4=" not in drawer + page


def test_it_offers_a_viewer_nothing_that_changes() -> None:
    engine = make_engine()
    network = make_custom(engine)
    viewer = log_in("mina", engine, "viewer")

    both = viewer.get("/addresses/?address=172.72.0.11").content.decode()
    both += viewer.get(f"/networks/local/{network.docker_id}/").content.decode()

    assert "/connect/" not in both


@pytest.mark.parametrize(
    ("typed", "picked", "block"),
    [
        ("172.72.0.3", "172.72.0.3", "172.72.0.0/24"),
        ("172.72.9.7", "172.72.9.7", "172.72.9.0/24"),
        ("db", "172.72.0.3", "172.72.0.0/24"),
        ("ASLEEP", "172.72.0.4", "172.72.0.0/24"),
        (make_id("container web")[:12], "172.72.0.2", "172.72.0.0/24"),
        ("my_custom_network", "", "172.72.0.0/24"),
        ("fd00:72::2", "fd00:72::2", "fd00:72::/120"),
    ],
)
def test_it_finds_what_is_typed(typed: str, picked: str, block: str) -> None:
    engine = make_engine()
    make_predefined(engine)
    network = make_custom(engine)
    make_pool(network, "fd00:72::/64")

    html = log_in().get("/addresses/", {"q": typed}).content.decode()

    assert f'<h3 class="gap2">{block}</h3>' in html
    if picked:
        assert f'id="h-drawer">{picked}<' in html
    else:
        assert 'id="h-drawer"' not in html


def test_it_lists_what_a_name_finds_more_than_once() -> None:
    engine = make_engine()
    front, back = make_network(engine, "front", "10.0.0.0/24"), make_network(engine, "back", "10.0.1.0/24")
    web = make_container(engine, "web")
    make_endpoint(web, front, "10.0.0.2")
    make_endpoint(web, back, "10.0.1.2")

    found = log_in().get("/addresses/?q=web").content.decode().split('id="address-found"')[1].split("</ul>")[0]

    assert "2 matches" in found
    assert "address=10.0.0.2" in found
    assert "address=10.0.1.2" in found


@pytest.mark.parametrize(
    ("typed", "said"),
    [("nobody", "is called nobody"), ("10.99.0.1", "No pool of this Engine holds 10.99.0.1")],
)
def test_it_says_when_nothing_is_found(typed: str, said: str) -> None:
    make_custom(make_engine())

    assert said in log_in().get("/addresses/", {"q": typed}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "pool=nothing",
        "block=::",
        "block=x&address=y",
        "address=fe80::1%25eth0",
        "q=" + "x" * 5_000,
        "q=%00%ff",
        "sort=-",
        "pool=172.72.0.0/16@ffff&block=172.72.255.0&address=172.72.255.255",
    ],
)
def test_it_shows_a_page_whatever_is_asked(query: str) -> None:
    engine = make_engine()
    make_predefined(engine)
    make_custom(engine)

    assert log_in().get(f"/addresses/?{query}").status_code == 200


def test_it_shows_huge_pools_by_what_is_used_of_them() -> None:
    engine = make_engine()
    network = make_network(engine, "six", "fd00:72::/64")
    make_endpoint(make_container(engine, "web"), network, ipv6="fd00:72::9:5")

    html = log_in().get("/addresses/").content.decode()

    assert "Blocks of /120 that hold something" in html
    assert "block=fd00:72::9:0" in html
    assert "1 in use" in html
    assert 'class="blocks' not in html


@pytest.mark.parametrize(
    ("counted", "said"),
    [
        ((4, 4), ""),
        ((5, 5), "counts 1 more address in use here"),
        ((2, 2), "counts 2 fewer addresses in use here"),
        ((4, 3), "1 more address is left to hand out"),
        ((4, 6), "2 fewer addresses are left to hand out"),
    ],
)
def test_it_says_where_the_engine_counts_otherwise(counted: tuple[int, int], said: str) -> None:
    engine = make_engine(api_version="1.52")
    network = make_custom(engine)
    network.pools.update(ip_range="", besides=counted[0], besides_in_range=counted[1])
    browser = log_in()

    pages = [browser.get(url).content.decode() for url in ("/addresses/", f"/networks/local/{network.docker_id}/")]

    for html in pages:
        assert ("The Engine" in html.split('class="agrid')[0].rpartition("</header>")[2]) == bool(said)
        assert said in html
        assert ("count differs from Netadmin" in html) == bool(said)


def test_it_escapes_hostile_names() -> None:
    engine = make_engine()
    network = make_network(engine, "<b>net</b>", "10.0.0.0/24")
    make_endpoint(make_container(engine, '"><script>alert(1)</script>'), network, "10.0.0.2")
    browser = log_in()

    html = browser.get("/addresses/?address=10.0.0.2").content.decode()
    html += browser.get(f"/networks/local/{network.docker_id}/").content.decode()

    assert "<script>alert" not in html
    assert "<b>net" not in html


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"ipam_driver": "dhcp"}, "The IPAM driver dhcp decides which address comes next."),
        ({"driver": "weave"}, "The driver weave decides which address comes next."),
        ({"driver": "overlay", "scope": "swarm"}, "Swarm managers hand these out in turn"),
        ({"driver": "macvlan"}, "whether a gateway has an address here: the next address can&#x27;t be known."),
    ],
)
def test_it_says_why_the_next_address_is_not_known(fields: dict[str, str], said: str) -> None:
    engine = make_engine(api_version="1.51")
    network = make_network(engine, "other", "10.0.0.0/24", **fields)
    browser = log_in()

    for url in ("/addresses/", f"/networks/local/{network.docker_id}/"):
        html = browser.get(url).content.decode()
        assert said in html
        assert "next to be handed out" not in html


def test_it_says_when_nothing_is_left_to_hand_out() -> None:
    engine = make_engine()
    full = make_network(engine, "full", "10.0.0.0/30", gateway="10.0.0.1")
    make_endpoint(make_container(engine, "web"), full, "10.0.0.2")
    ranged = make_network(engine, "ranged", "10.0.1.0/24", ip_range="10.0.1.8/31", gateway="10.0.1.8")
    make_endpoint(make_container(engine, "db"), ranged, "10.0.1.9")
    browser = log_in()

    assert "the next container is refused" in browser.get("/addresses/?pool=10.0.0.0/30").content.decode()
    assert "has to be requested with --ip" in browser.get("/addresses/?pool=10.0.1.0/24").content.decode()


def test_it_leads_to_the_pools_that_a_network_has_besides_four() -> None:
    engine = make_engine()
    network = make_network(engine, "over", driver="overlay", scope="swarm")
    for index in range(6):
        make_pool(network, f"10.0.{index}.0/24")

    html = log_in().get(f"/networks/local/{network.docker_id}/").content.decode()

    assert html.count('class="agrid ') == 4
    assert re.findall(r'pool=([0-9./]+)">10\.0\.[45]\.0/24</a>', html) == ["10.0.4.0/24", "10.0.5.0/24"]


def test_it_says_what_would_be_here() -> None:
    make_engine()

    assert "No address pool is known yet" in log_in().get("/addresses/").content.decode()


def test_it_asks_as_little_of_a_large_world() -> None:
    engine = make_engine()
    grow_world(engine, networks=10, containers=20)
    browser = log_in()
    small = count_statements(browser, "/addresses/?address=10.64.0.2")

    grow_world(make_engine("large"), networks=200, containers=1_000)

    assert count_statements(browser, "/addresses/?engine=large&address=10.64.0.2") <= small
