"""The first Engine, made from DOCKER_HOST."""

from __future__ import annotations

from networks.models import Engine, EngineStatus

LOCAL_SLUG = "local"


def ensure_local_engine(url: str, netns: str = "") -> Engine:
    """Return the Engine `local` at `url`, making it at the first start and moving it when the variable changed.

    `netns`: path of its network namespace; "" leaves what was typed in the admin site.
    """
    engine, _ = Engine.objects.get_or_create(slug=LOCAL_SLUG, defaults={"name": LOCAL_SLUG, "url": url})
    if engine.url != url:
        engine.url = url
        engine.save(update_fields=["url"])
    if netns and engine.netns != netns:
        engine.netns = netns
        engine.save(update_fields=["netns"])
    EngineStatus.objects.get_or_create(engine=engine)
    return engine
