"""What an import or a pull reports: lines of JSON, where an error comes with status 200."""

from __future__ import annotations

import re

from networks.engine.calls import IMAGE_ID
from networks.engine.errors import ProtocolFault, Refused
from networks.engine.parsing.values import child, parse_json, text

_ID = re.compile(IMAGE_ID)


def parse_progress(body: bytes) -> str:
    """Return the image's id from the lines, "" where none names it. Raises Refused with the Engine's sentence."""
    found = ""
    for line in body.splitlines():
        if not line.strip():
            continue
        step = parse_json(line)
        if refused := text(child(step, "error"), 4000) or text(child(step, "errorDetail", "message"), 4000):
            raise Refused(refused, status=200)
        status = text(child(step, "status"), 80)
        if _ID.fullmatch(status):
            found = status
    return found


def parse_imported(body: bytes) -> str:
    """Return the id of an imported image. Raises Refused, and ProtocolFault where no line names it."""
    if found := parse_progress(body):
        return found
    raise ProtocolFault("The answer names no id for the new image; it may be there.")


def parse_image_count(answer: object) -> int:
    """Return how many images a list holds. Raises ProtocolFault for what isn't a list."""
    if not isinstance(answer, list):
        raise ProtocolFault("The answer isn't a list of images.")
    return len(answer)
