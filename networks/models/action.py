"""What people asked for and what came of it: two tables that only grow. Database triggers refuse the rest."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.models.stored_sentences import read_said


class Action(models.Model):
    """The intent, written before anything is asked of the Engine. References are copied text.

    `who`: the user's name, "console" for manage.py, "setup" for the first account, "stranger" where nobody was logged in.
    `user_id`: whose it is; of a failed log-in, the account that was tried. `engine_slug`: "" where it is about
    no Engine. `verb`: the action's function, such as "create_network".
    `what`: the name of what it is about; `docker_id` its id where it has one. `command`: the docker command that does the same.
    `asked`: the spec as a dict without secrets.
    """

    at = models.DateTimeField(_("time"))
    who = models.CharField(_("who"), max_length=150)
    user_id = models.BigIntegerField(_("user ID"), null=True)
    from_address = models.CharField(_("from"), max_length=45, blank=True, default="")
    engine_slug = models.CharField(_("Engine"), max_length=40)
    verb = models.CharField(_("verb"), max_length=40)
    what = models.TextField(_("what"), blank=True, default="")
    docker_id = models.CharField(_("ID"), max_length=64, blank=True, default="")
    command = models.TextField(_("command"), blank=True, default="")
    asked = models.JSONField(_("asked"), default=dict)

    class Meta:
        ordering = ["-id"]
        # Each ends with the id, so that a page of the newest that match is read without sorting, whatever the table's size.
        indexes = [
            models.Index(fields=["user_id", "id"], name="action_by_user"),
            models.Index(fields=["who", "id"], name="action_by_who"),
            models.Index(fields=["verb", "id"], name="action_by_verb"),
            models.Index(fields=["engine_slug", "id"], name="action_by_engine"),
            models.Index(fields=["at"], name="action_by_time"),
        ]
        verbose_name = _("action")
        verbose_name_plural = _("actions")

    def __str__(self) -> str:
        return f"{self.who}: {self.verb} {self.what}"


def longest(column: str) -> int:
    """Return how many characters a column of Action takes."""
    return int(Action._meta.get_field(column).max_length or 0)  # type: ignore[union-attr]


class OutcomeKind(models.TextChoices):
    """What came of an action. `unknown`: the request was written and no answer came; a later read settles it by another row."""

    OK = "ok", _("done")
    REFUSED = "refused", _("refused by the Engine")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("unknown")
    DENIED = "denied", _("not permitted")


class Outcome(models.Model):
    """One thing that is known of an action's end; an action may have several.

    `sentence`: the Engine's own words where it spoke, else ours in English. `said`: ours, as every reader's language tells it
    (models.stored_sentences); None where the Engine spoke.
    """

    action_id = models.BigIntegerField(_("action"), db_index=True)
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("outcome"), max_length=10, choices=OutcomeKind.choices)
    status = models.PositiveSmallIntegerField(_("HTTP status"), default=0)
    sentence = models.TextField(_("the Engine's words"), blank=True, default="")
    said = models.JSONField(_("what it says"), null=True)
    duration_ms = models.FloatField(_("duration (ms)"), default=0.0)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "action_id"], name="outcome_by_kind")]
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")

    def __str__(self) -> str:
        return f"{self.action_id}: {self.kind}"

    @property
    def words(self) -> str:
        """The sentence in the active language."""
        return read_said(self.sentence, self.said)
