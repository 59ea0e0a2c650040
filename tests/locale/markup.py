"""What a template says to people outside of its translation tags."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# The product, and what Docker and Linux call things in every language.
SAME_IN_EVERY_LANGUAGE = {
    "Netadmin",
    "Docker",
    "docker",
    "API",
    "IPv4",
    "IPv6",
    "MAC",
    "MTU",
    "URL",
    "NETADMIN_TRUSTED_PROXIES=1",
}
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title"}
UNSAID = re.compile(
    r"\{#.*?#\}"
    r"|\{% comment.*?endcomment %\}"
    r"|\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}"
    # blocks that fill an attribute, or are attributes
    r"|\{% block (?:\w+_class|lane|favicon_states|body_attributes) %\}.*?\{% endblock %\}"
    r"|\{%.*?%\}"
    r"|\{\{.*?\}\}",
    re.DOTALL,
)
LETTER = re.compile(r"[^\W\d_]")


class _Reader(HTMLParser):
    """Collects the text that a page would show or speak."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        for name, value in attrs:
            if name in SPOKEN_ATTRIBUTES and is_said(value or ""):
                self.said.append(f"{name}: {value}")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and is_said(data):
            self.said.append(data.strip())


def is_said(text: str) -> bool:
    """Tell whether a text has words of a language in it."""
    words = [word for word in re.split(r"[\s·/,:]+", text) if LETTER.search(word)]
    return any(word not in SAME_IN_EVERY_LANGUAGE for word in words)


def said_outside(source: str) -> list[str]:
    """Return the texts, visible or spoken, that a template says without a translation."""
    reader = _Reader()
    reader.feed(UNSAID.sub("", source))
    reader.close()
    return reader.said
