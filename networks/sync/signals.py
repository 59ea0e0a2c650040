"""How sync tells the rest that there is something newer; it carries no state."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after the commit, in the follower's thread, with engine_slug (str): a newer revision, or another state, can be read.
# Receivers must only wake somebody and return at once.
engine_changed = Signal()
