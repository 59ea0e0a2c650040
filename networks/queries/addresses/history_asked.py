"""What a search of the history of addresses asks for: one address, a part of the addresses, or a container or network by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from networks.addressing.reading import IPAddress, address_key, key_range, to_address, to_subnet
from networks.queries.filters import TEXT_LIMIT

HISTORY_PARAMS = ("q", "before")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEGINNING = re.compile(r"(?:\d{1,3}\.){1,3}|\d{1,3}(?:\.\d{1,3}){1,2}")  # "172.18." and "172.18.0", no whole address
_ID = re.compile(r"[0-9a-f]{6,64}")  # shorter ones are sooner a name
_CURSOR = re.compile(r"(?:([46][0-9a-f]{8,32})\.)?(\d{1,18})\.(\d{1,18})")


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which row a page begins. `key`: its address's key where the order is by address, "" where it is by time."""

    from_us: int
    pk: int
    key: str = ""

    def as_text(self) -> str:
        """Return it as it stands in a page's address."""
        return ".".join(filter(None, (self.key, str(self.from_us), str(self.pk))))


@dataclass(frozen=True, slots=True)
class HistoryAsked:
    """What was asked for. `q`: as it was typed, "" for all. One of these three is set where it isn't empty:

    `address`: this one. `keys`: the keys of the first and the last address of a part of them. `word`: a container's or
    network's name, or the beginning of its id where `is_id`.
    """

    q: str = ""
    address: IPAddress | None = None
    keys: tuple[str, str] | None = None
    word: str = ""
    is_id: bool = False
    before: Cursor | None = None

    @property
    def is_by_address(self) -> bool:
        """Tell whether the order is by address, and by time only within one."""
        return self.keys is not None


def read_history_asked(query: Mapping[str, str]) -> HistoryAsked:
    """Return what a query string asks for; a cursor that makes no sense counts as absent."""
    typed = query.get("q", "").encode(errors="ignore").decode().replace("\0", "").strip()[:TEXT_LIMIT]
    before = _read_cursor(query.get("before", ""))
    if not typed:
        return HistoryAsked(before=before if before and not before.key else None)
    if (keys := _read_part(typed)) is not None:
        return HistoryAsked(typed, keys=keys, before=before if before and before.key else None)
    before = before if before and not before.key else None
    if (address := to_address(typed.partition("%")[0])) is not None:
        return HistoryAsked(typed, address=address, before=before)
    return HistoryAsked(typed, word=typed, is_id=_ID.fullmatch(typed) is not None, before=before)


def key_of(asked: HistoryAsked) -> str:
    """Return the key of the address that is asked for, "" where none is."""
    return address_key(asked.address) if asked.address is not None else ""


def to_us(moment: datetime) -> int:
    """Return an aware datetime as whole microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def _read_part(text: str) -> tuple[str, str] | None:
    """Return the keys of "172.18.0.0/24", also with host bits set, and of "172.18." or "172.18.0"."""
    if _BEGINNING.fullmatch(text):
        octets = text.rstrip(".").split(".")
        text = f"{'.'.join([*octets, *['0'] * (4 - len(octets))])}/{8 * len(octets)}"
    if "/" not in text:
        return None
    subnet = to_subnet(text)
    return key_range(subnet) if subnet else None


def _read_cursor(text: str) -> Cursor | None:
    found = _CURSOR.fullmatch(text)
    # More digits than a datetime has are no moment.
    return Cursor(int(found[2]), int(found[3]), found[1] or "") if found and int(found[2]) < 253_402_300_799_000_000 else None
