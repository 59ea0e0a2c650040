"""Terminal specs to the JSON documents that an Engine takes."""

from __future__ import annotations

from typing import Any

from networks.engine.terminal.specs import MARK_NAME, ExecSpec, ScreenSize


def exec_body(spec: ExecSpec, *, has_terminal: bool) -> dict[str, Any]:
    """Return the body of POST /containers/{id}/exec. `has_terminal`: somebody will speak with it; else it has an input alone."""
    body: dict[str, Any] = {
        "AttachStdin": True,
        "AttachStdout": has_terminal,
        "AttachStderr": has_terminal,
        "Tty": has_terminal,
        "Cmd": list(spec.command),
    }
    if has_terminal:
        body["ConsoleSize"] = _console_size(spec.size)
        # Else programs see Docker's own, "xterm", and show eight colours.
        body["Env"] = ["TERM=xterm-256color", *([f"{MARK_NAME}={spec.mark}"] if spec.mark else [])]
    if spec.user:
        body["User"] = spec.user
    return body


def terminal_body(size: ScreenSize) -> dict[str, Any]:
    """Return the body of POST /exec/{id}/start for a process that somebody speaks with."""
    return {"Detach": False, "Tty": True, "ConsoleSize": _console_size(size)}


def input_body() -> dict[str, Any]:
    """Return the body of POST /exec/{id}/start for a process that has an input alone."""
    return {"Detach": False, "Tty": False}


def _console_size(size: ScreenSize) -> list[int]:
    return [size.rows, size.columns]
