"""Credentials as they are pasted: read once, so that what is stored can be used, and said at the right field when it can't."""

from __future__ import annotations

import base64
import binascii
import hashlib
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

from networks.engine.access.facts import SshMaterial, TlsMaterial
from networks.engine.access.faults import AccessFault, Fault
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
