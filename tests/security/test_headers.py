"""What the browser is told with every answer, whatever the address, the method, the person and the outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http.cookies import Morsel

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import path
from pytest_django import Settings

from netadmin.urls import urlpatterns as real_patterns
from networks.policy.permissions import Permission
from networks.policy.url_permissions import ROUTES
from networks.sync.requests import request_sync
from tests.conftest import IS_FULL
from tests.security.people import make_person, make_world, open_browser
from tests.security.places import addresses
from tests.security.test_middleware import CSP, HEADERS

UNSAFE = re.compile(r"unsafe-|\*|https?:|(?<!img-src 'self' )data:|strict-dynamic|blob:")
TEXT = re.compile(r"^(?:text/[a-z]+|application/javascript|[a-z]+/[a-z.-]*\+?xml)(?:;|$)")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>|<style\b|\sstyle=|\son[a-z]+=|javascript:")
PLAIN = {"netadmin_language", "theme"}
REDIRECTS_INSIDE = re.compile(r"^/(?!/)")


def fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret detail of the inside")


urlpatterns = [*real_patterns, path("test/fail/", fail, name="fail")]


@pytest.fixture(autouse=True)
def world(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(ROUTES, "fail", Permission.OPEN)
    monkeypatch.setitem(request_sync.__kwdefaults__, "timeout_s", 0.0)


def answers(kind: str) -> Iterator[tuple[str, HttpResponseBase]]:
    """Yield what every address answers to this kind of person, and what it answers to a browser that does everything wrong."""
    browser = open_browser(kind, make_person(kind, make_world()), is_proved=True)
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    for address in addresses():
        for method in ("GET", "POST", "PUT") if IS_FULL or not address.is_admin_site else ("GET",):
            cache.clear()
            browser.cookies.clear()
            browser.cookies.load(cookies)
            before = transaction.savepoint()
            yield (
                f"{method} {address.path}",
                browser.generic(method, address.path, content_type="application/x-www-form-urlencoded"),
            )
            transaction.savepoint_rollback(before)
    for wrong in (
        "/nowhere",
        "/networks",
        "/%00",
        "/static/nowhere.js",
        "/static/../netadmin/settings.py",
        "/test/fail/",
        "/ws/live/",
    ):
        yield f"GET {wrong}", browser.get(wrong)
    yield "another host", browser.get("/", headers={"host": "evil.example"})
    yield "no token", Client(enforce_csrf_checks=True).post("/accounts/login/")
    yield "no form", browser.post("/accounts/login/", b"\xff\xfe{", content_type="multipart/form-data; boundary=x")
    yield "too many fields", browser.post("/accounts/login/", {f"f{number}": "x" for number in range(1200)})


def faults(answer: HttpResponseBase) -> list[str]:
    """Return what is wrong with the headers of an answer."""
    policy = answer.headers.get("Content-Security-Policy", "")
    found = [name for name, value in HEADERS.items() if name != "Cache-Control" and answer.headers.get(name) != value]
    if set(policy.split("; ")) != CSP or UNSAFE.search(policy):
        found.append(f"Content-Security-Policy: {policy}")
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append("Cache-Control")
    if any(name.startswith("Access-Control-") for name in answer.headers):
        found.append("shared with other origins")
    location = answer.headers.get("Location", "/")
    if not REDIRECTS_INSIDE.match(location) and location:
        found.append(f"leads away: {location}")
    kind = answer.headers.get("Content-Type", "")
    if TEXT.match(kind) and "charset=utf-8" not in kind.lower().replace('"', ""):
        found.append(f"Content-Type: {kind}")
    return [*found, *(f"cookie {cookie.key}" for cookie in answer.cookies.values() if is_loose(cookie))]


def is_loose(cookie: Morsel[str]) -> bool:
    """Tell whether a cookie goes where it needn't; scripts may read the choice of a language and of a theme."""
    if not cookie.value:
        return False  # it is being deleted
    return (
        cookie["samesite"] not in ("Lax", "Strict") or bool(cookie["domain"]) or not (cookie["httponly"] or cookie.key in PLAIN)
    )


def inline_of(answer: HttpResponseBase) -> list[str]:
    """Return the scripts and styles that stand in a page."""
    found = INLINE.search(answer.content.decode()) if isinstance(answer, HttpResponse) else None
    return [found[0]] if found else []


@pytest.mark.parametrize("kind", ["stranger", "viewer", "superuser"])
def test_it_tells_the_browser_the_same_with_every_answer(kind: str) -> None:
    found = {}
    statuses = set()

    for name, answer in answers(kind):
        statuses.add(answer.status_code)
        # What Django's own admin site brings of these does nothing: the policy blocks it.
        if wrong := faults(answer) + ([] if "/admin/" in name else inline_of(answer)):
            found[name] = wrong

    assert found == {}
    assert statuses >= {302, 400, 403, 404, 500}


@pytest.mark.parametrize("kind", ["stranger", "superuser"])
def test_it_tells_nothing_of_its_inside_when_it_fails(kind: str) -> None:
    browser = open_browser(kind, make_person(kind, make_world()), is_proved=True)

    answer = browser.get("/test/fail/")

    text = answer.content.decode()
    assert answer.status_code == 500
    assert not re.search(r"a secret detail|RuntimeError|Traceback|site-packages|\.py\b", text)
