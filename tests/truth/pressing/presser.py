"""A button pressed, and its pages followed to the end."""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.test import Client

from networks.models import Job, JobStep, StepState
from networks.queries.jobs import OPEN_STATES
from tests.private_engine import PrivateEngine, wait_until
from tests.truth.pressing.addresses import match_of, name_of
from tests.truth.pressing.books import read_books
from tests.truth.pressing.engine_state import read_state
from tests.truth.pressing.filling import fill
from tests.truth.pressing.judging import Case, judge, spoken
from tests.truth.pressing.markup import Button, Page, local, read_page
from tests.truth.pressing.promises import PROMISES, Deed

MOST_STEPS = 6  # pages from a button to its end: it asks, it asks for a password, it does, it leads somewhere
# Addresses whose name isn't the verb that they ask for.
_VERBS = {
    **{"network_connect": "connect_container", "container_connect": "connect_container"},
    "network_disconnect": "disconnect_container",
}
# Buttons that change the form, or have it looked at.
_EDITS = re.compile(r"check|add-network|add-pool|suggest|pull|drop-\d+|on-.*|scan|test")
_ENDED = (StepState.DONE, StepState.SKIPPED)
Body = dict[str, list[str]]


class Listening(logging.Handler):
    """Keeps what is logged as an error, or with a traceback, while it is open."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.heard.append(f"{record.name}: {record.getMessage()[:300]} {record.exc_info or ''}")

    def __enter__(self) -> Listening:
        self.heard.clear()
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)


@dataclass
class Pressed:
    """One press. `sent`: each form and its answer; `words`: what the last page said."""

    button: Button
    kind: str = ""
    faults: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    words: str = ""

    def tell(self) -> str:
        """Return page, button, forms, answers and faults."""
        button = self.button
        what = f"[{button.label}]" + (f" {button.name}={button.value}" if button.name else "")
        first = f"{self.kind}: {button.page_url}: {what} -> {button.url}"
        return "\n    ".join(filter(None, [first, *self.sent, *self.faults, self.words]))


@dataclass
class _End:
    page: Page
    deeds: list[Deed] | None = None
    is_redirect: bool = False
    told: str = ""
    undone: tuple[str, ...] = ()


class Presser:
    """Presses buttons of one person's browser on one Engine. `settle`: waits until the snapshot has what was done."""

    def __init__(self, client: Client, engine: PrivateEngine, rng: random.Random, settle: Callable[[], None]) -> None:
        self.client = client
        self.engine = engine
        self._rng = rng
        self._settle = settle
        self._count = 0

    def get(self, url: str) -> Page:
        """Draw a page, wherever it leads."""
        answer = self.client.get(url)
        for _ in range(5):
            if answer.status_code not in (301, 302, 303):
                break
            url = local(urljoin(url, answer.headers["Location"]))
            answer = self.client.get(url)
        return read_page(url, answer.status_code, "" if answer.streaming else answer.content.decode())

    def press(self, button: Button, picks: Mapping[str, list[str]] | None = None) -> Pressed:
        """Press, follow, and judge. `picks`: what is ticked in a list beside what the page itself has."""
        self._count += 1
        pressed = Pressed(button)
        before, books = read_state(self.engine), read_books(self.client)
        with Listening() as listening:
            end = self._follow(pressed, dict(picks or {}))
        is_written = read_books(self.client) != books
        case = Case(button, end.page, before, read_state(self.engine), end.deeds, end.is_redirect, is_written)
        verdict = judge(replace(case, told=end.told, undone=end.undone, logged=tuple(listening.heard)))
        pressed.kind, pressed.words = verdict.kind, " | ".join(spoken(end.page))[:600]
        pressed.faults += verdict.faults
        self.client.cookies.pop(settings.LANGUAGE_COOKIE_NAME, None)
        self._settle()
        return pressed

    def _follow(self, pressed: Pressed, picks: Body) -> _End:
        """Send forms until something is done, explained or shown."""
        button = pressed.button
        page = self.get(button.page_url)
        button = next(one for one in page.buttons if one.mark == button.mark)
        for _ in range(MOST_STEPS):
            told = page.root.text
            body = fill(page, button, self._rng, self._count) | picks
            picks = {}
            answer = self._send(button, body)
            pressed.sent.append(f"{button.method.upper()} {button.url} {_shorten(body)} = {answer.status_code}")
            if answer.status_code in (301, 302, 303):
                page = self.get(local(urljoin(button.url, answer.headers["Location"])))
                pressed.sent[-1] += f" to {page.url}, {page.status}"
                if "reauthenticate" not in page.url:
                    return self._end(button, body, page, told)
            else:
                page = read_page(button.url, answer.status_code, answer.content.decode())
                if page.status != 200 or _EDITS.fullmatch(button.value) or button.name == "use":
                    return _End(page, told=told)
            going_on = _own_button(page, button)
            if going_on is None or going_on.mark == button.mark:  # it has said all it has to say
                return _End(page, told=told)
            button = going_on
        pressed.faults.append("asked again and again")
        return _End(page)

    def _send(self, button: Button, body: Body) -> Any:
        if button.method == "get":
            return self.client.get(button.url, body)
        return self.client.post(button.url, body, headers={"Referer": f"http://testserver{button.page_url}"})

    def _end(self, button: Button, body: Body, page: Page, told: str) -> _End:
        """Return what a redirect says was done: the steps of the job that it leads to, else what the address stands for."""
        match = match_of(page.url)
        if match is not None and match.url_name == "job_detail" and name_of(button.url) != "job_stop":
            job_id = int(match.kwargs["job_id"])
            open_jobs = Job.objects.filter(pk=job_id, state__in=OPEN_STATES)
            wait_until(lambda: not open_jobs.exists(), "the job's end", deadline_s=90)
            steps = JobStep.objects.filter(job_id=job_id).order_by("position")
            done = steps.filter(state=StepState.DONE)
            deeds = [Deed(one.verb, one.container_id, one.network_id, one.network_name) for one in done if one.verb in PROMISES]
            # A restart that was refused had ended it, and says so.
            deeds += [Deed("kill_container", one.container_id) for one in steps.filter(sentence__contains="doesn't run now")]
            undone = tuple(steps.exclude(state__in=_ENDED).values_list("sentence", flat=True))
            return _End(self.get(page.url), deeds, is_redirect=True, told=told, undone=undone)
        deed = _deed_of(button, body)
        return _End(page, [deed] if deed else None, is_redirect=True, told=told)


