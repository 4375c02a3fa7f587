"""Find measurements that serve two purposes: two slots that must differ, or two services."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from gatekeeper.model.evidence import Evidence, EvidenceKey, EvidenceStatus
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
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for slots in _same(evidence, rulebook).values():
        for (service, slot, one), (other, its, another) in combinations(slots, 2):
            if service != other and alike(one, another):
                found[service].setdefault(slot, other)
                found[other].setdefault(its, service)
    return found


def _same(evidence: Collected, rulebook: Rulebook) -> dict[object, list[tuple[str, str, Evidence]]]:
    """Return the measurements with the same bytes, and those with the same content."""
    known: dict[object, list[tuple[str, str, Evidence]]] = defaultdict(list)
    for service, of_service in evidence.items():
        for (slot, narrowing), one in of_service.items():
            bound = rulebook.slots.get(slot)
            if narrowing or bound is None or not bound.measures or bound.guard.shared:
                continue
            for key in _keys(one):
                known[key].append((service, slot, one))
    return known


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
    return evidence.format, tuple(sorted(map(str, times))), repr(evidence.facts)


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
