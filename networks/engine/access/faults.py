"""What may be wrong with an address or its material, and which step on the way to an Engine failed."""

from __future__ import annotations

from enum import StrEnum

from networks.engine.errors import EngineError


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
