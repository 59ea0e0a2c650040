"""Documentation says what the code has: commands, addresses, variables, links, paths, pictures."""

from __future__ import annotations

import argparse
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

from networks.policy.permissions import Permission
from networks.policy.url_permissions import permission_for
from tests.architecture.tree import ROOT, own_files, read
from tests.docs.pages import anchors, is_broken, links, pages, spans, table_rows

README = Path("README.md")
OPERATIONS = Path("docs/operations.md")
ADDRESSES = Path("docs/addresses.md")
CONFIGURATION = Path("docs/configuration.md")
DECISIONS = [page for page in pages() if page.parent == Path("docs/decisions")]
OURS = sorted(name for name, app in get_commands().items() if app == "networks")
VARIABLE = re.compile(r"\b(?:NETADMIN|DOCKER)_[A-Z_]+\b")
# Named to say that it isn't read; read by bin/test alone.
OTHER_VARIABLES = {"NETADMIN_ADMIN_PASSWORD", "NETADMIN_SECRET_KEY", "NETADMIN_OIDC_CLIENT_SECRET", "NETADMIN_ADVISORIES"}
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
PLACES = {
    "engine_slug": "<engine>",
    "docker_id": "<id>",
    "node_id": "<id>",
    "container_id": "<container id>",
    "job_id": "<job>",
    "action_id": "<number>",
    "form": "<form>",
}
# The project's own folders; a path that begins so has to be there.
FOLDERS = ("networks/", "netadmin/", "tests/", "docs/", "bin/", "static/", "templates/", "benchmarks/")
NOT_YET = {"benchmarks/out/"}  # made by the first benchmark


def options_of(name: str) -> set[str]:
    """Return the options that a command has beside Django's."""
    plain = {option for action in parser_of(BaseCommand())._actions for option in action.option_strings}
    own = parser_of(load_command_class("networks", name))._actions
    return {option for action in own for option in action.option_strings} - plain


def parser_of(command: BaseCommand) -> argparse.ArgumentParser:
    return command.create_parser("manage.py", "x")


def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield path and name of every address as docs/addresses.md writes them; the admin site is one."""
    for pattern in patterns:
        path = prefix + PLACE.sub(lambda place: PLACES.get(place[1], place[0]), str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield path, pattern.name or pattern.lookup_str
        elif pattern.namespace:
            yield path, f"{pattern.namespace}:*"
        else:
            yield from walk(pattern.url_patterns, path)


def offered() -> list[tuple[str, str, str]]:
    """Return path, name and permission of every address that isn't closed to everybody."""
    found = [(path, name, permission_for(name)) for path, name in walk(get_resolver().url_patterns, "/")]
    return [(path, name, str(needs)) for path, name, needs in found if needs is not Permission.CLOSED]


def documented() -> list[tuple[str, str, str]]:
    rows = [row for row in table_rows(ADDRESSES) if len(row) == 4 and row[1].startswith("`")]
    return [(path.strip("`"), name.strip("`"), needs) for path, name, needs, _words in rows]


def test_it_documents_every_address_with_what_it_needs() -> None:
    assert sorted(documented()) == sorted(offered())


@pytest.mark.parametrize("command", OURS)
def test_it_documents_every_command_with_its_options(command: str) -> None:
    rows = [row for row in table_rows(OPERATIONS) if re.search(rf"`manage\.py {command}\b", row[0])]

    assert len(rows) == 1
    assert set(re.findall(r"--[a-z-]+", rows[0][1])) == options_of(command)


def test_it_names_commands_that_exist() -> None:
    named = {name for page in pages() for name in re.findall(r"\bmanage\.py ([a-z_]+)\b", read(page))}

    assert named - set(get_commands()) == set()
    assert named >= set(OURS)


def test_it_describes_variables_in_one_table_only() -> None:
    described = {row[0].strip("`") for row in table_rows(CONFIGURATION)}
    named = {name for page in pages() for name in VARIABLE.findall(read(page))}
    elsewhere = [
        f"{page}: {row[0]}"
        for page in pages()
        if page != CONFIGURATION
        for row in table_rows(page)
        if VARIABLE.fullmatch(row[0].strip("`"))
    ]

    assert named - described - OTHER_VARIABLES == set()
    assert elsewhere == []


@pytest.mark.parametrize("page", pages(), ids=str)
def test_it_links_to_what_is_there(page: Path) -> None:
    assert [target for target in links(page) if is_broken(page, target)] == []


def test_it_sees_a_broken_link() -> None:
    assert is_broken(README, "docs/nothing.md")
    assert is_broken(README, "docs/operations.md#nothing")
    assert not is_broken(README, "docs/operations.md#behind-a-reverse-proxy")
    assert "behind-a-reverse-proxy" in anchors(OPERATIONS)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_it_names_paths_that_are_there(page: Path) -> None:
    paths = {span for span in spans(page) if span.startswith(FOLDERS) and re.fullmatch(r"[\w./-]+", span)}

    assert {path for path in paths - NOT_YET if not (ROOT / path).exists()} == set()


def test_it_offers_two_commands_that_can_be_run() -> None:
    commands = re.findall(r"^    (\./\S+)$", read(README), re.MULTILINE)

    assert commands == ["./bin/run", "./bin/test"]
    assert all(os.access(ROOT / command, os.X_OK) for command in commands)


def test_it_keeps_the_front_page_short() -> None:
    assert read(README).count("\n") <= 120


@pytest.mark.parametrize("name", ["networks.png", "networks-dark.png"])
def test_it_shows_pictures_of_the_size_that_the_script_takes(name: str) -> None:
    head = (ROOT / "docs/images" / name).read_bytes()[:24]

    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", head[16:24]) == (1440, 900)
    assert f"docs/images/{name}" in read(README)


def test_it_lists_every_page() -> None:
    index = Path("docs/README.md")
    listed = {(ROOT / index.parent / target).resolve() for target in links(index)}

    wanted = [path for path in own_files() if path.suffix == ".md" and path.parts[0] == "docs" and path != index]
    assert [str(path) for path in wanted if (ROOT / path).resolve() not in listed] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_it_decides_on_one_page(page: Path) -> None:
    text = read(page)
    parts = ("Question", "Choice", "What else was weighed", "What would change it")

    assert text.count("\n") <= 40
    assert [part for part in parts if f"**{part}.**" not in text] == []
