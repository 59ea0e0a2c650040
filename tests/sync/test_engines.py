"""The first Engine, and where other namespaces may be named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from networks.hostnet.linux.namespaces import is_netns_path
from networks.models import Engine
from networks.sync.engines import ensure_local_engine


@pytest.mark.parametrize("path", ["/run/netns/blue", "/var/run/netns/blue", "/run/netns/..blue", "/proc/12345/ns/net"])
def test_it_knows_the_path_of_a_namespace(path: str) -> None:
    assert is_netns_path(path)
    Engine(slug="other", name="other", url="unix:///nowhere", netns=path).clean_fields()


@pytest.mark.parametrize(
    "path",
    [
        "blue",
        "/run/netns/",
        "/run/netns/..",
        "/run/netns/../../etc/passwd",
        "/run/netns/a/b",
        "/run/netns/blue\n",
        "/proc/self/ns/net",
        "/proc/0/ns/net",
        "/proc/1/ns/mnt",
        "/etc/passwd",
    ],
)
def test_it_refuses_every_other_path(path: str) -> None:
    assert not is_netns_path(path)
    with pytest.raises(ValidationError):
        Engine(slug="other", name="other", url="unix:///nowhere", netns=path).clean_fields()


@pytest.mark.django_db
def test_it_takes_the_namespace_of_the_first_engine_from_the_environment() -> None:
    ensure_local_engine("unix:///nowhere", "/run/netns/blue")
    kept = ensure_local_engine("unix:///nowhere")
    moved = ensure_local_engine("unix:///nowhere", "/run/netns/red")

    assert (kept.netns, moved.netns) == ("/run/netns/blue", "/run/netns/red")
    assert Engine.objects.get().netns == "/run/netns/red"
