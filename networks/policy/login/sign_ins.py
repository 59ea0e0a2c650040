"""Who came in, who didn't, and who left, as lines of the log (never a password, never a name that nobody has)."""

from __future__ import annotations

from typing import Any

import structlog
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

log = structlog.get_logger(__name__)


def connect_receivers() -> None:
    """Listen to what Django says of logins: by the form, by the admin site's, by a link, on the console."""
    for signal, receiver in (
        (user_logged_in, _on_login),
        (user_logged_out, _on_logout),
        (user_login_failed, _on_failure),
    ):
        signal.connect(receiver, dispatch_uid=f"log {receiver.__name__}")


def _on_login(request: HttpRequest | None = None, user: Any = None, **_more: object) -> None:
    log.info("logged_in", user=user.pk, name=user.get_username(), client=_client(request))


def _on_logout(request: HttpRequest | None = None, user: Any = None, **_more: object) -> None:
    if user is not None:
        log.info("logged_out", user=user.pk, name=user.get_username(), client=_client(request))


def _on_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: object) -> None:
    """People type their password into the field above by mistake: only a name that exists is written down."""
    typed = str(credentials.get("username", ""))[:150].replace("\0", "")
    known = get_user_model()._default_manager.filter(username=typed).values_list("pk", flat=True).first()
    step = "second" if credentials.get("step") == "second" else "password"
    log.warning("login_failed", user=known, name=typed if known else "", step=step, client=_client(request))


def _client(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""
