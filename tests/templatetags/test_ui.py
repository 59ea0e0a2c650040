"""The drawn parts: each whole, as it stands in a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from networks.templatetags import ui


def draw(source: str, **context: Any) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_it_draws_an_icon_of_the_sprite() -> None:
    assert draw('{% icon "lock" 12 %}') == '<svg class="i i-12" aria-hidden="true"><use href="#i-lock"/></svg>'
    assert draw('{% icon "lock" %}') == '<svg class="i" aria-hidden="true"><use href="#i-lock"/></svg>'


def test_it_shows_hostile_text_and_escapes_it() -> None:
    assert draw("{{ name|visible }}", name="<b>\u202e\x1b") == "&lt;b&gt;\\u202e␛"
    assert draw("{{ name|visible }}", name=None) == ""


def test_it_cuts_long_text_and_keeps_the_whole_in_its_title() -> None:
    assert draw("{{ name|cut:4 }}", name="abcd") == "abcd"
    assert draw("{{ name|cut:4 }}", name='ab"<efg') == ('<span class="cut-text" title="ab&quot;&lt;efg">ab&quot;&lt;</span>')


def test_it_bounds_the_title_of_endless_text() -> None:
    drawn = draw("{{ name|cut:4 }}", name="x" * 65_536)

    assert len(drawn) < 1_200
    assert "… (65,536 characters)" in drawn


def test_it_shortens_ids_as_docker_does() -> None:
    assert draw("{{ id|short_id }}", id="9d1c4e7a20bf" * 5) == "9d1c4e7a20bf"
    assert draw("{{ id|short_id }}", id="sha256:9d1c4e7a20bf99") == "9d1c4e7a20bf"


def test_it_mutes_the_network_part_of_an_address() -> None:
    subnet = '<span class="addr"><span class="net">172.72.</span>0.0/16</span>'
    endpoint = '<span class="addr"><span class="net">172.72.</span>0.10</span>'

    assert draw("{{ value|address }}", value="172.72.0.0/16") == subnet
    assert draw("{{ value|address:16 }}", value="172.72.0.10") == endpoint
    assert draw("{{ value|address:none }}", value="172.72.0.10", none=None) == '<span class="addr">172.72.0.10</span>'
    assert draw("{{ value|address }}", value="") == '<span class="dash">–</span>'
    assert draw("{{ value|address }}", value="<i>") == '<span class="addr">&lt;i&gt;</span>'


def test_it_sets_thousands_apart() -> None:
    assert draw("{{ number|count }}", number=65533) == "65,533"
    assert draw("{{ number|count }}", number=0) == "0"
    assert draw("{{ number|count }}", number=None) == '<span class="dash">–</span>'
    with translation.override("ko"):
        assert draw("{{ number|count }}", number=2**64) == "18,446,744,073,709,551,616"


@pytest.mark.parametrize(
    ("used", "capacity", "css", "width"),
    [(0, 254, "use", None), (1, 65533, "use", 2), (127, 254, "use", 32), (11, 13, "use hot", 54), (13, 13, "use full", 64)],
)
def test_it_draws_how_full_a_pool_is(used: int, capacity: int, css: str, width: int | None) -> None:
    drawn = ui.use_bar(used, capacity)

    assert f'<span class="{css}">' in drawn
    assert (f'class="f" width="{width}"' in drawn) if width else ('class="f"' not in drawn)
    assert f"{used} of {capacity:,}" in drawn


def test_it_draws_no_bar_without_a_capacity() -> None:
    assert ui.use_bar(0, None) == ui.use_bar(None, 4) == ui.use_bar(0, 0) == '<span class="dash">–</span>'


def test_it_writes_the_used_number_alone_where_another_column_has_the_rest() -> None:
    assert ui.use_bar(3, 254, "used").endswith("<span>3</span></span>")


@pytest.mark.parametrize(
    ("state", "exit_code", "ending", "shape", "word"),
    [
        ("running", None, "", "run", "running"),
        ("paused", None, "", "pause", "paused"),
        ("restarting", 1, "", "pause", "restarting"),
        ("created", 0, "", "off", "created"),
        ("exited", 0, "", "off", "exited (0)"),
        ("exited", 137, "itself", "fail", "exited (137)"),
        ("exited", 137, "memory", "fail", "exited (137)"),
        ("exited", 137, "asked", "off", "exited (137)"),
        ("exited", 137, "", "off", "exited (137)"),
        ("exited", 1, "", "fail", "exited (1)"),
        ("dead", None, "", "fail", "dead"),
        ("<odd>", None, "", "off", "&lt;odd&gt;"),
    ],
)
def test_it_tells_states_by_shape_and_word(state: str, exit_code: int | None, ending: str, shape: str, word: str) -> None:
    drawn = ui.state_glyph(state, exit_code, ending, "always")

    assert f'class="g g-{shape}"' in drawn
    assert f'<span class="mut">{word}</span>' in drawn


def test_it_hides_the_word_running_from_sight_only() -> None:
    assert '<span class="sr">running</span>' in ui.state_glyph("running")
    assert '<span class="sr">running</span>' in ui.state_glyph("running", word="none")
    assert ui.state_word("running") == ""
    assert ui.state_word("exited", 1) == '<span class="mut small">exited (1)</span>'
    assert "exited" not in ui.state_glyph("exited", 1, word="none")


def test_it_counts_containers_by_state() -> None:
    drawn = ui.counts(running=3, failed=1)

    assert drawn.index("g-run") < drawn.index("3") < drawn.index("g-fail")
    assert "g-off" not in drawn
    assert ui.counts() == '<span class="counts"><span class="mut">none</span></span>'


@pytest.mark.parametrize(
    ("state", "shape", "tone"),
    [
        ("live", "run", "ok"),
        ("lagging", "lag", "warn"),
        ("stale", "stale", "warn"),
        ("disconnected", "cross", "bad"),
        ("incompatible", "incompat", "bad"),
    ],
)
def test_it_says_an_engines_state_in_shape_colour_and_word(state: str, shape: str, tone: str) -> None:
    drawn = ui.engine_state(state, "<lab>")

    assert drawn.startswith(f'<svg class="g g-{shape}"')
    assert drawn.endswith(f'<span class="name">&lt;lab&gt;</span><span class="{tone}">{state}</span>')


def test_it_draws_times_in_utc_for_a_script_to_make_local() -> None:
    at = datetime(2026, 11, 24, 10, 41, 52, 123456, tzinfo=timezone(timedelta(hours=9)))

    assert draw("{{ at|moment }}", at=at) == (
        '<time datetime="2026-11-24T01:41:52.123Z" data-as="relative">2026-11-24 01:41:52 UTC</time>'
    )
    assert draw('{{ at|moment:"clock" }}', at=at) == (
        '<time datetime="2026-11-24T01:41:52.123Z" data-as="clock">01:41:52 UTC</time>'
    )
    assert draw('{{ at|moment:"exact" }}', at=at) == (
        '<time datetime="2026-11-24T01:41:52.123Z" data-as="exact">2026-11-24 01:41:52.123 UTC</time>'
    )
    assert draw("{{ at|moment }}", at=None) == '<span class="dash">–</span>'


def test_it_is_a_pure_function_of_the_time() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)

    assert ui.moment(at) == ui.moment(at)


class PoolForm(forms.Form):
    """A form with one field of each kind."""

    subnet = forms.CharField(help_text="such as 10.20.0.0/24")
    driver = forms.ChoiceField(choices=[("bridge", "bridge")])
    is_internal = forms.BooleanField(required=False)
    labels = forms.CharField(required=False, widget=forms.Textarea)

    def clean_subnet(self) -> str:
        raise forms.ValidationError("10.20.0.1/24 has <host> bits set.")


def test_it_dresses_controls_and_ties_hint_and_error_to_them() -> None:
    form = PoolForm({"subnet": "10.20.0.1/24"})
    drawn = draw('{% control form.subnet placeholder="10.0.0.0/24" %}', form=form)

    assert 'class="form-control is-bad"' in drawn
    assert 'placeholder="10.0.0.0/24"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'aria-describedby="id_subnet_helptext id_subnet_error"' in drawn


def test_it_dresses_each_kind_of_control() -> None:
    form = PoolForm()

    assert 'class="form-select"' in draw("{% control form.driver %}", form=form)
    assert 'class="form-check-input"' in draw("{% control form.is_internal %}", form=form)
    assert 'rows="3"' in draw("{% control form.labels %}", form=form)


def test_it_puts_the_error_in_the_hints_place_with_the_way_out() -> None:
    form = PoolForm({"subnet": "10.20.0.1/24"})
    drawn = draw(
        '{% include "components/field.html" with field=form.subnet fix_name="s" fix_value="10.20.0.0/24" fix_label="Use it" %}',
        form=form,
    )

    assert "10.20.0.1/24 has &lt;host&gt; bits set." in drawn
    assert re.search(
        r'<button class="link" type="submit" name="s" value="10.20.0.0/24" formnovalidate>\s*Use it\s*</button>', drawn
    )
    assert '<div class="hint" hidden id="id_subnet_helptext">' in drawn


def test_it_marks_what_is_optional_and_never_what_is_required() -> None:
    form = PoolForm()

    assert '<span class="opt">optional</span>' in draw('{% include "components/field.html" with field=form.labels %}', form=form)
    assert "optional" not in draw('{% include "components/field.html" with field=form.driver %}', form=form)
