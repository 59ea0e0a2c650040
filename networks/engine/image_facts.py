"""What an Engine told us of its images: frozen, typed, free of Django and of Docker's JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

_ID_OR_PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{1,64}")
DOCKER_HUB = "docker.io"
_DEFAULT_REGISTRIES = ("docker.io/library/", "index.docker.io/library/", "docker.io/")


@dataclass(frozen=True, slots=True)
class ImageFact:
    """An image that is there. `references`: its names with tags or digests, none for a dangling one. `size`: bytes. `labels`:
    their keys, which its containers bear as well.

    Source: Engine API, ImageList; `docker image ls`.
    """

    docker_id: str
    references: tuple[str, ...] = ()
    size: int = 0
    created_at: datetime | None = None
    labels: tuple[str, ...] = ()

    def answers_to(self, reference: str) -> bool:
        """Tell whether Docker takes this reference for this image: by name, ":latest" where no tag stands, or by id."""
        if reference.startswith("sha256:"):
            return self.docker_id == reference
        return whole_reference(reference) in self.references


@dataclass(frozen=True, slots=True)
class LayerFact:
    """How far one layer of an image is. `layer`: its short id. `status`: Docker's words, such as "Downloading".

    `done`, `total`: bytes, 0 where Docker doesn't tell.
    """

    layer: str
    status: str
    done: int = 0
    total: int = 0


def may_be_id(reference: str) -> bool:
    """Tell whether Docker may take a reference for an image's id, or the beginning of one."""
    return bool(_ID_OR_PREFIX.fullmatch(reference))


def whole_reference(text: str) -> str:
    """Return a reference as Docker lists it: without its default registry, with the tag that it would take."""
    for prefix in _DEFAULT_REGISTRIES:
        if text.startswith(prefix):
            text = text.removeprefix(prefix)
            break
    is_tagged = "@" in text or ":" in text.rpartition("/")[2]
    return text if is_tagged else f"{text}:latest"


def split_reference(text: str) -> tuple[str, str]:
    """Return repository and tag, or digest, of a reference: what a pull wants. The tag is "latest" where none is named."""
    repository, at, digest = text.partition("@")
    if at:
        return repository, digest
    path, slash, name = text.rpartition("/")
    name, _, tag = name.partition(":")
    return f"{path}{slash}{name}", tag or "latest"


def registry_of(reference: str) -> str:
    """Return which registry Docker would ask for a reference: "docker.io", "registry.example:5000"; in small letters.

    Docker takes what stands before the first slash for a registry where it holds a dot, a colon or a capital, or is localhost.
    Source: distribution/reference, normalize.go.
    """
    first, slash, _rest = reference.partition("/")
    is_registry = bool(slash) and (bool({".", ":"} & set(first)) or first == "localhost" or first != first.lower())
    name = first.lower() if is_registry else DOCKER_HUB
    return DOCKER_HUB if name == "index.docker.io" else name
