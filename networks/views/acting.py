"""What the pages that change something share: who asks, what came of it, and what is shown beside a form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from networks.actions.actors import Actor
from networks.actions.recording import ActionResult
from networks.addressing.findings import Finding, Level
from networks.engine.cli import Line, is_plain
from networks.models import Engine, OutcomeKind
from networks.partials.shell import may_act, may_destroy
from networks.preflight.findings import Fix, Verdict, preflight
from networks.queries.engines import read_engine
from networks.queries.masking import mask_document
from networks.refusals.catalogue import explain_each
from networks.refusals.fixes import work_out
from networks.refusals.meaning import Explanation, RefusalContext
from networks.templatetags.wording import spell
from networks.views.shell import open_screen


@dataclass(frozen=True, slots=True)
class Refusal:
    """What components/refusal.html shows of a result that isn't ok."""

    words: str
    title: str
    status: int
    request: str
    at: datetime
    duration_ms: float
    meaning: str
    advice: str
    fixes: tuple[Fix, ...]
    state: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class ShellLine:
    """One line of a command beside a form; `is_bad`: the form has found fault with its value."""

    flag: str
    value: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class RequestPreview:
    """The request that a form would send. `lines`: its body as JSON, no character in it hides; `is_masked`: without secrets."""

    request: str
    lines: tuple[str, ...]
    is_masked: bool = False


@dataclass(frozen=True, slots=True)
class Aside:
    """What stands beside a form: the command that does the same, the request that does it, and the pre-flight.

    `shows_request`: the person looks at the request rather than at the command. `seen`: what the page says now of what may
    change, to be sent along with the form.
    """

    lines: tuple[ShellLine, ...] = ()
    text: str = ""
    verdicts: tuple[Verdict, ...] = ()
    bad: int = 0
    warn: int = 0
    ok: int = 0
    error: tuple[str, ...] = ()  # the Engine's words by line, where it refused just this
    asked: RequestPreview | None = None
    shows_request: bool = False
    seen: str = ""
    has_preflight: bool = True


def open_page(request: HttpRequest, engine_slug: str, *, takes_away: bool = False) -> tuple[Engine, bool]:
    """Return the Engine of a page that isn't pushed to, and whether its acting button is on. Raises Denied, Http404."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    open_screen(request, name, engine_slug=engine_slug, is_live=False)
    row = read_engine(engine_slug)
    may = may_destroy if takes_away else may_act
    is_on = row is not None and may(row) and not settings.NETADMIN_READ_ONLY
    return get_object_or_404(Engine, slug=engine_slug), is_on


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks, as it is written down."""
    return Actor(request.user.get_username(), request.user.pk, str(request.META.get("REMOTE_ADDR", "")))


def make_asked(request: str, body: Mapping[str, Any], *, sees_secrets: bool) -> RequestPreview:
    """Return a request as it is shown. `request`: "POST /networks/create"; `body`: the very document that is sent."""
    shown = body if sees_secrets else mask_document(body)
    return RequestPreview(request, tuple(_as_json(shown).split("\n")), shown != body)


def make_aside(
    lines: Sequence[Line],
    findings: Iterable[Finding],
    result: ActionResult | None = None,
    *,
    asked: RequestPreview | None = None,
    shows_request: bool = False,
) -> Aside:
    """Return what stands beside a form."""
    found = list(findings)
    faulty = {value for finding in found if finding.level is Level.BAD for value in finding.parameters.values()}
    shown = [ShellLine(flag, value, value in faulty) for flag, value in lines]
    words = [" ".join(filter(None, line)) for line in lines]
    levels = [finding.level for finding in found]
    return Aside(
        lines=tuple(shown),
        text=" \\\n  ".join(words),
        verdicts=tuple(preflight(found)),
        bad=levels.count(Level.BAD),
        warn=levels.count(Level.WARN),
        ok=levels.count(Level.OK),
        error=tuple(result.sentence.splitlines()) if result and result.kind is OutcomeKind.REFUSED else (),
        asked=asked,
        shows_request=shows_request,
    )


