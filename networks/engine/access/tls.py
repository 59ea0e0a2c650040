"""Mutual TLS: the Engine's certificate is verified against the given CA and its host name, and ours is shown to it."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator

from networks.engine.access.facts import AccessFault, AccessStep, Fault, TlsMaterial, Unopened


class TlsDoor:
    """Wraps connected sockets. The system's own authorities are of no account: only `ca` is."""

    def __init__(self, material: TlsMaterial) -> None:
        """Read the material. Raises AccessFault."""
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies, and checks the host name
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            self._context.load_verify_locations(cadata=material.ca)
        except (ssl.SSLError, ValueError) as error:
            raise AccessFault(Fault.CA, f"The CA's certificate can't be read: {_words(error)}") from error
        try:
            with _as_files(material) as (certificate, key):
                self._context.load_cert_chain(certificate, key, password=_no_password)
        except (ssl.SSLError, ValueError, OSError) as error:
            raise AccessFault(Fault.TLS_PAIR, f"Our certificate and its key can't be used: {_words(error)}") from error

    def wrap(self, opened: socket.socket, host: str, timeout_s: float | None) -> ssl.SSLSocket:
        """Return the socket with TLS on it, the Engine's certificate verified. Raises Unopened; the socket is closed then."""
        try:
            opened.settimeout(timeout_s)
            return self._context.wrap_socket(opened, server_hostname=host)
        except TimeoutError as error:
            opened.close()
            raise Unopened(AccessStep.TLS, "the TLS handshake wasn't over in time") from error
        except (OSError, ValueError) as error:
            opened.close()
            raise Unopened(AccessStep.TLS, _words(error)) from error


def explain_ending(error: Exception) -> str:
    """Return what it means that the other side ended TLS after the handshake: with 1.3 our certificate is judged only then."""
    if "ALERT" in str(error).upper():
        return f"The Engine refused our certificate: {_words(error)}"
    return "The connection ended just after the TLS handshake, as it does where the Engine refuses our certificate."


def _words(error: Exception) -> str:
    """Return OpenSSL's own words, without the place in its source."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {error.verify_message}"
    words = str(getattr(error, "strerror", None) or error)
    return words.rpartition(" (_ssl.c:")[0] or words


def _no_password() -> str:
    raise ValueError("the key is locked with a passphrase")


@contextlib.contextmanager
def _as_files(material: TlsMaterial) -> Iterator[tuple[str, str]]:
    """Give the names of two files that live in memory, or in a private folder where the system has no such files.

    `ssl` reads a certificate and its key from files only.
    """
    if not hasattr(os, "memfd_create"):
        with tempfile.TemporaryDirectory(prefix="netadmin-tls-") as folder:
            names = os.path.join(folder, "certificate"), os.path.join(folder, "key")
            for name, text in zip(names, (material.certificate, material.key), strict=True):
                with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                    file.write(text)
            yield names
        return
    with contextlib.ExitStack() as stack:
        names_in_memory = []
        for text in (material.certificate, material.key):
            file = stack.enter_context(open(os.memfd_create("netadmin", os.MFD_CLOEXEC), "w", encoding="utf-8"))
            file.write(text)
            file.flush()
            names_in_memory.append(f"/proc/self/fd/{file.fileno()}")
        yield names_in_memory[0], names_in_memory[1]
