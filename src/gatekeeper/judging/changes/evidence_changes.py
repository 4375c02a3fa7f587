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
        and earlier.basis in (Basis.EVIDENCE, Basis.RECORD)
    }
    yield from (attested_instead(pair, name) for name, twin in fallen.items() if twin not in fallen)


def compare_evidence(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
    """Yield for each slot that held evidence whether it is gone, or is known or dated by less."""
    for (slot, narrowing), was in base.evidence.items():
        now = head.evidence.get((slot, narrowing))
        if narrowing or now is None or was.status is not EvidenceStatus.OK:
            continue
        place = pair.where("evidence", slot)
        if now.status is EvidenceStatus.MISSING:
            yield evidence_removed(pair, slot, f"`{slot}`: {now.reason}", place)
        elif now.status is not EvidenceStatus.OK:
            continue
        elif _is_typed(now, head.service) and not _is_typed(was, base.service):
            yield typed_instead(pair, slot)
        elif now.basis is Basis.RECORD and was.basis is Basis.EVIDENCE:
            message = f"`{slot}` is known from a record; the artefact itself is gone"
            yield note(pair, f"evidence.{slot}:recorded", message, Cause.ARTEFACT, place)
        elif now.sha256 == was.sha256 and now.collected_at != was.collected_at:
            message = f"`{slot}` has another date and the same bytes"
            yield note(pair, f"evidence.{slot}:dated", message, Cause.ARTEFACT, place)


def _is_typed(evidence: Evidence, service: Service) -> bool:
    """Return whether the manifest states the date of evidence, which does not state its own."""
    given = service.evidence[evidence.slot].collected_at
    return evidence.basis is Basis.EVIDENCE and given is not None and evidence.collected_at == given
