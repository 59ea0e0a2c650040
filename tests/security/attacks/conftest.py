"""Attackers: people with a small account, on a real Engine that is followed in this process."""

from __future__ import annotations

from tests.actions.conftest import followed, operator

__all__ = ["followed", "operator"]
