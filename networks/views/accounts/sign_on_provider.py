"""The provider that people sign on at: what it says of itself, and the answers that are believed. Loaded where there is one.

Source: OpenID Connect Discovery 1.0, 4.3; OpenID Connect Core 1.0, 3.1.3.7 (what is checked of an ID token).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NoReturn, cast

import jwt
import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from networks.models.stored_sentences import Said
from networks.models.stored_sentences import say as _
from networks.policy.sign_on_rules import SignOn, is_private_url, origin_of

log = structlog.get_logger(__name__)

PROVIDER_ID = "sign-on"
# What it says of itself changes with its releases; a provider that was away is asked again soon.
_KEPT_FOR_S, _AWAY_FOR_S = 600, 10
_WITHIN_S = 3  # the log-in page waits for it
_LEEWAY_S = 60  # between its clock and ours
# Signed by a key that is its alone. HS256 is signed by the client's secret, and "none" by nobody.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_OFFERED = ("userinfo_endpoint", "end_session_endpoint")
_AWAY = _("%(name)s can't be reached now.")


class ProviderTrouble(Exception):
    """The provider is away, or says what can't be believed. The message is a sentence to people."""


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """What the provider says of itself. `document`: its whole metadata, whose endpoints were looked at."""

    document: Mapping[str, Any]

    @property
    def origin(self) -> str:
        """Where a browser is sent to log in."""
        return origin_of(self.document["authorization_endpoint"])

    @property
    def end_session_url(self) -> str:
        """Where people log out there; "" where it offers that to nobody."""
        return str(self.document.get("end_session_endpoint", ""))


def wanted_sign_on() -> SignOn:
    """Return the settings of sign-on."""
    return cast(SignOn, settings.NETADMIN_SIGN_ON)


def read_provider() -> ProviderFacts:
    """Return what the provider says of itself, waited for 3 s and kept for 10 minutes. Raises ProviderTrouble.

    Trouble is kept for 10 s, so that a provider that hangs doesn't hold every log-in page up.
    """
    issuer = wanted_sign_on().issuer
    key = f"sign-on:{issuer}"
    kept = cache.get(key)
    if isinstance(kept, Said):
        raise ProviderTrouble(kept)
    if kept is None:
        try:
            kept = _ask_for_document(issuer)
        except ProviderTrouble as trouble:
            cache.set(key, trouble.args[0], _AWAY_FOR_S)
            raise
        cache.set(key, kept, _KEPT_FOR_S)
    return ProviderFacts(kept)


def _ask_for_document(issuer: str) -> dict[str, Any]:
    name = wanted_sign_on().name
    url = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        document = _within(_WITHIN_S, lambda: _fetch(url))
    except (OSError, ValueError) as error:  # what requests raises is an OSError
        log.warning("sign_on_provider_away", url=url, error=str(error)[:300])
        raise ProviderTrouble(_AWAY % {"name": name}) from error
    if not isinstance(document, dict) or document.get("issuer") != issuer:
        log.error("sign_on_provider_mismatch", configured=issuer, told=str(document)[:300])
        words = _(
            "What answers at %(name)s calls itself otherwise than NETADMIN_OIDC_ISSUER says: the two must be alike to the sign."
        )
        raise ProviderTrouble(words % {"name": name})
    for endpoint in (*_NEEDED, *(each for each in _OFFERED if document.get(each))):
        if not is_private_url(document.get(endpoint)):
            log.error("sign_on_provider_endpoint", endpoint=endpoint, told=str(document.get(endpoint))[:300])
            words = _("%(name)s names no https:// address as its %(endpoint)s.")
            raise ProviderTrouble(words % {"name": name, "endpoint": endpoint})
    return document


