"""What every request passes, whoever sends it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pytest_django import Settings

from netadmin.urls import urlpatterns as real_patterns
from networks.models import Action, Engine, Grant, Outcome, Role
from networks.policy.permissions import Permission
from networks.policy.url_permissions import ROUTES

pytestmark = pytest.mark.django_db

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CSP = {
    "default-src 'none'",
    "object-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def echo(request: HttpRequest, **_more: str) -> HttpResponse:
    if request.GET.get("fail"):
        raise RuntimeError
    return HttpResponse(f"{request.META['REMOTE_ADDR']} {request.scheme} {request.get_host()}")


urlpatterns = [
    *real_patterns,
    path("test/undeclared/", echo, name="undeclared"),
    path("test/<slug:engine_slug>/<str:docker_id>/", echo, name="network_remove_x"),
    path("test/open/", echo, name="echo"),
]


@pytest.fixture(autouse=True)
def some_routes(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = __name__
    monkeypatch.setitem(ROUTES, "echo", Permission.OPEN)
    monkeypatch.setitem(ROUTES, "network_remove_x", Permission.CONNECT)


@pytest.fixture
def engine() -> Engine:
    return Engine.objects.create(slug="local", name="Cellar", url="unix:///x")


@pytest.fixture
def root() -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def viewer(engine: Engine, root: User) -> User:
    user = User.objects.create_user("vic")
    Grant.objects.create(user=user, engine=engine, role=Role.VIEWER)
    return user


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_puts_its_headers_on_every_answer(client: Client, root: User) -> None:
    client.raise_request_exception = False
    inside = as_user(root)
    answers = {
        200: [client.get("/healthz"), client.get("/accounts/login/"), inside.get("/admin/auth/user/")],
        302: [client.get("/accounts/password/change/"), client.get("/admin/")],
        403: [
            client.get("/accounts/login/", headers={"host": "evil.example"}),
            Client(enforce_csrf_checks=True).post("/accounts/login/"),
        ],
        404: [client.get("/nowhere"), inside.get("/nowhere"), inside.get("/test/undeclared/")],
        500: [client.get("/test/open/?fail=1")],
    }

    for status, some in answers.items():
        for answer in some:
            assert answer.status_code == status
            assert {name: answer.headers.get(name) for name in HEADERS} | {"Cache-Control": "no-store"} == HEADERS
            assert "no-store" in answer.headers["Cache-Control"]
            assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP
            assert "camera=()" in answer.headers["Permissions-Policy"]


def test_it_refuses_an_address_that_nobody_declared(root: User) -> None:
    assert as_user(root).get("/test/undeclared/").status_code == 404


def test_it_sends_a_stranger_to_the_login_and_back(client: Client, root: User) -> None:
    answer = client.get("/test/local/abc/?x=1")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/login/?next=%2Ftest%2Flocal%2Fabc%2F%3Fx%3D1")


def test_it_sends_a_stranger_back_to_the_page_of_the_button(client: Client, root: User) -> None:
    plain = client.post("/test/local/abc/", headers={"referer": "http://testserver/networks/?q=a"})
    other = client.post("/test/local/abc/", headers={"referer": "http://evil.example/networks/"})

    assert plain.headers["Location"] == "/accounts/login/?next=%2Fnetworks%2F%3Fq%3Da"
    assert other.headers["Location"] == "/accounts/login/?next=%2F"


def test_it_tells_htmx_to_go_to_the_login(client: Client, root: User) -> None:
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/networks/"}

    answer = client.get("/test/local/abc/", headers=headers)

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/accounts/login/?next=%2Fnetworks%2F")


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_it_says_what_is_missing_and_whom_to_ask(viewer: User, engine: Engine, headers: dict[str, str]) -> None:
    boss = User.objects.create_user("boss")
    Grant.objects.create(user=boss, engine=engine, role=Role.ADMIN)

    answer = as_user(viewer).post("/test/local/abc/", headers=headers)

    text = answer.content.decode()
    assert answer.status_code == 403
    assert ("HX-Retarget" in answer.headers) == bool(headers)
    assert "operator or admin" in text
    assert "Cellar" in text
    assert "boss" in text
    assert "root" in text


def test_it_records_who_was_refused_a_change(viewer: User) -> None:
    as_user(viewer).get("/test/local/abc/")
    as_user(viewer).post("/test/local/abc/", headers={"x-forwarded-for": "6.6.6.6"})

    action, outcome = Action.objects.get(), Outcome.objects.get()
    assert (action.who, action.user_id, action.engine_slug, action.docker_id) == ("vic", viewer.pk, "local", "abc")
    assert (action.verb, action.from_address) == ("remove_x_network", "127.0.0.1")
    assert (outcome.action_id, outcome.kind) == (action.pk, "denied")


def test_it_tells_a_stranger_to_an_engine_nothing_about_it(engine: Engine, root: User) -> None:
    answer = as_user(User.objects.create_user("new")).post("/test/secret-engine/abc/")

    assert answer.status_code == 403
    assert "secret-engine" not in answer.content.decode()


@pytest.mark.parametrize(
    ("host", "origin", "words"),
    [
        ("evil.example", None, "NETADMIN_TRUSTED_ORIGINS=http://evil.example"),
        ("localhost:8001", None, "NETADMIN_TRUSTED_ORIGINS=http://localhost:8001"),
        ("localhost:8000", "http://localhost:3000", "NETADMIN_TRUSTED_ORIGINS=http://localhost:3000"),
        ("localhost:8000", "null", "null"),
        ("<script>alert(1)</script>", None, "&lt;script&gt;"),
    ],
)
def test_it_refuses_other_hosts_and_origins_and_says_what_it_saw(
    client: Client, host: str, origin: str | None, words: str
) -> None:
    headers = {"host": host, "x-forwarded-host": "proxy.example\x1b"} | ({"origin": origin} if origin else {})

    for answer in (client.get("/accounts/login/", headers=headers), client.post("/accounts/login/", headers=headers)):
        text = answer.content.decode()
        assert answer.status_code == 403
        assert words in text
        assert "proxy.example\\u001b" in text
        assert "NETADMIN_TRUSTED_PROXIES=1" in text
        assert "<script>alert" not in text


def test_it_ignores_forwarded_headers_unless_proxies_are_trusted(client: Client, root: User, settings: Settings) -> None:
    headers = {"x-forwarded-host": "localhost:8000", "x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 192.0.2.1"}

    before = client.get("/test/open/", headers=headers).content.decode()
    settings.NETADMIN_TRUSTED_PROXIES = 1
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    after = client.get("/test/open/", headers=headers).content.decode()

    assert before == "127.0.0.1 http testserver"
    assert after == "192.0.2.1 https localhost:8000"


@override_settings(NETADMIN_ALLOWED_ORIGINS=frozenset({"https://netadmin.example"}), ALLOWED_HOSTS=["netadmin.example"])
def test_it_keeps_cookies_to_https_where_the_page_is_on_it(client: Client, root: User) -> None:
    client.get("/accounts/login/", headers={"host": "netadmin.example"})

    assert client.cookies["netadmin_csrf_8000"]["secure"] is True


def test_it_refuses_a_form_without_its_token(root: User) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/accounts/login/", {"login": "root", "password": "x"})

    assert answer.status_code == 403
    assert "Reload the page" in answer.content.decode()


def test_it_lets_only_superusers_into_the_admin_site(viewer: User, root: User) -> None:
    viewer.is_staff = True
    viewer.save()

    assert as_user(viewer).get("/admin/").status_code == 403
    assert as_user(viewer).get("/admin/login/").status_code == 403
    assert as_user(viewer).get("/admin/nowhere/").status_code == 403
    assert as_user(root).get("/admin/").status_code == 200
