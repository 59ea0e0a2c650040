"""Engines, what we know of their state, and who may do what to them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from networks.hostnet.linux.namespaces import is_netns_path

LAGGING_AFTER_S = 15.0  # two heartbeats of 5 s and their deadline
STALE_AFTER_S = 60.0


def new_epoch() -> str:
    """Return a fresh epoch: revisions of two epochs can't be compared."""
    return uuid.uuid4().hex


def check_netns(path: str) -> None:
    """Raise ValidationError where a path names no network namespace."""
    if not is_netns_path(path):
        raise ValidationError(_("This names no network namespace: /run/netns/NAME or /proc/PID/ns/net would."), "netns")


class Engine(models.Model):
    """One dockerd at a URL. `local` is made from DOCKER_HOST by `serve`.

    `netns`: path of the network namespace that it runs in, "" where that is ours or can be found out. `registries`: those that
    operators may pull from besides Docker Hub and those of the Engine's own configuration. `unprotected`: ids of networks and
    containers whose label netadmin.protect a superuser lifted.
    """

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    url = models.CharField(_("URL"), max_length=300)
    netns = models.CharField(
        _("network namespace"),
        max_length=300,
        blank=True,
        default="",
        validators=[check_netns],
        help_text=_("Where the Engine runs in another one than Netadmin: /run/netns/NAME or /proc/PID/ns/net."),
    )

    is_terminal_on = models.BooleanField(
        _("terminals"),
        default=False,
        help_text=_("People who were given a terminal here can open one in the Engine's containers."),
    )

    registries = models.JSONField(_("permitted registries"), default=list, blank=True)
    unprotected = models.JSONField(_("lifted protection"), default=list, blank=True, editable=False)

    class Meta:
        ordering = ["slug"]
        verbose_name = _("Engine")
        verbose_name_plural = _("Engines")

    def __str__(self) -> str:
        return self.name


class EngineState(models.TextChoices):
    """How much of what we show can be trusted."""

    LIVE = "live", _("live")
    LAGGING = "lagging", _("lagging")
    STALE = "stale", _("stale")
    DISCONNECTED = "disconnected", _("disconnected")
    INCOMPATIBLE = "incompatible", _("incompatible")


