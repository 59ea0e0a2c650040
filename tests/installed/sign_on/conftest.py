"""A provider of sign-on, and a server whose people sign on there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installed.sign_on.provider import ProviderProcess, settings_for
from tests.installed.sign_on.signing_on import Office
from tests.management.serving import Serving, free_port
from tests.prepared import prepare


@pytest.fixture
def office(shared_office: Office) -> Iterator[Office]:
    """Give both, the provider honest."""
    shared_office.provider.lie()
    yield shared_office
    shared_office.provider.lie()


@pytest.fixture(scope="package")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Start both on loopback; tests talk to them as a browser does, without one."""
    folder = tmp_path_factory.mktemp("office")
    prepare(folder / "data")
    with ProviderProcess(folder / "provider", free_port()) as provider:
        (folder / "password").write_text("a long enough pass phrase")
        first = (("NETADMIN_ADMIN_USERNAME", "admin"), ("NETADMIN_ADMIN_PASSWORD_FILE", str(folder / "password")))
        more = (*settings_for(provider, LOCAL_LOGIN="superusers"), *first)
        with Serving(folder / "data", "unix:///nonexistent/docker.sock", free_port(), extra=more) as serving:
            yield Office(provider, serving)
