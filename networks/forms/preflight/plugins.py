"""Whether the plugin behind a network can be asked: said at once, for Docker tries for 15 s whatever is wanted of it."""

from __future__ import annotations

from collections.abc import Iterator

from networks.addressing.findings import Finding, bad
from networks.models import Engine
from networks.queries.ground import OWN_DRIVERS
from networks.sync.plugins import plugins_of


def check_plugin(engine_slug: str, driver: str) -> Iterator[Finding]:
    """Yield that a network's driver is a plugin that can't serve, where that can be seen from here.

    Nothing is asked about Docker's own drivers; about others once in two seconds, for half a second per plugin at most.
    """
    if not driver or driver in OWN_DRIVERS:
        return
    url = Engine.objects.filter(slug=engine_slug).values_list("url", flat=True).first()
    plugins = plugins_of(url or "")
    if trouble := plugins.trouble_of(driver):
        plugin = plugins.found.get(driver)
        yield bad("driver", f"plugin_{trouble}", driver=driver, address=plugin.address if plugin else "")
