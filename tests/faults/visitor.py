"""A person at a browser without scripts: cookies, forms with their token, and how long each page took."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape

LONGEST_S = 10.0  # of any request, whatever is ill
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SHOWN = re.compile(r'name="shown" value="([^"]*)"')  # what a page that takes something away said that it breaks
_STATE = re.compile(r'id="engine-state" class="st" data-state="([a-z]*)"')


@dataclass(frozen=True)
class Seen:
    """What came of a request, redirects followed. `status` 0: nobody answered."""

    status: int
    url: str
    html: str
    took_s: float

    @property
    def words(self) -> str:
        """What a person reads."""
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.html)))

    @property
    def state(self) -> str:
        """The Engine's chip: live, lagging, stale, disconnected or incompatible."""
        found = _STATE.search(self.html)
        return found[1] if found else ""


class Visitor:
    """One person's cookies on one server."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def get(self, path: str) -> Seen:
        """Look at a page."""
        return self._ask(urllib.request.Request(self._url + path))  # noqa: S310 ours, on loopback

    def post(self, path: str, fields: dict[str, str], *, form: str = "") -> Seen:
        """Send a form. `form`: the page that it stands on, which gives the token (the same path if not named)."""
        page = self.get(form or path).html
        token, shown = _TOKEN.search(page), _SHOWN.search(page)
        hidden = {"csrfmiddlewaretoken": token[1] if token else "", "shown": unescape(shown[1]) if shown else ""}
        data = urllib.parse.urlencode(hidden | fields).encode()
        headers = {"Origin": self._url, "Referer": self._url + (form or path)}
        return self._ask(urllib.request.Request(self._url + path, data, headers))  # noqa: S310

    def log_in(self, name: str, password: str) -> Seen:
        """Log in."""
        return self.post("/accounts/login/", {"login": name, "password": password})

    def _ask(self, request: urllib.request.Request) -> Seen:
        began = time.monotonic()
        try:
            with self._opener.open(request, timeout=LONGEST_S + 5) as answer:
                status, url, body = answer.status, answer.url, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                status, url, body = error.code, error.url or "", error.read()
        except OSError as error:
            status, url, body = 0, "", str(error).encode()
        return Seen(status, url.removeprefix(self._url), body.decode(errors="replace"), time.monotonic() - began)
