"""The snapshot of containers and their endpoints. Written by `sync` alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from networks.engine.docker_names import WITHOUT_ENDPOINTS
from networks.engine.facts import Ending, Stopping
from networks.engine.states import WITH_STACK
from networks.models.engine import Engine
from networks.models.network import Network


class Container(models.Model):
    """A container as the Engine last showed it; never its environment.

    `ports`: list of {"private_port", "protocol", "public_port" or null, "address"}, of a running one; `leftover_ports`: as in
    ContainerFact. `exit_code` null while it runs.
    `network_mode` as Docker writes it; `donor_id`: the container whose sandbox it shares, "" for none.
    `is_mode_lost`: the network that it was made with isn't there: Docker then starts it on no other, and connects it to none.
    `ending`, `is_out_of_memory`: what is known of its end; `stopping`, `killed_at`: of the end that was begun. `stop_wait_s`: its
    own, negative for never; null for Docker's.
    `revision`: like Network's, of all that the container's row shows (its networks' names included).
    """

    engine = models.ForeignKey(Engine, models.CASCADE, related_name="containers", verbose_name=_("Engine"))
    docker_id = models.CharField(_("ID"), max_length=64)
    name = models.TextField(_("name"))
    image = models.TextField(_("image"))
    image_id = models.CharField(_("image ID"), max_length=80, blank=True, default="")
    command = models.TextField(_("command"), blank=True, default="")
    state = models.CharField(_("state"), max_length=20)
    exit_code = models.IntegerField(_("exit code"), null=True)
    ending = models.CharField(_("ended by"), max_length=10, blank=True, default=Ending.UNKNOWN.value)
    is_out_of_memory = models.BooleanField(_("out of memory"), default=False)
    stopping = models.CharField(_("being stopped"), max_length=10, blank=True, default=Stopping.NOT.value)
    killed_at = models.DateTimeField(_("killed at"), null=True)
    stop_wait_s = models.IntegerField(_("seconds until it is killed"), null=True)
    health = models.CharField(_("health"), max_length=20, blank=True, default="")
    created_at = models.DateTimeField(_("created"), null=True)
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    network_mode = models.TextField(_("network mode"), blank=True, default="")
    is_mode_lost = models.BooleanField(_("its own network was removed"), default=False)
    donor_id = models.CharField(_("shares the network of"), max_length=64, blank=True, default="")
    hostname = models.TextField(_("hostname"), blank=True, default="")
    pid = models.BigIntegerField(_("pid"), default=0)
    restart_policy = models.CharField(_("restart policy"), max_length=20, blank=True, default="")
    is_auto_removed = models.BooleanField(_("removed when it stops"), default=False)
    ports = models.JSONField(_("ports"), default=list)
    leftover_ports = models.JSONField(_("ports left over from a crash"), default=list)
    labels = models.JSONField(_("labels"), default=dict)
    has_detail = models.BooleanField(_("inspected"), default=False)
    revision = models.BigIntegerField(_("revision"), default=0)

    class Meta:
        ordering = ["name", "docker_id"]
        constraints = [models.UniqueConstraint(fields=["engine", "docker_id"], name="one_row_per_container")]
        indexes = [models.Index(fields=["engine", "revision"], name="container_by_revision")]
        verbose_name = _("container")
        verbose_name_plural = _("containers")

    def __str__(self) -> str:
        return self.name


# What a running container's record alone names, since a connect was refused: it has nothing on such a network.
_REMNANT = Q(container__state__in=WITH_STACK, network__isnull=False, docker_id="", ipv4="", ipv6="")
_REMNANT &= ~Q(network_name__in=WITHOUT_ENDPOINTS)


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    """Endpoints, as they may be asked for."""

    def present(self) -> Self:
        """Return those that a container has, or asks for when it starts: what a refused connect left to one that runs is none."""
        return self.exclude(_REMNANT)


class Endpoint(models.Model):
    """One container's presence on one network: what was asked for, and what was assigned.

    `network` is null for a network that isn't there (a stopped container may name one); `network_name` always stands.
    Addresses are text without prefix length, "" where there is none. What is assigned is so: it is empty while the container has
    no stack, where its network isn't there, or where that has no such endpoint since its driver refused the connect. What the
    Engine's record says nevertheless is `leftover`, by the columns' names; it counts nowhere.
    """

    engine = models.ForeignKey(Engine, models.CASCADE, related_name="endpoints", verbose_name=_("Engine"))
    container = models.ForeignKey(Container, models.CASCADE, related_name="endpoints", verbose_name=_("container"))
    network = models.ForeignKey(Network, models.SET_NULL, null=True, related_name="endpoints", verbose_name=_("network"))
    network_name = models.TextField(_("network name"))
    network_docker_id = models.CharField(_("network ID as Docker gave it"), max_length=64, blank=True, default="")
    docker_id = models.CharField(_("ID"), max_length=64, blank=True, default="")
    # assigned
    ipv4 = models.CharField("IPv4", max_length=15, blank=True, default="")
    ipv4_prefix_length = models.PositiveSmallIntegerField(_("IPv4 prefix length"), null=True)
    ipv4_gateway = models.CharField(_("IPv4 gateway"), max_length=15, blank=True, default="")
    ipv6 = models.CharField("IPv6", max_length=45, blank=True, default="")
    ipv6_prefix_length = models.PositiveSmallIntegerField(_("IPv6 prefix length"), null=True)
    ipv6_gateway = models.CharField(_("IPv6 gateway"), max_length=45, blank=True, default="")
    mac = models.CharField("MAC", max_length=17, blank=True, default="")
    dns_names = models.JSONField(_("DNS names"), default=list)
    leftover = models.JSONField(_("what only the record names"), default=dict, blank=True)
    # asked for
    requested_ipv4 = models.CharField(_("requested IPv4"), max_length=15, blank=True, default="")
    requested_ipv6 = models.CharField(_("requested IPv6"), max_length=45, blank=True, default="")
    link_local_ips = models.JSONField(_("link-local addresses"), default=list)
    aliases = models.JSONField(_("aliases"), default=list)
    links = models.JSONField(_("links"), default=list)
    driver_options = models.JSONField(_("driver options"), default=dict)
    gateway_priority = models.IntegerField(_("gateway priority"), default=0)
    has_detail = models.BooleanField(_("inspected"), default=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["network_name"]
        constraints = [
            models.UniqueConstraint(fields=["container", "network_name"], name="one_endpoint_per_container_and_network")
        ]
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")

    def __str__(self) -> str:
        return f"{self.network_name} {self.ipv4}"


class Tombstone(models.Model):
    """What was here and is gone, for 24 hours. `kind`: network or container. No foreign key into the snapshot."""

    engine = models.ForeignKey(Engine, models.CASCADE, related_name="tombstones", verbose_name=_("Engine"))
    kind = models.CharField(_("kind"), max_length=10)
    docker_id = models.CharField(_("ID"), max_length=64)
    name = models.TextField(_("name"))
    revision = models.BigIntegerField(_("revision"))
    gone_at = models.DateTimeField(_("gone at"), db_index=True)

    class Meta:
        ordering = ["-gone_at"]
        indexes = [
            models.Index(fields=["engine", "kind", "docker_id"], name="tombstone_by_id"),
            models.Index(fields=["engine", "kind", "revision"], name="tombstone_by_revision"),
        ]
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def is_held(leftover: Mapping[str, Any]) -> bool:
    """Tell whether a running container has what is called its leftover: its network wasn't read yet, so every column is kept."""
    return "ipv4_gateway" in leftover


def is_remnant(endpoint: Mapping[str, Any]) -> bool:
    """Tell whether a running container's record alone names this, as `present` does, also where the network isn't there.

    `endpoint`: docker_id, ipv4, ipv6, leftover, network_name and container__state by these names.
    """
    has_nothing = not (endpoint["docker_id"] or endpoint["ipv4"] or endpoint["ipv6"] or is_held(endpoint["leftover"]))
    return has_nothing and endpoint["container__state"] in WITH_STACK and endpoint["network_name"] not in WITHOUT_ENDPOINTS
