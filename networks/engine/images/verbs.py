"""DockerClient's part for images."""

from __future__ import annotations

import json
from collections.abc import Callable

from networks.engine.errors import Refused
from networks.engine.guard import full_id
from networks.engine.images.facts import ImageFact, LayerFact
from networks.engine.images.parsing import parse_image_count, parse_images, parse_imported, parse_layer, parse_progress
from networks.engine.images.refusals import say_without_body
from networks.engine.transport.verbs import Verbs

_PULL_FACTOR = 30  # 300 s: an image comes over a network


class ImageVerbs(Verbs):
    """See ImageClient."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system as an image and return its id."""
        params = {"fromSrc": "-", "repo": repository, "tag": tag}
        return self._session.post(parse_imported, "/images/create", deadline=self._changing(), params=params, body=archive)

    def pull_image(self, repository: str, tag: str, tell: Callable[[LayerFact], None] | None = None) -> None:
        """Pull an image; takes up to 300 s."""
        params, deadline = {"fromImage": repository, "tag": tag}, self._changing(_PULL_FACTOR)

        def hear(line: bytes) -> None:
            if tell is not None and (layer := parse_layer(line)) is not None:
                tell(layer)

        heard = hear if tell else None
        try:
            self._session.post(parse_progress, "/images/create", deadline=deadline, params=params, hear=heard)
        except Refused as error:
            error.sentence = say_without_body(error.sentence)
            raise

    def list_images(self) -> tuple[ImageFact, ...]:
        """Read which images are there."""
        return self._session.read(parse_images, "/images/json", deadline=self._reading())

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image."""
        params = {"filters": json.dumps({"reference": [reference]})}
        return self._session.read(parse_image_count, "/images/json", deadline=self._reading(), params=params) > 0

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id."""
        self._session.delete("/images/{0}", full_id("image", image_id), deadline=self._changing())
