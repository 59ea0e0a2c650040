"""Logs in to a Netadmin and prints pages as JSON: `python -m tests.installed.visitor ADDRESS NAME PASSWORD PATH…`.

A process of its own, so that it can be started in the network namespace where the server is. Standard library alone. A path
that is followed by `=TEXT` is asked for until its page says so, for half a minute.
"""

from __future__ import annotations

import html
import http.cookiejar
import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

WITHIN_S = 15
COMES_WITHIN_S = 30
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """A browser with a cookie and no script."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._cookies = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        self._browser.addheaders = [("Origin", address), ("Referer", f"{address}/"), ("Accept-Language", "en")]

    @property
    def cookie(self) -> str:
        """What it sends as its header Cookie."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def ask(self, path: str, typed: dict[str, str] | None = None) -> str:
        """Return a page, whatever its status."""
        data = urllib.parse.urlencode(typed).encode() if typed else None
        try:
            with self._browser.open(f"{self.address}{path}", data, WITHIN_S) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def log_in(self, name: str, password: str) -> None:
        """Log in by the form."""
        token = TOKEN.search(self.ask("/accounts/login/"))
        assert token
        page = self.ask("/accounts/login/", {"csrfmiddlewaretoken": token[1], "login": name, "password": password})
        assert 'name="password"' not in page, text_of(page)

    def ask_until(self, path: str, text: str) -> str:
        """Return what a person reads of a page once it says so; after half a minute what it says then."""
        ends_at = time.monotonic() + COMES_WITHIN_S
        while text not in (read := text_of(self.ask(path))) and time.monotonic() < ends_at:
            time.sleep(0.2)
        return read


def text_of(page: str) -> str:
    """Return what a person reads of a page."""
    bare = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(bare).split())


if __name__ == "__main__":
    visitor = Visitor(sys.argv[1])
    visitor.log_in(*sys.argv[2:4])
    wanted = [argument.partition("=") for argument in sys.argv[4:]]
    print(json.dumps({path: visitor.ask_until(path, text) for path, _equals, text in wanted}))