class EngineStatus(models.Model):
    """State, revision and follower of one Engine, in a row of their own; emptying the snapshot leaves it alone.

    `epoch` and `revision`: what a page was drawn at; another epoch means another history. `as_of`: when the snapshot was last
    known to be equal to the Engine. `docker_id`: the Engine's own ID. `last_error`: in the Engine's or the system's words.
    `network_drivers`: list of text. What is said of the swarm: as in SwarmStanding of engine/facts.py; `swarm_nodes`: documents
    with the members of NodeFact; `overlay_peers`: (name, address) pairs by network id. Written by `sync` alone.
    """

    engine = models.OneToOneField(Engine, models.CASCADE, related_name="status", verbose_name=_("Engine"))
    state = models.CharField(_("state"), max_length=12, choices=EngineState.choices, default=EngineState.DISCONNECTED.value)
    state_since = models.DateTimeField(_("since"), null=True)
    as_of = models.DateTimeField(_("as of"), null=True)
    next_try_at = models.DateTimeField(_("next try at"), null=True)
    epoch = models.CharField(_("epoch"), max_length=32, default=new_epoch)
    revision = models.BigIntegerField(_("revision"), default=0)
    last_error = models.TextField(_("last error"), blank=True, default="")
    docker_id = models.CharField(_("Docker's ID"), max_length=80, blank=True, default="")
    docker_name = models.CharField(_("name of its machine"), max_length=255, blank=True, default="")
    version = models.CharField(_("version"), max_length=60, blank=True, default="")
    api_version = models.CharField(_("API version in use"), max_length=12, blank=True, default="")
    min_api_version = models.CharField(_("oldest API version"), max_length=12, blank=True, default="")
    os = models.CharField(_("operating system"), max_length=120, blank=True, default="")
    kernel = models.CharField(_("kernel"), max_length=120, blank=True, default="")
    architecture = models.CharField(_("architecture"), max_length=40, blank=True, default="")
    network_drivers = models.JSONField(_("network drivers"), default=list)
    default_address_pools = models.JSONField(_("default address pools"), default=list)
    registries = models.JSONField(_("registries of its configuration"), default=list)
    is_rootless = models.BooleanField(_("runs without root"), default=False)
    is_swarm_manager = models.BooleanField(_("swarm manager"), default=False)
    swarm_state = models.CharField(_("state in the swarm"), max_length=20, blank=True, default="")
    swarm_node_id = models.CharField(_("node ID"), max_length=40, blank=True, default="")
    swarm_address = models.CharField(_("address in the swarm"), max_length=100, blank=True, default="")
    swarm_error = models.TextField(_("error of the swarm"), blank=True, default="")
    swarm_managers = models.JSONField(_("addresses of managers"), default=list)
    swarm_id = models.CharField(_("swarm ID"), max_length=40, blank=True, default="")
    swarm_pools = models.JSONField(_("pools of overlay networks"), default=list)
    swarm_subnet_size = models.PositiveSmallIntegerField(_("prefix length of overlay networks"), default=0)
    data_path_port = models.PositiveIntegerField(_("data path port"), default=0)
    swarm_nodes = models.JSONField(_("nodes"), default=list)
    overlay_peers = models.JSONField(_("peers of overlay networks"), default=dict)
    follower = models.CharField(_("follower"), max_length=120, blank=True, default="")
    is_another_engine = models.BooleanField(_("another Engine answered at this URL"), default=False)
    resyncs = models.BigIntegerField(_("resyncs"), default=0)
    mended_rows = models.BigIntegerField(_("rows mended by resyncs"), default=0)
    events_seen = models.BigIntegerField(_("events seen"), default=0)

    class Meta:
        verbose_name = _("Engine status")
        verbose_name_plural = _("Engine status")

    def __str__(self) -> str:
        return f"{self.engine.slug}: {self.state}"

    def state_at(self, now: datetime) -> str:
        """Return the state that may be shown at `now`: a follower that died can't tell us, so the proof's age does."""
        return state_at(self.state, self.as_of, now)


def state_at(state: str, as_of: datetime | None, now: datetime) -> str:
    """Return the state that may be shown at `now` of one that was written with its proof at `as_of`."""
    if state not in (EngineState.LIVE, EngineState.LAGGING) or as_of is None:
        return state
    age_s = (now - as_of).total_seconds()
    if age_s > STALE_AFTER_S:
        return EngineState.STALE.value
    return EngineState.LAGGING.value if age_s > LAGGING_AFTER_S else state


class Role(models.TextChoices):
    """What a grant gives."""

    VIEWER = "viewer", _("viewer")
    OPERATOR = "operator", _("operator")
    ADMIN = "admin", _("admin")


class Grant(models.Model):
    """One person's role on one Engine. A superuser needs none: `role` "" holds nothing but a terminal.

    `has_terminal`: may open terminals there, while the Engine has them on; in no role. `is_mapped`: a group of their sign-on gave
    the role, and each log-in by sign-on decides anew; made by hand it stays.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants", verbose_name=_("user"))
    engine = models.ForeignKey(Engine, models.CASCADE, related_name="grants", verbose_name=_("Engine"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER.value, blank=True)
    has_terminal = models.BooleanField(_("terminal"), default=False)
    is_mapped = models.BooleanField(_("by a group"), default=False, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "engine"], name="one_grant_per_user_and_engine")]
        verbose_name = _("grant")
        verbose_name_plural = _("grants")

    def __str__(self) -> str:
        return f"{self.user} · {self.engine} · {self.role}"

    def clean(self) -> None:
        """Take what comes from a form as made by hand."""
        self.is_mapped = False


class SyncRequest(models.Model):
    """ "Look again, please", from a process that isn't the follower's; answered by setting `done_at`.

    `docker_ids`: ids to look at, empty for everything. Written by `sync` alone.
    """

    engine = models.ForeignKey(Engine, models.CASCADE, related_name="sync_requests")
    docker_ids = models.JSONField(default=list)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.engine_id} {self.asked_at}"
