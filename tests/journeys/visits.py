"""Browsers that people have open. At the end none may have complained, asked elsewhere, or seen a fault of the server."""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, StorageState

# Chromium calls it an error when a page answers so. A form with a fault answers 422, a refusal of the Engine's 409.
STATUS_IN_CONSOLE = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
ALWAYS_FINE = frozenset({409, 422})
# A page that is left while its socket is still being opened.
LEFT_EARLY = "WebSocket is closed before the connection is established"
# What Chromium and htmx say while a server is away.
SIGNS_OF_ABSENCE = ("WebSocket", "htmx:ws:error", "ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")


class Seat:
    """A browser that one person after another uses: what it has fetched stays, what pages keep in it goes with each.

    A new one takes 1.5 s of the processor's time until it shows its first page, this one 0.6. Its blank page keeps its process.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.context = browser.new_context(base_url=url)
        self._blank = self.context.new_page()
        self._url = url

    def take(self, login: StorageState | None) -> BrowserContext:
        """Log a person in, or let a stranger use it."""
        if login is not None:
            self.context.add_cookies(login["cookies"])  # type: ignore[arg-type]
        return self.context

    def leave(self) -> None:
        """Close every page, and forget who was there."""
        for page in self.context.pages:
            if page is not self._blank:
                page.close()
        self.context.clear_cookies()
        devices = self.context.new_cdp_session(self._blank)
        devices.send("Storage.clearDataForOrigin", {"origin": self._url, "storageTypes": "local_storage"})
        devices.detach()


class Visits:
    """Opens browsers as this or that person; a context manager that fails when any of them has seen what nobody may see.

    `seats`: browsers that are there for those who ask for nothing of their own; there are more as more are wanted at once.
    """

    def __init__(
        self, browser: Browser, url: str, logins: dict[str, StorageState] | None = None, seats: list[Seat] | None = None
    ) -> None:
        self._browser = browser
        self._url = url
        self._logins = logins or {}
        self._seats = seats
        self._taken: list[Seat] = []
        self._contexts: list[BrowserContext] = []
        self._complaints: list[str] = []
        self._expected: set[int] = set(ALWAYS_FINE)
        self._is_absence_expected = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        complaints = self.complaints()  # not what a page says of being closed while its socket was still on the way
        for context in self._contexts:
            context.close()
        for seat in self._taken:
            seat.context.remove_listener("page", self._watch)
            seat.leave()
        if error is None:
            assert complaints == [], complaints

    def enter(self, name: str = "", **options: Any) -> Page:
        """Open a browser as this person, "" for a stranger. `options`: of Playwright's new_context."""
        state = self._logins[name] if name else None
        if options or self._seats is None:
            context = self._browser.new_context(base_url=self._url, storage_state=state, **options)
            self._contexts.append(context)
        else:
            context = self._free_seat(self._seats).take(state)
        context.on("page", self._watch)
        return context.new_page()

    def _free_seat(self, seats: list[Seat]) -> Seat:
        if len(self._taken) == len(seats):
            seats.append(Seat(self._browser, self._url))
        self._taken.append(seats[len(self._taken)])
        return self._taken[-1]

    def expect_status(self, *statuses: int) -> None:
        """Let pages answer with these statuses, which Chromium calls errors."""
        self._expected.update(statuses)

    def expect_absence(self) -> None:
        """Let the server be away for a while."""
        self._is_absence_expected = True

    def complaints(self) -> list[str]:
        """Return what went wrong in any browser so far."""
        signs = (LEFT_EARLY, *(SIGNS_OF_ABSENCE if self._is_absence_expected else ()))
        return [one for one in self._complaints if not any(sign in one for sign in signs)]

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._complaints.append(f"script: {error}"))
        page.on("console", self._hear)  # a violation of the Content-Security-Policy is an error there, too
        page.on("request", self._see_request)
        page.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        found = STATUS_IN_CONSOLE.match(message.text)
        if message.type in ("error", "warning") and not (found and int(found.group(1)) in self._expected):
            self._complaints.append(f"console: {message.text} {message.location.get('url', '')}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self._url, self._url.replace("http", "ws", 1), "data:", "about:")):
            self._complaints.append(f"asked elsewhere: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 500:
            self._complaints.append(f"status {response.status}: {response.url}")


def log_in(page: Page, name: str, password: str) -> None:
    """Log in by the form."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("/")


def confirm(page: Page, password: str) -> None:
    """Type the password again where a page asks for it."""
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Confirm").click()


def open_live(page: Page, path: str) -> None:
    """Open a page, and wait until its socket has brought the first frame."""
    page.goto(path)
    page.wait_for_selector("#live[data-held]", state="attached")


POST = """async ([path, fields]) => {
  const token = document.querySelector("#act [name=csrfmiddlewaretoken]");
  const body = new URLSearchParams({...fields, csrfmiddlewaretoken: token ? token.value : ""});
  const answer = await fetch(path, {method: "POST", body, redirect: "manual"});
  return answer.type === "opaqueredirect" ? 302 : answer.status;
}"""


def post(page: Page, path: str, fields: dict[str, str]) -> int:
    """Forge a form's request, with the page's own cookies and token; return the status of the answer."""
    return int(page.evaluate(POST, [path, fields]))
