"""The seam's part for images."""

from __future__ import annotations

from typing import Protocol


class ImageClient(Protocol):
    """What may be asked about images; see EngineClient."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system (tar) as an image and return its id. POST /images/create?fromSrc=-. Profile run."""

    def pull_image(self, repository: str, tag: str) -> None:
        """Pull an image. POST /images/create. Profile run."""

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image. GET /images/json?filters=reference."""

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id. DELETE /images/{id}. Profile run."""
