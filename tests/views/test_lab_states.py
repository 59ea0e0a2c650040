"""The sample lab's pages show what fits its state: nothing of it, all of it, a part of it, or others' things under its names."""

from __future__ import annotations

import re

import pytest
from django.db.models import F
from django.test import Client

from networks.actions.sample_lab.jobs import last_lab_job
from networks.actions.sample_lab.plan import LabPlan
from networks.models import Action, Container, Engine, EngineStatus, Network
from tests.builders import make_container, make_engine, make_network, make_predefined
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

START, MEND, REMOVE = "Start the sample lab", "Build what is missing", "Remove the sample lab…"
OFFERED = re.compile(r"(Start the sample lab…?|Build what is missing|Remove the sample lab…?)\s*</(?:button|a)>")
PAGES = ("/engines/local/", "/engines/local/lab/")


@pytest.fixture
def engine() -> Engine:
    engine = make_engine()
    make_predefined(engine)
    return engine


@pytest.fixture
def browser() -> Client:
    return log_in("root")


def build(engine: Engine, prefix: str = "") -> None:
    plan = LabPlan(prefix)
    for name, subnet in zip(plan.network_names, ("10.201.0.0/26", "172.72.0.0/16"), strict=True):
        make_network(engine, name, subnet, labels=plan.labels)
    for name, _network, _command in plan.containers:
        make_container(engine, name, labels=plan.labels, state="exited" if name == plan.stopped else "running")


def look(browser: Client, path: str) -> str:
    EngineStatus.objects.update(revision=F("revision") + 1)  # as every change of the snapshot does
    return browser.get(path).content.decode()


def offered(browser: Client, path: str) -> list[str]:
    return OFFERED.findall(look(browser, path))


@pytest.mark.parametrize("path", PAGES)
def test_it_offers_what_fits(engine: Engine, browser: Client, path: str) -> None:
    assert offered(browser, path) == [START]
    build(engine)
    assert offered(browser, path) == [REMOVE]
    Container.objects.filter(name="mycustom_1").update(state="exited")
    assert offered(browser, path) == [MEND, REMOVE]
    assert "mycustom_1" in look(browser, path)
    Container.objects.exclude(name="none-network").delete()
    assert offered(browser, path) == [MEND, REMOVE]
    Container.objects.all().delete()
    Network.objects.filter(name__contains="my").delete()
    assert offered(browser, path) == [START]


@pytest.mark.parametrize("path", PAGES)
def test_it_goes_on_under_the_prefix_that_is_there(engine: Engine, browser: Client, path: str) -> None:
    build(engine, "lab-")
    Container.objects.filter(name="lab-mycustom_1").delete()

    page = look(browser, path)

    assert OFFERED.findall(page) == [MEND, REMOVE]
    assert re.search(r'name="name_prefix"\s+value="lab-"', page)
    assert "lab-mycustom_1" in page


def test_it_foresees_names_that_are_somebody_s_own(engine: Engine, browser: Client) -> None:
    make_container(engine, "myvolume_1")
    make_network(engine, "mybridge", "10.201.0.0/26")
    make_container(engine, "lab-host-network")  # what is suggested is free

    engine_page, lab_page = look(browser, PAGES[0]), look(browser, PAGES[1])

    assert OFFERED.findall(engine_page) == ["Start the sample lab…"]
    assert 'href="/engines/local/lab/"' in engine_page
    assert 'formaction="/engines/local/lab/up/"' not in engine_page
    assert re.search(r"mybridge, myvolume_1\.\s+What exists is left alone", lab_page)
    assert re.search(r'name="name_prefix"[^>]*value="lab2-"', lab_page)


def test_it_foresees_a_subnet_that_is_somebody_s_own(engine: Engine, browser: Client) -> None:
    make_network(engine, "front", "172.72.8.0/24")

    page = look(browser, PAGES[1])

    assert "Another network has addresses of 172.72.0.0/16" in page
    assert re.search(r'name="name_prefix"[^>]*value="lab-"', page)


@pytest.mark.parametrize("prefix", ["-x", "a b", "x" * 21, "é"])
def test_it_takes_no_prefix_that_docker_would_not(engine: Engine, browser: Client, prefix: str) -> None:
    before = last_lab_job("local")

    answer = browser.post("/engines/local/lab/up/", {"name_prefix": prefix})

    assert answer.status_code == 422
    assert 'id="id_name_prefix_error"' in answer.content.decode()
    assert last_lab_job("local") is before
    assert not Action.objects.exclude(verb="log_in").exists()


@pytest.mark.parametrize(
    "labels", [{"netadmin.lab": "1", "netadmin.lab.prefix": "<b>é"}, {"netadmin.lab": "1", "netadmin.lab.prefix": 7}]
)
def test_it_believes_no_label_that_is_no_prefix(engine: Engine, browser: Client, labels: dict[str, object]) -> None:
    make_container(engine, "odd", labels=labels)

    page = look(browser, PAGES[1])

    assert OFFERED.findall(page) == [MEND, REMOVE]
    assert 'name="name_prefix" value=""' in page if labels["netadmin.lab.prefix"] != 7 else 'value="7"' in page
    assert "<b>é" not in page
