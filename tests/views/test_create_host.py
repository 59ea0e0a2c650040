"""The second step of a network that would cut the Engine's machine off: an admin types its subnet, nobody else goes on."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from networks.models import Action, Engine, Outcome, OutcomeKind
from tests.builders import make_engine
from tests.machines import SUBNET, office, seen
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/networks/local/create/"
TYPED = {"name": "lan", "driver": "bridge", "pools-0-subnet": SUBNET, "pools-0-gateway": "192.168.77.254"}


@pytest.fixture
def engine() -> Engine:
    return make_engine(network_drivers=["bridge", "host", "macvlan", "null"], version="26.1.5", api_version="1.45")


def text_of(response: object) -> str:
    content = response.content.decode()  # type: ignore[attr-defined]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content)))


def post(client: Client, **fields: str) -> object:
    with seen(office()):
        return client.post(URL, TYPED | {"do": "create"} | fields)


def test_it_says_while_one_types_what_would_be_lost_and_asks_for_the_second_step(engine: Engine) -> None:
    response = post(log_in(), preview="1")

    text = text_of(response)
    assert response.status_code == 200  # type: ignore[attr-defined]
    assert "192.168.77.0/24 contains 192.168.77.1, the host's default gateway (eth0)." in text
    assert "Docker accepts it. The host then looks for that network behind the new bridge: it may lose its connection" in text
    assert "Use 10.128.0.0/24, which is free" in text
    assert "Create anyway…" in text
    assert "To create it anyway, type 192.168.77.0/24" in text
    assert b'hx-target="#second-step"' in response.content  # type: ignore[attr-defined]


def test_it_leaves_the_second_step_alone_while_one_types_into_it(engine: Engine) -> None:
    response = post(log_in(), preview="1", **{"asks-for": SUBNET}, typed_subnet="192.168.77.0/2")

    assert b"second-step" not in response.content  # type: ignore[attr-defined]
    done = post(log_in("ada", engine, "admin"), preview="1", **{"asks-for": SUBNET}, typed_subnet=SUBNET)
    assert b'hx-target="#second-step"' in done.content  # type: ignore[attr-defined]
    assert "Create anyway" in text_of(done)
    assert "Create anyway…" not in text_of(done)


def test_it_takes_the_second_step_away_with_the_harm(engine: Engine) -> None:
    response = post(log_in(), preview="1", **{"asks-for": SUBNET, "pools-0-subnet": "10.99.0.0/24", "pools-0-gateway": ""})

    assert b'<div id="second-step"></div>' in response.content  # type: ignore[attr-defined]
    assert "no network overlaps it, and no address, name server or route (main table) of the host" in text_of(response)


def test_it_stops_an_admin_who_has_not_typed_it(engine: Engine) -> None:
    admin = log_in("ada", engine, "admin")

    for typed in ("", "192.168.77.0", "192.168.77.0/25"):
        response = post(admin, typed_subnet=typed)
        assert response.status_code == 422  # type: ignore[attr-defined]
        assert "Type it exactly as shown above." in text_of(response)
    assert not Action.objects.exists()


def test_it_refuses_an_operator_and_writes_it_down_typed_or_not(engine: Engine) -> None:
    operator = log_in("olga", engine, "operator")

    shown = post(operator, preview="1")
    for typed in ("", SUBNET):
        response = post(operator, typed_subnet=typed)
        assert response.status_code == 403  # type: ignore[attr-defined]
        assert "Netadmin refused" in text_of(response)
        assert "Only an admin of this Engine can create such a network" in text_of(response)

    assert b'name="typed_subnet"' not in shown.content  # type: ignore[attr-defined]
    assert list(Action.objects.order_by("id").values_list("verb", "who", "what")) == [("create_network", "olga", "lan")] * 2
    assert set(Outcome.objects.values_list("kind", flat=True)) == {OutcomeKind.DENIED}
    assert Action.objects.order_by("id").last().asked["typed_subnet"] == SUBNET  # type: ignore[union-attr]


def test_it_asks_the_engine_for_an_admin_who_has_typed_it(engine: Engine) -> None:
    response = post(log_in("ada", engine, "admin"), typed_subnet=SUBNET)

    # No Engine answers here: it was asked all the same.
    assert response.status_code == 409  # type: ignore[attr-defined]
    assert set(Outcome.objects.values_list("kind", flat=True)) == {OutcomeKind.FAILED}


def test_it_stops_an_operator_for_other_faults_without_a_record(engine: Engine) -> None:
    response = post(log_in("olga", engine, "operator"), name="bridge")

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert not Action.objects.exists()


def test_it_says_where_nothing_is_seen_of_the_machine(engine: Engine) -> None:
    response = log_in().post(URL, TYPED | {"preview": "1", "pools-0-subnet": "10.99.0.0/24", "pools-0-gateway": ""})

    text = text_of(response)
    assert "10.99.0.0/24 is free: no other network overlaps it." in text
    assert "The host's own routes, addresses and name servers could not be checked" in text
    assert "Create network" in text


def test_it_says_when_there_is_nothing_to_suggest(engine: Engine) -> None:
    response = log_in().post(URL, TYPED | {"pools-0-subnet": "10.99.0.0/24", "pools-0-gateway": "", "do": "suggest"})

    assert "There is no subnet to suggest" in text_of(response)
