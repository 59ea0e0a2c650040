"""Ways around the rules that a second reading found: each tried as it was described."""

from __future__ import annotations

import io
import json
import re
import tarfile
from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client

from networks.actions.actors import Actor
from networks.actions.containers import restart_container, start_container
from networks.actions.launching import run_container
from networks.actions.networks import connect_container
from networks.engine.specs import ConnectSpec, EndpointSpec, RunSpec
from networks.models import Container, Endpoint, Engine, EngineStatus, Grant, OutcomeKind, Role
from networks.policy.login.store import SessionStore
from networks.policy.needed_permissions import is_permitted, is_private_registry
from networks.policy.protection import read_company
from tests.builders import make_container, make_endpoint, make_engine, make_network
from tests.lab_image import IMAGE
from tests.private_engine import PrivateEngine, wait_until
from tests.proving import prove
from tests.security.attacks.test_names import Scene

BEARING = "bearing:1"
SALT = SessionStore().key_salt


@pytest.fixture
def scene(engine: PrivateEngine, followed: Engine, operator: Actor) -> Scene:
    return Scene(engine, followed, operator)


@pytest.fixture
def bearing(engine: PrivateEngine) -> Iterator[str]:
    """Have an image with a label of ours, as anybody may push one."""
    empty = io.BytesIO()
    with tarfile.open(fileobj=empty, mode="w"):
        pass
    change = ("--change", "LABEL netadmin.protect=true", "--change", 'CMD ["true"]')
    engine.cli("import", *change, "-", BEARING, stdin=empty.getvalue())
    yield BEARING
    engine.cli("image", "rm", "-f", BEARING, check=False)


def test_no_image_brings_a_label_of_ours_for_an_operator(
    engine: PrivateEngine, followed: Engine, operator: Actor, bearing: str
) -> None:
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")
    spec = RunSpec(bearing, "lock", networks=(EndpointSpec(bridge, "bridge"),))

    denied = run_container(operator, followed, spec)
    named = engine.cli("ps", "-aq", "--filter", "name=lock")
    Grant.objects.update(role=Role.ADMIN)
    by_id = engine.cli("image", "inspect", "-f", "{{.Id}}", bearing)
    allowed = run_container(operator, followed, RunSpec(by_id, "lock", networks=spec.networks))

    assert (denied.kind, named) == (OutcomeKind.DENIED, "")
    assert "The image has labels that begin with netadmin." in denied.sentence
    assert allowed.docker_id  # made, and its program isn't there to run


@pytest.mark.parametrize("name", ["vault.front", "secrets.internal.front", "VAULT-HOST.Front."])
def test_nobody_takes_a_whole_name_on_any_network(scene: Scene, name: str) -> None:
    """Docker's DNS looks for db.backend in every network of whoever asks, before it looks for db in backend."""
    back = scene.engine.cli("network", "create", "back")
    wait_until(lambda: Endpoint.objects.filter(container__docker_id=scene.vault).exists(), "the endpoint")
    elsewhere = ConnectSpec(back, scene.other, aliases=(name,))

    on_front = scene.connect(name)
    on_back = connect_container(scene.actor, scene.row, elsewhere, network_name="back", container_name="other")

    assert [result.kind for result in (on_front, on_back)] == [OutcomeKind.DENIED] * 2
    assert "which is protected" in on_back.sentence


def test_no_link_and_no_namesake_takes_a_protected_name_from_its_clients(scene: Scene) -> None:
    engine = scene.engine
    web = engine.run("web", "--network", "front")
    back = engine.cli("network", "create", "back")
    engine.cli("network", "connect", "--alias", "secrets.internal", "back", "other")
    quiet = engine.cli("network", "create", "quiet")
    wait_until(Endpoint.objects.filter(container__docker_id=web, network__docker_id=scene.network).exists, "web on front")
    wait_until(lambda: ["secrets.internal"] in Endpoint.objects.values_list("aliases", flat=True), "the impostor's alias")

    def join(network: str, name: str, *links: str) -> tuple[str, str]:
        spec = ConnectSpec(network, web, links=links)
        result = connect_container(scene.actor, scene.row, spec, network_name=name, container_name="web")
        return result.kind, result.sentence

    linked, bare, namesake = join(quiet, "quiet", "other:vault"), join(quiet, "quiet", "vault-host"), join(back, "back")

    assert (linked[0], bare[0], namesake[0]) == (OutcomeKind.DENIED,) * 3
    assert "a link can't give that name to another" in linked[1]
    assert "on back something else has that name" in namesake[1]
    assert join(quiet, "quiet", "other:friend")[0] is OutcomeKind.OK


@pytest.mark.parametrize("start", [start_container, restart_container])
def test_no_trap_that_was_laid_before_wakes(scene: Scene, start: object) -> None:
    """A stopped container finds its networks by name: it was put there before what is protected came."""
    engine = scene.engine
    trap = engine.run("trap", "--network", "front", "--network-alias", "secrets.internal")
    engine.cli("stop", "-t", "0", "trap")
    wait_until(Container.objects.filter(docker_id=trap, state="exited").exists, "the trap in the snapshot")

    denied = start(scene.actor, scene.row, trap, name="trap")  # type: ignore[operator]
    state = engine.cli("inspect", "-f", "{{.State.Status}}", "trap")
    Grant.objects.update(role=Role.ADMIN)
    allowed = start(scene.actor, scene.row, trap, name="trap")  # type: ignore[operator]

    assert (denied.kind, state) == (OutcomeKind.DENIED, "exited")
    assert "needs the permission “shape”" in denied.sentence
    assert allowed.kind is OutcomeKind.OK


