"""The seam's part for images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from networks.engine.images.facts import ImageFact, LayerFact


class ImageClient(Protocol):
    """What may be asked about images; see EngineClient."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system (tar) as an image and return its id. POST /images/create?fromSrc=-. Profile run."""

    def pull_image(self, repository: str, tag: str, tell: Callable[[LayerFact], None] | None = None) -> None:
        """Pull an image; takes up to 300 s. POST /images/create. Profile run.

        `tell`: is told of each layer's progress while the Engine reports it, in this thread. Raises Refused where no registry
        answers, or has no such image.
        """

    def list_images(self) -> tuple[ImageFact, ...]:
        """Read which images are there. GET /images/json."""

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image. GET /images/json?filters=reference."""

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id. DELETE /images/{id}. Profile run."""
