"""One line per event, plain or as JSON: the time, the level, where, what, and its values; no secret, no control character."""

from __future__ import annotations

import json
import re
from collections.abc import MutableMapping
from math import isfinite
from typing import Any

import structlog

# Names whose values never reach a log. "key" alone is left: it names map keys far more often than secrets.
_SECRET = re.compile(r"passw|secret|token|cookie|authorization|credential|session_key|api_?key|private_?key", re.IGNORECASE)
_PLAIN = re.compile(r"[\w.:/@+,-]+", re.ASCII)
_HEAD = ("timestamp", "level", "logger", "event")
_LONGEST = 4000  # characters of one value; a traceback fits

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure_logs(level: str, form: str = "line") -> dict[str, Any]:
    """Set structlog up to write through the standard library, and return Django's LOGGING, which sends every log the same way.

    `form`: "line" or "json".
    """
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [structlog.stdlib.PositionalArgumentsFormatter(), *_SHARED],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_secrets,
                    render_json if form == "json" else render_line,
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Their own handlers would write every event a second time, or mail it.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            # A line per request and per frame, and SQL: nothing that one would want at DEBUG either.
            "daphne": {"level": "WARNING"},
            "django.db.backends": {"level": "INFO"},
            "asyncio": {"level": "WARNING"},
            "urllib3": {"level": "WARNING"},
            "docker": {"level": "WARNING"},
        },
    }


def hide_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blot out the values of names that sound like secrets."""
    return {name: "[hidden]" if _SECRET.search(str(name)) else value for name, value in event.items()}


def render_line(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return one line; values in double quotes where they hold anything but letters, digits and plain signs."""
    rest = dict(event)
    head = [str(rest.pop("timestamp", "")), str(rest.pop("level", "info")), str(rest.pop("logger", "-") or "-")]
    head.append(_escaped(str(rest.pop("event", "")), is_bare=True))
    return " ".join([*head, *(f"{_escaped(str(name), is_bare=True)}={_escaped(_text(value))}" for name, value in rest.items())])


def render_json(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Return one JSON object on one line of ASCII: "timestamp", "level", "logger", "event" first, then the event's values.

    Numbers, booleans and null stay what they are; everything else is text, cut where it is too long.
    """
    head = {name: event.get(name, "") for name in _HEAD}
    rest = {name: value for name, value in event.items() if name not in _HEAD}
    document = {_cut(str(name)): _plain(value) for name, value in (head | rest).items()}
    return json.dumps(document).replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else repr(value)  # JSON has no word for the others
    return _cut(_text(value))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "[cut]"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _escaped(text: str, *, is_bare: bool = False) -> str:
    """Escape what isn't printable ASCII: line ends, ESC, bidi marks. `is_bare`: an event's name, without quotes."""
    short = _cut(text)
    if _PLAIN.fullmatch(short):
        return short
    quoted = json.dumps(short).replace("\x7f", "\\u007f")
    return quoted[1:-1].replace('\\"', '"') if is_bare else quoted
