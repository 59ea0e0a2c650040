"""Drivers that an Engine would look for in vain: refused at once, for it takes 15 s to give up."""

from __future__ import annotations

from networks.engine.errors import NotAllowed
from networks.models import Engine, EngineStatus
from networks.models.said import say as _
from networks.queries.ground import OWN_DRIVERS
from networks.sync.plugins import look_again


def refuse_missing_driver(engine: Engine, driver: str) -> None:
    """Return where the Engine has the driver, or may have it. Raises NotAllowed else. An Engine that was never read is asked."""
    listed = EngineStatus.objects.filter(engine=engine).values_list("network_drivers", flat=True).first()
    if driver in OWN_DRIVERS and (not listed or driver in listed):
        return
    plugins = look_again(engine.url)
    if listed and driver not in listed and driver not in plugins.found:
        known = ", ".join(sorted(listed))
        raise NotAllowed(_("This Engine has no driver “%(driver)s”. It has %(known)s.") % {"driver": driver, "known": known})
    _refuse(driver, plugins.trouble_of(driver) if driver not in OWN_DRIVERS else "")


def refuse_dead_plugin(engine: Engine, driver: str) -> None:
    """Return where a network's driver can be asked: Docker's own, and plugins that answer. Raises NotAllowed else."""
    if driver not in OWN_DRIVERS:
        _refuse(driver, look_again(engine.url).trouble_of(driver))


def _refuse(driver: str, trouble: str) -> None:
    if trouble:
        words = {
            "dead": _("The plugin %(driver)s isn't running: nothing answers at its socket."),
            "gone": _("The plugin %(driver)s is gone; networks that use it are still there."),
            "silent": _("The plugin %(driver)s doesn't answer at its socket."),
            "other": _("%(driver)s is a plugin, but not one for networks."),
        }
        raise NotAllowed(words[trouble] % {"driver": driver})