@pytest.mark.django_db
def test_a_swarms_network_has_the_names_of_all_its_engines() -> None:
    swarm_id = "x" * 25
    first, second = make_engine("first"), make_engine("second")
    for engine in (first, second):
        make_network(engine, "secure", "10.0.1.0/24", docker_id=swarm_id, driver="overlay", scope="swarm")
    vault = make_container(first, "vault", labels={"netadmin.protect": "true"})
    make_endpoint(vault, first.networks.get(), "10.0.1.2", aliases=["db"])

    assert read_company("second", swarm_id, "secure")[1]["db"] == "vault"
    assert "db" not in read_company("second", "f" * 64, "other")[1]


@pytest.mark.parametrize(
    "registry",
    ["registry:5000", "nas.lan:5000", "hub.internal", "x.home.arpa:80", "printer.local", "10.0.0.5:5000", "[fd00::1]:5000"],
)
def test_no_registry_inside_is_permitted_because_the_engine_names_it(registry: str) -> None:
    assert is_private_registry(registry)
    assert not is_permitted(registry, (), (registry,))
    assert is_permitted(registry, (registry,), ())  # a superuser wrote it down
    assert is_permitted("registry.example:5000", (), ("registry.example:5000",))


@pytest.mark.django_db
def test_the_database_has_no_key_of_a_session_that_waits_for_the_password() -> None:
    person = User.objects.create_superuser("root", password="x")
    browser = Client()
    browser.force_login(person)
    key = browser.cookies[django_settings.SESSION_COOKIE_NAME].value

    asked = browser.post("/people/create/", {"username": "mallory"})
    other = browser.post(f"/people/{person.pk}/invite/")

    assert all(answer["Location"].startswith("/accounts/reauthenticate/") for answer in (asked, other))
    kept = json.dumps([signing.loads(row.session_data, salt=SALT) for row in Session.objects.all()])
    assert "account_reauthentication_state" in kept
    assert key not in kept
    assert "HTTP_COOKIE" not in kept


@pytest.mark.django_db
def test_the_database_has_no_secret_of_an_app_that_is_being_set_up() -> None:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password="x"))
    prove(browser)

    page = browser.get("/accounts/2fa/totp/activate/").content.decode()

    secret = browser.session[SECRET_SESSION_KEY]
    kept = signing.loads(Session.objects.get().session_data, salt=SALT)
    assert secret in page
    assert kept[SECRET_SESSION_KEY] != secret


@pytest.mark.django_db
def test_nobody_behind_a_proxy_that_names_nobody_is_the_proxy(settings: object) -> None:
    settings.NETADMIN_ADMIN_FROM, settings.NETADMIN_TRUSTED_PROXIES = [ip_network("127.0.0.0/8")], 1  # type: ignore[attr-defined]
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password="x"))

    found = [
        browser.get("/admin/", headers=headers).status_code
        for headers in ({}, {"x-forwarded-for": "unknown"}, {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "127.0.0.9"})
    ]

    assert found == [404, 404, 404, 200]


@pytest.mark.django_db
def test_whoever_is_shut_out_learns_no_engine_from_readyz(settings: object) -> None:
    settings.NETADMIN_SECOND_STEP_FOR, settings.NETADMIN_SECOND_STEP_DAYS = frozenset({"everybody"}), 0  # type: ignore[attr-defined]
    make_engine()
    browser = Client()
    browser.force_login(User.objects.create_superuser("root", password="x"))

    assert "engines" not in browser.get("/readyz").json()


def test_an_operator_does_not_publish_all_that_an_image_exposes(engine: PrivateEngine, followed: Engine, operator: Actor) -> None:
    bridge = engine.cli("network", "inspect", "-f", "{{.Id}}", "bridge")

    result = run_container(
        operator, followed, RunSpec(IMAGE, "all", networks=(EndpointSpec(bridge, "bridge"),), publishes_all=True)
    )

    assert result.kind is OutcomeKind.DENIED


def test_the_snapshot_knows_the_registries_of_a_real_engine(engine: PrivateEngine, followed: Engine) -> None:
    told = json.loads(engine.cli("info", "-f", "{{json .RegistryConfig.IndexConfigs}}"))

    assert "docker.io" in told
    assert EngineStatus.objects.get(engine=followed).registries == sorted(told)


def test_pages_say_beforehand_what_takes_an_admin(scene: Scene, client: Client) -> None:
    engine = scene.engine
    trap = engine.run("trap", "--network", "front", "--network-alias", "secrets.internal")
    nowhere = engine.run("secrets.internal", "--network", "none")
    engine.cli("stop", "-t", "0", "trap")
    wait_until(Container.objects.filter(docker_id=trap, state="exited").exists, "the trap in the snapshot")
    wait_until(Container.objects.filter(docker_id=nowhere, state="running").exists, "the other in the snapshot")
    client.force_login(User.objects.get(pk=scene.actor.user_id))
    slug = scene.row.slug

    start = client.get(f"/containers/{slug}/{trap}/start/").content.decode()
    several = client.post(f"/containers/{slug}/several/", {"do": "start_containers", "id": [trap]}).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', client.get(f"/containers/{slug}/{nowhere}/move/").content.decode())
    assert key is not None
    move = client.post(f"/containers/{slug}/{nowhere}/move/", {"key": key[1], "network_id": scene.network})

    assert "as this one is: to start it takes an admin." in start
    assert "1 step needs the role admin" in several
    assert move.status_code == 422
    assert "nothing else gets that name there" in move.content.decode()
