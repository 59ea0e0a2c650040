"""Credentials as they are pasted: read once, so that what is stored can be used, and said at the right field when it can't."""

from __future__ import annotations

import base64
import binascii
import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.engine.access.facts import AccessFault, EngineAddress, Fault, SshMaterial, TlsMaterial
from networks.engine.access.tls import TlsDoor

_KINDS = ("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")


def read_tls(ca: str, certificate: str, key: str) -> TlsMaterial:
    """Return TLS material that can be used. Raises AccessFault with what can't."""
    for text, fault in ((ca, Fault.CA), (certificate, Fault.CERTIFICATE)):
        try:
            x509.load_pem_x509_certificates(text.encode())
        except ValueError as error:
            raise AccessFault(fault, "Not a certificate.") from error
    try:
        load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise AccessFault(Fault.TLS_KEY, "Not a private key without a passphrase.") from error
    material = TlsMaterial(ca, certificate, key)
    TlsDoor(material)
    return material


def read_ssh(key: str, host_key: str) -> SshMaterial:
    """Return ssh material that can be used. Raises AccessFault with what can't."""
    text = key.replace("\r\n", "\n").strip() + "\n"
    load = load_ssh_private_key if "OPENSSH PRIVATE KEY" in text else load_pem_private_key
    try:
        load(text.encode(), None)
    except TypeError as error:  # as both say that a passphrase is missing
        raise AccessFault(Fault.KEY_LOCKED, "The key is locked with a passphrase.") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        fault = Fault.KEY_LOCKED if "assword" in str(error) else Fault.SSH_KEY
        raise AccessFault(fault, "Not a private key that ssh can use.") from error
    return SshMaterial(text, read_host_key(host_key))


def read_host_key(text: str) -> str:
    """Return a host key as "kind base64", from that or from a line of known_hosts or *.pub. Raises AccessFault."""
    words = text.split()
    for kind, blob in pairwise(words):
        if kind in _KINDS:
            try:
                raw = base64.b64decode(blob, validate=True)
            except (binascii.Error, ValueError):
                continue
            if raw[4 : 4 + len(kind)] == kind.encode():
                return f"{kind} {blob}"
    raise AccessFault(Fault.HOST_KEY, "Not a host key.")


def fingerprint_of(host_key: str) -> str:
    """Return a host key's fingerprint as `ssh-keygen -l` writes it."""
    digest = hashlib.sha256(base64.b64decode(host_key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


_WITHIN_S = 6
_KEY_KINDS = ("ed25519", "ecdsa", "rsa")  # the first of them that the machine has


def scan_host_key(address: EngineAddress) -> tuple[str, str]:
    """Return the host key that a machine shows, and "" or why there is none, in ssh-keyscan's words."""
    scanner = shutil.which("ssh-keyscan")
    if scanner is None:
        return "", "ssh-keyscan: not found (Debian: openssh-client)"
    command = [scanner, "-T", "4", "-p", str(address.port), "-t", ",".join(_KEY_KINDS), "--", address.host]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_WITHIN_S, check=False)  # noqa: S603 parsed
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)[:300]
    lines = sorted((line for line in done.stdout.splitlines() if not line.startswith("#")), key=_rank)
    for line in lines:
        try:
            return read_host_key(line), ""
        except AccessFault:
            continue
    return "", done.stderr.strip()[-300:] or "no answer"


def _rank(line: str) -> int:
    return next((number for number, kind in enumerate(_KEY_KINDS) if kind in line), len(_KEY_KINDS))


# fault: (field, sentence)
FAULTS: Mapping[Fault, tuple[str, Promise]] = {
    Fault.SHAPE: ("url", _("This isn't the URL of an Engine: unix:///path, tcp://host:port or ssh://user@host.")),
    Fault.SCHEME: ("url", _("An Engine is reached by unix://, tcp:// or ssh://. For https:// use tcp:// with TLS.")),
    Fault.SOCKET_PATH: (
        "url",
        _("The path of a socket begins with / and has at most 107 bytes; for ssh, it has no colons or spaces."),
    ),
    Fault.HOST: ("url", _("This isn't a host name or an IP address. Write an IPv6 address in [ ].")),
    Fault.PORT: ("url", _("The port is missing or invalid: an Engine with TLS usually listens on 2376.")),
    Fault.USER: ("url", _("Add the user to log in as: ssh://user@host.")),
    Fault.EXTRA: (
        "url",
        _("The URL holds only an address: no password, and no path after a tcp port. Credentials have their own fields."),
    ),
    Fault.PLAIN: (
        "url",
        _(
            "Without TLS, only an Engine on this machine's loopback can be used: anyone who can read the traffic "
            "becomes root on the Engine's machine. Fill in the TLS fields, or use ssh://."
        ),
    ),
    Fault.CA: ("ca", _("This isn't a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.")),
    Fault.CERTIFICATE: ("certificate", _("This isn't a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.")),
    Fault.TLS_KEY: ("tls_key", _("This isn't a private key in PEM form.")),
    Fault.TLS_PAIR: ("tls_key", _("This key doesn't belong to the certificate, or one of the two can't be read.")),
    Fault.KEY_LOCKED: (
        "ssh_key",
        _("This key has a passphrase, which nobody could type here. Use a key of its own without one."),
    ),
    Fault.SSH_KEY: ("ssh_key", _("This isn't a private key that ssh can use.")),
    Fault.HOST_KEY: ("host_key", _("This isn't a host key, such as “ssh-ed25519 AAAA…”.")),
    Fault.LOST: (
        "url",
        _("The credentials were encrypted with another secret key and can't be read. Type them again, or restore that key."),
    ),
    Fault.ELSEWHERE: ("url", _("This socket is on the machine of another server: only the servers there can ask this Engine.")),
}


def say_fault(error: AccessFault) -> tuple[str, str]:
    """Return the field that a fault belongs to, and its sentence in the language of the moment."""
    field, sentence = FAULTS[error.fault]
    return field, str(sentence)
