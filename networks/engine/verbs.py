"""What can be asked of an Engine, noun by noun, and how long each kind of call may take."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial

from networks.engine import specs
from networks.engine.access.facts import EngineAccess
from networks.engine.allow_list import AllowList, Noun, full_id
from networks.engine.bodies import container_body, exec_body, init_body, input_body, join_body, run_body, terminal_body
from networks.engine.errors import EngineError, NotAllowed, ProtocolFault, Refused
from networks.engine.image_facts import ImageFact, LayerFact
from networks.engine.parsing.containers import parse_exec
from networks.engine.parsing.engines import OLDEST_API, parse_new_node, parse_nodes, parse_tokens, read_api_version
from networks.engine.parsing.images import parse_images, parse_imported, parse_layer, parse_progress
from networks.engine.parsing.refusals import say_without_body
from networks.engine.parsing.values import child, parse_done, parse_json
from networks.engine.swarm_facts import ExecFact, JoinTokens, NodeFact
from networks.engine.transport.deadline import Deadline
from networks.engine.transport.raw import TerminalStream
from networks.engine.transport.session import EngineSession

_CHANGE_FACTOR = 3  # 30 s against 10: an unknown driver takes 15 before it is refused


class Verbs:
    """The base of EngineClient's parts, one for each noun."""

    def __init__(self, access: EngineAccess | str, allow_list: AllowList, timeout_s: float) -> None:
        """Prepare the conversation; nothing is sent. Raises EngineError for an access that can't be used."""
        self._session = EngineSession(access, allow_list)
        self._timeout_s = timeout_s

    def _reading(self, factor: float = 1) -> Deadline:
        return Deadline(self._timeout_s * factor)

    def _changing(self, factor: float = _CHANGE_FACTOR, *, besides_s: float = 0.0) -> Deadline:
        return Deadline(self._timeout_s * factor + besides_s)


def created_id(noun: Noun, body: bytes) -> str:
    """Return the id in an answer to a create. Raises ProtocolFault where none is: what was asked for may be there."""
    try:
        return full_id(noun, child(parse_json(body), "Id"))
    except NotAllowed as error:
        raise ProtocolFault(f"The answer names no id for the new {noun}; it may be there.") from error


