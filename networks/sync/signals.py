"""How sync tells the rest that there is something newer; it carries no state. Receivers only wake somebody."""

from __future__ import annotations

from django.dispatch import Signal

# Sent after the commit, in the follower's thread, with engine_slug (str): a newer revision, or another state, can be read.
engine_changed = Signal()

# Sent by the thread that watches an Engine's machine, with engine_slug (str): a newer picture or sample of its links is there.
host_changed = Signal()

# Sent with engine_slug (str) when somebody begins to look at a page that shows counters or rates, in that somebody's thread.
viewer_came = Signal()

# Sent with engine_slug (str) when somebody begins to look at any page of an Engine, in that somebody's thread.
engine_viewed = Signal()

# Sent four times a second at most, in a thread of its own: another connection wrote to the database, this process's or not.
others_wrote = Signal()
