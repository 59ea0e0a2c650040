"""An image is pulled from a registry by the form's own button, as a job whose layers can be watched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from networks.actions import images
from networks.actions.jobs.threads import start_runners, stop_runners
from networks.models import Engine, Job, JobState
from tests.actions.conftest import followed
from tests.private_engine import PrivateEngine, wait_until
from tests.registry import LAYERS, NAME, TAG
from tests.views.test_forms import browser, text_of

__all__ = ["browser", "followed"]
pytestmark = pytest.mark.django_db(transaction=True)
PORT = 5055
REFERENCE = f"127.0.0.1:{PORT}/{NAME}:{TAG}"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def registry(engine: PrivateEngine) -> Iterator[None]:
    images._kept.clear()
    running = engine.enter(sys.executable, "-m", "tests.registry", str(PORT), cwd=ROOT, stdin=subprocess.DEVNULL)
    asking = ("busybox", "wget", "-q", "-O", "-", f"http://127.0.0.1:{PORT}/v2/")
    try:
        wait_until(
            lambda: engine.enter(*asking, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).wait() == 0, "the registry"
        )
        yield
    finally:
        running.terminate()
        running.wait(10)
        engine.cli("image", "rm", "-f", REFERENCE, check=False)


@pytest.mark.usefixtures("as_admin")
def test_it_pulls_an_image_and_shows_each_layer(engine: PrivateEngine, followed: Engine, browser: Client, registry: None) -> None:
    start_runners()
    seen: list[list[dict[str, int | str]]] = []

    def has_ended() -> bool:
        job = Job.objects.get()
        layers = job.steps.get().spec.get("layers", [])
        if layers and (not seen or layers != seen[-1]):
            seen.append(layers)
        return job.state not in (JobState.WAITING, JobState.RUNNING)

    try:
        asked = browser.post(f"/containers/{followed.slug}/run/", {"mode": "none", "image": REFERENCE, "do": "pull", "key": "k1"})
        assert asked.status_code == 200, asked.content.decode()
        assert Job.objects.exists(), text_of(asked)
        wait_until(has_ended, "the end of the pull", deadline_s=60)
    finally:
        stop_runners()

    job = Job.objects.get()
    page = browser.get(f"/jobs/{job.pk}/").content.decode()
    form = browser.get(f"/containers/{followed.slug}/run/?image={REFERENCE}").content.decode()
    assert job.state == JobState.DONE
    assert REFERENCE in engine.cli("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split()
    assert len(seen[-1]) == LAYERS
    assert all("complete" in str(layer["status"]).lower() for layer in seen[-1])
    assert any(0 < int(layer["done"]) < int(layer["total"]) for layers in seen for layer in layers)
    assert all(str(layer["layer"]) in page for layer in seen[-1])
    assert REFERENCE in form
