"""What all tests share: private Engines, the marks that follow from using them, Hypothesis' profile."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.template import Template
from django.test.utils import instrumented_test_render
from django.utils import translation
from xdist.scheduler import LoadFileScheduling

from networks.actions.actors import acting
from networks.actions.asking import LatestWork
from networks.sync.follow.row_lease import lease_keeper
from networks.sync.host.stack_sampler import sampler
from tests.another_engine import AnotherEngine, start_another
from tests.guarded.sitecustomize import allow_below, strays_file
from tests.insert_only import flush_lifts_triggers  # noqa: F401 (a fixture)
from tests.lock_holders import describe_lock_holders
from tests.private_engine import PrivateEngine, reap_leftovers, unavailable_reason
from tests.swarm_pair import SwarmPair
from tests.unwinding import unwind_on_sigterm

IS_ON_POSTGRESQL = os.environ.get("NETADMIN_TEST_DATABASE") == "postgresql"
IS_FULL = os.environ.get("NETADMIN_TEST_FULL") == "1"

# No deadline: timings are no tests here, and two cores shared with an Engine make single examples slow.
hypothesis.settings.register_profile("netadmin", deadline=None, max_examples=50)
hypothesis.settings.register_profile("full", deadline=None, max_examples=1000)
hypothesis.settings.load_profile("full" if IS_FULL else "netadmin")

# Files that take over a minute: whoever begins one of them last keeps the other workers waiting.
LONG = ("test_soak.py", "test_for_everybody.py", "test_hostile_corpus.py", "test_sweep.py", "test_buttons.py", "test_swarm.py")
RENDER = Template._render  # before Django has it watched
# Two Engines that are joined start in a quarter of a minute; the trees of all modules are parsed in some seconds.
GROUPS = {"swarm": ("tests/swarm/", "tests/journeys/test_swarm.py"), "architecture": ("tests/architecture/",)}
ENGINE_FIXTURES = {"shared_engine", "engine", "fresh_engine", "swarm_pair", "another_engine"}


def pytest_configure(config: pytest.Config) -> None:
    """Make SIGTERM clean up, let the processes that tests start hear Ctrl-C, and let tests use sockets in their own folders."""
    unwind_on_sigterm()
    if folder := config.option.basetemp:
        allow_below(Path(folder))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # bin/test runs this in the background, where a shell has SIGINT ignored, and sends SIGTERM instead. An ignored
        # signal stays ignored in child processes; one with a handler does not.
        signal.signal(signal.SIGINT, lambda number, frame: None)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # before -m looks at the marks, and after everybody has sorted
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what uses a private Engine, and skip what cannot run here or runs only in full. What takes long begins first."""
    reason = unavailable_reason()
    for test in items:
        if ENGINE_FIXTURES & set(getattr(test, "fixturenames", ())):
            test.add_marker(pytest.mark.engine)
        if reason and test.get_closest_marker("engine"):
            test.add_marker(pytest.mark.skip(reason=reason))
        if IS_ON_POSTGRESQL and test.get_closest_marker("sqlite"):
            test.add_marker(pytest.mark.skip(reason="about SQLite"))
        if not IS_FULL and test.get_closest_marker("full"):
            test.add_marker(pytest.mark.skip(reason="runs only in ./bin/test full"))
    yield
    if not IS_FULL:
        items[:] = leave_out_the_many(items)
    items.sort(key=lambda test: LONG.index(test.path.name) if test.path.name in LONG else len(LONG))


