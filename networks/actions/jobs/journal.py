"""What one step writes down as it is done, and what all steps of a job share: the client, and what is to be looked at."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from networks.actions.clients import open_client
from networks.engine.allow_list import Profile, ProtectedIds
from networks.engine.client import EngineClient
from networks.models import Engine, JobStep, OutcomeKind, StepState
from networks.models.stored_sentences import columns_of
from networks.policy.protection import protection_of
from networks.sync.supervisor import followers

LOOK_EVERY_S = 1.0  # events bring nearly all of it sooner; a look costs the Engine an inspect of each

_ENDS = {
    OutcomeKind.OK: StepState.DONE,
    OutcomeKind.REFUSED: StepState.REFUSED,
    OutcomeKind.FAILED: StepState.WAITING,  # it never came to asking, so it is still to do, after a crash as well
    OutcomeKind.UNKNOWN: StepState.UNKNOWN,
    OutcomeKind.DENIED: StepState.DENIED,
}


@dataclass(slots=True)
class StepResources:
    """What the steps of one job share. Used by the job's thread alone."""

    engine: Engine
    clients: dict[Profile, EngineClient] = field(default_factory=dict)
    protected: ProtectedIds | None = None
    unseen: set[str] = field(default_factory=set)
    looked_at: float = field(default_factory=time.monotonic)

    def client(self, profile: Profile) -> EngineClient:
        """Return the client of this profile, made at its first use, and anew where something else is protected since."""
        protected = protection_of(self.engine.slug).ids
        if protected != self.protected:
            self.close()
            self.protected = protected
        if profile not in self.clients:
            self.clients[profile] = open_client(self.engine, profile)
        return self.clients[profile]

    def look(self, docker_ids: tuple[str, ...] = (), *, is_last: bool = False) -> None:
        """Have the follower look at these ids: at once at the job's end, else in a while, together with others."""
        self.unseen.update(docker_ids)
        follower = followers.get(self.engine.slug)
        if follower is None or not self.unseen or not (is_last or time.monotonic() - self.looked_at > LOOK_EVERY_S):
            return
        follower.look(tuple(self.unseen))
        self.unseen.clear()
        self.looked_at = time.monotonic()

    def close(self) -> None:
        """Close the clients."""
        for client in self.clients.values():
            client.close()
        self.clients.clear()


class StepJournal:
    """Writes a step's beginning and its end, each together with the row of the action that it belongs to."""

    def __init__(self, step: JobStep, tools: StepResources) -> None:
        self.origin: Mapping[str, int] = {"job": step.job_id, "step": step.position}
        self._step = step
        self._tools = tools

    def begin(self, action_id: int) -> None:
        """Write that the step is started, as this action."""
        self._write(
            state=StepState.STARTED, action_id=action_id, started_at=timezone.now(), ended_at=None, status=0, **columns_of("")
        )

    def end(self, kind: OutcomeKind, sentence: str, status: int) -> None:
        """Write what came of it."""
        self._write(state=_ENDS[kind], ended_at=timezone.now(), status=status, **columns_of(sentence))

    def client(self, profile: Profile) -> EngineClient:
        """Return the job's client."""
        return self._tools.client(profile)

    def look_later(self, docker_ids: tuple[str, ...]) -> None:
        """Have the follower look."""
        self._tools.look(docker_ids)

    def _write(self, **columns: object) -> None:
        for name, value in columns.items():
            setattr(self._step, name, value)
        JobStep.objects.filter(pk=self._step.pk).update(**columns)
