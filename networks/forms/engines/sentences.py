"""What is said of an address or a credential that can't be used."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from networks.engine.access.faults import AccessFault, Fault

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
}


def say_fault(error: AccessFault) -> tuple[str, str]:
    """Return the field that a fault belongs to, and its sentence in the language of the moment."""
    field, sentence = FAULTS[error.fault]
    return field, str(sentence)
