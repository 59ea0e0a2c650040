"""./bin/test and .ci/run, as a person or a machine types them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, own_files, read
from tests.leftovers import CGROUP_FOLDER, NETNS_FOLDER, start_ticks
from tests.private_engine import wait_until
from tests.supply.osv import affected, record

# Says where its Engine is and waits for what ends the run.
ENDLESS = """
import signal
from pathlib import Path


def test_it_waits(engine):
    engine.run("c1")
    Path("engine").write_text(engine.netns)
    signal.pause()
"""
WAITING = """
import signal
from pathlib import Path


def test_it_waits():
    Path("begun").touch()
    signal.pause()
"""
FAILING = """
def test_it_fails():
    assert 1 + 1 == 3
"""
WITHOUT_ROOT = """
def test_it_needs_nothing():
    assert True


def test_it_needs_an_engine(engine):
    assert engine.answers()
"""
OF_A_CHAPTER = """
from tests.conftest import IS_FULL


def test_it_has_its_whole_size():
    assert IS_FULL
"""
WITH_A_SWITCH = """
import pytest

from tests.drivers.switch import why_no_switch


def test_it_needs_nothing():
    assert True


@pytest.mark.skipif(bool(why_no_switch()), reason=why_no_switch())
def test_it_needs_a_switch():
    assert True
