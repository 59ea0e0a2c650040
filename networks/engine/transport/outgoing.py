"""Whether changes may still leave a client: whoever stops waiting has to know whether one has left."""

from __future__ import annotations

import threading

from networks.engine.errors import TimedOut


class Outgoing:
    """The changes of one client; any thread may withdraw while another sends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent = ""
        self._is_withdrawn = False

    def note(self, request: str) -> None:
        """Note that this change is written next. Raises TimedOut (`was_sent` false) after a withdrawal."""
        with self._lock:
            if self._is_withdrawn:
                raise TimedOut("Nobody waits for this change any more, so it was not sent.", request=request, was_sent=False)
            self._sent = request

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, such as "POST /networks/create", else ""."""
        with self._lock:
            self._is_withdrawn = not self._sent
            return self._sent
