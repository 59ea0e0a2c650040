"""A view: what several sockets see together, drawn once for all of them, and the pictures that it sent last."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from networks.partials.screen import Screen, ScreenKey
from networks.push.delivery import Frame, Socket
from networks.push.frames import (
    Outline,
    Patch,
    encode_frames,
    outline_of,
    patches_between,
    patches_of_parts,
    patches_of_whole,
    picture_name,
)
from networks.push.protocol import Hello

# At the pace of a burst about a second, at rest hours; whoever was away longer gets the page whole.
RING_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Picture:
    """What a view's browsers hold once they have taken frame number `sequence`. `mark`: its name on the wire."""

    sequence: int
    mark: str
    outline: Outline


class RecentPictures:
    def __init__(self) -> None:
        self._pictures: deque[Picture] = deque(maxlen=RING_LENGTH)

    @property
    def latest(self) -> Picture | None:
        """The newest picture, None before the first."""
        return self._pictures[-1] if self._pictures else None

    def remember(self, screen: Screen) -> Picture:
        """Return the picture of this screen: the newest one when nothing changed, else a new one."""
        latest = self.latest
        outline = outline_of(screen, latest.outline if latest else None)
        if latest and outline == latest.outline:
            return latest
        sequence = latest.sequence + 1 if latest else 1
        picture = Picture(sequence, picture_name(outline), outline)
        self._pictures.append(picture)
        return picture

    def at(self, sequence: int) -> Picture | None:
        """Return a picture by its number, None when it is forgotten."""
        return next((picture for picture in self._pictures if picture.sequence == sequence), None)

    def find(self, mark: str) -> Picture | None:
        """Return a picture by its mark, None when it is forgotten or was never ours."""
        return next((picture for picture in self._pictures if picture.mark == mark), None)


@dataclass(frozen=True, slots=True)
class HeldPicture:
    """What a socket that waits for a catch-up says that it holds: by its hello, or by the number of a picture of ours."""

    socket: Socket
    hello: Hello | None = None
    position: int | None = None


@dataclass(eq=False, slots=True)
class LiveView:
    """One key's pictures, and who looks.

    `sockets` and `latest` belong to the event loop. `claims`, `is_dirty` (something newer can be drawn) and
    `due_at` (not before this moment) are guarded by the drawer's lock; `screen`, `ring` and `failures` belong to its thread.
    """

    key: ScreenKey
    ring: RecentPictures = field(default_factory=RecentPictures)
    sockets: set[Socket] = field(default_factory=set)
    latest: int = 0  # number of the picture that was delivered last
    claims: list[HeldPicture] = field(default_factory=list)
    is_dirty: bool = True
    due_at: float = 0.0
    left_at: float = 0.0
    failures: int = 0  # times in a row that it couldn't be drawn
    screen: Screen | None = None

    @property
    def has_work(self) -> bool:
        """Tell whether the drawer has something to do here."""
        return bool(self.claims) or (self.is_dirty and bool(self.sockets))


@dataclass(frozen=True, slots=True)
class PictureStep:
    """Frames from one picture to the next, for every socket that holds the first."""

    view: LiveView
    before: int
    after: int
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Frames that lead single sockets to a picture."""

    view: LiveView
    after: int
    frames_of: tuple[tuple[Socket, tuple[Frame, ...]], ...]


def step_to(view: LiveView, screen: Screen) -> PictureStep | None:
    """Remember a newly drawn screen, and return the step to it, None when nothing changed."""
    before = view.ring.latest
    picture = view.ring.remember(screen)
    view.screen = screen
    if before is None or picture is before:
        return None
    frames = _frames(patches_between(before.outline, screen), screen, picture)
    return PictureStep(view, before.sequence, picture.sequence, frames)


def catch_up(view: LiveView, claims: Iterable[HeldPicture], exact: tuple[str, int] | None) -> CatchUp:
    """Return what brings each of these sockets to the view's newest picture; sockets that hold the same share the frames.

    `exact`: the epoch and revision that the newest picture has for certain, None when it may be newer than it says.
    """
    screen, picture = view.screen, view.ring.latest
    if screen is None or picture is None:
        raise ValueError("nothing has been drawn yet")
    made: dict[int, tuple[Frame, ...]] = {}
    found = []
    for claim in claims:
        held = _held_by(claim, view, exact)
        base = held.sequence if held else 0
        if base not in made:
            made[base] = _frames(_patches_from(held, screen), screen, picture)
        found.append((claim.socket, made[base]))
    return CatchUp(view, picture.sequence, tuple(found))


# A page that was drawn by HTTP: it holds the newest picture's rows, but perhaps not its parts.
_FRESH = Picture(-1, "", Outline())


def _held_by(claim: HeldPicture, view: LiveView, exact: tuple[str, int] | None) -> Picture | None:
    """Return what the claim's page holds, None when that isn't known.

    A page that no frame has reached yet was drawn at its revision *or later*: only when that revision is still the newest one
    are its rows certain to be ours. Its parts never are, since an Engine's state changes without a revision.
    """
    hello = claim.hello
    if hello is None:
        return view.ring.at(claim.position or 0)
    if hello.mark:
        return view.ring.find(hello.mark)
    return _FRESH if (hello.epoch, hello.revision) == exact else None


def _patches_from(held: Picture | None, screen: Screen) -> list[Patch]:
    if held is None:
        return patches_of_whole(screen)
    return patches_of_parts(screen) if held is _FRESH else patches_between(held.outline, screen)


def _frames(patches: list[Patch], screen: Screen, picture: Picture) -> tuple[Frame, ...]:
    texts = encode_frames(patches, epoch=screen.epoch, revision=screen.revision, mark=picture.mark)
    return tuple(Frame({"type": "websocket.send", "text": text}, screen.revision, len(text.encode())) for text in texts)