def _deed_of(button: Button, body: Body) -> Deed | None:
    """Return what an address stands for; None where it asks the Engine for nothing."""
    match = match_of(button.url)
    noun, _underscore, rest = name_of(button.url).partition("_")
    verb = _VERBS.get(name_of(button.url)) or f"{rest}_{noun}"
    if match is None or verb not in PROMISES:
        return None
    own = str(match.kwargs.get("docker_id", ""))
    network_id, container_id = (body.get(f"{half}_id", [""])[0] for half in ("network", "container"))
    deed = Deed(verb, new_name=(body.get("new_name") or body.get("name") or [""])[0])
    if noun == "network":
        return replace(deed, network_id=own, container_id=str(match.kwargs.get("container_id", container_id)))
    return replace(deed, container_id=own, network_id=network_id)


def _own_button(page: Page, button: Button) -> Button | None:
    """Return the button of a page that asks first: of the form that goes to the same address, or takes the password.

    The last one that isn't for a look only: forms of several have the choice of the other half before it.
    """
    posting = [one for one in page.buttons if one.method == "post" and one.form is not None]
    if "reauthenticate" in page.url:
        return next((one for one in posting if "reauthenticate" in one.url), None)
    where = local(button.url).partition("?")[0]
    own = [one for one in posting if one.url.partition("?")[0] == where and one.name not in ("use", "remove")]
    own = [one for one in own if not _EDITS.fullmatch(one.value) and one.form is not page.forms.get("act")]
    return own[-1] if own else None


def _shorten(body: Body) -> str:
    told = {name: values for name, values in body.items() if name != "csrfmiddlewaretoken" and any(values)}
    return re.sub(r"([0-9a-f]{12})[0-9a-f]{52}", r"\1", str(told))[:400]
