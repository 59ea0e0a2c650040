"""The Engines that we make by ourselves: the first, from DOCKER_HOST, and the lab's."""

from __future__ import annotations

from django.conf import settings

from networks.models import Engine, EngineStatus


def ensure_local_engine(url: str, netns: str = "") -> Engine:
    """Return this server's own Engine at `url`, making it at the first start and moving it when the variable changed.

    `netns`: path of its network namespace; "" leaves what was typed in the admin site.
    """
    return ensure_engine(settings.NETADMIN_ENGINE, settings.NETADMIN_ENGINE, url, netns)


def ensure_own_engine() -> Engine | None:
    """Do so as the settings say; None where this server has no Engine of its own."""
    if not settings.NETADMIN_ENGINE:
        return None
    return ensure_local_engine(settings.NETADMIN_DOCKER_HOST, settings.NETADMIN_NETNS)


def is_own(engine: Engine) -> bool:
    """Tell whether this Engine is the one of this server's DOCKER_HOST."""
    return engine.slug == settings.NETADMIN_ENGINE


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
