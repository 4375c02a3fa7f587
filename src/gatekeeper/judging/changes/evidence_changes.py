"""Report evidence that is gone, and answers that rest on less: a record, a typed date, an attestation."""

from collections.abc import Iterator

from gatekeeper.judging.changes.causes import Side, Verdicts
from gatekeeper.judging.changes.manifest_changes import (
    attested_instead,
    evidence_removed,
    note,
    typed_instead,
)
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.shifts import by_id, common
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis


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


def compare_evidence(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
    """Yield for each slot whether its evidence is gone, or is known or dated by less than before."""
    for (slot, narrowing), now in head.evidence.items():
        if not narrowing:
            yield from _slot(pair, slot, base.evidence.get((slot, ())), now)


def _slot(pair: ServicePair, slot: str, was: Evidence | None, now: Evidence) -> Iterator[Change]:
    place = pair.where("evidence", slot)
    known = was is not None and was.status is EvidenceStatus.OK
    if now.status is EvidenceStatus.MISSING and known:
        yield evidence_removed(pair, slot, f"`{slot}`: {now.reason}", place)
    if now.status is not EvidenceStatus.OK:
        return
    if now.basis is Basis.RECORD and (was is None or was.basis is not Basis.RECORD):
        message = f"`{slot}` is known from a record; the artefact itself is not here"
        yield note(pair, f"evidence.{slot}:recorded", message, Cause.ARTEFACT, place)
    elif was is None or not known:
        return
    elif was.produced_at and _is_typed(now, pair.head) and not _is_typed(was, pair.base):
        yield typed_instead(pair, slot)
    elif now.sha256 == was.sha256 and now.produced_at != was.produced_at:
        message = f"`{slot}` has another date and the same bytes"
        yield note(pair, f"evidence.{slot}:dated", message, Cause.ARTEFACT, place)


def _is_typed(evidence: Evidence, service: Service) -> bool:
    """Return whether the manifest states the date of evidence, which does not state its own."""
    given = service.evidence[evidence.slot].collected_at
    return evidence.basis is Basis.ARTEFACT and given is not None and evidence.produced_at == given