"""
# Nothing can be run by this name, and nothing by the script's words is on this machine.
HIDDEN = 'mount --bind /dev/null "$(command -v ovs-vswitchd)" 2>/dev/null; exec bin/test "$@"'
# What takes a minute: a run that is about something else goes without.
SLOW_STEP = re.compile(r'^  step "(?:ruff check|ruff format|mypy|import contracts|djlint)" .*\n', re.MULTILINE)
POOR_APT = """#!/bin/sh
[ "$1" = policy ] && printf '%s:\\n  Candidate: (none)\\n' "$2"
exit 0
"""


def run_tests(project: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*argv], cwd=project, capture_output=True, text=True, timeout=120)


def shell_scripts() -> list[str]:
    places = [path for path in own_files() if path.parts[0] in {"bin", ".ci"}]
    return [str(path) for path in places if path.suffix == ".sh" or read(path).startswith("#!/bin/sh")]


@pytest.mark.parametrize("path", shell_scripts())
def test_it_is_valid_posix_shell(path: str) -> None:
    assert subprocess.run(["sh", "-n", path], cwd=ROOT, capture_output=True, text=True).stderr == ""


def test_it_is_what_continuous_integration_calls() -> None:
    done = run_tests(ROOT, "bash", ".ci/run", "--help")

    assert done.returncode == 0
    assert "./bin/test [--no-install] unit" in done.stdout


@pytest.mark.engine
def test_it_ends_with_status_1_after_a_failure(project: Path) -> None:
    (project / "tests" / "test_sample.py").write_text(FAILING)

    done = run_tests(project, "bin/test", "--no-install", "tests/test_sample.py")

    lines = done.stdout.splitlines()
    failed, total = lines[-2:]
    at = lines.index("== this machine's own Engine")
    assert done.returncode == 1
    assert "1 failed" in lines[at - 1]
    assert lines[at + 1].startswith("No Engine answers at /nonexistent/docker.sock")
    assert failed == "Failed: pytest;"
    assert total.startswith("Total: ")


def test_it_says_which_chapters_have_whole_sizes() -> None:
    done = run_tests(ROOT, "bin/test", "full")

    assert done.returncode == 1
    assert "Which chapter?" in done.stderr
    assert {"sync", "faults", "security"} <= set(done.stderr.split())


@pytest.mark.full
@pytest.mark.engine
@pytest.mark.parametrize(
    ("fixed", "status", "said"),
    [
        ("999", 1, "(PyPI): OSV-MADE-1; fixed in 999"),
        ("0.1", 0, "Read 2 records (1 about PyPI, 1 about npm, 0 withdrawn)"),
        (None, 0, None),
    ],
)
def test_it_looks_for_known_vulnerabilities_where_a_file_is_named(
    project: Path, fixed: str | None, status: int, said: str | None
) -> None:
    (project / "tests" / "test_sample.py").write_text("def test_it_passes():\n    assert True\n")
    for folder in ("static/vendor", "tests/vendor"):  # the copy leaves them out, and both are checked
        shutil.copytree(ROOT / folder, project / folder)
    script = project / "bin" / "test"
    script.write_text(SLOW_STEP.sub("", script.read_text()))
    told = record("OSV-MADE-1", affected("Django", ("introduced", "0"), ("fixed", str(fixed))))
    other = record("OSV-MADE-2", affected("nothing-of-ours", ecosystem="npm"))
    (project / "told.json").write_text(json.dumps([told, other]))
    named = ["env", f"NETADMIN_ADVISORIES={project}/told.json"] if fixed else ["env", "-u", "NETADMIN_ADVISORIES"]

    done = run_tests(project, *named, "bin/test", "--no-install", "unit", "tests/test_sample.py")

    after = done.stdout.partition("== known vulnerabilities\n")[2]
    assert done.returncode == status, done.stdout + done.stderr
    assert "1 passed" in done.stdout
    assert bool(after) is (said is not None)
    assert said is None or said in after.splitlines()[0]
    assert ("Failed: known vulnerabilities;" in done.stdout) is bool(status)


@pytest.mark.engine
def test_it_runs_a_chapter_at_its_whole_size(project: Path) -> None:
    (project / "tests" / "sample").mkdir()
    (project / "tests" / "sample" / "test_sample.py").write_text(OF_A_CHAPTER)

    done = run_tests(project, "bin/test", "--no-install", "full", "sample", "-q", "-n", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.full
@pytest.mark.engine
def test_it_runs_the_unit_part_and_lists_the_rest_when_it_is_not_root(project: Path) -> None:
    (project / "tests" / "test_sample.py").write_text(WITHOUT_ROOT)

    # In a user namespace without a map nobody is root, and the files are still ours.
    done = run_tests(project, "unshare", "--user", "bin/test", "tests/test_sample.py")

    assert done.returncode == 1
    assert "Left out, for it needs root" in done.stdout
    assert "1   tests/test_sample.py" in done.stdout
    assert "1 passed" in done.stdout


@pytest.mark.full
@pytest.mark.engine
@pytest.mark.parametrize("may_install", [True, False])
def test_it_goes_on_where_the_distribution_has_no_open_vswitch(project: Path, may_install: bool) -> None:
    (project / "tests" / "test_sample.py").write_text(WITH_A_SWITCH)
    for name in ("apt-get", "apt-cache"):
        (project / name).write_text(POOR_APT)
        (project / name).chmod(0o755)
    script = project / "bin" / "test"
    script.write_text(script.read_text().replace("guard=/usr/sbin/", f"guard={project}/"))
    options = [] if may_install else ["--no-install"]

    command = ["env", f"PATH={project}:{os.environ['PATH']}:/usr/sbin", "unshare", "--mount", "sh", "-c", HIDDEN, "sh"]
    done = run_tests(project, *command, *options, "tests/test_sample.py")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Going on without openvswitch-switch: what needs it is skipped, or takes longer." in done.stdout
    assert ("This distribution has no package openvswitch-switch: left out." in done.stdout) is may_install
    assert "tests/test_sample.py:11: Open vSwitch is not there (ovs-vswitchd)" in done.stdout
    assert "1 passed, 1 skipped" in done.stdout


@pytest.mark.sampled(2)
@pytest.mark.engine
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_it_leaves_nothing_behind_when_it_is_stopped(project: Path, number: signal.Signals, status: int) -> None:
    (project / "tests" / "test_sample.py").write_text(ENDLESS)
    output = project / "output"
    with output.open("w") as said:
        command = ["bin/test", "--no-install", "tests/test_sample.py"]
        process = subprocess.Popen(command, cwd=project, stdout=said, stderr=said, start_new_session=True)

    def name() -> str:
        assert process.poll() is None, output.read_text()
        return (project / "engine").read_text() if (project / "engine").exists() else ""

    netns = wait_until(name, "the inner run's Engine", deadline_s=60)
    os.killpg(process.pid, number)  # as a terminal does

    assert process.wait(60) == status, output.read_text()
    assert output.read_text().endswith("Stopped. Everything that the tests had started is gone.\n")
    assert not (NETNS_FOLDER / netns).exists()
    assert [*CGROUP_FOLDER.glob(netns), *CGROUP_FOLDER.glob(f"*/{netns}")] == []


@pytest.mark.full
@pytest.mark.engine
def test_it_ends_the_checks_that_run_beside_the_tests_when_it_is_stopped(project: Path) -> None:
    (project / "tests" / "test_sample.py").write_text(WAITING)
    script = project / "bin" / "test"
    long_one = 'run_static_checks() {\n  step "long" sleep 98765\n'
    script.write_text(SLOW_STEP.sub("", script.read_text()).replace("run_static_checks() {\n", long_one))
    command = ["bin/test", "--no-install", "unit", "tests/test_sample.py"]
    process = subprocess.Popen(command, cwd=project, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_until((project / "begun").exists, "the inner run's test")
    assert "sleep" in words_of_session(process.pid)

    process.terminate()  # it alone hears of it

    assert process.wait(60) == 143
    assert words_of_session(process.pid) == set()
    assert [*Path(tempfile.gettempdir()).glob(f"nt-{process.pid}-*")] == []


def words_of_session(session: int) -> set[str]:
    """Return the programs of a session that still run."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getsid(int(folder.name)) == session and start_ticks(int(folder.name)) is not None:
                found.add((folder / "cmdline").read_text().partition("\0")[0])
    return found
