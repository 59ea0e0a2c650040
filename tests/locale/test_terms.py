"""Korean sentences have one term for a thing, the particle that its sound wants, one style, and no English left over."""

from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from tests.locale.catalog import read_catalog
from tests.locale.particles import wrong_in
from tests.locale.terms import PAGE, Term, ours, read_terms

TERMS = read_terms()
# 합니다체: no other ending of a request.
INFORMAL = re.compile(r"(?:세요|해요|네요|군요|까요)(?![가-힣])")
# Words of a language beside each other, where no name is: "Engine이 … 센 값" has one, a forgotten sentence more.
ENGLISH = re.compile(r"\b[a-z]+(?:n't)? [a-z]+ [a-z]+\b")


def pairs(catalog: polib.POFile) -> list[tuple[str, str]]:
    """Return English and Korean of every message; the plural stands beside the singular."""
    return [
        (f"{entry.msgid} {entry.msgid_plural}".strip(), korean)
        for entry in catalog
        for korean in ([*entry.msgstr_plural.values()] if entry.msgid_plural else [entry.msgstr])
    ]


@pytest.fixture(scope="module")
def sentences() -> list[tuple[str, str]]:
    """Every message as it lies in the project."""
    return pairs(read_catalog())


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.korean[0])
def test_it_has_one_term_for_a_thing(term: Term, sentences: list[tuple[str, str]]) -> None:
    assert [(english, korean) for english, korean in sentences if term.is_missing(english, korean)] == []
    assert [(term.refused_in(english, korean), korean) for english, korean in sentences if term.refused_in(english, korean)] == []


def test_it_has_a_term_for_each_word_of_the_glossary_that_pages_say() -> None:
    entries = re.findall(r"^\| \*\*(.+?)\*\*", Path("docs/glossary.md").read_text(), re.MULTILINE)
    listed = re.search(r"Those they don't:\n(.+)\.\n", PAGE.read_text())

    without = {word for words in entries for word in words.split(", ") if not any(term.english.search(word) for term in TERMS)}
    assert listed is not None
    assert without == set(listed[1].split(", "))


def test_it_puts_the_particle_that_the_sound_wants(sentences: list[tuple[str, str]]) -> None:
    assert [(wrong, korean) for _english, korean in sentences if (wrong := wrong_in(korean))] == []


def test_it_is_formal_throughout(sentences: list[tuple[str, str]]) -> None:
    assert [korean for _english, korean in sentences if INFORMAL.search(korean)] == []


def test_it_leaves_no_words_in_english(sentences: list[tuple[str, str]]) -> None:
    # what is a command in the English is one in the Korean
    assert [korean for english, korean in sentences if any(found not in english for found in ENGLISH.findall(ours(korean)))] == []


@pytest.mark.parametrize(
    ("english", "korean", "found"),
    [
        ("Remove the network", "네트워크 삭제", (["제거"], ["삭제"])),
        ("Delete old activity", "오래된 활동 삭제", ([], [])),
        ("%(name)s stopped", "%(name)s 중지됨", (["정지"], ["중지"])),
        ("Pause a container", "컨테이너 일시 중지", ([], [])),
        ("The virtual machine of the host", "호스트의 가상 머신", ([], [])),
        ("The Engine's machine", "엔진이 있는 머신", (["호스트"], ["머신"])),
        ("as <code>docker network create</code> makes it", "<code>docker network create</code>처럼", ([], [])),
        ("What the Engine counts", "Engine이 센 값", (["엔진"], ["Engine"])),
    ],
)
def test_it_finds_another_term(english: str, korean: str, found: tuple[list[str], list[str]]) -> None:
    missing = [term.korean[0] for term in TERMS if term.is_missing(english, korean)]
    refused = [word for term in TERMS for word in term.refused_in(english, korean)]

    assert (missing, refused) == found


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("한 엔진의 <b>관리자</b>은 역할을 줍니다.", ["관리자은"]),
        ("한 엔진의 <b>관리자</b>는 역할을 줍니다.", []),
        ("엔진는 응답합니다. 응답하는 엔진", ["엔진는"]),
        ("주소을 받고 이름를 찾습니다", ["주소을", "이름를"]),
        ("결과를 확인하고 바로 경로가 추가됩니다", []),
        ("DNS은 없고 DNS가 있습니다", ["DNS은"]),
        ("MAC를 쓰는 MAC을", ["MAC를"]),
        ("URL로, VLAN으로, none은, “none”는", ["none는"]),
        ("7946과 2377를", ["2377를"]),
        ("엔진(dockerd)을", []),
        ("코드 %(code)s을(를) 입력", ["(를)"]),
        ("Zzyzxq를", ["Zzyzxq를"]),
    ],
)
def test_it_hears_a_wrong_particle(text: str, wrong: list[str]) -> None:
    assert wrong_in(text) == wrong