def explain_refusal(
    result: ActionResult,
    fixes: tuple[Fix, ...] = (),
    *,
    around: RefusalContext | None = None,
    changed: str = "",
    is_typed: bool = True,
) -> Refusal:
    """Return what to show of a result that isn't ok.

    `around`: what the request was about, so that what stands in the way can be named. `changed`: what had been done before,
    where it wasn't nothing. `is_typed`: a form with what was typed stands below.
    """
    known = explain_result(result, around)
    worked_out = (known.fixes if is_typed else ()) + _openings(known, around) if known else ()
    return Refusal(
        words=" ".join(result.sentence.splitlines()),
        title=_title(result),
        status=result.status,
        request=result.request,
        at=timezone.now(),
        duration_ms=result.duration_ms,
        meaning=spell(known.text) if known else "",
        advice=spell(known.advice) if known else "",
        fixes=(*fixes, *worked_out),
        state=_state(result, changed, is_typed=is_typed),
        is_unknown=result.kind is OutcomeKind.UNKNOWN,
    )


def explain_result(result: ActionResult, around: RefusalContext | None = None) -> Explanation | None:
    """Return what an Engine's refusal means here; None of other results, and where we don't know."""
    if result.kind is not OutcomeKind.REFUSED:
        return None
    return work_out(explain_each(result.sentence), result.sentence, around or RefusalContext(""))


def try_again(result: ActionResult, do: str) -> tuple[Fix, ...]:
    """Return the way out of a change that could not be asked for: the button that sends it once more."""
    return (Fix(_("Try again"), do, name="do", is_primary=True),) if result.kind is OutcomeKind.FAILED else ()


def open_page_of(name: str, url: str) -> Fix:
    """Return the link to the page of what stands in the way."""
    return Fix(_("Open %(name)s") % {"name": spell(name)[:60]}, "", url=url)


def mark_refused_field(form: forms.Form, known: Explanation | None) -> None:
    """Mark the field that the Engine's sentence is about, where we know it and the form has it."""
    field = "new_name" if known and known.field == "name" and "new_name" in form.fields else known.field if known else ""
    if known and field in form.fields:
        form.add_error(field, known.text)


def say_unseen(request: HttpRequest, result: ActionResult) -> None:
    """Say what the next page can't show: it was done, and the follower has not looked since."""
    if not result.is_seen:
        messages.info(request, _("The Engine has done it; this page doesn't show it yet. It will as soon as the Engine is read."))


def spell_choices(form: forms.Form, name: str) -> None:
    """Spell the choices of a select, so that no name hides or reorders anything."""
    widget = form.fields[name].widget
    if isinstance(widget, forms.Select):
        widget.choices = [(value, spell(str(label))) for value, label in widget.choices]


def _as_json(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if text.isascii():
        return text
    return "".join(letter if letter == "\n" or is_plain(letter) else json.dumps(letter)[1:-1] for letter in text)


def _openings(known: Explanation, around: RefusalContext | None) -> tuple[Fix, ...]:
    slug = around.engine_slug if around else ""
    return tuple(open_page_of(each.name, reverse(f"{each.kind}_detail", args=[slug, each.docker_id])) for each in known.opens)


def _title(result: ActionResult) -> str:
    match result.kind:
        case OutcomeKind.REFUSED:
            return _("The Engine refused")
        case OutcomeKind.UNKNOWN:
            return _("Sent; the result isn't known yet")
        case OutcomeKind.DENIED:
            return _("Netadmin refused")
    if not result.action_id:
        return _("The request was not sent")
    return _("The Engine could not be reached")


def _state(result: ActionResult, changed: str, *, is_typed: bool) -> SafeString:
    if result.kind is OutcomeKind.UNKNOWN:
        parts = [_("The request was sent and no answer came. The next read of the Engine shows what happened; don't repeat it.")]
    else:
        parts = [changed or _("Nothing was changed.")]
    if is_typed:
        parts.append(_("What you typed is below."))
    if result.action_id:
        words = _("Recorded as action %(number)s.") % {"number": result.action_id}
        parts.append(format_html('<a href="{}">{}</a>', reverse("activity_detail", args=[result.action_id]), words))
    return format_html_join(" ", "{}", ((part,) for part in parts))
