"""Every address is declared, and every declared address exists."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, include, path, resolve

from networks.checks import check_routes
from networks.policy.permissions import Permission
from networks.policy.url_permissions import (
    ROUTES,
    Route,
    missing_names,
    name_of_match,
    names_without_engine,
    permission_for,
    undeclared_names,
    walk_routes,
)


def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


PATTERNS: list[URLPattern | URLResolver] = [
    path("networks/<slug:engine_slug>/", include([path("x/", view, name="network_remove")])),
    path("lab/", view, name="lab_up"),
    path("new/", view, name="brand_new"),
    path("unnamed/", view),
    path("admin/", include(([path("a/", view, name="index"), path("b/", view)], "admin"), namespace="admin")),
]


def test_it_declares_every_address_that_there_is() -> None:
    routes = list(walk_routes(get_resolver().url_patterns))

    assert undeclared_names(routes) == []
    assert names_without_engine(routes) == []
    assert missing_names(routes) == []
    assert check_routes() == []


def test_it_finds_addresses_that_are_not_declared() -> None:
    routes = list(walk_routes(PATTERNS))

    assert undeclared_names(routes) == ["brand_new", f"{__name__}.view"]
    assert names_without_engine(routes) == ["lab_up"]
    assert "network_remove" not in missing_names(routes)
    assert "overview" in missing_names(routes)
    assert Route("admin:index", names_engine=False) in routes
    assert permission_for(f"admin:{__name__}.view") is Permission.SUPERUSER


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/healthz", Permission.OPEN),
        ("/.well-known/security.txt", Permission.OPEN),
        ("/accounts/login/", Permission.OPEN),
        ("/accounts/signup/", Permission.CLOSED),
        ("/admin/", Permission.SUPERUSER),
        ("/admin/auth/user/1/change/", Permission.SUPERUSER),
        ("/admin/whatever/", Permission.SUPERUSER),
        ("/admin/logout/", Permission.SUPERUSER),
    ],
)
def test_it_names_addresses_as_django_resolves_them(address: str, expected: Permission) -> None:
    assert permission_for(name_of_match(resolve(address))) is expected


def test_it_gives_a_permission_to_each_name() -> None:
    assert {type(permission) for permission in ROUTES.values()} == {Permission}
    assert permission_for("nothing") is None
    assert permission_for("other:index") is None