class ContainerVerbs(Verbs):
    """What may be asked about containers beside reading. Profile run."""

    def run_container(self, spec: specs.ContainerSpec) -> str:
        """Create and start a container, and return its id. POST /containers/create, /containers/{id}/start."""
        deadline, params = self._changing(), {"name": spec.name}
        created = self._session.post(
            partial(created_id, "container"),
            "/containers/create",
            deadline=deadline,
            params=params,
            body=container_body(spec),
        )
        try:
            self._session.order("POST", f"/containers/{created}/start", lambda api: api.start(created), deadline)
        except Refused as error:
            try:
                self.remove_container(created)
            except EngineError as left:
                error.add_note(f"It was created as {created} and could not be removed: {left.sentence}")
            raise
        return created

    def create_container(self, spec: specs.RunSpec) -> str:
        """Create a container, and return its id; it isn't started. POST /containers/create.

        Before API 1.44 it is on the first of its networks alone: see `bodies.connects_after`. Raises NotFound for a missing
        image or donor, Conflict for a taken name.
        """
        if spec.mode is specs.Mode.CONTAINER or spec.donor_id:
            full_id("container", spec.donor_id)
        for endpoint in spec.networks:
            full_id("network", endpoint.network_id)
        deadline = self._changing()
        version = read_api_version(self._session.negotiate(deadline)) or OLDEST_API
        parse, params = partial(created_id, "container"), {"name": spec.name} if spec.name else None
        body = run_body(spec, version)
        return self._session.post(parse, "/containers/create", deadline=deadline, params=params, body=body)

    def start_container(self, container_id: str) -> None:
        """Start a container; one that runs stays as it is. POST /containers/{id}/start. Raises Refused for a paused one."""
        self._order(container_id, "start")

    def stop_container(self, container_id: str, wait_s: int = specs.STOP_WAIT_S) -> None:
        """Stop a container, and kill it after `wait_s`, at most MOST_STOP_WAIT_S. POST /containers/{id}/stop?t=…

        One that doesn't run stays as it is; one that was started with --rm is gone with it.
        """
        self._order(container_id, "stop", wait_s)

    def restart_container(self, container_id: str, wait_s: int = specs.STOP_WAIT_S) -> None:
        """Stop a container as above and start it, or start a stopped one. POST /containers/{id}/restart?t=…

        Raises Refused where it can't start again: it is stopped then.
        """
        self._order(container_id, "restart", wait_s)

    def kill_container(self, container_id: str) -> None:
        """End a container at once, by SIGKILL. POST /containers/{id}/kill. Raises Conflict for one that doesn't run."""
        self._order(container_id, "kill")

    def pause_container(self, container_id: str) -> None:
        """Freeze a container's processes. POST /containers/{id}/pause. Raises Conflict where it is paused or doesn't run."""
        self._order(container_id, "pause")

    def unpause_container(self, container_id: str) -> None:
        """Let a paused container go on. POST /containers/{id}/unpause. Raises Refused for one that isn't paused."""
        self._order(container_id, "unpause")

    def rename_container(self, container_id: str, name: str) -> None:
        """Give a container another name. POST /containers/{id}/rename?name=… Raises Conflict where another has it."""
        wanted = full_id("container", container_id)
        if not re.fullmatch(specs.CONTAINER_NAME, name):
            raise NotAllowed(f"Not a container's name: {name!r:.80}")
        path = f"/containers/{wanted}/rename"
        self._session.order("POST", path, lambda api: api.rename(wanted, name), self._changing())

    def remove_container(self, container_id: str) -> None:
        """Remove a container, running or not, with its anonymous volumes. DELETE /containers/{id}."""
        wanted, params = full_id("container", container_id), {"v": "1", "force": "1"}
        self._session.delete("/containers/{0}", wanted, deadline=self._changing(), params=params)

    def _order(self, container_id: str, order: str, wait_s: int | None = None) -> None:
        """Give one of the orders that have no body. `order`: as docker-py and the path call it. `wait_s`: until the kill."""
        wanted, options = full_id("container", container_id), {}
        deadline = self._changing()
        if wait_s is not None:
            if not 0 <= wait_s <= specs.MOST_STOP_WAIT_S:
                raise NotAllowed(f"A container is waited for between 0 and {specs.MOST_STOP_WAIT_S} s, not {wait_s}.")
            options, deadline = {"timeout": wait_s}, self._changing(besides_s=wait_s)
        path = f"/containers/{wanted}/{order}"
        self._session.order("POST", path, lambda api: getattr(api, order)(wanted, **options), deadline)


_PULL_FACTOR = 30  # 300 s: an image comes over a network


class ImageVerbs(Verbs):
    """What may be asked about images."""

    def import_image(self, archive: bytes, repository: str, tag: str) -> str:
        """Import a root file system (tar) as an image and return its id. POST /images/create?fromSrc=-. Profile run."""
        params = {"fromSrc": "-", "repo": repository, "tag": tag}
        return self._session.post(parse_imported, "/images/create", deadline=self._changing(), params=params, body=archive)

    def pull_image(self, repository: str, tag: str, tell: Callable[[LayerFact], None] | None = None) -> None:
        """Pull an image; takes up to 300 s. POST /images/create. Profile run.

        `tell`: is told of each layer's progress while the Engine reports it, in this thread. Raises Refused where no registry
        answers, or has no such image.
        """
        params, deadline = {"fromImage": repository, "tag": tag}, self._changing(_PULL_FACTOR)

        def hear(line: bytes) -> None:
            if tell is not None and (layer := parse_layer(line)) is not None:
                tell(layer)

        heard = hear if tell else None
        try:
            self._session.post(parse_progress, "/images/create", deadline=deadline, params=params, hear=heard)
        except Refused as error:
            error.sentence = say_without_body(error.sentence)
            raise

    def list_images(self) -> tuple[ImageFact, ...]:
        """Read which images are there. GET /images/json."""
        return self._session.read(parse_images, "/images/json", deadline=self._reading())

    def has_image(self, reference: str) -> bool:
        """Tell whether the Engine has this image. GET /images/json?filters=reference."""
        params = {"filters": json.dumps({"reference": [reference]})}
        return bool(self._session.read(parse_images, "/images/json", deadline=self._reading(), params=params))

    def remove_image(self, image_id: str) -> None:
        """Remove an image by full id. DELETE /images/{id}. Profile run."""
        self._session.delete("/images/{0}", full_id("image", image_id), deadline=self._changing())


