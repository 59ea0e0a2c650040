"""What an import or a pull reports: lines of JSON, where an error comes with status 200."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from networks.engine.allow_list import is_full_id
from networks.engine.errors import EngineError, ProtocolFault, Refused
from networks.engine.image_facts import ImageFact, LayerFact
from networks.engine.parsing.values import child, integer, listing, names, objects, parse_json, parse_text, texts

_MOST_LABELS = 1_000
_LAYER = re.compile("[0-9a-f]{12}")


def parse_progress(body: bytes) -> str:
    """Return the image's id from the lines, "" where none names it. Raises Refused with the Engine's sentence."""
    found = ""
    for line in body.splitlines():
        if not line.strip():
            continue
        step = parse_json(line)
        if refused := parse_text(child(step, "error"), 4000) or parse_text(child(step, "errorDetail", "message"), 4000):
            raise Refused(refused, status=200)
        status = parse_text(child(step, "status"), 80)
        if is_full_id("image", status):
            found = status
    return found


def parse_imported(body: bytes) -> str:
    """Return the id of an imported image. Raises Refused, and ProtocolFault where no line names it."""
    if found := parse_progress(body):
        return found
    raise ProtocolFault("The answer names no id for the new image; it may be there.")


def parse_layer(line: bytes) -> LayerFact | None:
    """Return how far a layer is, of one line of a pull; None for a line that is about none, or can't be read."""
    try:
        step = parse_json(line)
    except EngineError:
        return None
    layer, status = parse_text(child(step, "id"), 80), parse_text(child(step, "status"), 80)
    if not _LAYER.fullmatch(layer) or not status:  # a pull's first line has the tag there
        return None
    done, total = (integer(child(step, "progressDetail", member)) or 0 for member in ("current", "total"))
    return LayerFact(layer, status, done, total)


def parse_images(answer: object) -> tuple[ImageFact, ...]:
    """Return the images of a list. Raises ProtocolFault for what isn't a list."""
    return tuple(_parse_image(each) for each in objects(listing(answer, "images")))


def _parse_image(image: object) -> ImageFact:
    named = (*texts(child(image, "RepoTags")), *texts(child(image, "RepoDigests")))
    created = integer(child(image, "Created")) or 0
    return ImageFact(
        docker_id=parse_text(child(image, "Id"), 80),
        references=tuple(name[:300] for name in named if not name.startswith("<none>")),
        size=integer(child(image, "Size")) or 0,
        labels=tuple(key[:300] for key in names(child(image, "Labels"))[:_MOST_LABELS]),
        created_at=datetime.fromtimestamp(created, UTC) if 0 < created < 1 << 33 else None,
    )
