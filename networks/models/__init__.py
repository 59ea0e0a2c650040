"""What the database remembers of Docker, and what people asked of it."""

from __future__ import annotations

from networks.models.access import EngineCredentials
from networks.models.account import BrowserSession, SecondStepDuty, SignOnIdentity
from networks.models.action import Action, Outcome, OutcomeKind
from networks.models.address import AddressAssignment, WatchedSpan
from networks.models.container import Container, Endpoint, Tombstone
from networks.models.engine import Engine, EngineState, EngineStatus, Grant, Role, SyncRequest
from networks.models.event import Event
from networks.models.installation import Installation
from networks.models.job import Job, JobState, JobStep, JobStop, StepState
from networks.models.lease import LeaseLost, LeaseRow
from networks.models.network import Network, Pool
from networks.models.trail import Trail

__all__ = [
    "Action",
    "AddressAssignment",
    "BrowserSession",
    "Container",
    "Endpoint",
    "Engine",
    "EngineCredentials",
    "EngineState",
    "EngineStatus",
    "Event",
    "Grant",
    "Installation",
    "Job",
    "JobState",
    "JobStep",
    "JobStop",
    "LeaseLost",
    "LeaseRow",
    "Network",
    "Outcome",
    "OutcomeKind",
    "Pool",
    "Role",
    "SecondStepDuty",
    "SignOnIdentity",
    "StepState",
    "SyncRequest",
    "Tombstone",
    "Trail",
    "WatchedSpan",
]