class SwarmVerbs(Verbs):
    """What may be asked about the swarm that an Engine is in."""

    def list_nodes(self) -> tuple[NodeFact, ...]:
        """Read the nodes of the swarm. GET /nodes. Raises Refused where this Engine is no manager."""
        return self._session.read(parse_nodes, "/nodes", deadline=self._reading())

    def read_join_tokens(self) -> JoinTokens:
        """Read what lets others in. GET /swarm. Profile swarm. Raises Refused where this Engine is no manager."""
        return self._session.read(parse_tokens, "/swarm", deadline=self._reading())

    def init_swarm(self, spec: specs.InitSpec) -> str:
        """Begin a swarm with this Engine as its manager, and return its node id. POST /swarm/init. Profile swarm."""
        return self._session.post(parse_new_node, "/swarm/init", deadline=self._changing(), body=init_body(spec))

    def join_swarm(self, spec: specs.JoinSpec) -> None:
        """Join a swarm; takes 20 s where no manager answers. POST /swarm/join. Profile swarm. No error repeats the token."""
        try:
            self._session.post(parse_done, "/swarm/join", deadline=self._changing(), body=join_body(spec))
        except EngineError as error:
            # Docker doesn't repeat it today; what is logged and recorded mustn't depend on that.
            error.sentence = error.sentence.replace(spec.token, "…") if spec.token else error.sentence
            error.args = (error.sentence,)
            raise

    def leave_swarm(self, spec: specs.LeaveSpec) -> None:
        """Leave the swarm; overlay networks go from this Engine. POST /swarm/leave. Profile swarm."""
        params = {"force": "1"} if spec.is_forced else None
        self._session.post(parse_done, "/swarm/leave", deadline=self._changing(), params=params)

    def remove_node(self, node_id: str) -> None:
        """Take a node out of the list that managers keep. DELETE /nodes/{id}. Profile swarm.

        Raises Refused for one that isn't down, or is a manager, and NotFound for one that isn't there.
        """
        self._session.delete("/nodes/{0}", full_id("node", node_id), deadline=self._changing())


class TerminalVerbs(Verbs):
    """What may be asked about processes in containers. Profile terminal."""

    def create_exec(self, spec: specs.ExecSpec, *, has_terminal: bool = True) -> str:
        """Prepare a process and return its id. POST /containers/{id}/exec. `has_terminal`: somebody will speak with it; else it
        has an input alone.

        Raises Conflict where the container doesn't run, or is paused, and NotFound where there is none.
        """
        wanted, body = full_id("container", spec.container_id), exec_body(spec, has_terminal=has_terminal)
        parse, path = partial(created_id, "exec"), "/containers/{0}/exec"
        return self._session.post(parse, path, wanted, deadline=self._changing(), body=body)

    def open_terminal(self, exec_id: str, size: specs.ScreenSize) -> TerminalStream:
        """Begin a prepared process and speak with it, on a connection of its own. POST /exec/{id}/start, hijacked.

        A program that isn't there is no error here: the Engine says so in the stream, which ends.
        """
        wanted, body = full_id("exec", exec_id), terminal_body(_allowed(size))
        return self._session.open_raw(f"/exec/{wanted}/start", self._changing(), body)

    def open_input(self, exec_id: str) -> TerminalStream:
        """Begin a prepared process that has an input alone, on a connection of its own. POST /exec/{id}/start, hijacked.

        Its input ends with the connection, however that ends: the kernel closes it for who is killed (measured with 26.1;
        with a terminal the process hears nothing). A program that isn't there is no error here.
        """
        wanted = full_id("exec", exec_id)
        return self._session.open_raw(f"/exec/{wanted}/start", self._changing(), input_body())

    def resize_exec(self, exec_id: str, size: specs.ScreenSize) -> None:
        """Tell a process how much its terminal shows. POST /exec/{id}/resize?h=…&w=…"""
        wanted, params = full_id("exec", exec_id), {"h": str(_allowed(size).rows), "w": str(size.columns)}
        self._session.post(parse_done, "/exec/{0}/resize", wanted, deadline=self._changing(), params=params)

    def inspect_exec(self, exec_id: str) -> ExecFact:
        """Read whether a process runs, and how it ended. GET /exec/{id}/json. Raises NotFound some minutes after its end."""
        return self._session.read(parse_exec, "/exec/{0}/json", full_id("exec", exec_id), deadline=self._reading())


def _allowed(size: specs.ScreenSize) -> specs.ScreenSize:
    if not (1 <= size.columns <= specs.MOST_CELLS and 1 <= size.rows <= specs.MOST_CELLS):
        raise NotAllowed(f"A terminal has between 1 and {specs.MOST_CELLS} columns and rows, not {size.columns} × {size.rows}.")
    return size
