"""Every wording of Docker 24 to 29 is known: what it is about, what it means, and what to do."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from networks.refusals.catalogue import CATALOGUE, explain, explain_each
from networks.refusals.meaning import Meaning
from tests.recorded.explained import BEFORE_29, EXPLAINED
from tests.refusals import REFUSALS, Refusal


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.key}: {refusal.sentence[:40]}")
def test_it_knows_the_wordings_of_all_versions(refusal: Refusal) -> None:
    said = refusal.sentence
    for words in (said, said.upper(), said.title(), f"Error response from daemon: {said}"):
        meaning = explain(words)

        assert meaning is not None, words
        assert (meaning.key, meaning.field) == (refusal.key, refusal.field)


@pytest.mark.parametrize("meaning", CATALOGUE, ids=lambda meaning: meaning.key)
def test_it_says_in_both_languages_what_it_means_and_what_to_do(meaning: Meaning) -> None:
    said = {}
    for language in ("en", "ko"):
        with override(language):
            said[language] = (str(meaning.text), str(meaning.advice))

    assert all(text.endswith((".", "…")) for text in said["en"])
    assert all(english != korean for english, korean in zip(said["en"], said["ko"], strict=True))


def test_it_has_a_wording_for_nearly_everything_that_it_knows() -> None:
    known = {refusal.key for refusal in REFUSALS} | {key for key, _field in EXPLAINED.values()}
    known |= {key for keys in BEFORE_29.values() for key in keys}

    # Those that are in the sources of the Engine alone: nobody has seen them said.
    assert {meaning.key for meaning in CATALOGUE} - known == {"ingress_taken", "not_permitted"}


def test_it_explains_each_of_several_faults() -> None:
    sentence = (
        "invalid network config:\n* invalid subnet 10.20.0.5/24: it should be 10.20.0.0/24\n"
        "* invalid gateway 10.21.0.1: parent subnet 10.20.0.0/24 doesn't contain this address"
    )

    assert [meaning.key for meaning in explain_each(sentence)] == ["host_bits", "gateway_outside"]


def test_it_says_nothing_of_what_it_does_not_know() -> None:
    assert explain("the moon is in the wrong house") is None
    assert explain_each("the moon is in the wrong house") == ()
    assert all(meaning.said == meaning.said.lower() for meaning in CATALOGUE)
