"""What `manage.py check` finds."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path
from pytest_django import Settings

from netadmin.asgi import application
from netadmin.gate import Gate
from netadmin.urls import urlpatterns as real_patterns
from networks.checks import check_data_dir, check_origins, check_routes


def view(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [*real_patterns, path("new/", view, name="brand_new")]


def test_it_finds_an_address_that_nobody_declared(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__

    errors = [message for message in check_routes() if message.is_serious()]

    assert [(error.id, "brand_new" in error.msg) for error in errors] == [("networks.E001", True)]


def test_it_finds_a_data_directory_that_others_may_enter(settings: Settings, tmp_path: Path) -> None:
    settings.NETADMIN_DATA_DIR = tmp_path
    tmp_path.chmod(0o700)
    assert check_data_dir() == []

    tmp_path.chmod(0o750)
    assert [message.id for message in check_data_dir()] == ["networks.W006"]


def test_it_finds_that_nobody_could_reach_it(settings: Settings) -> None:
    assert check_origins() == []

    settings.NETADMIN_ALLOWED_ORIGINS = frozenset()
    assert [message.id for message in check_origins()] == ["networks.E005"]


def test_it_serves_nothing_around_the_gate() -> None:
    assert isinstance(application, Gate)
