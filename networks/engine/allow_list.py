"""The only calls that may leave this process: what each profile may ask of an Engine, and the one door for ids.

Only full ids reach an Engine's URL: a name such as `../containers/x` would become a path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from networks.engine.errors import NotAllowed

Noun = Literal["container", "network", "image", "exec", "node"]

_IDS: dict[Noun, re.Pattern[str]] = {
    "container": re.compile("[0-9a-f]{64}"),
    "network": re.compile("(?:[0-9a-f]{64}|[a-z0-9]{25})"),  # the second form: networks that belong to a swarm
    "image": re.compile("sha256:[0-9a-f]{64}"),
    "exec": re.compile("[0-9a-f]{64}"),
    "node": re.compile("[a-z0-9]{25}"),
}
_VERSION = re.compile(r"/v1\.[0-9]{1,3}(?=/)")
_ANY = r"[A-Za-z0-9._~%+*/:-]*"  # what URL encoding leaves
MOST_OF_PREFIX = 20  # characters; names of containers become host names, which have 63
_NAME_PREFIX = re.compile(rf"[a-zA-Z0-9][a-zA-Z0-9_.-]{{0,{MOST_OF_PREFIX - 1}}}")


def is_full_id(noun: Noun, text: str) -> bool:
    """Tell whether a text can be the full id of such a thing."""
    return bool(_IDS[noun].fullmatch(text))


def full_id(noun: Noun, text: object) -> str:
    """Return the id unchanged. Raises NotAllowed for names, prefixes, and anything else that isn't a full id."""
    if isinstance(text, str) and is_full_id(noun, text):
        return text
    raise NotAllowed(f"Not the full id of a {noun}: {text!r:.80}")


def is_name_prefix(text: str) -> bool:
    """Tell whether names of Docker's may begin with this; nothing before a name is fine as well."""
    return not text or _NAME_PREFIX.fullmatch(text) is not None


class Profile(StrEnum):
    """What a client is for. Each includes the calls of READ; none includes another's."""

    READ = "read"
    NETWORK = "network"
    RUN = "run"
    SWARM = "swarm"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class Call:
    """One permitted call. `path`: with places such as {network} for full ids. `query`: parameter to the pattern of its value."""

    profile: Profile
    method: str
    path: str
    reason: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProtectedIds:
    """Full ids on one Engine that no change may name. `kept`: networks that may be changed, but not removed."""

    containers: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()


NOTHING_PROTECTED = ProtectedIds()


def _path_pattern(path: str) -> re.Pattern[str]:
    pattern = re.escape(path)
    for noun, full in _IDS.items():
        pattern = pattern.replace(rf"\{{{noun}\}}", full.pattern)
    return re.compile(pattern)


_FLAG = "1"
_SECONDS = "[0-9]{1,3}|[12][0-9]{3}|3[0-5][0-9]{2}|3600"  # MOST_STOP_WAIT_S, of engine/containers/specs
_CELLS = "[1-9][0-9]{0,2}|1000"  # MOST_CELLS, of engine/terminal/specs
_NAME = r"[a-zA-Z0-9][a-zA-Z0-9_.-]+"

CALLS: tuple[Call, ...] = (
    Call(Profile.READ, "GET", "/_ping", "is it alive"),
    Call(Profile.READ, "GET", "/version", "which API versions it speaks"),
    Call(Profile.READ, "GET", "/info", "its identity and its network drivers"),
    Call(Profile.READ, "GET", "/networks", "all networks"),
    Call(Profile.READ, "GET", "/networks/{network}", "one network"),
    Call(Profile.READ, "GET", "/containers/json", "all containers", {"all": _FLAG, "filters": _ANY}),
    Call(Profile.READ, "GET", "/containers/{container}/json", "one container"),
    # stream is "false", or the answer would never end; one-shot spares the second that Docker else takes to measure the processor
    Call(
        Profile.READ,
        "GET",
        "/containers/{container}/stats",
        "what a container's interfaces have counted",
        {"stream": "false", "one-shot": "true"},
    ),
    Call(Profile.READ, "GET", "/images/json", "which images are there", {"filters": _ANY}),
    Call(Profile.READ, "GET", "/nodes", "the nodes of a swarm"),
    Call(Profile.READ, "GET", "/events", "what changes", {"filters": _ANY, "since": r"[0-9]+\.[0-9]{9}"}),
    Call(Profile.NETWORK, "POST", "/networks/create", "create a network"),
    Call(Profile.NETWORK, "DELETE", "/networks/{network}", "remove a network"),
    Call(Profile.NETWORK, "POST", "/networks/{network}/connect", "put a container on a network"),
    Call(Profile.NETWORK, "POST", "/networks/{network}/disconnect", "take a container off a network"),
    Call(Profile.RUN, "POST", "/containers/create", "create a container", {"name": _ANY}),
    Call(Profile.RUN, "POST", "/containers/{container}/start", "start a container"),
    Call(Profile.RUN, "POST", "/networks/{network}/connect", "put a new container on further networks, before it starts"),
    Call(Profile.RUN, "POST", "/containers/{container}/stop", "stop a container", {"t": _SECONDS}),
    Call(Profile.RUN, "POST", "/containers/{container}/restart", "stop a container and start it", {"t": _SECONDS}),
    Call(Profile.RUN, "POST", "/containers/{container}/kill", "end a container at once"),
    Call(Profile.RUN, "POST", "/containers/{container}/pause", "freeze a container"),
    Call(Profile.RUN, "POST", "/containers/{container}/unpause", "let a paused container go on"),
    Call(Profile.RUN, "POST", "/containers/{container}/rename", "rename a container", {"name": _NAME}),
    Call(Profile.RUN, "DELETE", "/containers/{container}", "remove a container", {"v": _FLAG, "force": _FLAG}),
    # fromSrc is "-", the request's own body: with a URL the Engine would fetch from wherever it is told
    Call(
        Profile.RUN,
        "POST",
        "/images/create",
        "import or pull an image",
        {"fromSrc": "-", "fromImage": _ANY, "repo": _ANY, "tag": _ANY},
    ),
    Call(Profile.RUN, "DELETE", "/images/{image}", "remove an image"),
    # Its answer holds the tokens that let others in: it is read for whoever asks for one, and by no follower.
    Call(Profile.SWARM, "GET", "/swarm", "the join tokens of a swarm"),
    Call(Profile.SWARM, "POST", "/swarm/init", "begin a swarm"),
    Call(Profile.SWARM, "POST", "/swarm/join", "join a swarm"),
    Call(Profile.SWARM, "POST", "/swarm/leave", "leave the swarm", {"force": _FLAG}),
    # Without force: Docker then takes only a node that is down and no manager.
    Call(Profile.SWARM, "DELETE", "/nodes/{node}", "take a node that is down out of a swarm's list"),
    Call(Profile.TERMINAL, "POST", "/containers/{container}/exec", "prepare a process in a container"),
    Call(Profile.TERMINAL, "POST", "/exec/{exec}/start", "begin it, and speak with it"),
    Call(Profile.TERMINAL, "POST", "/exec/{exec}/resize", "how much its terminal shows", {"h": _CELLS, "w": _CELLS}),
    Call(Profile.TERMINAL, "GET", "/exec/{exec}/json", "does it run, how did it end"),
)


