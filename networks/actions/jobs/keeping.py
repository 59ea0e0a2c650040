"""Keeping an address: off the network, and on it again with that address; else on it again as it was. Never left off unsaid."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address

from networks.actions.actors import refuse_without
from networks.actions.jobs.job_run import JobRun
from networks.actions.jobs.steps import carry_out_step, document_of, pair_step, spec_of
from networks.actions.networks import connect_command_of
from networks.actions.recording import ActionResult
from networks.addressing.reading import IPAddress
from networks.engine.cli import command_of, disconnect_lines
from networks.engine.client import EngineClient
from networks.engine.errors import NotAllowed, Refused
from networks.engine.facts import ContainerFact, EndpointFact, NetworkFact
from networks.engine.specs import ConnectSpec, DisconnectSpec
from networks.engine.states import WITH_STACK
from networks.models import JobState, JobStep, JobStop, StepState
from networks.models.stored_sentences import say as _
from networks.policy.protection import permission_to_join, refuse_names
from networks.policy.shadowed_names import refuse_shadows
from networks.queries.addresses.keeping import CONNECT, DISCONNECT, spec_to_restore, with_address

# For documentation alone (RFC 5737, RFC 3849, RFC 9637): no network that works has them.
_NOWHERE = tuple(map(ip_address, ("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1")))
# runconfig.ErrUnsupportedNetworkAndIP and ErrUnsupportedNetworkNoSubnetAndIP
REFUSALS_OF_ANY = ("user configured subnets", "user defined networks only")


def refuse_automatic_subnet(client: EngineClient, network: NetworkFact, container: ContainerFact, address: IPAddress) -> None:
    """Return when an address may be chosen on this network, which the container is on. Raises Refused in the Engine's words.

    Whether a subnet was typed no answer of the Engine says. It is asked to connect the container once more, with an address that
    no pool holds: it looks at the address first, and says either that none may be chosen or that this one doesn't fit; an Engine
    before 25 says that the container is on the network. On a swarm's network the managers would be asked, so they are not.
    """
    if network.name == "bridge" and network.driver == "bridge":
        raise NotAllowed(_("On Docker's default bridge an address can't be chosen, so nothing was changed."))
    if network.scope == "swarm":
        return
    probe = _outside(network, address)
    ipv4, ipv6 = (probe, None) if isinstance(probe, IPv4Address) else (None, probe)
    try:
        client.connect_container(ConnectSpec(network.docker_id, container.docker_id, ipv4=ipv4, ipv6=ipv6))
    except Refused as error:
        if any(words in error.sentence for words in REFUSALS_OF_ANY):
            raise
        return
    raise NotAllowed(_("The Engine accepted an address that is in no pool of this network; nothing else was changed."))


def _outside(network: NetworkFact, address: IPAddress) -> IPv4Address | IPv6Address:
    fits = (one for one in _NOWHERE if one.version == address.version)
    return next(
        one for one in fits if not any(one in pool.subnet for pool in network.pools if pool.subnet.version == one.version)
    )


_OPEN = (StepState.WAITING.value, StepState.STARTED.value)


class KeepRun(JobRun):
    """Carries a job of the verb KEEP on. Its steps: disconnect and connect, or the connect that an earlier job left undone.

    What the endpoint was asked for is read just before the disconnect, and written down with the steps. A connect with the
    address that wasn't done is followed by a third step: connect as it was.
    """

    def _go_on(self, step: JobStep) -> None:
        leaving = self._leaving()
        if step.verb == CONNECT and leaving is not None and leaving.state != StepState.DONE:  # there is nothing to connect
            JobStep.objects.filter(pk=step.pk).update(state=StepState.SKIPPED)
            return
        step.refresh_from_db()  # the disconnect has written what it is to be given back
        super()._go_on(step)

    def _do(self, step: JobStep) -> ActionResult:
        if step.verb != DISCONNECT:
            return super()._do(step)
        return self._recorded(carry_out_step(self._actor_of(step), self._engine, step, before=partial(self._prepare, step)))

    def _check(self) -> None:
        """Between the steps only the end of the process halts it: somebody's wish to stop would leave the container off."""
        leaving = self._leaving()
        if leaving is None or leaving.state != StepState.DONE:
            super()._check()
        elif self._is_ending():
            self._halt(None)

    def _make_whole(self) -> None:
        leaving, taking = self._leaving(), self._taking()
        if leaving is None or taking is None or leaving.state != StepState.DONE or taking.state == StepState.DONE:
            return
        back = self._job.steps.filter(verb=CONNECT, position__gt=taking.position).first()
        if back is None:
            spec = spec_of(leaving)
            names = {"network_name": leaving.network_name, "container_name": leaving.container_name}
            back = pair_step(CONNECT, spec, connect_command_of(spec, **names), leaving.spec, **names)
            back.job, back.position = self._job, taking.position + 1
            back.save()
        if back.state in _OPEN:
            super()._go_on(back)

    def _state_at_end(self, stop: JobStop | None) -> JobState:
        taking = self._taking()
        if taking is not None and taking.state == StepState.DONE:
            return JobState.DONE
        leaving = self._leaving()
        if leaving is None:
            return super()._state_at_end(stop)
        if leaving.state not in (StepState.DONE, StepState.UNKNOWN):
            return super()._state_at_end(stop) if stop else JobState.ROLLED_BACK
        is_back = (
            taking is not None
            and self._job.steps.filter(verb=CONNECT, position__gt=taking.position, state=StepState.DONE).exists()
        )
        return JobState.ROLLED_BACK if is_back else JobState.ATTENTION

    def _prepare(self, step: JobStep, client: EngineClient, network: NetworkFact, container: ContainerFact) -> None:
        """Look whether all is as it must be, and write down what the endpoint is to be given back. Raises EngineError."""
        taking = self._taking()
        if taking is None:
            raise NotAllowed(_("This job has no step that connects the container again, so nothing was changed."))
        address = ip_address(taking.spec["kept"]) if "kept" in taking.spec else None
        endpoint = _endpoint_on(container, network)
        if address is None or endpoint is None or container.state not in WITH_STACK:
            names = {"container": container.name, "network": network.name}
            raise NotAllowed(_("%(container)s has no address on %(network)s now, so nothing was changed.") % names)
        was = spec_to_restore(network.docker_id, container.docker_id, endpoint, api_version=client.negotiate())
        needs = permission_to_join(self._engine.slug, network.docker_id, was.driver_options)
        words = _("To connect it again needs the permission “%(permission)s”, so nothing was changed.")
        refuse_without(self._actor, needs, self._engine.slug, words)
        called = (container.name, container.hostname)
        refuse_names(self._engine.slug, network.docker_id, network.name, called, was.aliases)
        staying = tuple(one for one in container.endpoints if one is not endpoint)
        refuse_shadows(self._engine.slug, network, replace(container, endpoints=staying), was.links)
        refuse_automatic_subnet(client, network, container, address)
        JobStep.objects.filter(pk=step.pk).update(spec=document_of(was))
        wanted = with_address(was, address)
        command = connect_command_of(wanted, network_name=taking.network_name, container_name=taking.container_name)
        JobStep.objects.filter(pk=taking.pk).update(spec=keep_document(wanted, address), command=command)

    def _leaving(self) -> JobStep | None:
        return self._job.steps.filter(verb=DISCONNECT).first()

    def _taking(self) -> JobStep | None:
        return self._job.steps.filter(verb=CONNECT).order_by("position").first()


def keep_steps(was: ConnectSpec, address: IPAddress, *, network_name: str, container_name: str) -> list[JobStep]:
    """Return the steps that keep an address of an endpoint which was asked for as `was` says."""
    names = {"network_name": network_name, "container_name": container_name}
    off = DisconnectSpec(was.network_id, was.container_id)
    leaving = pair_step(DISCONNECT, off, command_of(disconnect_lines(off, **names)), {}, **names)
    return [leaving, take_step(with_address(was, address), address, **names)]


def take_step(wanted: ConnectSpec, address: IPAddress, *, network_name: str, container_name: str) -> JobStep:
    """Return the step that connects with the address."""
    names = {"network_name": network_name, "container_name": container_name}
    return pair_step(CONNECT, wanted, connect_command_of(wanted, **names), keep_document(wanted, address), **names)


def keep_document(wanted: ConnectSpec, address: IPAddress) -> dict[str, object]:
    """Return what the step that connects holds: the spec, and which of its addresses the job is for."""
    return {**document_of(wanted), "kept": str(address)}


def _endpoint_on(container: ContainerFact, network: NetworkFact) -> EndpointFact | None:
    on = (one for one in container.endpoints if network.docker_id == one.network_id or network.name == one.network_name)
    return next(on, None)
