"""How far the record of activity has left the machine: one row."""

from __future__ import annotations

from django.db import models

from networks.models.stored_sentences import read_said

ONLY = 1  # its key


class Trail(models.Model):
    """The end of the chain of lines (actions/trail): what the last one that was written and remembered says of the next.

    `sequence`, `hash`: of that line; 0 and 64 zeros before the first. `action_id`, `outcome_id`: the newest of each that it or a
    line before it tells of. `until_action_id`, `until_outcome_id`: what the lines that are being written end with, whether they
    arrived or not; where that is further, they are made of the same rows again, and are the same. `failing_since`: since when
    nothing can be written, None where it can; `sentence` and `said` say why, as in models.Outcome.
    """

    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)
    action_id = models.BigIntegerField(default=0)
    outcome_id = models.BigIntegerField(default=0)
    until_action_id = models.BigIntegerField(default=0)
    until_outcome_id = models.BigIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    sentence = models.TextField(blank=True, default="")
    said = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"line {self.sequence}"

    @property
    def words(self) -> str:
        """Why nothing can be written, in the active language."""
        return read_said(self.sentence, self.said)
