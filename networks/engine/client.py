"""The seam: everything that the rest of Netadmin may ask of an Engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from networks.engine.facts import ContainerFact, EngineInfo, EnginePicture, EventFact, InterfaceStats, NetworkFact
from networks.engine.image_facts import ImageFact, LayerFact
from networks.engine.specs import (
    STOP_WAIT_S,
    ConnectSpec,
    ContainerSpec,
    DisconnectSpec,
    ExecSpec,
    InitSpec,
    JoinSpec,
    LeaveSpec,
    NetworkSpec,
    RunSpec,
    ScreenSize,
)
from networks.engine.swarm_facts import ExecFact, JoinTokens, NodeFact


class TerminalStream(Protocol):
    """The two-way stream of one terminal. One thread uses it and waits on `fileno`; any thread may `shutdown`.

    It has no time-out: a person may think for as long as they like.
    """

    @property
    def has_pending(self) -> bool:
        """Tell whether bytes can be read that no wait on the descriptor would tell of."""

    def fileno(self) -> int:
        """Return the descriptor to wait on."""

    def read(self, most_bytes: int) -> bytes | None:
        """Return what has come, at most so much; None where nothing has, b"" at the end. Never waits, never raises."""

    def write(self, content: bytes | memoryview) -> int | None:
        """Send as much as goes out at once and return how much; 0 where nothing does, None at the end. Never waits."""

    def shutdown(self) -> None:
        """End both directions; whoever waits wakes up. Safe from any thread, also twice."""

    def close(self) -> None:
        """Close it, by the thread that uses it. The process behind it goes on: it has to be ended by itself."""


class TerminalClient(Protocol):
    """What may be asked about processes in containers; see EngineClient. Profile terminal."""

    def create_exec(self, spec: ExecSpec, *, has_terminal: bool = True) -> str:
        """Prepare a process and return its id. POST /containers/{id}/exec. `has_terminal`: somebody will speak with it; else it
        has an input alone.

        Raises Conflict where the container doesn't run, or is paused, and NotFound where there is none.
        """

    def open_terminal(self, exec_id: str, size: ScreenSize) -> TerminalStream:
        """Begin a prepared process and speak with it, on a connection of its own. POST /exec/{id}/start, hijacked.

        A program that isn't there is no error here: the Engine says so in the stream, which ends.
        """

    def open_input(self, exec_id: str) -> TerminalStream:
        """Begin a prepared process that has an input alone, on a connection of its own. POST /exec/{id}/start, hijacked.

        Its input ends with the connection, however that ends: the kernel closes it for who is killed (measured with 26.1;
        with a terminal the process hears nothing). A program that isn't there is no error here.
        """

    def resize_exec(self, exec_id: str, size: ScreenSize) -> None:
        """Tell a process how much its terminal shows. POST /exec/{id}/resize?h=…&w=…"""

    def inspect_exec(self, exec_id: str) -> ExecFact:
        """Read whether a process runs, and how it ended. GET /exec/{id}/json. Raises NotFound some minutes after its end."""


class SwarmClient(Protocol):
    """What may be asked about the swarm that an Engine is in; see EngineClient."""

    def list_nodes(self) -> tuple[NodeFact, ...]:
        """Read the nodes of the swarm. GET /nodes. Raises Refused where this Engine is no manager."""

    def read_join_tokens(self) -> JoinTokens:
        """Read what lets others in. GET /swarm. Profile swarm. Raises Refused where this Engine is no manager."""

    def init_swarm(self, spec: InitSpec) -> str:
        """Begin a swarm with this Engine as its manager, and return its node id. POST /swarm/init. Profile swarm."""

    def join_swarm(self, spec: JoinSpec) -> None:
        """Join a swarm; takes 20 s where no manager answers. POST /swarm/join. Profile swarm. No error repeats the token."""

    def leave_swarm(self, spec: LeaveSpec) -> None:
        """Leave the swarm; overlay networks go from this Engine. POST /swarm/leave. Profile swarm."""

    def remove_node(self, node_id: str) -> None:
        """Take a node out of the list that managers keep. DELETE /nodes/{id}. Profile swarm.

        Raises Refused for one that isn't down, or is a manager, and NotFound for one that isn't there.
        """


class ImageClient(Protocol):
    """What may be asked about images; see EngineClient."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system (tar) as an image and return its id. POST /images/create?fromSrc=-. Profile run."""

    def pull_image(self, repository: str, tag: str, tell: Callable[[LayerFact], None] | None = None) -> None:
        """Pull an image; takes up to 300 s. POST /images/create. Profile run.

        `tell`: is told of each layer's progress while the Engine reports it, in this thread. Raises Refused where no registry
        answers, or has no such image.
        """

    def list_images(self) -> tuple[ImageFact, ...]:
        """Read which images are there. GET /images/json."""

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image. GET /images/json?filters=reference."""

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id. DELETE /images/{id}. Profile run."""


