"""Several servers in containers, as the documentation has them: by Compose on one machine, and as a stack of a swarm of two."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.installed.composed import ADDRESS, NAME, PASSWORD
from tests.installed.image_builder import why_no_build
from tests.installed.several_images import build_images
from tests.installed.several_servers import Several, several_by_compose, several_by_swarm
from tests.installed.test_elsewhere import ELSEWHERE
from tests.installed.test_image_files import why_no_compose
from tests.private_engine import wait_until

REASON = why_no_build() or why_no_compose()
pytestmark = [
    pytest.mark.full,
    pytest.mark.engine,
    pytest.mark.skipif(bool(REASON), reason=REASON),
]
PUSHED_WITHIN_S = 20.0
ASKED = 60
# Arguments: address, name, password, how often a page is asked for, ten times a second. Prints 1 for each that came.
ASKS_ON = """
import sys, time
from tests.installed.visitor import Visitor
visitor = Visitor(sys.argv[1])
visitor.log_in(sys.argv[2], sys.argv[3])
for _number in range(int(sys.argv[4])):
    print(int("front" in visitor.ask("/networks/")), flush=True)
    time.sleep(0.1)
"""
# Arguments: address, name, password, name of a network to create. Prints what a person reads then.
CREATES = """
import sys
from tests.installed.visitor import TOKEN, Visitor, text_of
visitor = Visitor(sys.argv[1])
visitor.log_in(sys.argv[2], sys.argv[3])
page = "/networks/local/create/"
token = TOKEN.search(visitor.ask(page))[1]
typed = {"csrfmiddlewaretoken": token, "name": sys.argv[4], "driver": "bridge", "pools-count": "0", "do": "create"}
print(text_of(visitor.ask(page, typed)))
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_images(tmp_path_factory.mktemp("images"))


@pytest.mark.parametrize("start", [several_by_compose, several_by_swarm])
def test_they_serve_together(
    start: Callable[[Path, Path], AbstractContextManager[Several]], archive: Path, tmp_path: Path
) -> None:
    with start(archive, tmp_path) as several:
        several.followed.cli("network", "create", "front")
        several.wait_until_well()
        several.make_admin()

        show_what_happens(several)
        change_where_the_socket_is(several)
        go_on_without_a_server_of_pages(several)
        push_again_after_the_follower(several, tmp_path)
        if start is several_by_compose:  # a swarm would start another
            say_that_nobody_can_change(several)


def show_what_happens(several: Several) -> None:
    """Each server of pages shows what was made on the Engine, live; so does the proxy."""
    several.followed.cli("network", "create", "made-later")
    servers = several.containers("web")

    read = [several.pages_of(server, "/networks/=made-later")["/networks/"] for server in servers]
    read.append(several.pages("/networks/=made-later")["/networks/"])

    assert len(servers) == 2
    assert {server.engine for server in servers} == set(several.engines), "one on each machine"
    assert [("made-later" in page, "front" in page, "live" in page) for page in read] == [(True, True, True)] * 3


def change_where_the_socket_is(several: Several) -> None:
    """The proxy brings a change to the server that has the socket; asked itself, a server of pages says who has it."""
    made = create_by_the_proxy(several, "by-the-proxy")
    source = CREATES.replace("from tests.installed.visitor import TOKEN, Visitor, text_of", visitor_source())
    refused = several.containers("web")[0].run("python", "-c", source, ADDRESS, NAME, PASSWORD, "by-itself")

    assert "by-the-proxy" in made
    assert ELSEWHERE in refused
    names = several.followed.cli("network", "ls", "--format", "{{.Name}}").split()
    assert ("by-the-proxy" in names, "by-itself" in names) == (True, False)


def create_by_the_proxy(several: Several, name: str) -> str:
    """Create a network as a person does, and return what that person reads then."""
    with several.enter("-c", CREATES, ADDRESS, NAME, PASSWORD, name, stdout=subprocess.PIPE) as process:
        return process.communicate(timeout=60)[0]


def visitor_source() -> str:
    """Return the visitor, without what it does as a program."""
    source = (Path(__file__).parent / "visitor.py").read_text()
    return source.partition('if __name__ == "__main__":')[0].replace("from __future__ import annotations", "")


def go_on_without_a_server_of_pages(several: Several) -> None:
    """Of many requests none fails while a server of pages is killed; it comes back."""
    with several.enter("-c", ASKS_ON, ADDRESS, NAME, PASSWORD, str(ASKED), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        came = [process.stdout.readline().strip() for _number in range(10)]
        several.containers("web")[0].kill()
        came += process.communicate(timeout=120)[0].split()

    print(f"a server of pages killed: {came.count('1')} of {ASKED} answered")
    assert came == ["1"] * ASKED
    several.wait_until_well()


def push_again_after_the_follower(several: Several, folder: Path) -> None:
    """The follower is killed, and a page that was open gets what happened meanwhile."""
    with hearing(several, folder / "heard") as heard:
        before = several.followed.cli("network", "create", "before")
        wait_until(lambda: before in heard.read_text(), "a push", deadline_s=10)
        several.containers("netadmin")[0].kill()
        began = time.monotonic()
        meanwhile = several.followed.cli("network", "create", "meanwhile")

        wait_until(lambda: meanwhile in heard.read_text(), "the next push", deadline_s=PUSHED_WITHIN_S, interval_s=0.1)
        print(f"the follower killed: the next push after {time.monotonic() - began:.1f} s")


def say_that_nobody_can_change(several: Several) -> None:
    """While the server with the socket is away pages come, and a change is answered with what that means."""
    several.wait_until_well()
    server = several.containers("netadmin")[0]
    server.engine.cli("stop", server.docker_id)
    page = several.pages("/networks/")["/networks/"]
    told = create_by_the_proxy(several, "made-by-nobody")
    server.engine.cli("start", server.docker_id)

    assert "front" in page
    assert "Netadmin: no server for this can be reached now." in told
    assert "made-by-nobody" not in several.followed.cli("network", "ls")


@contextmanager
def hearing(several: Several, path: Path) -> Iterator[Path]:
    """Keep the page of networks open by the proxy; what it is sent is in the file."""
    with path.open("w") as out:
        process = several.enter("-m", "tests.installed.hearing", ADDRESS, NAME, PASSWORD, "/networks/", stdout=out)
        try:
            wait_until(lambda: path.stat().st_size > 0, "its first frame", deadline_s=30)
            yield path
        finally:
            process.terminate()
            process.wait(10)
