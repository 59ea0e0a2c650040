"""A certificate authority of the tests' own, and what it signs: for Engines at tcp:// with mutual TLS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)


class Authority:
    """Signs certificates. `pem`: its own."""

    def __init__(self, name: str = "the tests' authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        constraints = x509.BasicConstraints(ca=True, path_length=0)
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        started = _start(self._name, self._name, self._key.public_key()).add_extension(constraints, critical=True)
        started = started.add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
        own = started.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        self.pem = own.public_bytes(Encoding.PEM).decode()

    def sign(self, name: str, *, hosts: tuple[str, ...] = (), days: int = 2) -> tuple[str, str]:
        """Return a certificate and its key, both in PEM: for a server where it names hosts, else for a client."""
        key = ec.generate_private_key(ec.SECP256R1())
        started = _start(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), self._name, key.public_key(), days)
        kind = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
        started = started.add_extension(x509.ExtendedKeyUsage([kind]), critical=False)
        # RFC 5280, 4.2.1.1; urllib3 on Python 3.13 takes no certificate without one.
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        started = started.add_extension(ours, critical=False)
        if hosts:
            started = started.add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        signed = started.sign(self._key, hashes.SHA256())
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return signed.public_bytes(Encoding.PEM).decode(), secret.decode()


def _start(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int = 2) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    numbered = builder.serial_number(x509.random_serial_number())
    return numbered.not_valid_before(now - 3 * DAY).not_valid_after(now + days * DAY)


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
