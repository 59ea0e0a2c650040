"""Networks as their list shows them: pools, use, and how many containers in which state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from socket import AF_INET, AF_INET6, inet_pton
from typing import Any, TypeVar

from networks.addressing.capacity import assignable, span
from networks.engine.docker_names import (
    BRIDGE_NAME,
    GATEWAY_MODE,
    ICC,
    INHIBIT_IPV4,
    MASQUERADE,
    PARENTED,
    PREDEFINED,
    PROJECT_LABEL,
)
from networks.engine.states import container_group
from networks.models import Endpoint, Network, Pool
from networks.queries.cache.prepared import Prepared, Query
from networks.queries.cache.row_cache import Listed, RowCache, gone_since
from networks.queries.engines import read_engine
from networks.queries.masking import is_secret_key
from networks.queries.rows import EngineRow, NetworkRow, PoolRow

GATEWAY_MODES = {"IPv4": f"{GATEWAY_MODE}4", "IPv6": f"{GATEWAY_MODE}6"}
# From this API on, Engine 28, a driver is asked whether it needs a gateway. Source: moby 28, GetSkipGwAlloc
GATEWAYS_LEFT_OUT = (1, 48)
FALSE_WORDS = frozenset({"0", "f", "false"})  # what Go's ParseBool, hence Docker, takes for no
TRUE_WORDS = frozenset({"1", "t", "true"})
PROTECT_LABEL = "netadmin.protect"
SEARCHED_LABELS_LENGTH = 4_000  # of each row; labels may be megabytes

# What of a row is a column of the same name.
_IDENTITY = ("docker_id", "name", "driver", "scope", "created_at", "hue", "revision")
_SAME = (*_IDENTITY, "is_internal", "is_attachable", "is_ingress", "is_config_only", "has_ipv4", "has_ipv6", "ipam_driver")
NETWORK_COLUMNS = (*_SAME, "options", "labels", "engine__status__api_version")
POOL_COLUMNS = ("subnet", "ip_range", "gateway", "aux_addresses")
ENDPOINT_COLUMNS = ("ipv4", "ipv6", "container__state", "container__exit_code", "container__ending")

Record = Mapping[str, Any]


Kept = TypeVar("Kept", bound=Listed)


def keep_networks(
    make: Callable[[str, Record, list[Record], list[Record]], Kept],
    columns: Iterable[str],
    pool_columns: Iterable[str],
    endpoint_columns: Iterable[str],
    **only: bool,
) -> RowCache[Kept]:
    """Return a cache of what is made of an Engine's slug, a network, its pools in the Engine's order, and who is on it.

    `only`: what a network must be. Four queries for what changed.
    """

    def networks(engine_slug: str, since: int) -> Query:
        changed: Query = Network.objects.filter(engine__slug=engine_slug, revision__gt=since, **only)
        return changed.order_by().values(*columns)

    def pools(engine_slug: str, since: int) -> Query:
        changed: Query = Pool.objects.filter(network__engine__slug=engine_slug, network__revision__gt=since)
        return changed.order_by("network", "position").values("network__docker_id", *pool_columns)

    def endpoints(engine_slug: str, since: int) -> Query:
        changed: Query = Endpoint.objects.present().filter(network__engine__slug=engine_slug, network__revision__gt=since)
        return changed.order_by().values("network__docker_id", *endpoint_columns)

    of_networks, of_pools, of_endpoints = (Prepared(query, str, int) for query in (networks, pools, endpoints))

    def read(engine_slug: str, since: int) -> list[Kept]:
        # Before the pools and endpoints: these may then be newer than the revision, never older.
        records = of_networks.rows(engine_slug, since)
        if not records:
            return []
        pools_of = group(of_pools.rows(engine_slug, since), "network__docker_id")
        endpoints_of = group(of_endpoints.rows(engine_slug, since), "network__docker_id")
        return [make(engine_slug, one, pools_of[one["docker_id"]], endpoints_of[one["docker_id"]]) for one in records]

    return RowCache(read, gone_since("network"))


def network_rows(engine: EngineRow) -> Sequence[NetworkRow]:
    """Return all networks of an Engine, by name. At most four queries, none where nothing changed since."""
    return _KEPT.rows(engine)


def read_network_row(engine_slug: str, docker_id: str) -> NetworkRow | None:
    """Return the row of one network, None where it isn't there. One query, and what `network_rows` asks."""
    engine = read_engine(engine_slug)
    return next((row for row in network_rows(engine) if row.docker_id == docker_id), None) if engine else None


def group(records: Iterable[Record], column: str) -> defaultdict[str, list[Record]]:
    """Return the records by what stands in one of their columns."""
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[record[column]].append(record)
    return groups


