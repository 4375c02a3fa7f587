"""Report signed records of evidence that were replaced, and records that count as signed by new recorders."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic_core import from_json

from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.manifest_changes import manifest_weakened, note
from gatekeeper.judging.changes.own_rules import Rules
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.verdicts.recorders import admitted, signature_of_record
from gatekeeper.judging.verdicts.services import some
from gatekeeper.model.changes import Cause, Change
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import RunStatement
from gatekeeper.model.status import Basis

Known = Mapping[EvidenceKey, Evidence]


def admitted_all(evidence: Known, rulebook: Rulebook, service: str) -> Known:
    """Return the evidence of a service as it counts, by who recorded it."""
    return {key: admitted(one, rulebook, service) for key, one in evidence.items()}


def compare_records(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
    """Yield the signed runs that another signed run replaced; as a weakening, if that one is older.

    A run that was signed stays valid, so that anybody can write an old one back.
    """
    replaced: dict[tuple[RunStatement, RunStatement], list[str]] = defaultdict(list)
    later = set[tuple[RunStatement, RunStatement]]()
    for (slot, narrowing), now in head.evidence.items():
        was = base.evidence.get((slot, narrowing))
        before, after = was and _signed(was), _signed(now)
        if not narrowing and before and after and before.predicate != after.predicate:
            replaced[before, after].append(slot)
            if was and now.is_attempt_after(was):
                later.add((before, after))
    for (before, after), slots in replaced.items():
        was_run, run = from_json(before.predicate), from_json(after.predicate)
        named = some(sorted(f"`{slot}`" for slot in slots))
        message = f"{named}: {_run(run)} replaces {_run(was_run)}"
        name, where = f"evidence.{min(slots)}:recorded", pair.where("evidence", min(slots))
        if _collected(run) < _collected(was_run) and (before, after) not in later:
            yield manifest_weakened(pair, name, f"{message}, which is newer", where, was_run, run)
        else:
            yield note(pair, name, message, Cause.ARTEFACT, where)


def _signed(evidence: Evidence) -> RunStatement | None:
    return evidence.signed if evidence.basis is Basis.SIGNED_RECORD else None


def _run(run: Mapping[str, Any]) -> str:
    commit = f" of commit {run['commit']}" if run.get("commit") else ""
    return f"the signed run {run.get('run') or run['collected_at']} of {run['pipeline']}{commit}"


def _collected(run: Mapping[str, Any]) -> datetime:
    found = datetime.fromisoformat(run["collected_at"])
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def newly_recorded(evidence: Mapping[str, Known], rules: Rules) -> dict[str, list[str]]:
    """Return by the fingerprint of a key what counts as signed by the own rules, not by those of the base."""
    found: dict[str, list[str]] = defaultdict(list)
    for service, known in evidence.items():
        for (slot, narrowing), one in known.items():
            by_base, own = (signature_of_record(one, rulebook, service) for rulebook in rules)
            is_new = own and own.state is SignatureState.SIGNED and by_base and by_base.state is not own.state
            if is_new and own and own.key and not narrowing:
                found[own.key].append(f"`{slot}` of {service}")
    return found