class ContainerClient(Protocol):
    """What may be asked about containers beside reading; see EngineClient. Profile run."""

    def run_container(self, spec: ContainerSpec) -> str:
        """Create and start a container, and return its id. POST /containers/create, /containers/{id}/start."""

    def create_container(self, spec: RunSpec) -> str:
        """Create a container, and return its id; it isn't started. POST /containers/create.

        Before API 1.44 it is on the first of its networks alone: see `bodies.connects_after`. Raises NotFound for a missing
        image or donor, Conflict for a taken name.
        """

    def start_container(self, container_id: str) -> None:
        """Start a container; one that runs stays as it is. POST /containers/{id}/start. Raises Refused for a paused one."""

    def stop_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container, and kill it after `wait_s`, at most MOST_STOP_WAIT_S. POST /containers/{id}/stop?t=…

        One that doesn't run stays as it is; one that was started with --rm is gone with it.
        """

    def restart_container(self, container_id: str, wait_s: int = STOP_WAIT_S) -> None:
        """Stop a container as above and start it, or start a stopped one. POST /containers/{id}/restart?t=…

        Raises Refused where it can't start again: it is stopped then.
        """

    def kill_container(self, container_id: str) -> None:
        """End a container at once, by SIGKILL. POST /containers/{id}/kill. Raises Conflict for one that doesn't run."""

    def pause_container(self, container_id: str) -> None:
        """Freeze a container's processes. POST /containers/{id}/pause. Raises Conflict where it is paused or doesn't run."""

    def unpause_container(self, container_id: str) -> None:
        """Let a paused container go on. POST /containers/{id}/unpause. Raises Refused for one that isn't paused."""

    def rename_container(self, container_id: str, name: str) -> None:
        """Give a container another name. POST /containers/{id}/rename?name=… Raises Conflict where another has it."""

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes. DELETE /containers/{id}."""


class EventStream(Protocol):
    """An open event stream. Iterating ends, without an error, when the stream ends for whatever reason."""

    def __iter__(self) -> Iterator[EventFact]: ...

    def close(self) -> None:
        """End the stream; safe from another thread, also twice."""


class EngineClient(ContainerClient, ImageClient, SwarmClient, TerminalClient, Protocol):
    """One thread's way to one Engine. Every call raises only EngineError and ends by its total deadline.

    Ids are full ids; anything else raises NotAllowed before a byte is sent.
    """

    def ping(self) -> None:
        """Ask for a sign of life. GET /_ping, 3 s. Raises Unreachable, TimedOut."""

    def negotiate(self) -> str:
        """Return the newest API version that both speak; asked for once a connection. Raises Incompatible when there is none."""

    def info(self) -> EngineInfo:
        """Read who answers. GET /version, GET /info."""

    def picture(self) -> EnginePicture:
        """Read everything by two calls: GET /networks and GET /containers/json?all=1.

        Here and below, what a record leaves in doubt is asked of its network, GET /networks/{id}, once for each endpoint: a
        connect that the driver refused left one in it that doesn't exist.
        """

    def list_containers(self, ids: Sequence[str]) -> tuple[ContainerFact, ...]:
        """Read these containers from the list (may lag events by 2 ms); gone ones are missing. One call for up to 60 ids."""

    def inspect_container(self, container_id: str) -> ContainerFact:
        """Read one container, fresh and with detail. Waits up to 0.5 s for one that is starting. Raises NotFound."""

    def inspect_network(self, network_id: str) -> NetworkFact:
        """Read one network, fresh. Raises NotFound."""

    def read_stats(self, container_id: str) -> tuple[InterfaceStats, ...]:
        """Read what a container's interfaces have counted, by name; none for one that doesn't run, or is on host or none.

        GET /containers/{id}/stats?stream=false&one-shot=true: 1 to 2 ms. Raises NotFound.
        """

    def events(self, since_nano: int | None = None) -> EventStream:
        """Open the stream of network, container and daemon events, replaying from `since_nano` inclusive."""

    def create_network(self, spec: NetworkSpec) -> str:
        """Create a network and return its id. POST /networks/create."""

    def remove_network(self, network_id: str) -> None:
        """Remove a network. DELETE /networks/{id}."""

    def connect_container(self, spec: ConnectSpec) -> None:
        """Put a container on a network. POST /networks/{id}/connect."""

    def disconnect_container(self, spec: DisconnectSpec) -> None:
        """Take a container off a network. POST /networks/{id}/disconnect."""

    def withdraw(self) -> str:
        """Let no change leave any more, unless one has: return that one, such as "POST /networks/create", else "".

        Safe from another thread; a change that comes after it raises TimedOut (`was_sent` false).
        """

    def close(self) -> None:
        """Close its connections; safe from another thread."""
