"""Where the pictures hang: the newest one of each Engine, put up by its watcher and looked at by pages. Any thread."""

from __future__ import annotations

import secrets

from networks.sync.host.picture import HostPicture
from networks.sync.host.traffic import Traffic


class _NothingMeasured(Traffic):
    """The traffic of an Engine whose machine nobody watches."""

    def wait_for_sample(self, timeout_s: float) -> bool:
        return False


_pictures: dict[str, HostPicture] = {}
_traffic: dict[str, Traffic] = {}
# Revisions begin anew with each process: a page that was drawn by an earlier one is never taken for the newest.
_PROCESS = secrets.token_hex(4)
_NO_PICTURE, _NO_TRAFFIC = HostPicture(), _NothingMeasured()


def put_up(engine_slug: str, picture: HostPicture, traffic: Traffic | None = None) -> None:
    """Replace an Engine's picture, and its traffic where one is given."""
    _pictures[engine_slug] = picture
    if traffic is not None:
        _traffic[engine_slug] = traffic


def take_down(engine_slug: str) -> None:
    """Forget an Engine's picture and traffic: nobody watches its machine any more."""
    _pictures.pop(engine_slug, None)
    _traffic.pop(engine_slug, None)


def picture_of(engine_slug: str) -> HostPicture:
    """Return the newest picture; an empty one, which sees nothing, where nobody watches."""
    return _pictures.get(engine_slug, _NO_PICTURE)


def traffic_of(engine_slug: str) -> Traffic:
    """Return what is measured on an Engine's machine; nothing where nobody watches."""
    return _traffic.get(engine_slug, _NO_TRAFFIC)


def host_version(engine_slug: str, *, has_figures: bool = True) -> str:
    """Return what a screen that shows the host's side is known by besides the snapshot's revision: another, other content.

    `has_figures` false: of one that shows no counters and no rates, so that a new sample makes no other content.
    """
    pictured = f"{_PROCESS}.{picture_of(engine_slug).revision}"
    return f"{pictured}.{traffic_of(engine_slug).sequence()}" if has_figures else pictured
