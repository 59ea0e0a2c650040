"""The second step of a login: how its secrets are kept, drawn and taken away, and where passkeys work."""

from __future__ import annotations

import base64
import secrets
from ipaddress import ip_address

import qrcode
import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from networks.models.sealing import Unsealable, open_loose, seal_loose

log = structlog.get_logger(__name__)

PURPOSE = "second step"
# What of an authenticator's data allauth has the adapter seal. Source: allauth.mfa, totp and recovery_codes.
_SEALED = frozenset({"secret", "seed", "migrated_codes"})
_QUIET_ZONE = 4  # modules of white around the code, as ISO/IEC 18004 wants


class TwoFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Seals secrets with a key made from SECRET_KEY, so that a copy of the database alone opens nothing."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong. An app's code is valid for half a minute, a recovery code only once."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return seal_loose(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Open one. What another SECRET_KEY sealed becomes a secret that nobody has: no code fits, and no page fails."""
        try:
            return open_loose(encrypted_text, PURPOSE)
        except Unsealable:
            log.error("second_step_unreadable", reason="sealed with another SECRET_KEY")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """Return the name that the app shows."""
        return str(user.get_username())

    def build_totp_svg(self, url: str) -> SafeString:
        """Draw a QR code as inline SVG without any style; dark on white in both themes, for cameras want it so."""
        return draw_code(url, gettext("QR code of the secret below"))

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        """Return what a passkey is called until its owner names it."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey %(number)s") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return who asks for a passkey: this name."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Netadmin"}


def draw_code(text: str, label: str) -> SafeString:
    """Return a QR code as SVG: one path of squares on a white ground."""
    code = qrcode.QRCode(border=_QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    size = len(rows)
    return format_html(
        '<svg class="qr" viewBox="0 0 {} {}" role="img" aria-label="{}" shape-rendering="crispEdges">'
        '<rect width="{}" height="{}" fill="#fff"/><path fill="#000" d="{}"/></svg>',
        size,
        size,
        label,
        size,
        size,
        path,
    )


def has_second_step(user_id: int) -> bool:
    """Tell whether logging in takes more than the password."""
    steps = Authenticator.objects.filter(user_id=user_id).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return bool(steps.exists())


def take_second_steps_away(user_id: int) -> int:
    """Delete a person's app, passkeys and recovery codes; return how many. The password alone is enough afterwards."""
    deleted: int = Authenticator.objects.filter(user_id=user_id).delete()[0]
    return deleted


def can_hold_passkeys(host: str, *, is_https: bool) -> bool:
    """Tell whether browsers make passkeys for this host (without port): a name on https, or localhost. Source: WebAuthn, 5.1."""
    if host == "localhost":
        return True
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return is_https
    return False


def reseal_second_steps() -> int:
    """Seal all secrets of second steps anew with the secret key of now; return how many. Those that nothing opens stay."""
    count = 0
    for row in Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN):
        data = dict(row.data)
        for name in _SEALED.intersection(data):
            data[name] = _resealed(data[name])
        if data != row.data:
            count += Authenticator.objects.filter(pk=row.pk, data=row.data).update(data=data)
    return count


def _resealed(held: object) -> object:
    if isinstance(held, list):
        return [_resealed(each) for each in held]
    try:
        return seal_loose(open_loose(held, PURPOSE), PURPOSE) if isinstance(held, str) else held
    except Unsealable:
        return held
