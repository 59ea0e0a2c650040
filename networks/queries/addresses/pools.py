"""All pools of an Engine with their use: of every network, those that share its subnet with others included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from networks.addressing.address_states import Cell, PoolUse, State, measure
from networks.addressing.blocks import Dispute, dispute_of
from networks.addressing.next_address import Turn, gateway_of, next_turn
from networks.addressing.pool_checks import Pool
from networks.addressing.reading import IPAddress
from networks.queries.addresses.networks import AddressedNetwork, addressed_networks
from networks.queries.networks import GATEWAYS_LEFT_OUT, api_version
from networks.queries.rows import EngineRow

SHORT_ID_LENGTH = 12
MOST_ENGINES = 50


@dataclass(frozen=True, slots=True, eq=False)
class PoolView:
    """One pool as pages show it. `key`: its subnet, and "@" with the network's short id where several networks have it.

    `turn`: the next address of its network in its family, which may belong to another of its pools. `dispute`: how the Engine's
    own count differs from ours, None where it doesn't, or doesn't count.
    """

    key: str
    network: AddressedNetwork
    position: int
    use: PoolUse
    turn: Turn
    dispute: Dispute | None = None

    @property
    def is_default_bridge(self) -> bool:
        """Tell whether this is Docker's own bridge, where no address can be asked for."""
        return self.network.name == "bridge" and self.network.place.driver == "bridge"

    @property
    def next_number(self) -> int | None:
        """The next address that Docker hands out, where that is known and it is one of this pool's."""
        number = None if self.turn.address is None else int(self.turn.address)
        return number if number is not None and self.use.holds(number) else None


@dataclass(frozen=True, slots=True)
class _Kept:
    """A network's views, and what they were made of."""

    made_of: tuple[object, ...]
    views: tuple[PoolView, ...]


_kept: dict[str, dict[str, _Kept]] = {}  # by Engine and network, of those that were there the last time


def pool_views(engine: EngineRow) -> tuple[PoolView, ...]:
    """Return the pools of an Engine, by network and position. At most four queries, none where nothing changed since."""
    networks, shared, leaves_out = _read(engine)
    neighbours = _neighbours(networks)
    last = _kept.get(engine.slug, {})
    views = {
        network.docker_id: _views(network, neighbours.get(network.docker_id, ()), shared, leaves_out, last.get(network.docker_id))
        for network in networks
    }
    if len(_kept) > MOST_ENGINES:
        _kept.clear()
    _kept[engine.slug] = views
    return tuple(view for kept in views.values() for view in kept.views)


def views_with(engine: EngineRow, docker_id: str, change: Callable[[AddressedNetwork], AddressedNetwork]) -> tuple[PoolView, ...]:
    """Return the pools of one network as they are once `change` was made to it. Queries as `pool_views` makes them."""
    networks, shared, leaves_out = _read(engine)
    network = next((each for each in networks if each.docker_id == docker_id), None)
    if network is None:
        return ()
    others = _neighbours(networks).get(docker_id, ())
    mine = frozenset(str(pool.subnet) for pool in network.pools) & shared
    return _make_views(change(network), others, mine, leaves_out)


def views_of(engine: EngineRow, docker_id: str) -> tuple[PoolView, ...]:
    """Return the pools of one network, whoever shares them taken into account, keyed by subnet alone. Queries as `pool_views`."""
    networks = addressed_networks(engine)
    network = next((each for each in networks if each.docker_id == docker_id), None)
    if network is None:
        return ()
    spans = [_span(network, pool) for pool in network.pools if pool.subnet is not None]
    others = [each for each in networks if each is not network and _takes_of(each, spans)]
    return _make_views(network, others, frozenset(), _leaves_gateways_out(engine))


def _takes_of(other: AddressedNetwork, spans: Sequence[tuple[tuple[str, str, int], int, int]]) -> bool:
    found = (_span(other, pool) for pool in other.pools if pool.subnet is not None)
    return any(book == mine and first <= end and start <= last for book, first, last in found for mine, start, end in spans)


def _span(network: AddressedNetwork, pool: Pool) -> tuple[tuple[str, str, int], int, int]:
    """Return in which book Docker's IPAM keeps a pool's addresses, and the first and last of them."""
    subnet = pool.subnet
    if subnet is None:
        raise ValueError("a pool without a subnet has no addresses")
    book = (network.place.scope, network.place.ipam_driver, subnet.version)
    return book, int(subnet.network_address), int(subnet.broadcast_address)


def _read(engine: EngineRow) -> tuple[list[AddressedNetwork], frozenset[str], bool]:
    """Return the networks that have pools, the subnets that several have, and whether gateways may have no address."""
    networks = [network for network in addressed_networks(engine) if network.pools]
    subnets = Counter(str(pool.subnet) for network in networks for pool in network.pools)
    shared = frozenset(subnet for subnet, times in subnets.items() if times > 1)
    return networks, shared, _leaves_gateways_out(engine)