def target_pattern(call: Call) -> str:
    """Return the regular expression of the whole request targets that a call permits, for who holds the list outside of here."""
    query = "|".join(f"{name}=(?:{pattern})" for name, pattern in sorted(call.query.items()))
    asked = rf"(?:\?(?:(?:{query})(?:&(?:{query}))*)?)?" if query else r"\??"
    return rf"^(?:{_VERSION.pattern})?{_path_pattern(call.path).pattern}{asked}$"


def is_change(method: str) -> bool:
    """Tell whether a call with this method may change something on the Engine."""
    return method not in ("GET", "HEAD")


def plain_path(target: str) -> str:
    """Return a request target's path without version and query, as errors and logs show it."""
    path = target.partition("?")[0]
    prefix = _VERSION.match(path)
    return path[prefix.end() :] if prefix else path


def calls_of(profile: Profile) -> tuple[Call, ...]:
    """Return what a profile may send: its own calls and those of READ."""
    return tuple(call for call in CALLS if call.profile in (Profile.READ, profile))


class AllowList:
    """The permitted calls of one profile, ready to be asked before every request."""

    def __init__(self, profile: Profile, *, is_read_only: bool = False, protected: ProtectedIds = NOTHING_PROTECTED) -> None:
        """Gather the calls; `is_read_only` leaves those of READ, whatever the profile."""
        self.protected = protected
        self.profile = Profile.READ if is_read_only else profile
        self.is_read_only = is_read_only
        self._by_method: dict[str, list[tuple[re.Pattern[str], dict[str, re.Pattern[str]]]]] = {}
        for call in calls_of(self.profile):
            query = {name: re.compile(pattern) for name, pattern in call.query.items()}
            self._by_method.setdefault(call.method, []).append((_path_pattern(call.path), query))

    def check(self, method: str, target: str, body: bytes = b"") -> None:
        """Let the raw request target pass. Raises NotAllowed for all that isn't on the list, and for a change that names
        something protected, in its path or in its body.
        """
        path, query = plain_path(target), target.partition("?")[2]
        for pattern, parameters in self._by_method.get(method, ()):
            if pattern.fullmatch(path) and _has_only(query, parameters):
                if is_change(method):
                    self._refuse_protected(method, path, body)
                return
        if self.is_read_only and is_change(method):
            raise NotAllowed("Netadmin is in read-only mode: nothing can be changed.", request=f"{method} {path[:200]}")
        raise NotAllowed(f"This call isn't on the list of the {self.profile} profile.", request=f"{method} {path[:200]}")

    def _refuse_protected(self, method: str, path: str, body: bytes) -> None:
        named = set(path.split("/"))
        refused = self.protected.containers | self.protected.networks
        if method == "DELETE":
            refused |= self.protected.kept
        # An image's archive is the only large body, and names nothing.
        in_body = () if path.startswith("/images/") else (each for each in self.protected.containers if each.encode() in body)
        if named & refused or any(in_body):
            raise NotAllowed("This is protected: Netadmin doesn't change it.", request=f"{method} {path[:200]}")


def _has_only(query: str, parameters: Mapping[str, re.Pattern[str]]) -> bool:
    for part in query.split("&") if query else ():
        name, _, value = part.partition("=")
        pattern = parameters.get(name)
        if pattern is None or not pattern.fullmatch(value):
            return False
    return True
