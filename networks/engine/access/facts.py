"""What it takes to reach an Engine, an address and the material of TLS or of ssh, and what may be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from networks.engine.errors import EngineError

DOCKER_SOCKET = "/var/run/docker.sock"
SSH_PORT = 22


class Scheme(StrEnum):
    """The ways to an Engine."""

    UNIX = "unix"
    TCP = "tcp"
    SSH = "ssh"


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where an Engine answers. `str()` gives the URL as it is kept and shown; it never holds a secret.

    `path`: of its socket: here for unix, there for ssh. `host`: a name or an IP address without brackets. `user`: of ssh.
    """

    scheme: Scheme
    host: str = ""
    port: int = 0
    path: str = ""
    user: str = ""

    def __str__(self) -> str:
        if self.scheme is Scheme.UNIX:
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.scheme is Scheme.TCP:
            return f"tcp://{host}:{self.port}"
        port = "" if self.port == SSH_PORT else f":{self.port}"
        path = "" if self.path == DOCKER_SOCKET else self.path
        return f"ssh://{self.user}@{host}{port}{path}"


@dataclass(frozen=True, slots=True)
class TlsMaterial:
    """For mutual TLS, each in PEM. `ca`: who signs the Engine's certificate; `certificate` and `key`: ours."""

    ca: str
    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SshMaterial:
    """For ssh. `key`: our private key, in OpenSSH's or PEM form; `host_key`: theirs, such as "ssh-ed25519 AAAA…"."""

    key: str = field(repr=False)
    host_key: str


@dataclass(frozen=True, slots=True)
class EngineAccess:
    """An address and the material that it needs; none for unix:// and for tcp:// on loopback."""

    address: EngineAddress
    tls: TlsMaterial | None = None
    ssh: SshMaterial | None = None

    @property
    def url(self) -> str:
        """The URL, for sentences."""
        return str(self.address)


class Fault(StrEnum):
    """What is wrong with what was typed; forms have a sentence for each."""

    SHAPE = "shape"
    SCHEME = "scheme"
    SOCKET_PATH = "socket_path"
    HOST = "host"
    PORT = "port"
    USER = "user"
    EXTRA = "extra"
    PLAIN = "plain"
    CA = "ca"
    CERTIFICATE = "certificate"
    TLS_KEY = "tls_key"
    TLS_PAIR = "tls_pair"
    KEY_LOCKED = "key_locked"
    SSH_KEY = "ssh_key"
    HOST_KEY = "host_key"
    LOST = "lost"
    ELSEWHERE = "elsewhere"


class AccessFault(EngineError):
    """An address or its material can't be used; nothing was sent. `fault`: what is wrong; `sentence` says it in English."""

    def __init__(self, fault: Fault, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = fault


class AccessStep(StrEnum):
    """The steps on the way to an Engine, in order."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    SSH = "ssh"


class Unopened(OSError):
    """No socket to an Engine could be opened. `step`: where it failed; `strerror`: why, in the system's or ssh's words."""

    def __init__(self, step: AccessStep, reason: str) -> None:
        super().__init__(0, reason)
        self.step = step