def _leaves_gateways_out(engine: EngineRow) -> bool:
    return api_version(engine.api_version) >= GATEWAYS_LEFT_OUT


def _neighbours(networks: Iterable[AddressedNetwork]) -> dict[str, tuple[AddressedNetwork, ...]]:
    """Return, by id, the networks that take addresses of the same subnets: Docker's own IPAM keeps one book for each."""
    spans = sorted(
        (*_span(network, pool), index, network)
        for index, network in enumerate(networks)
        for pool in network.pools
        if pool.subnet is not None
    )
    found: dict[str, dict[str, AddressedNetwork]] = {}
    open_spans: list[tuple[tuple[str, str, int], int, AddressedNetwork]] = []
    for book, first, last, _index, network in spans:
        open_spans = [each for each in open_spans if each[0] == book and each[1] >= first]
        for _book, _last, other in open_spans:
            if other is not network:
                found.setdefault(network.docker_id, {})[other.docker_id] = other
                found.setdefault(other.docker_id, {})[network.docker_id] = network
        open_spans.append((book, last, network))
    return {docker_id: tuple(others.values()) for docker_id, others in found.items()}


def _views(
    network: AddressedNetwork,
    others: Sequence[AddressedNetwork],
    shared: frozenset[str],
    leaves_out: bool,
    kept: _Kept | None,
) -> _Kept:
    """Return a network's views, made anew only where something that they are made of changed."""
    mine = frozenset(str(pool.subnet) for pool in network.pools) & shared
    made_of = (network, *others, mine, leaves_out)
    # Rows are compared by identity: a network of which anything changed is another row.
    if kept is not None and len(kept.made_of) == len(made_of) and all(map(_is_same, kept.made_of, made_of)):
        return kept
    return _Kept(made_of, _make_views(network, others, mine, leaves_out))


def _is_same(one: object, other: object) -> bool:
    return one is other or (not isinstance(one, AddressedNetwork) and one == other)


def _make_views(
    network: AddressedNetwork, others: Sequence[AddressedNetwork], shared: frozenset[str], leaves_out: bool
) -> tuple[PoolView, ...]:
    uses = [_use(network, pool, others, leaves_out) for pool in network.pools]
    disputes = [dispute_of(use, counted) for use, counted in zip(uses, network.counted, strict=True)]
    turns = {family: _turn(network, uses, disputes, family) for family in (4, 6)}
    return tuple(
        PoolView(_key(network, use, shared), network, position, use, turns[use.subnet.version], disputes[position])
        for position, use in enumerate(uses)
    )


def _turn(network: AddressedNetwork, uses: Sequence[PoolUse], disputes: Sequence[Dispute | None], family: int) -> Turn:
    places = [place for place, use in enumerate(uses) if use.subnet.version == family]
    # Where the Engine counts as many as we do, no gateway that nobody names has taken one.
    unknown = any(uses[place].gateway is None and (network.counted[place] is None or disputes[place]) for place in places)
    return next_turn(
        replace(network.place, hides_gateway=unknown),
        [uses[place] for place in places],
        is_disputed=any(disputes[place] for place in places),
        keeps_refused=family == 4 and len(places) < len(uses) and any(network.counted[place] is None for place in places),
    )


def _key(network: AddressedNetwork, use: PoolUse, shared: frozenset[str]) -> str:
    subnet = str(use.subnet)
    return f"{subnet}@{network.docker_id[:SHORT_ID_LENGTH]}" if subnet in shared else subnet


def _use(network: AddressedNetwork, pool: Pool, others: Sequence[AddressedNetwork], leaves_out: bool) -> PoolUse:
    together = (network, *others)
    version = pool.subnet.version if pool.subnet else 4
    return measure(
        pool,
        gateway=_gateway(network, pool, is_alone=not others, leaves_out=leaves_out),
        held=[claim for each in together for claim in each.held],
        wished=[claim for each in together for claim in each.wished],
        kept_back=[cell for other in others for cell in _kept_back(other, version)],
    )


def _gateway(network: AddressedNetwork, pool: Pool, *, is_alone: bool, leaves_out: bool) -> IPAddress | None:
    is_bridge = network.place.driver == "bridge"
    version = pool.subnet.version if pool.subnet else 4
    takes_one = version not in network.isolated if is_bridge else not leaves_out
    return gateway_of(pool, told=network.told, is_allocated=is_alone and takes_one)


def _kept_back(other: AddressedNetwork, version: int) -> Iterable[Cell]:
    """Yield what another network keeps back of the subnet that it shares."""
    for pool in other.pools:
        if pool.subnet is None or pool.subnet.version != version:
            continue
        gateway = gateway_of(pool, told=other.told, is_allocated=False)
        if gateway is not None:
            yield Cell(int(gateway), State.GATEWAY)
        for name, address in pool.aux_addresses.items():
            yield Cell(int(address), State.AUX, name=name)
