"""Which of the locked packages are known to be vulnerable, by records of OSV."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from networks.management.locks import RUNTIME_LOCK, normalize, read_assets, read_lock
from networks.management.package_records import AffectedPackage, Record, shown
from networks.management.versions import NPM, PYPI, RANGES, NoVersion, can_compare, covers, is_listed, next_fix


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """A package at the version that a lock pins. `name`: of PyPI, normalized."""

    ecosystem: str
    name: str
    version: str


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """A package that a record names. `fixed_in`, `severity`: "" where not told. `is_clear`: False where it can't be compared."""

    package: Package
    id: str
    aliases: tuple[str, ...]
    severity: str
    fixed_in: str
    is_clear: bool

    def __str__(self) -> str:
        """Return one line of printable text."""
        named = f"{self.package.name} {self.package.version} ({self.package.ecosystem}): {shown(self.id)}"
        also = f" ({', '.join(shown(alias) for alias in self.aliases)})" if self.aliases else ""
        severity = f", severity {shown(self.severity)}" if self.severity else ""
        end = f"fixed in {shown(self.fixed_in)}" if self.fixed_in else "no fixed version is named"
        if not self.is_clear:
            end = "the record names no versions that can be compared: read it"
        return f"{named}{also}{severity}; {end}"


@dataclass(slots=True)
class Check:
    """What a check has found so far. `records`: how many were read; `by_ecosystem`: how many name a package there."""

    packages: frozenset[Package]
    records: int = 0
    withdrawn: int = 0
    by_ecosystem: Counter[str] = field(default_factory=Counter)
    hits: set[Hit] = field(default_factory=set)

    def read(self, records: Iterable[Record]) -> None:
        """Hold these records against the packages; withdrawn ones are only counted."""
        wanted: dict[tuple[str, str], list[Package]] = defaultdict(list)
        for package in self.packages:
            wanted[package.ecosystem, package.name].append(package)
        for record in records:
            self.records += 1
            self.withdrawn += record.is_withdrawn
            self.by_ecosystem.update({one.ecosystem for one in record.affected})
            if record.is_withdrawn:
                continue
            about: dict[Package, list[AffectedPackage]] = defaultdict(list)
            for one in record.affected:
                for package in wanted.get((one.ecosystem, _name_of(one)), ()):
                    about[package].append(one)
            self.hits.update(hit for package, told in about.items() if (hit := _judge(package, record, told)))


def locked_packages(root: Path) -> frozenset[Package]:
    """Return what the lock of what runs pins, and every vendored asset. Raises LockFault."""
    distributions = {Package(PYPI, one.name, one.version) for one in read_lock(root, RUNTIME_LOCK)}
    return frozenset(distributions | {Package(NPM, one.name, one.version) for one in read_assets(root)})


def _name_of(affected: AffectedPackage) -> str:
    return normalize(affected.name) if affected.ecosystem == PYPI else affected.name


def _judge(package: Package, record: Record, told: list[AffectedPackage]) -> Hit | None:
    """Return what a record says of a package, by all that it says of its name; None where this version isn't affected."""
    ranges = [one for affected in told for one in affected.ranges if can_compare(package.ecosystem, one)]
    versions = [text for affected in told for text in affected.versions]
    try:
        is_hit = is_listed(package.ecosystem, package.version, versions)
        is_hit = is_hit or any(covers(package.ecosystem, package.version, one) for one in ranges)
        is_clear = is_hit or all(_is_judged(package.ecosystem, affected) for affected in told)
        fixed_in = next_fix(package.ecosystem, package.version, ranges) if is_hit else ""
    except NoVersion:  # what is locked has no version of its ecosystem
        is_hit, is_clear, fixed_in = False, False, ""
    if is_clear and not is_hit:
        return None
    severity = record.severity or next((affected.severity for affected in told if affected.severity), "")
    return Hit(package, record.id, record.aliases, severity, fixed_in, is_clear)


def _is_judged(ecosystem: str, affected: AffectedPackage) -> bool:
    """Tell whether all that is affected could be compared: the list of versions, where one is given, tells all of it."""
    if affected.versions:
        return True
    comparable = [one for one in affected.ranges if one.kind in RANGES]
    return bool(comparable) and all(can_compare(ecosystem, one) for one in comparable)
