"""What a removal or a disconnect would break."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networks.models import Engine, EngineStatus
from networks.queries.lifecycle.consequence_tokens import breakages_of
from networks.queries.lifecycle.consequences import affected_by, consequences_of
from tests.builders import make_container, make_endpoint, make_engine, make_id, make_network
from tests.worlds import grow_world

PORTS = [{"private_port": 80, "protocol": "tcp", "public_port": 8080, "address": "::"}, {"private_port": 443, "protocol": "tcp"}]


@pytest.mark.django_db
def test_it_tells_running_from_stopped_and_the_only_network_from_one_of_several() -> None:
    engine = make_engine()
    front, back = make_network(engine, "front", "172.72.0.0/16"), make_network(engine, "back", is_internal=True)
    web = make_container(engine, "web", network_mode="front", ports=PORTS)
    old = make_container(engine, "old", state="exited", exit_code=0, network_mode="back", ports=PORTS)
    make_endpoint(web, front, "172.72.0.2")
    make_endpoint(web, back, "172.73.0.2")
    make_endpoint(old, front, requested_ipv4="172.72.0.20")

    running, stopped = affected_by("local", front.docker_id)

    assert (running.name, running.is_running, running.is_last, running.is_own_network) == ("web", True, False, True)
    assert (running.addresses, running.closing_ports) == (("172.72.0.2",), ("[::]:8080->80/tcp",))
    assert (stopped.name, stopped.is_running, stopped.is_last, stopped.is_own_network) == ("old", False, True, False)
    assert (stopped.addresses, stopped.closing_ports) == (("172.72.0.20",), ())


@pytest.mark.django_db
def test_it_keeps_ports_open_that_another_network_can_serve() -> None:
    engine = make_engine()
    front, back = make_network(engine, "front"), make_network(engine, "back")
    web = make_container(engine, "web", ports=PORTS)
    for network in (front, back):
        make_endpoint(web, network, "172.72.0.2")

    assert [each.closing_ports for each in affected_by("local", front.docker_id, web.docker_id)] == [()]
    assert affected_by("local", front.docker_id, "0" * 64) == ()


@pytest.mark.django_db
def test_it_looks_at_what_stays_when_all_of_it_is_done() -> None:
    engine = make_engine()
    front, back, side = (make_network(engine, name) for name in ("front", "back", "side"))
    web = make_container(engine, "web", ports=PORTS)
    for network in (front, back):
        make_endpoint(web, network, "172.72.0.2")
    make_endpoint(make_container(engine, "db"), side, "172.73.0.2")

    both = consequences_of("local", [back.docker_id, "0" * 64, front.docker_id, back.docker_id])

    assert [each.name for each in both] == ["back", "front"]
    assert [[one.is_last for one in each.affected] for each in both] == [[True], [True]]
    assert [[one.closing_ports for one in each.affected] for each in both] == [[("[::]:8080->80/tcp",)]] * 2
    assert [one.is_last for one in affected_by("local", front.docker_id)] == [False]


@pytest.mark.django_db
def test_it_counts_no_network_that_is_not_there() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    old = make_container(engine, "old", state="exited", exit_code=0)
    make_endpoint(old, front)
    make_endpoint(old, None, network_name="gone")

    assert [each.is_last for each in affected_by("local", front.docker_id)] == [True]


@pytest.mark.django_db
def test_it_names_who_shares_the_network_of_a_container_that_loses_it() -> None:
    engine, other = make_engine(), make_engine("other")
    front = make_network(engine, "front")
    web = make_container(engine, "web")
    make_endpoint(web, front, "172.72.0.2")
    for owner, name, state in ((engine, "proxy", "running"), (engine, "agent", "exited"), (other, "foreign", "running")):
        make_container(owner, name, state=state, network_mode=f"container:{web.docker_id}", donor_id=web.docker_id)

    (found,) = affected_by("local", front.docker_id)

    assert [(each.name, each.is_running) for each in found.dependants] == [("agent", False), ("proxy", True)]


@pytest.mark.django_db
def test_it_tells_the_project_that_made_it_from_those_that_use_it_from_outside() -> None:
    engine = make_engine()
    label = "com.docker.compose.project"
    front = make_network(engine, "shop_front", labels={label: "shop", "com.docker.compose.network": "front"})
    for name, project in (("shop-web-1", "shop"), ("blog-web-1", "blog")):
        make_endpoint(make_container(engine, name, labels={label: project}), front, "172.72.0.2")

    (found,) = consequences_of("local", [front.docker_id])

    assert (found.project, found.outer_projects) == ("shop", ("blog",))


@pytest.mark.django_db
def test_it_says_what_was_asked_for_and_is_lost() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    web = make_container(engine, "web")
    make_endpoint(web, front, "172.72.0.20", requested_ipv4="172.72.0.20", aliases=["blog", make_id("container web")[:12]])

    (found,) = affected_by("local", front.docker_id, web.docker_id)

    assert (found.static_addresses, found.aliases) == (("172.72.0.20",), ("blog",))


@pytest.mark.django_db
def test_it_names_the_networks_that_take_their_configuration_from_one() -> None:
    engine = make_engine()
    config = make_network(engine, "config", is_config_only=True)
    make_network(engine, "front", config_from="config")

    (found,) = consequences_of("local", [config.docker_id])

    assert found.config_users == ("front",)
    assert [(each.kind, each.network, each.detail) for each in breakages_of([found])] == [("config", "config", "front")]


@pytest.mark.django_db
def test_it_gives_each_breakage_a_token_of_its_own_that_stays() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    web = make_container(engine, "web", ports=PORTS)
    make_endpoint(web, front, "172.72.0.2")
    before = breakages_of(consequences_of("local", [front.docker_id]))

    engine.containers.update(state="exited", exit_code=0)
    after = breakages_of(consequences_of("local", [front.docker_id]))

    assert [each.kind for each in before] == ["running", "last", "port"]
    assert [each.kind for each in after if each.token not in {one.token for one in before}] == ["stopped"]
    assert len({each.token for each in (*before, *after)}) == 4


@pytest.mark.django_db
def test_it_leaves_open_what_docker_says_while_a_container_is_restarted() -> None:
    engine = make_engine()
    front = make_network(engine, "front")
    make_endpoint(make_container(engine, "flappy", state="restarting"), front)

    [found] = consequences_of("local", [front.docker_id])

    assert [each.name for each in found.wavering] == ["flappy"]
    assert (found.running, found.stopped) == ((), ())


@pytest.mark.django_db
@pytest.mark.parametrize(("api_version", "count"), [("1.45", 4), ("1.43", 0), ("", 0)])
def test_it_names_who_was_made_with_a_network_and_left_it(api_version: str, count: int) -> None:
    engine = make_engine()
    EngineStatus.objects.filter(engine=engine).update(api_version=api_version)
    front, back = make_network(engine, "front"), make_network(engine, "back")
    modes = {"by_name": "front", "by_id": front.docker_id, "by_short_id": front.docker_id[:12], "other": "back"}
    for name, mode in modes.items():
        make_endpoint(make_container(engine, name, network_mode=mode), back)
    make_endpoint(make_container(engine, "still", network_mode="front"), front)
    make_container(engine, "nowhere", network_mode="front")  # Docker starts it, and connects it to none

    [found] = consequences_of("local", [front.docker_id])

    assert [name for _id, name, _state in found.orphans] == sorted(["by_id", "by_name", "by_short_id", "nowhere"])[:count]
    assert [each.kind for each in breakages_of([found])].count("orphan") == count


@pytest.mark.django_db
def test_it_asks_no_more_often_for_many_than_for_one() -> None:
    engine = make_engine()
    grow_world(engine, networks=40, containers=120, second_endpoints=20)

    one, many = count(engine, 1), count(engine, 40)

    assert one == many <= 5


def count(engine: Engine, networks: int) -> int:
    ids = list(engine.networks.order_by("name").values_list("docker_id", flat=True)[:networks])
    with CaptureQueriesContext(connection) as asked:
        found = consequences_of(engine.slug, ids)
    assert len(found) == networks
    return len(asked)
