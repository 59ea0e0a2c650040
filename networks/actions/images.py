"""What people may do with images: see which are there, and pull one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress

from cachetools import TTLCache

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult, Change, Intent, carry_out
from networks.engine.allow_list import Profile
from networks.engine.cli import quoted
from networks.engine.client import EngineClient
from networks.engine.errors import EngineError
from networks.engine.image_facts import ImageFact, LayerFact, split_reference
from networks.models import Engine, EngineState, JobStep
from networks.models.access import access_of
from networks.policy.needed_permissions import permission_to_pull
from networks.queries.engines import read_engine

ANSWER_WITHIN_S = 1.5
KEPT_S = 10.0  # while one types, a form is checked several times a second
NOTED_EVERY_S = 0.5
MOST_LAYERS = 127  # as many as Docker's storage allows an image

_kept: TTLCache[str, tuple[ImageFact, ...] | None] = TTLCache(50, KEPT_S)  # by Engine; None: it doesn't say
_lock = threading.Lock()


def images_of(engine: Engine, *, is_fresh: bool = False) -> tuple[ImageFact, ...] | None:
    """Return the images that an Engine has, None where it can't say; remembered for 10 s unless they shall be fresh.

    They are in no snapshot: no event stream of ours tells of them. An Engine that isn't live isn't asked, and one that doesn't
    answer within 1.5 s isn't waited for: the form says then that nobody knows.
    """
    with _lock, suppress(KeyError):
        if not is_fresh:
            return _kept[engine.slug]
    known = read_engine(engine.slug)
    if known is None or known.state not in (EngineState.LIVE, EngineState.LAGGING):
        return None  # not remembered: it may be live in a moment
    images = _ask(engine)
    with _lock:
        _kept[engine.slug] = images
    return images


def _ask(engine: Engine) -> tuple[ImageFact, ...] | None:
    try:
        with closing(EngineClient(access_of(engine), Profile.READ, timeout_s=ANSWER_WITHIN_S)) as client:
            return client.list_images()
    except EngineError:
        return None


def pull_command(reference: str) -> str:
    """Return `docker pull …`."""
    return f"docker pull {quoted(reference)}"


def pull_image(actor: Actor, engine: Engine, reference: str, *, tell: Callable[[LayerFact], None] | None = None) -> ActionResult:
    """Pull an image, as a step of a job. Twin of `docker pull`; POST /images/create."""

    def ask(client: EngineClient) -> str:
        client.pull_image(*split_reference(reference), tell)
        with _lock:
            _kept.pop(engine.slug, None)
        return ""

    intent = Intent("pull_image", reference, command=pull_command(reference))
    permission = permission_to_pull(engine.slug, reference)
    return carry_out(actor, engine, intent, permission, Change(ask, lambda: False, profile=Profile.RUN), patience_s=None)


class LayerNotes:
    """Writes into a job's step how far the layers of its image are: twice a second, so that whoever opens its page sees it."""

    def __init__(self, step: JobStep) -> None:
        self._step, self._layers, self._noted_at = step, dict[str, LayerFact](), 0.0

    def note(self, layer: LayerFact) -> None:
        """Take a layer's progress. Effects: writes the step."""
        known = self._layers.get(layer.layer)
        if known is None and len(self._layers) >= MOST_LAYERS:
            return
        self._layers[layer.layer] = layer
        is_ended = "complete" in layer.status.lower()
        if not is_ended and time.monotonic() - self._noted_at < NOTED_EVERY_S:
            return
        self._noted_at = time.monotonic()
        layers = [
            {"layer": each.layer, "status": each.status, "done": each.done, "total": each.total} for each in self._layers.values()
        ]
        JobStep.objects.filter(pk=self._step.pk).update(spec={"layers": layers})
