"""Where the pictures hang: the newest one of each Engine, put up by its watcher and looked at by pages. Any thread."""

from __future__ import annotations

from networks.sync.host.picture import HostPicture

_pictures: dict[str, HostPicture] = {}
_NOTHING = HostPicture()


def put_up(engine_slug: str, picture: HostPicture) -> None:
    """Replace an Engine's picture."""
    _pictures[engine_slug] = picture


def take_down(engine_slug: str) -> None:
    """Forget an Engine's picture: nobody watches its machine any more."""
    _pictures.pop(engine_slug, None)


def picture_of(engine_slug: str) -> HostPicture:
    """Return the newest picture; an empty one, which sees nothing, where nobody watches."""
    return _pictures.get(engine_slug, _NOTHING)
