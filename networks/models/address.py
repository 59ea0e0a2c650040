"""Who had which address, from when to when: written by `sync` alone, old ones are pruned."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AddressAssignment(models.Model):
    """One address that one endpoint had, its references copied as text: the snapshot may be emptied, this stays.

    `address_key`: the address such that text order is address order (`networks.addressing.reading`). `until_at` null: has it now.

    The endpoint certainly had it from `from_at` to `until_at`. Where a time is exact, it is the Engine's own; where it isn't,
    Netadmin wasn't there, and the endpoint may have had it from `from_earliest_at` and to `until_latest_at` (null: not known).
    `was_address`, `was_until_at`: the address that the same container had on the same network before, where it was another.
    """

    engine_slug = models.CharField(_("Engine"), max_length=40)
    address = models.CharField(_("address"), max_length=45)
    address_key = models.CharField(max_length=33)
    container_id = models.CharField(_("container ID"), max_length=64)
    container_name = models.TextField(_("container"))
    network_id = models.CharField(_("network ID"), max_length=64, blank=True, default="")
    network_name = models.TextField(_("network"))
    family = models.PositiveSmallIntegerField(_("family"))
    endpoint_id = models.CharField(_("endpoint ID"), max_length=64, blank=True, default="")
    mac = models.CharField("MAC", max_length=17, blank=True, default="")
    from_at = models.DateTimeField(_("from"))
    is_from_exact = models.BooleanField(default=False)
    from_earliest_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(_("until"), null=True)
    is_until_exact = models.BooleanField(default=False)
    until_latest_at = models.DateTimeField(null=True)
    was_address = models.CharField(max_length=45, blank=True, default="")
    was_until_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-from_at", "-id"]
        indexes = [
            models.Index(fields=["engine_slug", "address_key", "-from_at", "-id"], name="assignment_by_address"),
            models.Index(fields=["engine_slug", "container_id", "-from_at", "-id"], name="assignment_by_container"),
            models.Index(fields=["engine_slug", "container_name", "-from_at", "-id"], name="assignment_by_container_name"),
            models.Index(fields=["engine_slug", "network_id", "-from_at", "-id"], name="assignment_by_network"),
            models.Index(fields=["engine_slug", "network_name", "-from_at", "-id"], name="assignment_by_network_name"),
            models.Index(fields=["engine_slug", "-from_at", "-id"], name="assignment_newest"),
            models.Index(fields=["engine_slug", "until_at"], name="assignment_by_end"),
            models.Index(fields=["engine_slug"], name="assignment_open", condition=Q(until_at=None)),
        ]
        verbose_name = _("address assignment")
        verbose_name_plural = _("address assignments")

    def __str__(self) -> str:
        return f"{self.address} {self.container_name}"


class WatchedSpan(models.Model):
    """A time in which Netadmin followed an Engine without a break; between two of them it saw nothing.

    `until_at` null: it does so now. `docker_id`: the Engine's own ID, for another may answer at the same URL.
    """

    engine_slug = models.CharField(_("Engine"), max_length=40)
    docker_id = models.CharField(max_length=80, blank=True, default="")
    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        ordering = ["-from_at"]
        indexes = [models.Index(fields=["engine_slug", "-from_at"], name="watched_newest")]
        verbose_name = _("watched span")
        verbose_name_plural = _("watched spans")

    def __str__(self) -> str:
        return f"{self.engine_slug} {self.from_at}"
