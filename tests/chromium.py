"""The real Chromium that tests open pages in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

from playwright.sync_api import Browser, Playwright

# As root in a container; and nothing that phones home.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Chromium without its windows: the same engine for a third of the processor's time, a new context even for a sixth. What is
# tried at its whole size is tried in the browser that people have.
PROGRAMS = ("chromium-headless-shell", "chromium")


IS_WHOLE = os.environ.get("NETADMIN_TEST_FULL") == "1"


def find_chromium(*, is_whole: bool = IS_WHOLE) -> str | None:
    """Return the path of the distribution's Chromium, None where it has none: Playwright then takes its own in .venv."""
    names = PROGRAMS[::-1] if is_whole else PROGRAMS
    return next((path for path in map(shutil.which, names) if path), None)


def start_chromium(
    playwright: Playwright,
    *,
    launcher: Callable[[str], str] | None = None,
    ignored_defaults: tuple[str, ...] = (),
    is_whole: bool = IS_WHOLE,
) -> Browser:
    """Start a browser; its caller closes it.

    `launcher`: makes of a program's path that of a script which starts it elsewhere. `ignored_defaults`: arguments of
    Playwright's that it shall not have. `is_whole`: with everything that a browser has, where there are both.
    """
    program = find_chromium(is_whole=is_whole)
    if launcher is not None:
        program = launcher(program or playwright.chromium.executable_path)
    return playwright.chromium.launch(
        executable_path=program, args=list(ARGUMENTS), ignore_default_args=list(ignored_defaults) or None
    )
