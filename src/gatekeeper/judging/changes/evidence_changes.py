"""Report evidence that is gone, and answers that rest on less: a record, a typed date, an attestation."""

from collections import defaultdict
from collections.abc import Container, Iterator

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.manifest_changes import (
    attested_instead,
    evidence_removed,
    note,
    redated,
    typed_instead,
)
from gatekeeper.judging.changes.record_changes import compare_records
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import by_id, common
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import Basis, weakest


def attested_now(pair: ServicePair, before: Verdicts, after: Verdicts) -> Iterator[Change]:
    """Yield criteria that hold by an attestation now, and by evidence before; not their twins."""
    fallen = {
        name: result.rule.twin
        for _, was, now in common(before, after)
        for name, result in by_id(now).items()
        if result.basis is Basis.ATTESTATION
        and (earlier := by_id(was).get(name))
        and earlier.basis not in (None, Basis.ATTESTATION)
    }
    yield from (attested_instead(pair, name) for name, twin in fallen.items() if twin not in fallen)


def compare_evidence(
    base: Side, head: Side, pair: ServicePair, rulebook: Rulebook, reported: Container[str]
) -> Iterator[Change]:
    """Yield what evidence is gone, dated by less than before, or now known from a record only.

    `reported` are the slots of which a weakening is reported already.
    """
    rules = rulebook.by_id.values()
    ages = {slot for rule in rules for slot, guard in rule.guards.items() if guard.max_age_days}
    for (slot, narrowing), now in head.evidence.items():
        if not narrowing:
            was = base.evidence.get((slot, ()))
            yield from _slot(pair, slot, was, now)
            if was and was.facts is not None and now.facts is not None and slot not in reported:
                yield from _stated_by_less(pair, slot, was, now, ages=slot in ages)
    yield from compare_records(base, head, pair)
    yield from _known_from_less(base, head, pair)


def _known_from_less(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
    """Yield notes on slots that are newly known from a record, or from one that nobody signed any more."""
    found: dict[str, list[str]] = defaultdict(list)
    for (slot, narrowing), now in head.evidence.items():
        was = base.evidence.get((slot, narrowing))
        if narrowing or now.facts is None:
            continue
        if was and was.basis is Basis.SIGNED_RECORD and now.basis is not Basis.SIGNED_RECORD:
            found["unsigned"].append(f"`{slot}`")
        elif now.is_recorded and not (was and was.is_recorded):
            found["recorded"].append(f"`{slot}`")
    for how, slots in found.items():
        message = f"{_LESS[how]}: {', '.join(sorted(slots))}"
        yield note(pair, f"evidence:{how}", message, Cause.ARTEFACT, pair.where("evidence"))


_LESS = {
    "recorded": "known from a record only, without the artefact",
    "unsigned": "no longer from a record that a recorder signed",
}


def _slot(pair: ServicePair, slot: str, was: Evidence | None, now: Evidence) -> Iterator[Change]:
    place = pair.where("evidence", slot)
    if now.status is EvidenceStatus.MISSING and was and was.status is EvidenceStatus.OK:
        yield evidence_removed(pair, slot, f"`{slot}`: {now.reason}", place)


def _stated_by_less(
    pair: ServicePair, slot: str, was: Evidence, now: Evidence, *, ages: bool
) -> Iterator[Change]:
    """Yield that the manifest states what the evidence stated, or that the same bytes have another date."""
    typed = [
        what
        for what, basis in (("when", _dated_by), ("of which commit", _committed_by))
        if basis(now) is Basis.TYPED and basis(was) in (Basis.ARTEFACT, Basis.SIGNED_RECORD, Basis.RECORD)
    ]
    is_redated = now.sha256 == was.sha256 and was.produced_at and now.produced_at != was.produced_at
    if typed:
        yield typed_instead(pair, slot, " and ".join(typed))
    elif is_redated and ages and now.sha256 and _is_fresher(was, now):
        yield redated(pair, slot, was, now)
    elif is_redated:
        message = f"`{slot}` has another date and the same bytes"
        place = pair.where("evidence", slot)
        yield note(pair, f"evidence.{slot}:dated", message, Cause.ARTEFACT, place)


def _dated_by(evidence: Evidence) -> Basis | None:
    return weakest(part.produced_at_basis for part in evidence.parts)


def _committed_by(evidence: Evidence) -> Basis | None:
    return weakest(part.commit_basis for part in evidence.parts)


def _is_fresher(was: Evidence, now: Evidence) -> bool:
    """Return whether bytes count as newer; one that lists nothing has the same whenever it is made."""
    is_empty = all(part.items == 0 for part in now.parts)
    return bool(was.produced_at and now.produced_at and now.produced_at > was.produced_at and not is_empty)
