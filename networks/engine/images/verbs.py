"""DockerClient's part for images."""

from __future__ import annotations

import json

from networks.engine.guard import full_id
from networks.engine.parsing.images import parse_image_count, parse_imported, parse_progress
from networks.engine.transport.verbs import Verbs

_PULL_FACTOR = 30  # 300 s: an image comes over a network


class ImageVerbs(Verbs):
    """See ImageClient."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system as an image and return its id."""
        params = {"fromSrc": "-", "repo": repository, "tag": tag}
        return self._session.post(parse_imported, "/images/create", deadline=self._changing(), params=params, body=archive)

    def pull_image(self, repository: str, tag: str) -> None:
        """Pull an image; takes up to 300 s."""
        params = {"fromImage": repository, "tag": tag}
        self._session.post(parse_progress, "/images/create", deadline=self._changing(_PULL_FACTOR), params=params)

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image."""
        params = {"filters": json.dumps({"reference": [reference]})}
        return self._session.read(parse_image_count, "/images/json", deadline=self._reading(), params=params) > 0

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id."""
        self._session.delete("/images/{0}", full_id("image", image_id), deadline=self._changing())