def make_network_row(engine_slug: str, record: Record, pools: Iterable[Record], endpoints: Collection[Record]) -> NetworkRow:
    """Return the row of a network from its record, its pools' and its endpoints' (with their containers' states)."""
    labels, options = record["labels"], record["options"]
    pool_rows = tuple(make_pool_row(pool, endpoints, record) for pool in pools)
    counted = [pool for pool in pool_rows if pool.capacity is not None and ":" not in pool.subnet]
    states = [
        container_group(endpoint["container__state"], endpoint["container__exit_code"], endpoint["container__ending"])
        for endpoint in endpoints
    ]
    return NetworkRow(
        **{name: record[name] for name in _SAME},
        engine_slug=engine_slug,
        is_predefined=record["name"] in PREDEFINED,
        is_masquerade_off=is_off(options, MASQUERADE),
        is_icc_off=is_off(options, ICC),
        bridge_name=str(options.get(BRIDGE_NAME) or f"br-{record['docker_id'][:12]}") if record["driver"] == "bridge" else "",
        parent=str(options.get("parent", "")) if record["driver"] in PARENTED else "",
        is_passthru=record["driver"] == "macvlan" and options.get("macvlan_mode") == "passthru",
        gateway_modes=tuple(str(options.get(key, "")) for key in GATEWAY_MODES.values()),
        project=str(labels.get(PROJECT_LABEL, "")),
        pools=pool_rows,
        used=sum(pool.used for pool in counted) if counted else None,
        capacity=sum(pool.capacity or 0 for pool in counted) if counted else None,
        running=states.count("running"),
        paused=states.count("paused"),
        stopped=states.count("stopped"),
        failed=states.count("failed"),
        search=searched(record["name"], *(pool.subnet for pool in pool_rows), labels=labels),
        asks_protection=asks_protection(labels),
    )


_KEPT = keep_networks(make_network_row, NETWORK_COLUMNS, POOL_COLUMNS, ENDPOINT_COLUMNS)


def make_pool_row(record: Record, endpoints: Iterable[Record], network: Record) -> PoolRow:
    """Return a pool with its capacity and how many of its addresses the endpoints hold. `network`: its network's record."""
    is_given = gives_gateway(network, 6 if ":" in record["subnet"] else 4)
    aux = tuple((str(name), str(address)) for name, address in record["aux_addresses"].items())
    bounds = _measure(record["subnet"], record["ip_range"], record["gateway"], tuple(address for _, address in aux), is_given)
    held: set[str] = set()
    if bounds is not None:
        column = "ipv6" if ":" in record["subnet"] else "ipv4"
        held = {endpoint[column] for endpoint in endpoints if endpoint[column] and _is_between(endpoint[column], *bounds[1])}
    return PoolRow(
        subnet=record["subnet"],
        ip_range=record["ip_range"],
        gateway=record["gateway"],
        aux_addresses=aux,
        capacity=bounds[0] if bounds else None,
        used=len(held),
        is_gateway_given=is_given,
    )


def gives_gateway(network: Record, family: int) -> bool:
    """Tell whether Docker takes an address for a gateway that nobody typed, as far as is known.

    Since Engine 28 the driver is asked. Those of macvlan and ipvlan want none, nor does a bridge in gateway mode isolated, or
    with no address of its own and no way out; a plugin's may want one or not, and gets no address here. What an older Engine
    made keeps the address that was taken then, which nobody tells.
    """
    options, api = network["options"], network["engine__status__api_version"] or ""
    if api_version(api) < GATEWAYS_LEFT_OUT or network["scope"] == "swarm":
        return True
    if network["driver"] != "bridge":
        return False
    is_bare = family == 4 and network["is_internal"] and str(options.get(INHIBIT_IPV4, "")).lower() in TRUE_WORDS
    return options.get(f"{GATEWAY_MODE}{family}") != "isolated" and not is_bare


def api_version(text: str) -> tuple[int, ...]:
    """Return "1.48" as numbers that can be compared, () for what is none."""
    return tuple(int(part) for part in text.split(".") if part.isascii() and part.isdigit())


def _measure(
    subnet: str, ip_range: str, gateway: str, aux: tuple[str, ...], is_given: bool
) -> tuple[int | None, tuple[int, int]] | None:
    """Return (capacity, (first, last) as numbers) of a pool's text, None where it can't be read."""
    try:
        whole = ip_network(subnet, strict=False)
        part = ip_network(ip_range, strict=False) if ip_range else None
        kept_back = [ip_address(address) for address in aux]
        typed = ip_address(gateway) if gateway else None
        left = assignable(whole, ip_range=part, gateway=typed, aux=kept_back, is_gateway_given=is_given)
        return left, span(whole, part)
    except ValueError:
        return None


def _is_between(address: str, first: int, last: int) -> bool:
    # inet_pton: seven times as quick as ipaddress, for every endpoint of every network
    try:
        return first <= int.from_bytes(inet_pton(AF_INET6 if ":" in address else AF_INET, address)) <= last
    except (OSError, ValueError):
        return False


def is_off(options: Mapping[str, Any], key: str) -> bool:
    """Tell whether a driver option that is on by default is switched off."""
    return str(options.get(key, "")).lower() in FALSE_WORDS


def asks_protection(labels: Mapping[str, Any]) -> bool:
    """Tell whether labels want their owner protected; any other value than true says nothing."""
    return str(labels.get(PROTECT_LABEL, "")).lower() in TRUE_WORDS


def searched(*texts: str, labels: Mapping[str, Any]) -> str:
    """Return what a filter looks through, casefolded; a label whose key looks like a secret gives its key only."""
    lines = list(texts)
    left = SEARCHED_LABELS_LENGTH
    for key, value in labels.items():
        line = key[:left] if is_secret_key(key[:left]) else f"{key[:left]}={str(value)[:left]}"[:left]
        lines.append(line)
        left -= len(line) + 1
        if left <= 0:
            break
    return "\n".join(lines).casefold()
