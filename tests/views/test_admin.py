"""The admin site: superusers alone, snapshots to look at, hostile names spelt out, and as many statements whatever the size."""

from __future__ import annotations

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from networks.engine.access.facts import EngineAccess, TlsMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.models import Action, Engine, EngineCredentials, Event, Network, Outcome
from networks.models.access import keep_credentials
from tests.builders import MORNING, make_container, make_endpoint, make_engine, make_id, make_network
from tests.certificates import Authority
from tests.proving import prove
from tests.worlds import grow_world

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script>\u202egnp\x1b[31m"
SPELT = "&lt;script&gt;alert(1)&lt;/script&gt;\\u202egnp␛[31m"
READ_ONLY = ("network", "container", "endpoint", "tombstone", "event", "action", "outcome", "enginestatus")


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", password="pw-for-tests-1"))
    return prove(client)


def make_rows(engine: Engine, name: str = HOSTILE) -> None:
    network = make_network(engine, name, "172.18.0.0/16", labels={name: name})
    make_endpoint(make_container(engine, name, command=name), network, "172.18.0.2")
    Event.objects.create(
        engine_slug=engine.slug, time_nano=1, at=MORNING, kind="network", verb=name, actor_id=make_id(name), actor_name=name
    )
    action = Action.objects.create(at=MORNING, who=name, engine_slug=engine.slug, verb="create_network", what=name, command=name)
    Outcome.objects.create(action_id=action.pk, at=MORNING, kind="refused", sentence=name)
    engine.tombstones.create(kind="network", docker_id=make_id("gone"), name=name, revision=1, gone_at=MORNING)


@pytest.mark.parametrize("model", READ_ONLY)
def test_it_shows_rows_and_their_pages_without_a_way_to_change_them(admin: Client, model: str) -> None:
    make_rows(make_engine())
    listed = reverse(f"admin:networks_{model}_changelist")
    pk = next(registered for registered in site._registry if registered._meta.model_name == model)._default_manager.get().pk

    assert admin.get(listed).status_code == 200
    assert admin.get(reverse(f"admin:networks_{model}_change", args=[pk])).status_code == 200
    assert admin.get(reverse(f"admin:networks_{model}_add")).status_code == 403
    assert admin.post(reverse(f"admin:networks_{model}_change", args=[pk]), {"name": "x"}).status_code == 403
    assert admin.post(reverse(f"admin:networks_{model}_delete", args=[pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", READ_ONLY)
def test_it_spells_hostile_text_out(admin: Client, model: str) -> None:
    make_rows(make_engine(last_error=HOSTILE))
    pk = next(registered for registered in site._registry if registered._meta.model_name == model)._default_manager.get().pk

    for url in (reverse(f"admin:networks_{model}_changelist"), reverse(f"admin:networks_{model}_change", args=[pk])):
        page = admin.get(url).content.decode()

        assert SPELT in page
        assert "\u202e" not in page
        assert "\x1b" not in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("model", READ_ONLY)
def test_it_asks_as_many_statements_for_a_hundred_rows_as_for_one(admin: Client, model: str) -> None:
    engine = make_engine()
    make_rows(engine, "one")
    url = reverse(f"admin:networks_{model}_changelist")
    admin.get(url)

    with CaptureQueriesContext(
        connection,
    ) as few:
        admin.get(url)
    grow_world(engine, networks=60, containers=90)
    with CaptureQueriesContext(connection) as many:
        admin.get(url)

    assert len(many) == len(few)


def test_it_finds_a_network_by_its_subnet_and_shows_its_pools(admin: Client) -> None:
    network = make_network(make_engine(), "front", "172.30.0.0/16", gateway="172.30.0.1")

    found = admin.get(reverse("admin:networks_network_changelist"), {"q": "172.30"}).content.decode()
    shown = admin.get(reverse("admin:networks_network_change", args=[network.pk])).content.decode()

    assert "front" in found
    assert "172.30.0.1" in shown


def test_it_lets_no_member_of_the_staff_in(client: Client) -> None:
    make_engine()
    client.force_login(User.objects.create_user("staff", password="pw-for-tests-1", is_staff=True))

    assert client.get(reverse("admin:index")).status_code == 403


def test_it_keeps_the_url_and_the_slug_of_the_local_engine(admin: Client) -> None:
    engine = make_engine("local")
    url = reverse("admin:networks_engine_change", args=[engine.pk])

    admin.post(url, {"slug": "other", "name": "Shed", "url": "unix:///elsewhere.sock"})

    engine.refresh_from_db()
    assert (engine.slug, engine.name, engine.url) == ("local", "Shed", "unix:///nonexistent/local/docker.sock")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://docker.example:2375", "An Engine is reached by unix://, tcp:// or ssh://."),
        ("tcp://192.0.2.9:2375", "Without TLS, only an Engine on this machine"),
        ("tcp://127.0.0.1", "The port is missing"),
        ("ssh://root@192.0.2.9", "This isn’t a private key that ssh can use."),
        ("unix://relative", "The path of a socket begins with /"),
        ("tcp://user:secret@127.0.0.1:2375", "The URL holds only an address"),
    ],
)
def test_it_holds_the_url_of_an_engine_to_the_rules_of_its_page(admin: Client, url: str, said: str) -> None:
    engine = make_engine("shed")
    before = engine.url
    typed = {"slug": "barn", "name": "Barn", "url": url, "netns": ""}

    added = admin.post(reverse("admin:networks_engine_add"), typed)
    changed = admin.post(reverse("admin:networks_engine_change", args=[engine.pk]), typed)

    for answer in (added, changed):
        assert answer.status_code == 200
        assert said.replace("’", "&#x27;") in answer.content.decode()
    engine.refresh_from_db()
    assert (engine.url, Engine.objects.count()) == (before, 1)


def test_it_adds_an_engine_that_needs_no_credentials_and_never_changes_its_short_name(admin: Client) -> None:
    typed = {"slug": "barn", "name": "Barn", "url": "unix:///run/barn.sock", "netns": ""}

    assert admin.post(reverse("admin:networks_engine_add"), typed | {"slug": "add"}).status_code == 200
    assert admin.post(reverse("admin:networks_engine_add"), typed).status_code == 302
    engine = Engine.objects.get()
    page = reverse("admin:networks_engine_change", args=[engine.pk])
    assert admin.post(page, typed | {"slug": "other", "url": "tcp://127.0.0.1:2375"}).status_code == 302

    engine.refresh_from_db()
    assert (engine.slug, engine.url) == ("barn", "tcp://127.0.0.1:2375")


def test_it_forgets_credentials_that_an_address_has_no_use_for(admin: Client) -> None:
    engine = make_engine("barn")
    Engine.objects.update(url="tcp://192.0.2.9:2376")
    authority = Authority()
    tls = TlsMaterial(authority.pem, *authority.sign("netadmin"))
    keep_credentials(engine, EngineAccess(parse_engine_url("tcp://192.0.2.9:2376"), tls=tls))
    page = reverse("admin:networks_engine_change", args=[engine.pk])
    typed = {"name": "Barn", "netns": ""}

    assert admin.post(page, typed | {"url": "tcp://192.0.2.8:2376"}).status_code == 302
    assert EngineCredentials.objects.filter(engine=engine).exists()
    assert admin.post(page, typed | {"url": "unix:///run/barn.sock"}).status_code == 302

    assert not EngineCredentials.objects.exists()


def test_it_deletes_no_engine(admin: Client) -> None:
    engine = make_engine()

    answer = admin.post(reverse("admin:networks_engine_delete", args=[engine.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert Engine.objects.count() == 1


def test_it_says_that_nobody_has_read_the_engine_yet(admin: Client) -> None:
    engine = make_engine()
    url = reverse("admin:networks_engine_changelist")

    page = admin.post(url, {"action": "sync_now", "_selected_action": [engine.pk]}, follow=True).content.decode()

    assert "Local was asked, but has not been read yet." in page
    assert engine.sync_requests.count() == 1


def test_it_edits_the_grants_of_a_person(admin: Client) -> None:
    person, engine = User.objects.create_user("mina"), make_engine()
    url = reverse("admin:networks_grant_add")

    admin.post(url, {"user": person.pk, "engine": engine.pk, "role": "operator"})

    assert person.grants.get().role == "operator"
    assert "mina" in admin.get(reverse("admin:networks_grant_changelist")).content.decode()
    assert admin.get(reverse("admin:auth_user_change", args=[person.pk])).status_code == 200


def test_it_never_deletes_a_snapshot_row_by_an_action(admin: Client) -> None:
    network = make_network(make_engine(), "front")
    url = reverse("admin:networks_network_changelist")

    admin.post(url, {"action": "delete_selected", "_selected_action": [network.pk], "post": "yes"})

    assert Network.objects.count() == 1
