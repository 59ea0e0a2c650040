"""The page that keeps an address says what it does, and where Docker refuses it says why and what would help."""

from __future__ import annotations

import pytest

from networks.models import Container, Engine, Job, JobStep, Network
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.history import assign, at
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db


def make_place(
    engine: Engine, *, network: str = "net", ipv4: str = "172.18.0.3", state: str = "running", pool: str = "", **columns: object
) -> str:
    """Make a container on a network; return the address of the page that keeps its address."""
    made = make_network(engine, network, "172.18.0.0/16", gateway="172.18.0.1", ip_range=pool)
    container = make_container(engine, "web", state=state)
    make_endpoint(container, made, ipv4, **columns)
    return f"/networks/{engine.slug}/{made.docker_id}/keep/{container.docker_id}/"


def page(url: str) -> str:
    return log_in().get(url).content.decode()


def test_it_offers_the_address_of_now_and_the_one_before() -> None:
    engine = make_engine()
    url = make_place(engine, aliases=["front"])
    assign("172.18.0.3", "web", 61, was_address="172.18.0.2", was_until_at=at(60))

    html = page(url)

    assert 'value="172.18.0.3" checked' in html
    assert 'value="172.18.0.2">' in html
    assert "the one it had before, free now" in html
    assert "docker network connect --ip 172.18.0.3 --alias front net web" in html
    assert "doesn't say whether it chose that of net" in html


def test_it_says_who_has_the_one_before() -> None:
    engine = make_engine()
    url = make_place(engine)
    make_endpoint(make_container(engine, "thief"), Network.objects.get(name="net"), "172.18.0.2")
    assign("172.18.0.3", "web", 61, was_address="172.18.0.2", was_until_at=at(60))

    html = page(url)

    assert 'value="172.18.0.2" disabled' in html
    assert "thief has it now" in html


def test_it_says_who_only_asks_for_the_one_before() -> None:
    engine = make_engine()
    url = make_place(engine)
    idle = make_container(engine, "idle", state="exited")
    make_endpoint(idle, Network.objects.get(name="net"), requested_ipv4="172.18.0.2")
    assign("172.18.0.3", "web", 61, was_address="172.18.0.2", was_until_at=at(60))

    html = page(url)

    assert 'value="172.18.0.2" disabled' in html
    assert "idle, which doesn't run, asks for it" in html
    assert "has it now" not in html.partition('value="172.18.0.2"')[2].partition("</label>")[0]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"network": "bridge"}, "An address can&#x27;t be chosen on Docker&#x27;s default bridge"),
        ({"network": "host"}, "can&#x27;t be kept"),
        ({"ipv4": "", "state": "exited"}, "does not run, so it has no address"),
        ({"requested_ipv4": "172.18.0.3"}, "172.18.0.3 was requested: web gets it at every start"),
        (
            {"requested_ipv4": "172.18.0.3", "ipv6": "fd00::3", "requested_ipv6": "fd00::3"},
            "172.18.0.3, fd00::3 were requested: web gets them at every start",
        ),
    ],
)
def test_it_says_why_not(place: dict[str, str], words: str) -> None:
    html = page(make_place(make_engine(), **place))  # type: ignore[arg-type]

    assert words in html
    assert 'name="key"' not in html


def test_where_the_engine_refused_before_it_says_so_and_what_would_help() -> None:
    engine = make_engine()
    url = make_place(engine)
    network, container = Network.objects.get(), Container.objects.get()
    job = Job.objects.create(key="k", engine_slug="local", verb="keep_address", permission="connect", created_at=at(0))
    words = "user specified IP address is supported only when connecting to networks with user configured subnets"
    ids = {"network_id": network.docker_id, "container_id": container.docker_id}
    JobStep.objects.create(job=job, position=1, verb="disconnect_container", state="refused", sentence=words, **ids)

    html = page(url)

    assert "An address can&#x27;t be chosen on net" in html
    assert "/networks/local/create/" in html
    assert 'name="key"' not in html


def test_one_that_a_refused_connect_left_half_there_can_be_put_back() -> None:
    engine = make_engine()
    url = make_place(engine, ipv4="", requested_ipv4="172.18.0.3")
    network, container = Network.objects.get(), Container.objects.get()
    job = Job.objects.create(
        key="k", engine_slug="local", verb="keep_address", permission="connect", created_at=at(0), state="attention"
    )
    ids = {"network_id": network.docker_id, "container_id": container.docker_id, "network_name": "net", "container_name": "web"}
    spec = {"kept": "172.18.0.3", "ipv4": "172.18.0.3"}
    JobStep.objects.create(job=job, position=2, verb="connect_container", state="refused", spec=spec, **ids)

    assert "Connect it with 172.18.0.3" in page(url)
    client = log_in("olga", engine, "operator")
    assert "Put it back" in client.get(f"/containers/local/{container.docker_id}/").content.decode()


def test_it_does_not_ask_where_the_subnet_was_typed_for_certain() -> None:
    assert "say whether" not in page(make_place(make_engine(), pool="172.18.5.0/24"))


@pytest.mark.parametrize(
    ("mac", "api", "is_said"),
    [("02:42:ac:12:00:03", "1.45", False), ("02:11:22:33:44:55", "1.45", True), ("02:11:22:33:44:55", "1.54", False)],
)
def test_it_says_when_a_mac_address_is_lost(mac: str, api: str, is_said: bool) -> None:
    html = page(make_place(make_engine(api_version=api), mac=mac))

    assert (f"Its MAC address {mac} is lost" in html) is is_said


def test_options_that_touch_the_host_take_the_role_admin() -> None:
    engine = make_engine()
    url = make_place(engine, driver_options={"com.example.anything": "1"})

    assert "needs the role admin" in log_in("olga", engine, "operator").get(url).content.decode()
    assert 'name="key"' in page(url)


def test_only_who_may_connect_gets_there() -> None:
    engine = make_engine()
    url = make_place(engine)

    assert log_in("vera", engine, "viewer").get(url).status_code == 403
    assert log_in("olga", engine, "operator").get(url).status_code == 200


def test_one_that_is_protected_is_left_alone() -> None:
    engine = make_engine()
    url = make_place(engine)
    Container.objects.update(labels={"netadmin.protect": "true"})

    assert "protected by its label" in page(url)


@pytest.mark.parametrize("ids", [("a" * 64, "b" * 64), ("x", "y"), ("a" * 64, "\0")])
def test_what_is_not_there_is_not_found(ids: tuple[str, str]) -> None:
    make_engine()

    assert log_in().get(f"/networks/local/{ids[0]}/keep/{ids[1]}/").status_code == 404
