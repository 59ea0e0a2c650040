"""An operator has the Engine ask a server of its own loopback, and reads what that says: tried on a real Engine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.serializers import serialize
from django.test import Client

from networks.actions.actors import Actor
from networks.actions.images import pull_image
from networks.actions.jobs.threads import start_runners, stop_runners
from networks.models import Action, Engine, Job, JobStep, Outcome, OutcomeKind
from networks.models.job import OPEN_STATES
from tests.private_engine import PrivateEngine, wait_until

PORT = 8399
SECRET = "hunter2-of-the-inside"
# Each way in which a server that is no registry may speak, and what may be said of it.
WAYS = {
    "plain": (400, "text/plain", f"You may not: {SECRET}"),
    "html": (500, "text/html", f"<b>{SECRET}</b>"),
    "as a registry": (400, "application/json", json.dumps({"errors": [{"code": "UNKNOWN", "message": SECRET}]})),
    "a registry's details": (401, "application/json", json.dumps({"details": SECRET})),
    "as Docker": (500, "application/json", json.dumps({"message": f"dial tcp {SECRET}: connect: no"})),
    "in a code": (403, "application/json", json.dumps({"errors": [{"code": SECRET.upper(), "message": "x"}]})),
}
SERVER = """
import http.server, sys
status, kind, body = int(sys.argv[2]), sys.argv[3], sys.argv[4].encode()
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[5], "a") as asked:  # before it answers: who has an answer finds it written
            asked.write(self.path + "\\n")
        if self.path == "/v2/" and status == 400:
            body_now, status_now = b"{}", 200
        else:
            body_now, status_now = body, status
        self.send_response(status_now)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body_now)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body_now)
    do_HEAD = do_GET
    def log_message(self, *arguments):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def asked(engine: PrivateEngine, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Have a server on the Engine's own loopback. Gives the file with what it was asked for."""
    status, kind, body = WAYS[getattr(request, "param", "plain")]
    heard = tmp_path / "asked"
    heard.touch()
    serving = engine.enter(sys.executable, "-c", SERVER, str(PORT), str(status), kind, body, str(heard), stdin=subprocess.DEVNULL)
    asking = ("busybox", "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{PORT}/ready")
    try:
        wait_until(lambda: engine.enter(*asking, stderr=subprocess.DEVNULL).wait() == 0 or "/ready" in heard.read_text(), "it")
        heard.write_text("")
        yield heard
    finally:
        serving.terminate()
        serving.wait(10)


def everything_written() -> str:
    """Return all that the database holds of what people did and jobs."""
    rows = [*Action.objects.all(), *Outcome.objects.all(), *Job.objects.all(), *JobStep.objects.all()]
    return serialize("json", rows)


@pytest.mark.parametrize("reference", [f"127.0.0.1:{PORT}/x", f"localhost:{PORT}/x:1", f"[::1]:{PORT}/x", f"0x7f000001:{PORT}/x"])
def test_an_operator_has_nothing_inside_asked(
    engine: PrivateEngine, followed: Engine, operator: Actor, client: Client, asked: Path, reference: str
) -> None:
    client.force_login(get_user_model().objects.get(pk=operator.user_id))

    page = client.post(f"/containers/{followed.slug}/run/", {"mode": "none", "image": reference, "do": "pull", "key": "k"})
    result = pull_image(operator, followed, reference)

    assert (result.kind, "shape" in result.sentence) == (OutcomeKind.DENIED, True)
    assert "needs the role admin" in page.content.decode()
    assert not Job.objects.exists()
    assert asked.read_text() == ""


@pytest.mark.parametrize("asked", WAYS, indirect=True)
def test_nobody_is_shown_what_a_foreign_server_says(
    engine: PrivateEngine, followed: Engine, admin_client: Client, asked: Path
) -> None:
    start_runners()
    try:
        data = {"mode": "none", "image": f"127.0.0.1:{PORT}/x:1", "do": "pull", "key": "k"}
        page = admin_client.post(f"/containers/{followed.slug}/run/", data)
        assert page.status_code == 200
        wait_until(Job.objects.exclude(state__in=OPEN_STATES).exists, "the end of the pull", deadline_s=60)
    finally:
        stop_runners()

    job = Job.objects.get()
    shown = admin_client.get(f"/jobs/{job.pk}/").content.decode()
    said = Outcome.objects.get().sentence
    assert asked.read_text() != ""  # the Engine did ask it
    assert Outcome.objects.get().kind == OutcomeKind.REFUSED
    for text in (everything_written(), shown, page.content.decode(), admin_client.get("/activity/").content.decode()):
        assert SECRET.lower() not in text.lower()
    assert said.startswith("The registry answered")
    assert said.endswith("what else it said isn't shown.")
