"""Adding, testing, changing and removing Engines: real ones by TLS and ssh, and everything that is refused."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, override_settings

from networks.engine.allow_list import Profile
from networks.engine.client import EngineClient
from networks.models import Action, Engine, EngineCredentials, EngineStatus, Event, Grant, Network
from networks.models.access import access_of
from tests.another_engine import AnotherEngine
from tests.builders import make_engine, make_network
from tests.ssh_server import SshServer, unavailable_reason
from tests.views.pages import log_in

pytestmark = pytest.mark.django_db

needs_sshd = pytest.mark.skipif(unavailable_reason() is not None, reason=str(unavailable_reason()))
ADD = "/engines/add/"
DRAFT = {"name": "build machine", "slug": "build", "url": "unix:///nowhere/docker.sock"}


def post(client: Client, page: str = ADD, do: str = "save", **typed: str) -> str:
    return client.post(page, {**DRAFT, "do": do, **typed}, follow=True).content.decode()


@contextlib.contextmanager
def listening(answer: bytes) -> Iterator[int]:
    """Answer everything on loopback with the same bytes, and give the port; "" answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    opened, _ = server.accept()
                    threading.Thread(target=reply, args=(opened,), daemon=True).start()

        def reply(opened: socket.socket) -> None:
            with contextlib.suppress(OSError), opened:
                while opened.recv(65_536):
                    opened.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def test_it_adds_an_engine_with_tls_and_never_shows_its_key_again(another_engine: AnotherEngine) -> None:
    make_engine()
    client = log_in()
    secret = another_engine.material.key.splitlines()[1]

    tested = post(client, do="test", **another_engine.typed())
    added = post(client, **another_engine.typed())

    assert "An Engine answers" in tested
    assert "is followed from now on" in added
    engine = Engine.objects.get(slug="build")
    with contextlib.closing(EngineClient(access_of(engine), Profile.READ)) as asked:
        assert asked.info().engine_id
    shown = [added, *(client.get(url).content.decode() for url in ("/engines/", "/engines/build/", "/engines/build/change/"))]
    shown += [
        client.get(url).content.decode() for url in ("/activity/", "/admin/networks/engine/", "/admin/networks/engine/2/change/")
    ]
    stored = [str(list(rows.values())) for rows in (Action.objects, EngineCredentials.objects, Engine.objects)]
    assert not [text for text in (*shown, *stored) if secret in text]


def test_it_keeps_credentials_that_are_left_empty(another_engine: AnotherEngine) -> None:
    make_engine()
    client = log_in()
    post(client, **another_engine.typed())

    changed = post(client, "/engines/build/change/", url=another_engine.url, name="builder")

    assert "follows it with the new settings" in changed
    engine = Engine.objects.get(slug="build")
    kept = access_of(engine).tls
    assert kept is not None
    assert (engine.name, kept.key) == ("builder", another_engine.material.key.strip())


@needs_sshd
def test_it_adds_an_engine_by_ssh_once_its_host_key_was_accepted(another_engine: AnotherEngine, tmp_path: Path) -> None:
    make_engine()
    client = log_in()
    server = SshServer(tmp_path)
    server.start()
    typed = {"url": server.url(another_engine.engine.socket), "ssh_key": server.key}
    try:
        refused = post(client, **typed)
        scanned = post(client, do="scan", **typed)
        found = re.search(r'name="host_key"[^>]*>\s*(ssh-ed25519 [^<\s]+)', scanned)
        tested = post(client, do="test", **typed, host_key=found[1] if found else "")
        failed = post(client, do="test", url=server.url("/nowhere.sock"), ssh_key=server.key, host_key=server.host_key)
        unknown = SshServer(tmp_path / "other") if (tmp_path / "other").mkdir() is None else server
        stranger = post(client, do="test", **{**typed, "ssh_key": unknown.key}, host_key=server.host_key)
    finally:
        server.stop()

    assert "a host key, such as" in refused
    assert not Engine.objects.filter(slug="build").exists()
    assert "saving accepts it" in scanned
    assert "An Engine answers" in tested
    assert "open failed" in failed
    assert "The ssh tunnel failed" in stranger
    assert "Permission denied" in stranger


def test_it_says_which_step_of_tls_failed(another_engine: AnotherEngine) -> None:
    make_engine()
    client = log_in()
    typed = another_engine.typed()
    other_ca = another_engine.authority.__class__("another").pem

    wrong_ca = post(client, do="test", **{**typed, "ca": other_ca})
    no_pair = post(client, do="test", **{**typed, "tls_key": another_engine.authority.sign("x")[1]})
    by_name = post(client, do="test", **{**typed, "url": "tcp://no-such-machine.invalid:2376"})

    assert "The TLS connection failed" in wrong_ca
    assert "certificate verify failed" in wrong_ca
    assert "doesn&#x27;t belong to the certificate" in no_pair
    assert "The name can&#x27;t be resolved" in by_name


def test_it_knows_an_engine_that_is_there_already(another_engine: AnotherEngine) -> None:
    with contextlib.closing(EngineClient(another_engine.access, Profile.READ)) as asked:
        make_engine(docker_id=asked.info().engine_id)

    page = post(log_in(), do="test", **another_engine.typed())

    assert "This Engine is already known" in page


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "is not a Docker Engine"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "is not a Docker Engine"),
        (b"SSH-2.0-OpenSSH_10\r\n", "is not a Docker Engine"),
        (b"", "answer in time"),
    ],
)
def test_it_says_what_answers_instead_of_an_engine(answer: bytes, words: str) -> None:
    make_engine()
    with listening(answer) as port:
        page = post(log_in(), do="test", url=f"tcp://127.0.0.1:{port}")

    assert words in page


