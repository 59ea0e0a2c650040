"""What came of a press, judged by the Engine before and after: carried out, or explained with nothing changed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.truth.pressing.addresses import match_of
from tests.truth.pressing.engine_state import State, changes, is_of_lab, lab_of
from tests.truth.pressing.markup import Button, Page
from tests.truth.pressing.promises import Deed, judge_deeds

# Refusals of what no page could know: Docker tells nobody beforehand. By words of the Engine's sentence, each with why.
UNFORESEEN = {
    "operation not supported": "whether the kernel has such devices is known by trying alone",
    "no endpoint attached to network": "left by a connection that the kernel refused; no reading tells it from a true one",
    "is not connected to network": "the same",
    "could not find the system's IP address": "the form says it beforehand, in amber, for it sees the machine's addresses only",
    "port is already allocated": "Docker lists the ports of stopped containers nowhere but in their details",
    "address already in use": "a process of the machine has the port, or took it just now",
    "unable to remove filesystem": "one of its files can't be removed, which Docker finds out when it tries",
    "sandbox": "one that fails again and again has a stack at one moment, and none at the next",
    "user configured subnets": "Docker doesn't tell whether a subnet was typed; the page says beforehand that it may be refused",
}
# A network by its name may be a swarm's, which the Engine lists once it is used, or one that is made by then. An ID is known.
_BY_NAME = re.compile(r"network (?![0-9a-f]{64} )\S+ not found")
# What others took since is no change of a row, which is drawn anew when it changes itself. Its order's own page knows.
_UNKNOWN_TO_ROWS = re.compile(r"It can't start: (?:it requests|Docker has no address left|.+ have the same subnet)")
# Refusals that the page foretells beside its button, which then says "all the same", or goes on with the others.
_FORETOLD = re.compile(r"Docker will refuse")
# Of a connection that the kernel refused, the Engine's list and its details say different things: it comes and goes.
_LISTED_ALL_THE_SAME = "It was disconnected already"
_BAD_ANSWERS = frozenset({400, 403, 404, 405, 413, 429})
_LAB = frozenset({"lab_up", "lab_down"})
NOTHING_CHANGED = "Nothing was changed."


@dataclass(frozen=True)
class Case:
    """One press and its end. `page`: the last one; `before`, `after`: the Engine; `deeds`: what a redirect says was done.

    `told`: what the page said where the last button stood; `is_written`: Netadmin's books or the browser's cookies have changed.
    `undone`: sentences of the steps that a job could not do; `logged`: errors and tracebacks.
    """

    button: Button
    page: Page
    before: State
    after: State
    deeds: list[Deed] | None = None
    is_redirect: bool = False
    is_written: bool = False
    told: str = ""
    undone: tuple[str, ...] = ()
    logged: tuple[str, ...] = ()


@dataclass
class Verdict:
    """`kind`: done, refused (by the Engine), explained (by Netadmin), or shown: a page, and nothing else."""

    kind: str
    faults: list[str] = field(default_factory=list)


def judge(case: Case) -> Verdict:
    """Return what came of it, and what is wrong with that."""
    asked = match_of(case.button.url)
    if case.page.status >= 500 or case.page.status in _BAD_ANSWERS:
        verdict = Verdict("broken", [f"answered {case.page.status}: {case.page.root.text[:200]}"])
    elif case.deeds is not None:
        verdict = _judge_done(case, case.deeds)
    elif case.page.status in (409, 422):
        verdict = _judge_refused(case)
    elif asked is not None and asked.url_name in _LAB:
        verdict = _judge_lab(case, is_up=asked.url_name == "lab_up")
    else:
        verdict = _judge_shown(case)
    verdict.faults += [f"logged: {line}" for line in case.logged]
    return verdict


def _judge_done(case: Case, deeds: list[Deed]) -> Verdict:
    verdict = Verdict("refused" if case.undone else "done", judge_deeds(deeds, case.before, case.after))
    for sentence in case.undone:
        if not sentence or " ".join(sentence.split())[:60] not in case.page.root.text:
            verdict.faults.append(f"the job's page doesn't say what it could not do: {sentence!r}")
        elif not _is_excused(sentence, case.told):
            verdict.faults.append(f"offered, and refused: {sentence}")
    return verdict


def _judge_refused(case: Case) -> Verdict:
    refusals = case.page.having(id="refusal")
    verdict = Verdict("refused" if refusals else "explained")
    if not refusals and not spoken(case.page):
        verdict.faults.append(f"answered {case.page.status} without a word")
    elif refusals and not _is_excused(refusals[0].text, case.told):
        verdict.faults.append(f"offered, and refused: {refusals[0].text[:300]}")
    elif not refusals and case.page.status == 409 and not _is_known_later(case):
        verdict.faults.append(f"offered, and never possible: {spoken(case.page)}")
    differing = changes(case.before, case.after)
    left = case.after.rows.keys() - case.before.rows.keys()
    verdict.faults += [f"left behind: {key}" for key in left if not case.page.having(name="remove", value=key)]
    rest = {key: pair for key, pair in differing.items() if key[1] not in left}
    if rest and (not refusals or NOTHING_CHANGED in refusals[0].text):
        verdict.faults += [f"nothing was changed, it says: {key}: {pair}" for key, pair in rest.items()]
    return verdict


def _is_known_later(case: Case) -> bool:
    """Tell whether what the page says could not be said where the button stood."""
    stood_in_row = case.button.page_url != case.button.url
    is_news = stood_in_row and _UNKNOWN_TO_ROWS.search(case.page.root.text)
    return bool(is_news) or _LISTED_ALL_THE_SAME in case.page.root.text


def _judge_lab(case: Case, *, is_up: bool) -> Verdict:
    differing = changes(case.before, case.after).items()
    faults = [f"not the lab's: {key}: {pair}" for key, pair in differing if not is_of_lab(key, case.before, case.after)]
    if bool(lab_of(case.after)) != is_up:
        faults.append(f"not so: the lab is {lab_of(case.after)}")
    return Verdict("done", faults)


def _judge_shown(case: Case) -> Verdict:
    faults = [f"only shown, and changed: {key}: {pair}" for key, pair in changes(case.before, case.after).items()]
    if case.is_redirect and not case.is_written and not case.page.having(class_="toast-x"):
        faults.append("a redirect with nothing done and nothing said")
    return Verdict("shown", faults)


def _is_excused(sentence: str, told: str) -> bool:
    if _FORETOLD.search(told) or _BY_NAME.search(" ".join(sentence.split())):
        return True
    return any(words.lower() in sentence.lower() for words in UNFORESEEN)


def spoken(page: Page) -> list[str]:
    """Return what a page says of why something isn't done: red verdicts, what stands beside fields, alerts, toasts."""
    nodes = [node for node in page.root.walk() if node.classes & {"v-bad", "err", "toast-x", "n-bad"}]
    nodes += page.having(role="alert")
    return list(dict.fromkeys(node.text[:200] for node in nodes if node.text and not node.is_hidden))
