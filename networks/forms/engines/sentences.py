"""What is said of an address or a credential that can't be used."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.engine.access.faults import AccessFault, Fault

# fault: (field, sentence)
FAULTS: Mapping[Fault, tuple[str, Promise]] = {
    Fault.SHAPE: ("url", _("This isn't the URL of an Engine: unix:///path, tcp://host:port or ssh://user@host.")),
    Fault.SCHEME: ("url", _("Only unix://, tcp:// and ssh:// lead to an Engine. An Engine at https:// is tcp:// with TLS here.")),
    Fault.SOCKET_PATH: ("url", _("The path of a socket begins with / and has 107 bytes at most; for ssh, no colons or blanks.")),
    Fault.HOST: ("url", _("This isn't the name or the address of a machine. An IPv6 address stands in [ ].")),
    Fault.PORT: ("url", _("A port is missing, or isn't one: an Engine with TLS usually has 2376.")),
    Fault.USER: ("url", _("Say as whom to log in: ssh://user@host.")),
    Fault.EXTRA: (
        "url",
        _("The URL holds an address only: no password, no path after a tcp port. Credentials have fields of their own."),
    ),
    Fault.PLAIN: (
        "url",
        _(
            "Without TLS an Engine is reached on this machine's loopback only: whoever can read the way there is root on its "
            "machine. Fill in the TLS fields, or use ssh://."
        ),
    ),
    Fault.CA: ("ca", _("This isn't a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.")),
    Fault.CERTIFICATE: ("certificate", _("This isn't a certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----.")),
    Fault.TLS_KEY: ("tls_key", _("This isn't a private key in PEM form.")),
    Fault.TLS_PAIR: ("tls_key", _("This key doesn't belong to the certificate, or one of the two can't be read.")),
    Fault.KEY_LOCKED: (
        "ssh_key",
        _("This key is locked with a passphrase, which nobody could type here. Use one of its own without."),
    ),
    Fault.SSH_KEY: ("ssh_key", _("This isn't a private key that ssh can use.")),
    Fault.HOST_KEY: ("host_key", _("This isn't a host key, such as “ssh-ed25519 AAAA…”.")),
    Fault.LOST: (
        "url",
        _("The credentials were sealed with another secret key and can't be opened. Type them again, or bring the key back."),
    ),
}


def say_fault(error: AccessFault) -> tuple[str, str]:
    """Return the field that a fault belongs to, and its sentence in the language of the moment."""
    field, sentence = FAULTS[error.fault]
    return field, str(sentence)