def test_it_says_that_nobody_answers() -> None:
    make_engine()

    page = post(log_in(), do="test")

    assert "Nothing answers there" in page
    assert "No such file or directory" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"url": "tcp://10.0.0.1:2375"}, "Without TLS, only an Engine on this machine"),
        ({"url": "tcp://169.254.169.254:80"}, "Without TLS, only an Engine on this machine"),
        ({"url": "http://127.0.0.1"}, "An Engine is reached by unix://, tcp:// or ssh://"),
        ({"url": "tcp://build"}, "The port is missing"),
        ({"url": "ssh://build"}, "Add the user to log in as"),
        ({"url": "ssh://u@h", "host_key": "x"}, "a private key that ssh can use"),
        ({"url": "tcp://h:2376", "ca": "x"}, "a certificate in PEM form"),
        ({"slug": "add"}, "This short name is taken"),
        ({"slug": "local"}, "This short name is taken"),
        ({"netns": "/etc/passwd"}, "names no network namespace"),
    ],
)
def test_it_says_at_the_field_what_cannot_be_used(typed: dict[str, str], words: str) -> None:
    make_engine()

    page = post(log_in(), **typed)

    assert words in page
    assert Engine.objects.count() == 1


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
@pytest.mark.parametrize("do", ["save", "test", "scan"])
def test_nobody_but_a_superuser_has_the_server_connect_anywhere(role: str, do: str) -> None:
    local = make_engine()
    client = log_in("mina", local, role)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        url = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        statuses = [client.post(page, {**DRAFT, "url": url, "do": do}).status_code for page in (ADD, "/engines/local/change/")]

        with pytest.raises(TimeoutError):
            server.accept()
    assert statuses == [403, 403]
    assert Engine.objects.count() == 1


def test_it_leaves_the_url_of_the_first_engine_to_the_environment() -> None:
    local = make_engine()
    url = local.url

    post(log_in(), "/engines/local/change/", name="mine", url="unix:///elsewhere")

    assert tuple(Engine.objects.values_list("name", "url")) == (("mine", url),)


def test_it_says_plainly_that_the_key_to_the_credentials_is_lost(another_engine: AnotherEngine) -> None:
    make_engine()
    client = log_in()
    post(client, **another_engine.typed())

    with override_settings(SECRET_KEY="x" * 60):
        client = log_in("sora")
        page = client.get("/engines/build/change/").content.decode()
        kept = post(client, "/engines/build/change/", url=another_engine.url)

    assert "encrypted with another secret key" in page
    assert "Without TLS" in kept or "encrypted with another secret key" in kept


def test_it_removes_an_engine_once_its_name_was_typed() -> None:
    make_engine()
    build = Engine.objects.create(slug="build", name="build machine", url="unix:///nowhere")
    EngineStatus.objects.create(engine=build)
    make_network(build, "front", "10.7.0.0/24")
    client = log_in()
    mina = log_in("mina", build, "viewer")
    Event.objects.create(engine_slug="build", time_nano=1, at="2026-01-01T00:00:00Z", kind="network", verb="create")

    wrong = client.post("/engines/build/remove/", {"typed_name": "build"})
    done = client.post("/engines/build/remove/", {"typed_name": "build machine"}, follow=True).content.decode()

    assert wrong.status_code == 422
    assert "was removed" in done
    assert list(Engine.objects.values_list("slug", flat=True)) == ["local"]
    assert not Network.objects.filter(name="front").exists()
    assert not Grant.objects.exists()
    assert Event.objects.filter(engine_slug="build").exists()
    assert list(Action.objects.filter(engine_slug="build").values_list("verb", flat=True)) == ["remove_engine"]
    assert mina.get("/engines/build/").status_code == 403


def test_it_never_removes_the_first_engine() -> None:
    make_engine()

    assert log_in().post("/engines/local/remove/", {"typed_name": "local"}).status_code == 409


def test_it_lists_only_the_engines_that_one_may_view() -> None:
    make_engine()
    build = make_engine("build", state="disconnected", last_error="No route to <host>")

    everything = log_in().get("/engines/").content.decode()
    own = log_in("mina", build, "viewer").get("/engines/").content.decode()

    assert "/engines/local/change/" in everything
    assert "No route to &lt;host&gt;" in own
    assert "disconnected" in own
    assert "/engines/local/" not in own
    assert "/engines/build/change/" not in own


def test_it_keeps_its_own_buttons_when_the_engine_in_the_bar_is_disconnected() -> None:
    make_engine(state="disconnected")
    client = log_in()

    for url in ("/engines/", ADD, "/engines/local/change/", "/engines/local/remove/"):
        page = client.get(url).content.decode()
        assert 'class="is-stale"' in page, url
        assert '<main id="main" class="page every-engine"' in page, url


@pytest.mark.parametrize(("url", "unfolded"), [("tcp://192.0.2.9:2375", "tcp"), ("ssh://root@192.0.2.9", "ssh")])
def test_it_unfolds_the_credentials_that_an_address_needs(url: str, unfolded: str) -> None:
    make_engine()

    page = post(log_in(), do="test", url=url)

    assert re.findall(r'data-scheme="(\w+)" open', page) == [unfolded]
