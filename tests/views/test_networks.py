"""The pages that show networks."""

from __future__ import annotations

import pytest

from networks.models import Tombstone
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network, make_predefined
from tests.views.pages import count_statements, log_in
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db


def test_it_lists_networks_with_their_pools_and_use() -> None:
    engine = make_engine()
    make_predefined(engine)
    network = make_network(engine, "my_custom_network", "172.72.0.0/16", ip_range="172.72.0.0/24", gateway="172.72.0.1")
    make_endpoint(make_container(engine, "web"), network, "172.72.0.2")

    response = log_in().get("/networks/")
    html = response.content.decode()

    assert response.status_code == 200
    assert html.count('<tr id="net-') == 4
    assert "range /24" in html
    assert ">253<" in html
    assert f'href="/networks/local/{network.docker_id}/"' in html
    assert 'data-revision="1"' in html
    assert "/ws/live/network_list/local/" in html
    assert "New network" in html


def test_it_filters_and_sorts_by_the_query_string() -> None:
    engine = make_engine()
    for name, subnet in (("b-net", "10.9.0.0/16"), ("a-net", "10.10.0.0/16"), ("other", "10.11.0.0/16")):
        make_network(engine, name, subnet)

    html = log_in().get("/networks/?q=-net&sort=subnet").content.decode()

    assert html.index(">b-net<") < html.index(">a-net<")
    assert ">other<" not in html
    assert 'aria-sort="ascending"' in html
    assert 'value="-net"' in html
    assert 'name="sort" value="subnet"' in html
    assert "q=-net" in html.split("hx-ws:connect=")[1].split('"')[1]


@pytest.mark.parametrize("query", ["sort=nothing", "use=often", "driver=weave", "q=%00%ff", "q=" + "x" * 5_000, "sort=-", "x=1"])
def test_it_shows_a_page_whatever_is_asked(query: str) -> None:
    make_predefined(make_engine())

    assert log_in().get(f"/networks/?{query}").status_code == 200


def test_it_offers_a_viewer_nothing_that_changes() -> None:
    engine = make_engine()
    network = make_network(engine, "front", "172.20.0.0/16")
    make_endpoint(make_container(engine, "web"), network, "172.20.0.2")
    client = log_in("mina", engine, "viewer")

    both = client.get("/networks/").content.decode() + client.get(f"/networks/local/{network.docker_id}/").content.decode()

    assert not [word for word in ("/create/", "/remove/", "/connect/", "/disconnect/") if word in both]


def test_it_shows_one_network_to_an_operator() -> None:
    engine = make_engine()
    network = make_network(engine, "front", "172.20.0.0/16", hue=3)
    web = make_container(engine, "web")
    make_endpoint(web, network, "172.20.0.2")

    html = log_in("olga", engine, "operator").get(f"/networks/local/{network.docker_id}/").content.decode()

    assert "hue-3" in html
    assert f'id="ep-{web.docker_id}"' in html
    assert f"/networks/local/{network.docker_id}/remove/" in html
    assert f"/ws/live/network_detail/local/{network.docker_id}/" in html


def test_it_says_when_a_network_went() -> None:
    engine = make_engine()
    docker_id = make_id("network old")
    Tombstone.objects.create(engine=engine, kind="network", docker_id=docker_id, name="old_net", revision=2, gone_at=MORNING)

    response = log_in().get(f"/networks/local/{docker_id}/")
    html = response.content.decode()

    assert response.status_code == 404
    assert "old_net" in html
    assert "This network was removed at" in html
    assert "2026-11-24T08:30" in html
    assert "/ws/live/" not in html


@pytest.mark.parametrize("docker_id", ["0" * 64, "front", "..", "%2e%2e%2fx", "x" * 500])
def test_it_knows_no_network_by_anything_but_its_full_id(docker_id: str) -> None:
    make_network(make_engine(), "front")

    assert log_in().get(f"/networks/local/{docker_id}/").status_code == 404


def test_it_shows_nothing_of_an_engine_that_one_may_not_view() -> None:
    mine, theirs = make_engine(), make_engine("other")
    network = make_network(theirs, "secret_net")
    client = log_in("mina", mine, "viewer")

    assert client.get(f"/networks/other/{network.docker_id}/").status_code == 403
    assert client.get("/networks/?engine=other").status_code == 403
    assert "secret_net" not in client.get("/networks/").content.decode()


def test_it_takes_the_same_statements_at_any_size() -> None:
    engine = make_engine()
    client = log_in()
    grow_world(engine, networks=10, containers=10)
    few = count_statements(client, "/networks/")
    other = make_engine("other")
    grow_world(other, networks=300, containers=300)

    assert count_statements(client, "/networks/?engine=other") == few <= 8
