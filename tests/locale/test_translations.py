"""Every sentence is extracted, translated with its placeholders, and compiled; none stands in a template outside of a tag."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import polib
import pytest
from django.utils.translation import gettext, ngettext, override

from tests.locale.catalog import LOCALE, PO, ROOT, read_catalog
from tests.locale.markup import said_outside

# %(name)s of Python and templates, {name} of format_html
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%%")
TAG = re.compile(r"</?\w+[^>]*>")
HANGUL = re.compile(r"[가-힣]")
# A particle that changes with the sound before it, right after a name that nobody knows yet: 은/는, 이/가, 을/를, 와/과, (으)로.
WRONG_PARTICLE = re.compile(r"(?:%\(\w+\)s|\{\w+\})(?:은|는|이|가|을|를|와|과|로|으로)(?![가-힣])")
# Docker's and Linux' own words, the same in every language.
SAME = {
    "Error response from daemon:",
    "host",
    "ID",
    "IPv4",
    "IPv6",
    "URL",
    "ingress",
    "Ingress",
    "config only",
    "up",
    "down",
    "MTU",
    "ICC",
    "VXLAN IDs",
    "Config-only",
    "Config-from",
    "Config-only, config-from",
    "local",
    "swarm",
    "한국어",
    "%(state)s (%(code)s)",
    "%(used)s / %(capacity)s",
}


def sentences(catalog: polib.POFile) -> set[tuple[str, str, str]]:
    """Return what identifies each message: context, sentence, plural."""
    return {(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in catalog}


def translations(entry: polib.POEntry) -> list[str]:
    """Return the translations of a message, one for each plural form (Korean has one)."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


@pytest.fixture(scope="module")
def catalog() -> polib.POFile:
    """The Korean catalogue as it lies in the project."""
    return read_catalog()


def test_it_has_every_sentence_of_the_code_and_no_other(catalog: polib.POFile, tmp_path: Path) -> None:
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed; bin/test installs it")
    shutil.copytree(LOCALE, tmp_path / "locale")

    ran = subprocess.run([ROOT / "bin" / "translate", tmp_path / "locale"], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert sentences(catalog) == sentences(read_catalog(tmp_path / "locale"))


def test_it_translates_every_sentence(catalog: polib.POFile) -> None:
    assert [entry.msgid for entry in catalog if not all(translations(entry))] == []
    assert [entry.msgid for entry in catalog if entry.fuzzy or entry.obsolete] == []


def test_it_leaves_no_sentence_in_english(catalog: polib.POFile) -> None:
    korean = [entry for entry in catalog if entry.msgid not in SAME]

    assert [
        entry.msgid for entry in korean if not all(HANGUL.search(text) or is_a_sign(text) for text in translations(entry))
    ] == []


def is_a_sign(text: str) -> bool:
    """Tell whether a translation is placeholders and signs alone: "%(used)s / %(capacity)s"."""
    return not re.search(r"[A-Za-z]", PLACEHOLDER.sub("", text)) or text in {"ID", "PID"}


def test_it_keeps_placeholders(catalog: polib.POFile) -> None:
    # the plural has them all; "one" may do without the number
    wanted = {entry.msgid: set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) for entry in catalog}

    assert [e.msgid for e in catalog for text in translations(e) if set(PLACEHOLDER.findall(text)) != wanted[e.msgid]] == []


def test_it_keeps_markup(catalog: polib.POFile) -> None:
    both = [(entry.msgid, text) for entry in catalog for text in translations(entry)]

    assert [source for source, text in both if sorted(TAG.findall(source)) != sorted(TAG.findall(text))] == []


def test_it_puts_no_changing_particle_after_a_name(catalog: polib.POFile) -> None:
    assert [
        text for entry in catalog for text in translations(entry) if WRONG_PARTICLE.search(TAG.sub("", text).replace("”", ""))
    ] == []


def test_it_compiles_what_is_written(catalog: polib.POFile, tmp_path: Path) -> None:
    catalog.save_as_mofile(str(tmp_path / "django.mo"))

    assert (tmp_path / "django.mo").read_bytes() == (LOCALE / PO).with_suffix(".mo").read_bytes()


def test_it_reaches_django() -> None:
    with override("ko"):
        assert gettext("Networks") == "네트워크"
        assert ngettext("%(number)s event", "%(number)s events", 2) == "이벤트 %(number)s개"
    with override("en"):
        assert gettext("Networks") == "Networks"


TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_it_says_nothing_outside_of_a_translation(template: Path) -> None:
    assert said_outside(template.read_text()) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('<p>{% translate "Hello" %}</p>', []),
        ("<p>{% blocktranslate with name=x %}Hello <b>{{ name }}</b>{% endblocktranslate %}</p>", []),
        ("<p>{# for you #}{% comment %}and me{% endcomment %}{{ name }}</p>", []),
        ('<p>Hello</p><input placeholder="Your name">', ["Hello", "placeholder: Your name"]),
        ('<a class="btn" href="/x" aria-label="Close it">×</a>', ["aria-label: Close it"]),
        ("<dt>IPv4</dt><span>Netadmin</span><dt>MAC</dt>", []),
        ('<td{% if x %} title="{{ y }}">{{ y }}{% else %}>–{% endif %}</td>', []),
    ],
)
def test_it_sees_what_is_said(source: str, said: list[str]) -> None:
    assert said_outside(source) == said
