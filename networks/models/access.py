"""How each Engine is reached: its URL and its credentials, which are sealed before they are stored."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, models
from django.utils.translation import gettext_lazy

from networks.engine.access.facts import AccessFault, EngineAccess, Fault, Scheme, SshMaterial, TlsMaterial
from networks.engine.access.parsing import parse_engine_url
from networks.models.engine import Engine
from networks.models.sealing import Unsealable, is_bound, open_for, seal_for
from networks.models.stored_sentences import say as _

PURPOSE = "engine credentials"

_LOST = (
    "The credentials of this Engine were sealed with another secret key and can't be opened any more: "
    "type them again on its page, or bring the key back."
)

# What is looked for on the machine of an Engine whose socket is another server's is looked for where nobody is: not here.
_AWAY = "ssh://another-server"


class EngineCredentials(models.Model):
    """What proves who we are to one Engine. `sealed`: opened only by `access_of`; shown nowhere."""

    engine = models.OneToOneField(Engine, models.CASCADE, related_name="credentials", verbose_name=gettext_lazy("Engine"))
    sealed = models.TextField(gettext_lazy("sealed"), editable=False)

    class Meta:
        verbose_name = gettext_lazy("credentials of an Engine")
        verbose_name_plural = gettext_lazy("credentials of Engines")

    def __str__(self) -> str:
        return f"credentials of {self.engine_id}"


@dataclass(frozen=True, slots=True)
class EngineDraft:
    """What was typed of an Engine, checked. `access`: with its secrets, which go nowhere but into `keep_credentials`."""

    slug: str
    name: str
    access: EngineAccess
    netns: str = ""
    registries: tuple[str, ...] = ()


def is_elsewhere(engine: Engine) -> bool:
    """Tell whether an Engine is reached by a socket or by loopback of another server's machine: there it is another Docker."""
    return _leads_elsewhere(engine.slug, engine.url)


def url_from_here(slug: str, url: str) -> str:
    """Return the URL by which this process may look for what is beside an Engine on its machine: plugins, ports, links.

    It leads away from here where the Engine is elsewhere, for at its path another Docker may listen, or none.
    """
    return _AWAY if _leads_elsewhere(slug, url) else url


def machine_from_here(slug: str, netns: str, url: str) -> tuple[str, str]:
    """Return the path of an Engine's network namespace and its URL, both as they hold on this machine."""
    return ("", _AWAY) if _leads_elsewhere(slug, url) else (netns, url)


def _leads_elsewhere(slug: str, url: str) -> bool:
    return (
        connection.vendor != "sqlite"  # one machine
        and _is_of_one_machine(url)
        and slug != settings.NETADMIN_ENGINE
    )


def _is_of_one_machine(url: str) -> bool:
    """Tell whether a URL leads to another Docker on each machine: a path, or an address of loopback."""
    if url.startswith("unix://"):
        return True
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def access_of(engine: Engine) -> EngineAccess:
    """Return how this Engine is reached: the one way from a row to a client. One query where it may have credentials.

    Raises AccessFault for a URL of no use, and for credentials that another secret key sealed.
    """
    if is_elsewhere(engine):
        words = _(
            "This Engine's socket is on the machine of another of these servers, which is the one that can ask it: "
            "open this page there, or reach the Engine by TLS or ssh."
        )
        raise AccessFault(Fault.ELSEWHERE, words)
    address = parse_engine_url(engine.url)
    if address.scheme is Scheme.UNIX:
        return EngineAccess(address)
    sealed = EngineCredentials.objects.filter(engine_id=engine.pk).values_list("sealed", flat=True).first()
    kept = _open(sealed, engine.pk) if sealed else {}
    if address.scheme is Scheme.SSH and "ssh_key" in kept:
        return EngineAccess(address, ssh=SshMaterial(kept["ssh_key"], kept["host_key"]))
    if address.scheme is Scheme.TCP and "tls_key" in kept:
        return EngineAccess(address, tls=TlsMaterial(kept["ca"], kept["certificate"], kept["tls_key"]))
    return EngineAccess(address)


def keep_credentials(engine: Engine, access: EngineAccess) -> None:
    """Seal and store what this access needs, in place of what was kept before; nothing is kept where it needs nothing."""
    kept: dict[str, str] = {}
    if access.tls is not None:
        kept = {"ca": access.tls.ca, "certificate": access.tls.certificate, "tls_key": access.tls.key}
    if access.ssh is not None:
        kept = {"ssh_key": access.ssh.key, "host_key": access.ssh.host_key}
    if kept:
        EngineCredentials.objects.update_or_create(engine=engine, defaults={"sealed": _seal(kept, engine.pk)})
    else:
        EngineCredentials.objects.filter(engine=engine).delete()


def reseal_credentials(*, only_loose: bool = False) -> int:
    """Seal all credentials anew with the secret key of now, each for its row; return how many. Those that nothing opens stay.

    `only_loose`: those alone that a version before sealed for no row.
    """
    count = 0
    for row in EngineCredentials.objects.all():
        if only_loose and is_bound(row.sealed):
            continue
        try:
            text = open_for(row.sealed, PURPOSE, _row_of(row.engine_id))
        except Unsealable:
            continue
        # Where somebody typed others meanwhile, those stay.
        found = EngineCredentials.objects.filter(pk=row.pk, sealed=row.sealed)
        count += found.update(sealed=seal_for(text, PURPOSE, _row_of(row.engine_id)))
    return count


def _seal(kept: dict[str, str], engine_id: int) -> str:
    return seal_for(json.dumps(kept), PURPOSE, _row_of(engine_id))


def _open(sealed: str, engine_id: int) -> dict[str, str]:
    try:
        return dict(json.loads(open_for(sealed, PURPOSE, _row_of(engine_id))))
    except ValueError as error:
        raise AccessFault(Fault.LOST, _LOST) from error


def _row_of(engine_id: int) -> str:
    """Return what sealed credentials are bound to: put into another Engine's row they open nothing."""
    return f"engine {engine_id}"