def leave_out_the_many(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests without those that a `sampled(n)` leaves to bin/test full: of its cases every n-th stays."""
    seen: Counter[str] = Counter()
    kept, left = [], []
    for test in items:
        family = test.nodeid.partition("[")[0]
        mark = test.get_closest_marker("sampled")
        (kept if mark is None or seen[family] % mark.args[0] == 0 else left).append(test)
        seen[family] += 1
    if left:
        left[0].config.hook.pytest_deselected(items=left)
    return kept


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling:
    """Give each worker whole files, and one worker all of what shares what takes long to make."""
    return LoadGroups(config, log)


class LoadGroups(LoadFileScheduling):
    """Whole files, or the GROUPS that they belong to."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for group, files in GROUPS.items() if nodeid.startswith(files)), super()._split_scope(nodeid))


def pytest_collection_finish() -> None:
    """Look for garbage rarely, and not among what was collected, which stays: the looking took a fifth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Have a test that met a locked database say who had it: the test that is to blame may be another."""
    report = yield
    if call.excinfo is not None and "database is locked" in str(call.excinfo.value):
        report.sections.append(("who has the database", describe_lock_holders()))
    return report


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """PostgreSQL drops no database that a thread still has open; its whole server goes with the run."""
    return IS_ON_POSTGRESQL


@pytest.fixture(scope="session", autouse=True)
def pages_are_rendered_as_people_get_them(django_test_environment: None) -> None:
    """Hardly any test asks what a page was made of. Django's copy of each template's context took 12 % of the time."""
    Template._render = RENDER


@pytest.fixture
def watched_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have answers carry the context that their page was drawn with."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)


@pytest.fixture(autouse=True)
def nothing_leads_elsewhere() -> Iterator[None]:
    """Fail the test during which somebody, in whatever process, was about to connect to what no test made."""
    path = strays_file()
    before = path.stat().st_size if path.exists() else 0
    yield
    assert not path.exists() or path.read_text(errors="replace")[before:] == ""


@pytest.fixture(autouse=True)
def nobody_makes_the_world() -> Iterator[None]:
    """What a test makes for its world isn't written down as somebody's deed; what it asks for through a page is."""
    with acting(lambda: None):
        yield


@pytest.fixture(autouse=True)
def nothing_begins_beside_a_transaction(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread that a page starts can't see what the test's transaction holds, and would write into the next test's world."""

    def do_it_here(works: LatestWork[Any], engine_slug: str, work: Any, do: Callable[[Any], object]) -> Any:
        work.result = do(work)
        work.ended.set()
        return work

    mark = request.node.get_closest_marker("django_db")
    if mark is not None and not mark.kwargs.get("transaction"):
        monkeypatch.setattr(LatestWork, "begin", do_it_here)


@pytest.fixture(autouse=True)
def everybody_begins_in_english() -> Iterator[None]:
    """A page that was asked for in Korean leaves its thread speaking Korean."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def nobody_waited_for_a_follower_before() -> None:
    """An Engine of that name that an earlier test asked about was never followed either, and that for longer than is forgiven."""
    if probes := sys.modules.get("networks.views.probes"):
        probes._first_asked.clear()


@pytest.fixture(autouse=True)
def nobody_renews_behind_the_test() -> Iterator[None]:
    """A lease on PostgreSQL that a test took, and that ended with its tables, would be renewed into the next test."""
    yield
    for lease in lease_keeper.kept():
        lease_keeper.let_go(lease)


@pytest.fixture(autouse=True)
def nobody_counts_beside_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that a test looks at would have this process ask its Engine, which may be the user's own, for some seconds more."""
    monkeypatch.setattr(sampler, "_is_ending", True)


@pytest.fixture(scope="session")
def shared_engine() -> Iterator[PrivateEngine]:
    """Start one private Engine for the whole session; tests take `engine`, which empties it first."""
    reap_leftovers()
    with PrivateEngine() as started:
        started.import_image()
        yield started


@pytest.fixture
def engine(shared_engine: PrivateEngine) -> PrivateEngine:
    """Give the session's private Engine with no container and only the predefined networks."""
    shared_engine.empty()
    return shared_engine


@pytest.fixture(scope="session")
def shared_other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnotherEngine]:
    """Start a second private Engine for the whole session; tests take `another_engine`."""
    with start_another(tmp_path_factory.mktemp("another")) as started:
        yield started


@pytest.fixture
def another_engine(shared_other: AnotherEngine) -> AnotherEngine:
    """Give the session's second private Engine, which has TLS, with no container and only the predefined networks."""
    shared_other.engine.empty()
    return shared_other


@pytest.fixture
def fresh_engine() -> Iterator[PrivateEngine]:
    """Give a private Engine of this test's own, which it may kill, stop and restart."""
    with PrivateEngine() as started:
        started.import_image()
        yield started


@pytest.fixture(scope="session")
def shared_pair() -> Iterator[SwarmPair]:
    """Start the session's pair of Engines that reach each other; tests take `swarm_pair`. It takes 4 s: for few tests."""
    reap_leftovers()
    with SwarmPair() as started:
        yield started


@pytest.fixture
def swarm_pair(shared_pair: SwarmPair) -> SwarmPair:
    """Give both Engines in no swarm, with no container and only the predefined networks."""
    shared_pair.empty()
    return shared_pair
