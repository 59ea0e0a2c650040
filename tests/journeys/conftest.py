"""One server and one Chromium in a quiet place, and people who are logged in there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, expect, sync_playwright

from tests.chromium import start_chromium
from tests.journeys.quiet_place import QuietPlace
from tests.journeys.site import PASSWORD, Site
from tests.journeys.visits import Seat, Visits, log_in
from tests.private_engine import PrivateEngine

# Two cores carry the Engine, the server, the browser and, in a whole run, what else is tested at the same time.
expect.set_options(timeout=15_000)

LONGEST = ("test_for_everybody", "test_hostile_corpus", "test_trouble", "test_forms", "test_acceptance")
LONGEST += ("test_terminal", "test_swarm", "test_modes", "test_account")
LEAVING = ("otto", "oona", "otis")  # operators; each loses its rights in one test


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark every journey, and keep them together at the end: they share what takes long to start.

    The longest files come first among them: whoever began one last would keep the other cores waiting for it.
    """
    ours = {test for test in items if Path(__file__).parent in test.path.parents}
    for test in ours:
        test.add_marker(pytest.mark.browser)
    yield
    items.sort(key=lambda test: (test in ours, test.path.stem not in LONGEST if test in ours else False))


@pytest.fixture(scope="package")  # not longer: its event loop is the thread's running one, which asynchronous tests need
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def place() -> Iterator[QuietPlace]:
    with QuietPlace() as made:
        yield made


@pytest.fixture(scope="package")
def browser(playwright: Playwright, place: QuietPlace) -> Iterator[Browser]:
    running = start_chromium(playwright, launcher=place.launcher)
    yield running
    running.close()


@pytest.fixture(scope="package")
def site(shared_engine: PrivateEngine, place: QuietPlace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start the server that all journeys share; its people are admin, operator and viewer, and some whose rights will go."""
    with Site(tmp_path_factory.mktemp("site"), shared_engine.url, place) as running:
        running.add_people(
            {"olga": "operator", "vera": "viewer", "nora": ""} | dict.fromkeys(("otto", "oona", "otis"), "operator")
        )
        yield running


@pytest.fixture(scope="package")
def logins(site: Site, browser: Browser) -> dict[str, StorageState]:
    """Log each person in once, and keep their cookies."""
    states = {}
    for name in ("admin", "olga", "vera"):
        context = browser.new_context(base_url=site.url)
        log_in(context.new_page(), name, PASSWORD)
        states[name] = context.storage_state()
        context.close()
    return states


@pytest.fixture(scope="package")
def seats(browser: Browser) -> list[Seat]:
    """Keep the browsers of those who are logged in from test to test."""
    return []


@pytest.fixture
def visits(
    site: Site, browser: Browser, logins: dict[str, StorageState], seats: list[Seat], engine: PrivateEngine
) -> Iterator[Visits]:
    """Give what opens browsers on the shared server; the Engine is empty. At the end nothing may have gone wrong in any."""
    with Visits(browser, site.url, logins, seats) as open_ones:
        yield open_ones


@pytest.fixture
def admin(visits: Visits) -> Page:
    return visits.enter("admin")


@pytest.fixture
def asked_admin(visits: Visits) -> Page:
    """Give an admin in a login of its own, who is asked for the password before what gives power: nobody has typed it there."""
    page = visits.enter()
    log_in(page, "admin", PASSWORD)
    return page


@pytest.fixture
def operator(visits: Visits) -> Page:
    return visits.enter("olga")


@pytest.fixture
def viewer(visits: Visits) -> Page:
    return visits.enter("vera")


@pytest.fixture
def mortal_engine(engine: PrivateEngine) -> Iterator[PrivateEngine]:
    """Give the session's Engine to a test that kills it; it answers again afterwards."""
    yield engine
    if not engine.answers():
        engine.restart()


@pytest.fixture
def own_site(shared_engine: PrivateEngine, place: QuietPlace, tmp_path: Path) -> Callable[..., Site]:
    """Give a function that makes a server of this test's own, which it may end."""
    return lambda **options: Site(tmp_path, shared_engine.url, place, port=8001, **options)
