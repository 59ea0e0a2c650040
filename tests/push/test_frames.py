"""Frames: whatever two screens are like, the frames between them turn one into the other."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from networks.partials.screen import DrawnRow, Screen
from networks.push.frames import MAX_CONTENT_BYTES, Patch, encode_frames, outline_of, patches_between, patches_of_whole
from tests.push.page import Page


def row(name: str, version: int = 1) -> DrawnRow:
    return DrawnRow(name, str(version), f'<tr id="{name}"><td>"{version}" & é</td></tr>')


def screen(*rows: DrawnRow, revision: int = 1, **parts: str) -> Screen:
    return Screen("e", revision, {"network-rows": rows}, parts)


def encode(patches: list[Patch], revision: int = 2) -> tuple[str, ...]:
    return encode_frames(patches, epoch="e", revision=revision, mark="m")


rows_of_any_kind = st.lists(
    st.builds(row, st.integers(0, 30).map(lambda number: f"net-{number}"), st.integers(1, 3)), unique_by=lambda one: one.dom_id
)
screens = st.builds(
    lambda networks, endpoints, lede: Screen("e", 1, {"network-rows": tuple(networks), "endpoint-rows": tuple(endpoints)}, lede),
    rows_of_any_kind,
    rows_of_any_kind.map(lambda rows: [row(f"ep-{one.dom_id}", int(one.version)) for one in rows]),
    st.fixed_dictionaries({"lede": st.text("ab<>\"'", max_size=3).map(lambda text: f"<p>{text}</p>")}),
)


@given(screens, screens)
def test_it_turns_any_screen_into_any_other(before: Screen, after: Screen) -> None:
    page = Page.of(before)

    for text in encode(patches_between(outline_of(before), after)):
        page.apply(text)

    assert page.rows() == Page.of(after).rows()
    assert page.parts == after.parts


@given(screens, screens)
def test_it_turns_any_page_into_the_whole_screen(before: Screen, after: Screen) -> None:
    page = Page.of(before)

    for text in encode(patches_of_whole(after)):
        page.apply(text)

    assert page.rows() == Page.of(after).rows()
    assert page.parts == after.parts


@given(screens)
def test_it_says_nothing_when_nothing_changed(same: Screen) -> None:
    assert patches_between(outline_of(same), same) == []


def test_it_changes_only_what_changed() -> None:
    before = outline_of(screen(row("a"), row("b"), row("c"), lede="<p>3</p>", note="<p>n</p>"))

    patches = patches_between(before, screen(row("b"), row("c", 2), row("d"), lede="<p>3!</p>", note="<p>n</p>"))

    assert patches == [
        Patch("a", "delete"),
        Patch("c", "outerMorph", row("c", 2).html, ("c",)),
        Patch("network-rows", "beforeend", row("d").html, ("d",)),
        Patch("lede", "outerMorph", "<p>3!</p>"),
    ]


def test_it_swaps_a_row_of_which_only_figures_changed_without_a_word() -> None:
    def link(version: str, figures: str) -> DrawnRow:
        return DrawnRow("lnk-1", version, f'<tr id="lnk-1"><td>{version}{figures}</td></tr>', figures)

    before = outline_of(screen(link("a", "1")))

    assert patches_between(before, screen(link("a", "1"))) == []
    assert patches_between(before, screen(link("a", "2"))) == [Patch("lnk-1", "outerMorph", link("a", "2").html)]
    assert patches_between(before, screen(link("b", "1"))) == [Patch("lnk-1", "outerMorph", link("b", "1").html, ("lnk-1",))]
    assert patches_between(outline_of(screen(row("lnk-1"))), screen(link("a", "1")))[0].news == ("lnk-1",)


def test_it_puts_a_run_of_new_rows_before_a_row_that_stays() -> None:
    before = outline_of(screen(row("a"), row("z")))

    patches = patches_between(before, screen(row("a"), row("m"), row("n"), row("z")))

    assert patches == [Patch("z", "beforebegin", row("m").html + row("n").html, ("m", "n"))]


def test_it_moves_one_row_and_leaves_the_others() -> None:
    before = outline_of(screen(*(row(name) for name in "abcdef")))

    patches = patches_between(before, screen(*(row(name) for name in "eabcdf")))

    assert patches == [Patch("e", "delete"), Patch("a", "beforebegin", row("e").html, ("e",))]


def test_it_fills_a_region_that_was_not_there() -> None:
    patches = patches_between(outline_of(Screen("e", 1)), screen(row("a")))

    assert patches == [Patch("network-rows", "innerMorph", row("a").html)]


def test_it_encodes_one_frame_with_revision_epoch_and_mark() -> None:
    (text,) = encode([Patch("a", "delete"), Patch("b", "outerMorph", '<tr id="b"></tr>')], revision=7)

    assert json.loads(text) == {
        "epoch": "e",
        "revision": 7,
        "mark": "m",
        "content": '<hx-partial id="a" hx-swap="delete"></hx-partial>'
        '<hx-partial id="b" hx-swap="outerMorph"><tr id="b"></tr></hx-partial>',
    }


def test_it_names_in_each_frame_the_rows_that_are_news() -> None:
    before = outline_of(screen(row("a"), row("b"), row("c")))
    after = screen(row("b", 2), row("a"), row("c"), DrawnRow("d", "1", f'<tr id="d">{"x" * MAX_CONTENT_BYTES}</tr>'))

    frames = [json.loads(text) for text in encode(patches_between(before, after))]

    assert [(frame.get("added"), frame.get("changed")) for frame in frames] == [(["a"], ["b"]), (["d"], None)]
    (changed,) = encode(patches_between(before, screen(row("a"), row("b", 2), row("c"))))
    assert ("added" in json.loads(changed), json.loads(changed)["changed"]) == (False, ["b"])
    assert not {"added", "changed"} & set(json.loads(encode(patches_of_whole(screen(row("a"))))[0]))


def test_it_cuts_what_is_too_long_for_one_message() -> None:
    names = [f"net-{number}" for number in range(40)]
    after = screen(*(DrawnRow(name, "1", f'<tr id="{name}"><td>{"한" * 60_000}</td></tr>') for name in names))
    page = Page.of(screen(row("net-3"), row("gone")))

    texts = encode(patches_of_whole(after))
    for text in texts:
        page.apply(text)

    assert all(len(text.encode()) < MAX_CONTENT_BYTES + 10_000 for text in texts)
    assert [json.loads(text).get("more", False) for text in texts] == [True] * (len(texts) - 1) + [False]
    assert page.rows() == Page.of(after).rows()


def test_it_strips_the_space_around_a_row() -> None:
    before = outline_of(screen(row("a")))

    patches = patches_between(before, screen(DrawnRow("a", "2", '\n<tr id="a"></tr>\n')))

    assert patches == [Patch("a", "outerMorph", '<tr id="a"></tr>', ("a",))]


def test_it_shares_what_is_equal_between_outlines() -> None:
    first = outline_of(screen(row("a"), row("b")))

    second = outline_of(screen(row("a"), row("b", 2)), first)
    third = outline_of(screen(row("a"), row("b", 2), lede="<p></p>"), second)

    assert second.regions["network-rows"].ids is first.regions["network-rows"].ids
    assert third.regions["network-rows"] is second.regions["network-rows"]
