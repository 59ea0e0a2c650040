"""The snapshot of networks and their IPAM pools. Written by `sync` alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.models.engine import Engine


class Network(models.Model):
    """A network as the Engine last showed it. `hue`: 0 grey (host, none), 1 to 10, kept for its life.

    `revision`: the Engine's revision at which anything that the network's row shows last changed, endpoints and the states of
    their containers included.
    """

    engine = models.ForeignKey(Engine, models.CASCADE, related_name="networks", verbose_name=_("Engine"))
    docker_id = models.CharField(_("ID"), max_length=64)
    name = models.TextField(_("name"))
    driver = models.TextField(_("driver"))
    scope = models.CharField(_("scope"), max_length=40)
    created_at = models.DateTimeField(_("created"), null=True)
    is_internal = models.BooleanField(_("internal"), default=False)
    is_attachable = models.BooleanField(_("attachable"), default=False)
    is_ingress = models.BooleanField(_("ingress"), default=False)
    is_config_only = models.BooleanField(_("config only"), default=False)
    config_from = models.TextField(_("config from"), blank=True, default="")
    has_ipv4 = models.BooleanField(_("IPv4"), default=True)
    has_ipv6 = models.BooleanField(_("IPv6"), default=False)
    ipam_driver = models.TextField(_("IPAM driver"), blank=True, default="default")
    ipam_options = models.JSONField(_("IPAM options"), default=dict)
    options = models.JSONField(_("options"), default=dict)
    labels = models.JSONField(_("labels"), default=dict)
    hue = models.PositiveSmallIntegerField(_("hue"), default=0)
    revision = models.BigIntegerField(_("revision"), default=0)

    class Meta:
        ordering = ["name", "docker_id"]
        constraints = [models.UniqueConstraint(fields=["engine", "docker_id"], name="one_row_per_network")]
        indexes = [models.Index(fields=["engine", "revision"], name="network_by_revision")]
        verbose_name = _("network")
        verbose_name_plural = _("networks")

    def __str__(self) -> str:
        return self.name


class Pool(models.Model):
    """One IPAM pool of a network: subnet, ip range and gateway as text; `aux_addresses`: name to address.

    `besides`: how many addresses of the subnet the Engine counts as taken besides those of endpoints, `besides_in_range`: of
    what it hands out; null where it doesn't count, or hasn't been asked since the network came.
    """

    network = models.ForeignKey(Network, models.CASCADE, related_name="pools", verbose_name=_("network"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    subnet = models.CharField(_("subnet"), max_length=50)
    ip_range = models.CharField(_("IP range"), max_length=50, blank=True, default="")
    gateway = models.CharField(_("gateway"), max_length=45, blank=True, default="")
    aux_addresses = models.JSONField(_("aux addresses"), default=dict)
    besides = models.IntegerField(_("taken without an endpoint"), null=True)
    besides_in_range = models.IntegerField(_("taken without an endpoint, in the IP range"), null=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["network", "position"], name="one_pool_per_position")]
        verbose_name = _("IPAM pool")
        verbose_name_plural = _("IPAM pools")

    def __str__(self) -> str:
        return self.subnet
