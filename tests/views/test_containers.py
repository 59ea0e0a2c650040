"""The pages that show containers."""

from __future__ import annotations

import pytest

from networks.models import Tombstone
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network
from tests.views.pages import count_statements, log_in
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db

PORT = {"private_port": 80, "protocol": "tcp", "public_port": 49153, "address": "0.0.0.0"}  # noqa: S104


def test_it_lists_containers_as_docker_ps_does() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16", hue=3)
    web = make_container(engine, "wordpress", image="wordpress:6", ports=[PORT], network_mode="front")
    make_endpoint(web, front, "172.20.0.2")
    make_container(engine, "asleep", state="exited", exit_code=137, finished_at=MORNING)

    html = log_in().get("/containers/").content.decode()

    assert html.count('<tr id="con-') == 2
    assert "wordpress:6" in html
    assert "0.0.0.0:49153-&gt;80/tcp" in html
    assert "exited (137)" in html
    assert "sleep 1d" in html
    assert "hue-3" in html
    assert "/ws/live/container_list/local/" in html


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        ("asked", "SIGKILL was sent to it through Docker, and its exit code is the one of that signal."),
        ("memory", "It ran out of memory: the kernel killed a process in it, and its exit code is the one of SIGKILL."),
        ("itself", "Its exit code is the one of SIGKILL, which wasn&#x27;t sent through Docker."),
        ("", "Its exit code is the one of SIGKILL. Whether anybody sent that isn&#x27;t known:"),
    ],
)
def test_it_says_who_ended_a_container(ending: str, sentence: str) -> None:
    ended = make_container(make_engine(), "ended", state="exited", exit_code=137, ending=ending)

    html = log_in().get(f"/containers/local/{ended.docker_id}/").content.decode()

    assert sentence in html


def test_it_filters_by_the_query_string() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16")
    make_endpoint(make_container(engine, "inside"), front, "172.20.0.2")
    make_container(engine, "outside", state="exited", exit_code=0)
    client = log_in()

    def shown(query: str) -> list[str]:
        html = client.get(f"/containers/?{query}").content.decode()
        return [name for name in ("inside", "outside") if f">{name}<" in html]

    assert shown("network=front") == ["inside"]
    assert shown("state=exited") == ["outside"]
    assert shown("q=172.20.0.2") == ["inside"]
    assert shown("mode=host") == []
    assert shown("mode=sideways&sort=nothing") == ["inside", "outside"]


def test_it_tells_a_viewer_why_there_are_no_command_lines() -> None:
    engine = make_engine()
    web = make_container(engine, "web", command="serve --password=hunter2")
    viewer, operator = log_in("mina", engine, "viewer"), log_in("olga", engine, "operator")

    for url in ("/containers/", f"/containers/local/{web.docker_id}/"):
        assert "hunter2" in operator.get(url).content.decode()
        html = viewer.get(url).content.decode()
        assert "hunter2" not in html
        assert "Command lines may contain secrets" in html


def test_it_shows_one_container_and_the_way_to_its_networks() -> None:
    engine = make_engine()
    front = make_network(engine, "front", "172.20.0.0/16")
    web = make_container(engine, "web", network_mode="front")
    make_endpoint(web, front, "172.20.0.2", ipv4_gateway="172.20.0.1")

    html = log_in("olga", engine, "operator").get(f"/containers/local/{web.docker_id}/").content.decode()

    assert f'id="ep-{front.docker_id}"' in html
    assert f"/networks/local/{front.docker_id}/disconnect/{web.docker_id}/" in html
    assert f"/containers/local/{web.docker_id}/connect/" in html
    assert "It is on user-defined networks" in html


def test_it_says_when_a_container_went() -> None:
    engine = make_engine()
    docker_id = make_id("container old")
    Tombstone.objects.create(engine=engine, kind="container", docker_id=docker_id, name="old_web", revision=2, gone_at=MORNING)

    response = log_in().get(f"/containers/local/{docker_id}/")

    assert response.status_code == 404
    assert "This container was removed at" in response.content.decode()


def test_it_takes_the_same_statements_at_any_size() -> None:
    client = log_in()
    grow_world(make_engine(), networks=10, containers=10)
    few = count_statements(client, "/containers/")
    grow_world(make_engine("other"), networks=50, containers=400)

    assert count_statements(client, "/containers/?engine=other") == few <= 8
