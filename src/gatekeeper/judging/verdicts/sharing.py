"""Find measurements that serve two purposes: two slots that must differ, or two services."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from gatekeeper.model.evidence import Evidence, EvidenceKey, EvidenceStatus, Facts
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import Basis

Collected = Mapping[str, Mapping[EvidenceKey, Evidence]]
"""Evidence by service."""


def alike(one: Evidence, other: Evidence) -> bool:
    """Return whether two slots hold the same measurement: of tests, whether a test counts in both."""
    if not (_digests(one) and _digests(other)):
        return False
    tests, others = _tests(one), _tests(other)
    if not _digests(one) & _digests(other):
        is_within = bool(tests and others and (tests <= others or others <= tests))
        return _content(one) == _content(other) or (is_within and _is_one_run(one, other))
    return tests is None or others is None or bool(tests & others)


def shared_by_services(evidence: Collected, rulebook: Rulebook) -> dict[str, dict[str, str]]:
    """Return for each service the slots whose measurement another service has too, with its name."""
    holders: dict[object, list[_Holder]] = defaultdict(list)
    for holder in _measurements(evidence, rulebook):
        for key in _keys(holder.evidence):
            holders[key].append(holder)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for several in list(holders.values()):
        for group in _by_test(several):
            _note(group, found)
    return found


def measured(evidence: Collected, rulebook: Rulebook) -> dict[str, frozenset[bytes]]:
    """Return by service what its measurements are known by, the same in every process.

    Services that share a measurement have an element in common; those that have one may share none.
    """
    found: dict[str, frozenset[bytes]] = {}
    for holder in _measurements(evidence, rulebook):
        keys = (hashlib.blake2b(_spelled(key).encode(), digest_size=8) for key in _keys(holder.evidence))
        found[holder.service] = found.get(holder.service, frozenset()).union(one.digest() for one in keys)
    return found


def _spelled(value: object) -> str:
    """Return a text that is the same of equal values, and in every process."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return f"{len(value)}:{value}"
    if isinstance(value, datetime) and value.tzinfo:
        return f"@{value.timestamp()}"
    if isinstance(value, (int, float)):
        return f"#{hash(value)}"  # equal of 1 and 1.0
    if isinstance(value, (tuple, list)):
        return f"({''.join(map(_spelled, value))})"
    return repr(value)


class _Holder(NamedTuple):
    """A slot of a service that holds a measurement."""

    service: str
    slot: str
    evidence: Evidence


def _measurements(evidence: Collected, rulebook: Rulebook) -> Iterator[_Holder]:
    for service, of_service in evidence.items():
        for (slot, narrowing), one in of_service.items():
            bound = rulebook.slots.get(slot)
            if not narrowing and bound is not None and bound.measures and not bound.guard.shared:
                yield from (_Holder(service, slot, record) for record in (one, *one.others))


def _by_test(holders: list[_Holder]) -> Iterator[list[_Holder]]:
    """Yield the holders of the same measurement; those of one report that select other tests differ."""
    if len({holder.service for holder in holders}) < 2:
        return
    groups: dict[str | None, list[_Holder]] = defaultdict(list)
    for holder in holders:
        tests = _tests(holder.evidence)
        for test in (None,) if tests is None else tests:
            groups[test].append(holder)
    without = groups.pop(None, [])
    yield without
    yield from ([*group, *without] for group in groups.values())


def _note(group: list[_Holder], found: dict[str, dict[str, str]]) -> None:
    """Note for each holder the first other service of the group."""
    first = next(iter(group), None)
    second = next((holder for holder in group if first and holder.service != first.service), None)
    if first is None or second is None:
        return
    for holder in group:
        other = second if holder.service == first.service else first
        found[holder.service].setdefault(holder.slot, other.service)


def _keys(evidence: Evidence) -> Iterator[object]:
    if digests := _digests(evidence):
        yield from digests
        yield _content(evidence)


def _digests(evidence: Evidence) -> frozenset[str]:
    """Return the digests of the parts that hold anything."""
    if evidence.status is not EvidenceStatus.OK:
        return frozenset()
    return frozenset(part.sha256 for part in evidence.parts if part.sha256 and part.items)


def _content(evidence: Evidence) -> object:
    """Return what a changed byte without a meaning does not change."""
    times: Iterable[Any] = (part.produced_at for part in evidence.parts)
    return evidence.format, tuple(sorted(map(str, times))), _hashable(evidence.facts)


def _hashable(facts: Facts) -> object:
    """Return facts, as text if they hold objects or lists."""
    try:
        hash(facts)
    except TypeError:
        return repr(facts)
    return facts


def _is_one_run(one: Evidence, other: Evidence) -> bool:
    """Return whether two reports state the same times, whatever of them is selected."""
    times = [
        {part.produced_at for part in of.parts if part.produced_at_basis is Basis.ARTEFACT}
        for of in (one, other)
    ]
    return one.format == other.format and bool(times[0]) and times[0] == times[1]


def _tests(evidence: Evidence) -> frozenset[str] | None:
    """Return the tests that a report shows; None for other evidence."""
    passed = getattr(evidence.facts, "passed", None)
    return frozenset(passed) if isinstance(passed, tuple) else None
