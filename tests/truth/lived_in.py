"""A random world that Netadmin follows and whose machine it watches, in this process, with an admin's browser to read its pages.

with LivedIn(fresh_engine, tmp_path, seed=7) as lived:
    lived.build(containers=12, operations=60)
    lived.client.get(f"/containers/{lived.slug}/{docker_id}/")
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from django.contrib.auth import get_user_model
from django.test import Client

from networks.actions.jobs.threads import start_runners, stop_runners
from networks.management.commands.snapshot import snapshot_of
from networks.models import Container, EngineStatus, Job, JobState, Network
from networks.sync.host.board import picture_of
from networks.sync.requests import request_sync
from networks.sync.supervisor import followers
from tests.private_engine import PrivateEngine, wait_until
from tests.sync.host.ties import true_ties
from tests.sync.host.watching import Watching
from tests.sync.truth import remembered, truth
from tests.truth.world import World

_KEY = re.compile(r'name="key" value="([^"]+)"')
# What no event tells is found by the next resync, after 10 s at most.
QUIET_WITHIN_S = 60.0


class LivedIn:
    """A context manager around one world. `client`: the browser of a superuser; `slug`: the Engine's."""

    def __init__(self, engine: PrivateEngine, data_dir: Path, seed: int) -> None:
        self.engine = engine
        self.data_dir = data_dir
        self.world = World(engine, seed, self._move)
        self.client = Client()
        self._watching = Watching(engine, data_dir)
        self.slug = self._watching.slug
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self._watching)
            followers[self.slug] = self._watching.follower
            stack.callback(followers.pop, self.slug)
            start_runners()
            stack.callback(stop_runners)
            stack.enter_context(self.world)
            self.client.force_login(get_user_model().objects.create_superuser("root"))
            self._open = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._open.close()

    def build(self, *, containers: int, operations: int, **blows: int) -> None:
        """Make the world, and wait until the snapshot is live and all is quiet. `blows`: as World.operate has them."""
        self.world.build(containers)
        self.world.operate(operations, **blows)
        self.world.settle()
        self.wait_quiet()

    def wait_quiet(self) -> None:
        """Wait until the snapshot has what the Engine has, and the picture knows the host's links."""
        wait_until(lambda: EngineStatus.objects.filter(engine__slug=self.slug, state="live").exists(), "live", deadline_s=30)
        # A connection that was refused causes no event, and no list has it: only who looks at the container sees it.
        request_sync(self.slug, self.world.containers, timeout_s=10)
        request_sync(self.slug, timeout_s=10)
        row = EngineStatus.objects.get(engine__slug=self.slug).engine

        def is_caught_up() -> bool:
            now, seen = truth(self.engine.socket), remembered(snapshot_of(row))
            return [one["id"] for one in now["containers"]] == [one["id"] for one in seen["containers"]] and all(
                one in seen["containers"] for one in now["containers"]
            )

        wait_until(is_caught_up, "a snapshot that has caught up", deadline_s=QUIET_WITHIN_S, interval_s=0.1)

        def is_seen() -> bool:
            links = picture_of(self.slug).links
            known = {(one.fact.index, one.peer.container_id) for one in links if one.peer and one.peer.network_id}
            return {(tie.index, tie.container_id) for tie in true_ties(self.engine)} <= known

        wait_until(is_seen, "the picture of the host's links", deadline_s=QUIET_WITHIN_S, interval_s=0.1)

    def _move(self, container_id: str, network_id: str) -> bool:
        """Move a container off none by the page that does it, as soon as the snapshot knows both; whether the job was done."""
        wait_until(lambda: EngineStatus.objects.filter(engine__slug=self.slug, state="live").exists(), "live", deadline_s=30)
        request_sync(self.slug, timeout_s=10)
        assert Container.objects.filter(docker_id=container_id).exists()
        assert Network.objects.filter(docker_id=network_id).exists()
        url = f"/containers/{self.slug}/{container_id}/move/"
        key = _KEY.search(self.client.get(url).content.decode())
        assert key is not None
        answer = self.client.post(url, {"key": key[1], "network_id": network_id})
        if answer.status_code != 302:
            return False
        job = Job.objects.get(pk=int(answer["Location"].rstrip("/").rpartition("/")[2]))
        ended = wait_until(
            lambda: Job.objects.filter(pk=job.pk, ended_at__isnull=False).first(), "the job's end", deadline_s=60, interval_s=0.05
        )
        return bool(ended.state == JobState.DONE)
