"""What Engines reported, newest last. Written by `sync` alone, never changed; old ones are pruned."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One Engine event, its references copied as text: it outlives what it is about.

    `time_nano`: the Engine's clock. `engine_slug` instead of a key. `attributes`: Docker's, cut by the seam. `ending`:
    of the end of a container, who ended it, as Container's.
    """

    engine_slug = models.CharField(_("Engine"), max_length=40)
    time_nano = models.BigIntegerField(_("time (ns)"))
    at = models.DateTimeField(_("time"))
    kind = models.CharField(_("kind"), max_length=40)
    verb = models.CharField(_("verb"), max_length=80)
    actor_id = models.CharField(_("ID"), max_length=80)
    actor_name = models.TextField(_("name"), blank=True, default="")
    container_id = models.CharField(_("container ID"), max_length=64, blank=True, default="")
    container_name = models.TextField(_("container"), blank=True, default="")
    attributes = models.JSONField(_("attributes"), default=dict)
    ending = models.CharField(_("ended by"), max_length=10, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["engine_slug", "-id"], name="event_newest"),
            models.Index(fields=["engine_slug", "time_nano"], name="event_by_time"),
        ]
        verbose_name = _("event")
        verbose_name_plural = _("events")

    def __str__(self) -> str:
        return f"{self.kind} {self.verb}"
