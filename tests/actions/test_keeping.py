"""Keeping an address on a real Engine: it comes back at every start, with all that was asked for, and nobody is left off."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from networks.actions.actors import Actor
from networks.actions.clients import open_client
from networks.actions.jobs.keeping import KeepRun, keep_steps, refuse_automatic_subnet
from networks.actions.jobs.starting import JobRequest, start_job
from networks.addressing.reading import IPAddress, parse_address
from networks.engine.allow_list import Profile
from networks.engine.specs import ConnectSpec
from networks.models import Action, AddressAssignment, Engine, Grant, Job, JobStep
from networks.queries.addresses.keeping import KEEP
from tests.private_engine import PrivateEngine, wait_until
from tests.views.pages import log_in

TYPED = ("--subnet", "172.30.7.0/24")


def inspect(engine: PrivateEngine, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(engine.cli("inspect", name))[0]
    return found


def end_of(engine: PrivateEngine, name: str, network: str = "net") -> dict[str, Any]:
    found: dict[str, Any] = inspect(engine, name)["NetworkSettings"]["Networks"][network]
    return found


def address_of(engine: PrivateEngine, name: str) -> str:
    return str(end_of(engine, name)["IPAddress"])


def make_job(actor: Actor, engine: PrivateEngine, row: Engine, name: str, address: str = "", network: str = "net") -> Job:
    spec = ConnectSpec(engine.cli("network", "inspect", "-f", "{{.Id}}", network), str(inspect(engine, name)["Id"]))
    wanted: IPAddress = parse_address(address or end_of(engine, name, network)["IPAddress"], "ipv4")
    steps = keep_steps(spec, wanted, network_name=network, container_name=name)
    return start_job(actor, row, JobRequest(f"key-{Job.objects.count()}", KEEP, name), steps)


def states(job: Job) -> list[str]:
    job.refresh_from_db()
    return [job.state, *job.steps.order_by("position").values_list("state", flat=True)]


def test_what_was_kept_stays_when_they_restart_in_another_order(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    for name in ("c1", "c2", "c3"):
        engine.run(name, "--network", "net", "--network-alias", f"{name}-alias")
    before = end_of(engine, "c2")

    job = make_job(operator, engine, followed, "c2")
    KeepRun(followed, job).run()

    assert states(job) == ["done", "done", "done"]
    after = end_of(engine, "c2")
    assert after["IPAMConfig"]["IPv4Address"] == before["IPAddress"] == after["IPAddress"]
    assert (after["Aliases"], after["MacAddress"]) == (before["Aliases"], before["MacAddress"])
    assert job.steps.get(position=2).command.startswith("docker network connect --ip 172.30.7.3 --alias")
    for name in ("c2", "c3", "c1", "c2"):
        engine.cli("restart", name)
    assert address_of(engine, "c2") == before["IPAddress"]
    engine.cli("stop", "c1", "c2", "c3")
    for name in ("c2", "c3", "c1"):  # whoever starts before it may be handed its address: nobody keeps it free
        engine.cli("start", name)
    assert [address_of(engine, name) for name in ("c2", "c3", "c1")] == ["172.30.7.3", "172.30.7.2", "172.30.7.4"]


def test_all_that_was_asked_for_is_given_again(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("db", "--network", "net")
    engine.run("web", command=("sleep", "1000000"))
    more = ("--alias", "one", "--alias", "two", "--link", "db:store", "--link-local-ip", "169.254.9.9")
    options = ("--driver-opt", "com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1")
    engine.cli("network", "connect", *more, *options, "net", "web")
    before = end_of(engine, "web")

    job = make_job(operator, engine, followed, "web")
    KeepRun(followed, job).run()

    assert states(job) == ["done", "done", "done"]
    after = end_of(engine, "web")
    assert after["IPAMConfig"] == {**before["IPAMConfig"], "IPv4Address": before["IPAddress"]}
    for member in ("Links", "Aliases", "DriverOpts", "IPAddress", "DNSNames"):
        assert after[member] == before[member], member
    assert set(inspect(engine, "web")["NetworkSettings"]["Networks"]) == {"bridge", "net"}


def test_an_address_of_before_may_be_kept_as_well(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net")

    job = make_job(operator, engine, followed, "web", "172.30.7.99")
    KeepRun(followed, job).run()

    assert states(job) == ["done", "done", "done"]
    assert address_of(engine, "web") == "172.30.7.99"
    row = wait_until(AddressAssignment.objects.filter(container_name="web", address="172.30.7.99").first, "the history")
    assert row.was_address == "172.30.7.2"


def test_nothing_is_changed_where_docker_chose_the_subnet(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", "net")
    engine.run("web", "--network", "net", "--network-alias", "alias")
    before = inspect(engine, "web")["NetworkSettings"]

    job = make_job(operator, engine, followed, "web")
    KeepRun(followed, job).run()

    assert states(job) == ["rolledback", "refused", "skipped"]
    assert "networks with user configured subnets" in job.steps.get(position=1).sentence
    assert inspect(engine, "web")["NetworkSettings"] == before


def test_the_question_itself_changes_nothing_where_the_subnet_was_typed(engine: PrivateEngine, followed: Engine) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net", "--network-alias", "alias")
    before = inspect(engine, "web")["NetworkSettings"]
    client = open_client(followed, Profile.NETWORK)
    network = client.inspect_network(engine.cli("network", "inspect", "-f", "{{.Id}}", "net"))
    refuse_automatic_subnet(
        client, network, client.inspect_container(inspect(engine, "web")["Id"]), parse_address("172.30.7.2", "x")
    )
    client.close()

    assert inspect(engine, "web")["NetworkSettings"] == before


def test_the_default_bridge_is_not_even_asked(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.run("web")

    job = make_job(operator, engine, followed, "web", network="bridge")
    KeepRun(followed, job).run()

    assert states(job) == ["rolledback", "denied", "skipped"]
    assert end_of(engine, "web", "bridge")["IPAddress"]


class Interrupted(KeepRun):
    """Lets something happen between the steps."""

    def between(self) -> None:
        raise RuntimeError("killed")

    def _go_on(self, step: JobStep) -> None:
        if step.verb == "connect_container" and not self._job.steps.filter(position=3).exists():
            self.between()
        super()._go_on(step)


def test_one_whose_address_was_taken_meanwhile_is_connected_as_it_was(
    engine: PrivateEngine, followed: Engine, operator: Actor
) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net", "--network-alias", "alias")
    engine.run("thief")

    class Robbed(Interrupted):
        def between(self) -> None:
            engine.cli("network", "connect", "--ip", "172.30.7.2", "net", "thief")

    job = make_job(operator, engine, followed, "web")
    Robbed(followed, job).run()

    assert states(job) == ["rolledback", "done", "refused", "done"]
    assert "Address already in use" in job.steps.get(position=2).sentence
    after = end_of(engine, "web")
    assert (after["IPAddress"], after["IPAMConfig"] or {}, after["Aliases"]) == ("172.30.7.3", {}, ["alias"])


def test_it_goes_on_after_a_crash_between_the_steps(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net", "--network-alias", "alias")
    job = make_job(operator, engine, followed, "web")
    with pytest.raises(RuntimeError):
        Interrupted(followed, job).run()
    assert states(job) == ["running", "done", "waiting"]

    KeepRun(followed, Job.objects.get(pk=job.pk)).run()

    assert states(job) == ["done", "done", "done"]
    assert (address_of(engine, "web"), end_of(engine, "web")["Aliases"]) == ("172.30.7.2", ["alias"])


def test_a_refused_connect_whose_end_was_lost_is_not_taken_for_done(
    engine: PrivateEngine, followed: Engine, operator: Actor
) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net")
    engine.run("thief")

    class Lost(Interrupted):
        def between(self) -> None:
            engine.cli("network", "connect", "--ip", "172.30.7.2", "net", "thief")
            engine.cli("network", "connect", "--ip", "172.30.7.2", "net", "web", check=False)
            row = Action.objects.create(at=self._job.created_at, who="olga", engine_slug="local", verb="connect_container")
            self._job.steps.filter(position=2).update(state="started", action_id=row.pk)
            super().between()

    job = make_job(operator, engine, followed, "web")
    with pytest.raises(RuntimeError):
        Lost(followed, job).run()
    assert "net" in inspect(engine, "web")["NetworkSettings"]["Networks"]  # Docker 26.1 leaves it there, without an endpoint

    KeepRun(followed, Job.objects.get(pk=job.pk)).run()

    assert states(job) == ["rolledback", "done", "refused", "done"]
    assert address_of(engine, "web") == "172.30.7.3"


def test_a_wish_to_stop_between_the_steps_leaves_nobody_off(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    engine.run("web", "--network", "net")

    class Asked(Interrupted):
        def between(self) -> None:
            Job.objects.update(stop_asked_at=self._job.created_at)

    job = make_job(operator, engine, followed, "web")
    Asked(followed, job).run()

    assert states(job) == ["done", "done", "done"]


def test_one_that_is_left_off_is_told_and_can_be_put_back(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    engine.cli("network", "create", *TYPED, "net")
    container_id = engine.run("web", "--network", "net", "--network-alias", "alias")

    class Disowned(Interrupted):
        def between(self) -> None:
            Grant.objects.all().delete()

    job = make_job(operator, engine, followed, "web")
    Disowned(followed, job).run()
    assert states(job) == ["attention", "done", "denied"]
    wait_until(lambda: "net" not in inspect(engine, "web")["NetworkSettings"]["Networks"], "it to be off")

    browser = log_in()
    page = wait_until(lambda: _page_with(browser, container_id, "Put it back"), "the page to say so")
    assert f"/jobs/{job.pk}/" in page
    network_id = job.steps.get(position=1).network_id
    answer = confirm_keeping(browser, f"/networks/local/{network_id}/keep/{container_id}/")
    again = Job.objects.latest("pk")
    assert answer.url == f"/jobs/{again.pk}/"
    KeepRun(followed, again).run()

    assert states(again) == ["done", "done"]
    assert (address_of(engine, "web"), end_of(engine, "web")["Aliases"]) == ("172.30.7.2", ["alias"])


def _page_with(browser: Client, container_id: str, words: str) -> str:
    html = browser.get(f"/containers/local/{container_id}/").content.decode()
    return html if words in html else ""


def confirm_keeping(browser: Client, url: str, **more: str) -> Any:
    html = browser.get(url).content.decode()
    fields = {name: html.split(f'name="{name}" value="')[1].split('"')[0] for name in ("key", "shown")}
    return browser.post(url, fields | more)
