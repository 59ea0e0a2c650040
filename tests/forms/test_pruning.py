"""Which networks a prune takes: read from the filters, and the very ones that Docker takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from networks.engine.cli import prune_networks_command
from networks.forms.pruning import PruneFilter, PruneForm, plan_pruning, read_until
from networks.models import Engine, Network
from tests.actions.conftest import followed  # noqa: F401 (a fixture)
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_network, make_predefined
from tests.private_engine import PrivateEngine, wait_until

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def form_of(query: str) -> PruneForm:
    form = PruneForm(QueryDict(query), now=NOW)
    form.is_valid()
    return form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("24h", NOW - timedelta(hours=24)),
        ("1h30m", NOW - timedelta(minutes=90)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("500ms", NOW - timedelta(milliseconds=500)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24T08:30:00Z", MORNING),
        ("2026-11-24T17:30:00+09:00", MORNING),
        ("1795509000", datetime.fromtimestamp(1795509000, UTC)),
        ("yesterday", None),
        ("24", datetime.fromtimestamp(24, UTC)),
        ("-5h", None),
        ("24d", None),
        ("9" * 400 + "h", None),
        ("999999999999", None),
        ("\ud800", None),
    ],
)
def test_it_reads_until_as_docker_does(text: str, expected: datetime | None) -> None:
    assert read_until(text, NOW) == expected


def test_it_reads_the_filters_and_writes_the_command() -> None:
    form = form_of("until=24h&labels=env=test+%22note=a+b%22&other_labels=keep")

    assert form.filter.labels == (("env", "test"), ("note", "a b"))
    assert form.filter.other_labels == (("keep", None),)
    assert prune_networks_command(form.filter.pairs) == (
        "docker network prune --filter until=24h --filter label=env=test --filter 'label=note=a b' --filter 'label!=keep'"
    )


def test_it_writes_dates_so_that_any_engine_reads_the_same() -> None:
    assert form_of("until=2026-11-24").filter.pairs == [("until", "2026-11-24T00:00:00+00:00")]


@pytest.mark.parametrize(("query", "words"), [("until=soon", "is not a time"), ("labels=%22open", "not closed")])
def test_it_says_what_it_can_not_read(query: str, words: str) -> None:
    form = form_of(query)

    assert not form.is_valid()
    assert any(words in error for errors in form.errors.values() for error in errors)
    assert form.filter == PruneFilter()


@pytest.mark.django_db
def test_it_names_apart_what_stopped_containers_need_and_leaves_out_what_is_protected() -> None:
    engine = make_engine()
    make_predefined(engine)
    networks = {name: make_network(engine, name) for name in ("used", "needed", "free", "dashed")}
    make_network(engine, "config", is_config_only=True)
    make_network(engine, "across", driver="overlay", scope="swarm")
    make_network(engine, "vault", labels={"netadmin.protect": "true"})
    make_endpoint(make_container(engine, "web"), networks["used"], "10.0.0.2")
    make_endpoint(make_container(engine, "old", state="exited", exit_code=0), networks["needed"])
    keeper = make_container(engine, "keeper", state="exited", exit_code=0, labels={"netadmin.protect": "true"})
    make_endpoint(keeper, networks["dashed"])

    plan = plan_pruning("local", PruneFilter())

    assert [each.name for each in plan.unused] == ["free"]
    assert [each.name for each in plan.untold] == ["across"]
    assert [each.name for each in plan.needed] == ["needed"]
    assert sorted(lock.name for lock in plan.left_out) == ["dashed", "vault"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    "query",
    ["", "labels=env=test+team=web", "other_labels=env", "other_labels=env+team", "until=1h", "labels=env&other_labels=team=web"],
)
def test_it_takes_the_very_networks_that_docker_takes(
    engine: PrivateEngine,
    followed: Engine,  # noqa: F811
    query: str,
) -> None:
    labels = {"a": (), "b": ("env=test",), "c": ("env=live", "team=web"), "d": ("env=test", "team=web"), "e": ("team=web",)}
    for name, given in labels.items():
        engine.cli("network", "create", *(word for label in given for word in ("--label", label)), name)
    engine.run("runs", "--network", "a")
    engine.run("ended", "--network", "b")
    engine.cli("stop", "ended")
    wait_until(lambda: Network.objects.filter(engine=followed).count() == 8, "all networks")
    wait_until(lambda: followed.containers.filter(name="ended", state="exited").exists(), "the stopped container")
    wait_until(lambda: followed.containers.get(name="runs").endpoints.exclude(ipv4="").exists(), "the running one's address")
    form = PruneForm(QueryDict(query) if query else None, now=timezone.now())
    assert not query or form.is_valid()

    plan = plan_pruning(followed.slug, form.filter)
    flags = [word for name, value in form.filter.pairs for word in ("--filter", f"{name}={value}")]
    engine.cli("network", "prune", "--force", *flags)

    left = set(engine.cli("network", "ls", "--format", "{{.Name}}").split())
    assert {each.name for each in (*plan.unused, *plan.needed)} == set(labels) - left
    assert [each.name for each in plan.needed] in ([], ["b"])
