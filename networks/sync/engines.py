"""The Engines that we make by ourselves: the first, from DOCKER_HOST, and the lab's."""

from __future__ import annotations

from networks.models import Engine, EngineStatus

LOCAL_SLUG = "local"


def ensure_local_engine(url: str, netns: str = "") -> Engine:
    """Return the Engine `local` at `url`, making it at the first start and moving it when the variable changed.

    `netns`: path of its network namespace; "" leaves what was typed in the admin site.
    """
    return ensure_engine(LOCAL_SLUG, LOCAL_SLUG, url, netns)


def ensure_engine(slug: str, name: str, url: str, netns: str = "") -> Engine:
    """Return the Engine of this slug at `url`, with its status row; an existing one keeps its name."""
    engine, _ = Engine.objects.get_or_create(slug=slug, defaults={"name": name, "url": url})
    if engine.url != url:
        engine.url = url
        engine.save(update_fields=["url"])
    if netns and engine.netns != netns:
        engine.netns = netns
        engine.save(update_fields=["netns"])
    EngineStatus.objects.get_or_create(engine=engine)
    return engine