def _fetch(url: str) -> Any:
    with get_adapter().get_requests_session() as session:
        answer = session.get(url, timeout=_WITHIN_S, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()


def _within(seconds: float, ask: Callable[[], Any]) -> Any:
    """Return what is asked for, or raise TimeoutError: the library's own limit begins anew with each byte that drips."""
    answers: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            answers.put((ask(), None))
        except BaseException as error:
            answers.put((None, error))

    Thread(target=run, name="ask-provider", daemon=True).start()
    try:
        answer, error = answers.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no whole answer within {seconds:g} s") from None
    if error is not None:
        raise error
    return answer


def verify_id_token(text: str, keys: Mapping[str, Any], *, issuer: str, client_id: str) -> dict[str, Any]:
    """Return the claims of an ID token that this provider has signed for us, and that still holds. Raises OAuth2Error.

    `keys`: the provider's (RFC 7517). allauth would look at no signature, since the token comes from the provider by TLS.
    """
    try:
        header = jwt.get_unverified_header(text)
        algorithm = header.get("alg")
        if algorithm not in _ALGORITHMS:
            _refuse("alg")
        claims: dict[str, Any] = jwt.decode(
            text,
            jwt.PyJWK(_find_key(keys, header.get("kid")), algorithm),
            algorithms=[algorithm],
            audience=client_id,
            issuer=issuer,
            leeway=_LEEWAY_S,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise OAuth2Error(f"ID token: {error}") from error
    audience = claims["aud"]
    if claims.get("azp", client_id) != client_id or (isinstance(audience, list) and len(audience) > 1 and "azp" not in claims):
        _refuse("azp")
    return claims


def _find_key(keys: Mapping[str, Any], key_id: Any) -> dict[str, Any]:
    signing = [key for key in keys["keys"] if key.get("use", "sig") == "sig" and key.get("kty") in ("RSA", "EC", "OKP")]
    found = [key for key in signing if key_id is None or key.get("kid") == key_id]
    if len(found) != 1:
        _refuse("kid")
    return dict(found[0])


def _refuse(what: str) -> NoReturn:
    raise OAuth2Error(f"ID token: {what}")


class SignOnOAuth2Adapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """allauth's, with our address, the metadata that was looked at, and an ID token that is always verified."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself."""
        try:
            return dict(read_provider().document)
        except ProviderTrouble as trouble:
            raise OAuth2Error(str(trouble)) from trouble

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the provider sends the browser back to."""
        return absolute(request, reverse("sign_on_callback"))

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> Any:
        """Return what the provider gives for a code. Raises OAuth2Error where that is no answer at all."""
        try:
            told = super().get_access_token_data(request, app, client, pkce_code_verifier=pkce_code_verifier)
            return {**told, "access_token": str(told["access_token"]), "expires_in": int(told.get("expires_in") or 0)}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error(f"token: {error}") from error

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **more: Any) -> SocialLogin:
        """Return what the provider says of whoever logged in there, verified; of whom of ours that is, it knows nothing."""
        document = self.openid_config
        try:
            with get_adapter().get_requests_session() as session:
                answer = session.get(document["jwks_uri"], allow_redirects=False)
                answer.raise_for_status()
                keys = answer.json()
            told = str(more["response"].get("id_token") or "")
            id_token = verify_id_token(told, keys, issuer=document["issuer"], client_id=app.client_id)
            userinfo = self._fetch_user_info(token.token) if document.get("userinfo_endpoint") else {}
            held = {"id_token": dict(id_token), "userinfo": dict(userinfo)}
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise OAuth2Error(f"answer: {error}") from error
        account = SocialAccount(provider=PROVIDER_ID, uid=str(id_token["sub"])[:100], extra_data=held)
        return SocialLogin(provider=self.get_provider(), account=account)


class SignOnProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """allauth's, asked by the adapter above."""

    oauth2_adapter_class = SignOnOAuth2Adapter

    def get_default_scope(self) -> list[str]:
        """Return what is asked for: who it is, their name, and their groups where they take a scope of their own."""
        offered = read_provider().document.get("scopes_supported")
        has_groups = isinstance(offered, list) and "groups" in offered
        return ["openid", "profile", *(["groups"] if has_groups else [])]


def make_app() -> SocialApp:
    """Return what the settings say, as allauth takes it; it is in no database."""
    wanted = wanted_sign_on()
    return SocialApp(
        provider=SignOnProvider.id,
        provider_id=PROVIDER_ID,
        name=wanted.name,
        client_id=wanted.client_id,
        secret=wanted.client_secret,
        settings={"server_url": wanted.issuer, "oauth_pkce_enabled": True},
    )


def absolute(request: HttpRequest, path: str) -> str:
    """Return the whole URL of a path, prefix included, as people reach us."""
    public = settings.NETADMIN_PUBLIC_URL
    return f"{origin_of(public)}{path}" if public else request.build_absolute_uri(path)
