"""docs/network-options.md has every option of the installed docker command, every field of the forms, and what they become."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from networks.forms.confirming import DisconnectForm
from networks.forms.connecting import ConnectForm
from networks.forms.networks import NetworkForm
from networks.forms.pool_form import PoolForm
from networks.forms.pruning import PruneForm
from networks.preflight.known_options import ALWAYS, MEMBERS_SINCE, OPTIONS
from tests.architecture.tree import read

PAGE = Path("docs/network-options.md")
COMMANDS = ("create", "connect", "disconnect", "prune", "rm")
OPTION = re.compile(r"^ +(?:-\w, )?(--[a-z0-9-]+)", re.MULTILINE)
FIELD = re.compile(r"`([a-zA-Z0-9_-]+)`")


def rows_under(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    section = re.split(r"^#+ ", read(PAGE).split(f"# {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def options_under(heading: str) -> set[str]:
    return {found for row in rows_under(heading) for found in re.findall(r"--[a-z0-9-]+", row[0])}


@pytest.mark.skipif(shutil.which("docker") is None, reason="needs the docker command")
@pytest.mark.parametrize("command", COMMANDS)
def test_it_has_every_option_of_the_installed_command(command: str) -> None:
    told = subprocess.run(["docker", "network", command, "--help"], capture_output=True, text=True, check=True).stdout
    offered = set(OPTION.findall(told))

    assert offered
    assert offered - options_under(command) == set()


def test_it_names_the_fields_that_the_forms_have() -> None:
    # The fields of driver options are made for the driver, and have a table of their own.
    for_create = {name for row in rows_under("create") for name in FIELD.findall(row[1])}
    # What is typed to go on all the same is no option of Docker's.
    own = {*NetworkForm.base_fields.keys() - {"typed_subnet"}, *(f"pools-N-{name}" for name in PoolForm.base_fields)}
    for_connect = {name for row in rows_under("connect") for name in FIELD.findall(row[1])}

    for_prune = {name for row in rows_under("prune") for name in FIELD.findall(row[1])}
    for_disconnect = {name for row in rows_under("disconnect") for name in FIELD.findall(row[1])}

    assert for_create == own
    assert for_connect - {"network_id", "container_id"} == set(ConnectForm.base_fields)
    assert for_prune == set(PruneForm.base_fields)
    assert for_disconnect <= set(DisconnectForm.base_fields)


def test_it_names_each_driver_option_with_its_field_drivers_and_version() -> None:
    written = [(row[0].strip("`"), FIELD.findall(row[1])[0], row[2], row[3]) for row in rows_under("Driver options")]
    known = [(o.key, o.field, ", ".join(sorted(o.drivers)), "{}.{}".format(*o.since.api)) for o in OPTIONS]

    assert sorted(written) == sorted(known)


def test_it_names_the_version_from_which_a_field_is_shown() -> None:
    since = {name: row[3] for row in rows_under("create") for name in FIELD.findall(row[1])}

    assert {name: "{}.{}".format(*MEMBERS_SINCE.get(name, ALWAYS).api) for name in since} == since


def test_it_sees_an_option_that_is_missing() -> None:
    told = "Options:\n      --of-tomorrow string   What nobody knows yet\n  -d, --driver string        Driver\n"

    assert set(OPTION.findall(told)) - options_under("create") == {"--of-tomorrow"}
