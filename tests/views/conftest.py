"""Pages that change something are tested against a real Engine that is followed in this process."""

from __future__ import annotations

from tests.actions.conftest import as_admin, followed, operator

__all__ = ["as_admin", "followed", "operator"]
