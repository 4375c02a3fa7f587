"""What to do about open criteria: a remedy fits the status, and names the slots and files that it is about.

The rulebook's own remedy is for a failure, and for what no artefact decides. All others follow from the
reasons, so that one artefact which leaves several criteria open needs one piece of work.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence

from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult


def task(result: CriterionResult) -> Hashable:
    """Return a key that criteria share if one piece of work answers all of them."""
    match result.status:
        case Status.UNREADABLE:
            return result.status, result.reason
        case Status.MISSING if absent := _absent(result):
            return result.status, tuple(sorted((seen.slot, seen.path or "") for seen in absent))
        case Status.UNPROVEN | Status.STALE if slots := _slots(result):
            return result.status, slots
        case _:
            return result.rule.id


def remedy_of(*results: CriterionResult, alone: bool = False) -> str:
    """Return what to do about criteria that share a task.

    Args:
        results: The criteria.
        alone: Whether nothing beside it shows the reasons.
    """
    result = results[0]
    match result.status:
        case Status.UNREADABLE:
            return f"Fix the artefact: {result.reason}." if alone else "Fix the artefact, or map another one."
        case Status.MISSING if absent := _absent(result):
            return " ".join(_produce(absent, result))
        case Status.UNPROVEN if _slots(result):
            reasons = [(of, one) for one in results for of in _decisive(one) if of.slot]
            return " ".join(dict.fromkeys(_prove(reason, one) for reason, one in reasons))
        case Status.STALE if result.attestation:
            role, codes = result.attestation.role, _codes(results, None)
            return f"Have {role} attest {result.rule.id} again{_for(codes)}."
        case Status.STALE if slots := _slots(result):
            return " ".join(_renew(sorted(slots), results))
        case _:
            return result.rule.remedy


def _decisive(result: CriterionResult) -> Iterator[CriterionReason]:
    return (reason for reason in result.reasons if reason.status is result.status)


def _slots(result: CriterionResult) -> frozenset[str]:
    """Return the slots that decide the status."""
    return frozenset(reason.slot for reason in _decisive(result) if reason.slot)


def _codes(results: Iterable[CriterionResult], slot: str | None) -> frozenset[ReasonCode | None]:
    return frozenset(reason.code for result in results for reason in _decisive(result) if reason.slot == slot)


def _absent(result: CriterionResult) -> list[Evidence]:
    """Return the evidence that is not there; none for what a plan demands, whose remedy names the slot."""
    if result.rule.source is None:
        return []
    return [seen for seen in result.evidence if seen.status is EvidenceStatus.MISSING]


def _produce(absent: Sequence[Evidence], result: CriterionResult) -> Iterator[str]:
    """Yield what to map, and which files to write."""
    if unmapped := [_described(seen.slot, result) for seen in absent if not seen.path]:
        yield f"Produce and map {_listed(unmapped)}."
    for seen in absent:
        if seen.path and seen.sha256:  # it is there, and dated after the as-of date
            yield f"Correct the date of `{seen.slot}`, {seen.path}."
        elif seen.path:
            yield f"Produce {_described(seen.slot, result)} at {seen.path}, or map another file."


def _described(slot: str, result: CriterionResult) -> str:
    about = result.rule.takes.get(slot)
    return f"`{slot}` ({about})" if about else f"`{slot}`"


def _prove(reason: CriterionReason, result: CriterionResult) -> str:
    """Return what is lacking of an artefact that does not show what is asked."""
    slot, rule = f"`{reason.slot}`", result.rule
    match reason.code:
        case ReasonCode.OTHER_SUBJECT:
            return f"Map this service's own artefact to {slot}, or add the name that it states to `identity`."
        case ReasonCode.SHARED:
            return f"Give {slot} a run of its own."
        case ReasonCode.NOT_UNDERSTOOD:
            role = rule.doubts_attested_by
            where = _listed(filter(None, map(_place, reason.places[:2])))
            by = f", or have {role} attest {rule.id} for at most 90 days" if role else ""
            return f"Rewrite what the reader of {slot} does not understand{where and f', {where}'}{by}."
        case ReasonCode.PARTIAL:
            return f"Complete {slot}: run it to its end, and map the whole report."
        case _:
            return f"Add to {slot} what is lacking; a test says what it shows by `[{rule.id}]` in its name."


def _place(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""


def _renew(slots: Sequence[str], results: Sequence[CriterionResult]) -> Iterator[str]:
    """Yield how to renew what is stale, a sentence for slots with the same reasons."""
    guards = [one.rule.guard(slot) for one in results for slot in slots]
    days = min((guard.max_age_days for guard in guards if guard.max_age_days), default=None)
    same: dict[frozenset[ReasonCode | None], list[str]] = {}
    for slot in slots:
        same.setdefault(_codes(results, slot), []).append(_described(slot, results[0]))
    for codes, described in same.items():
        what = _listed(described)
        ages = f"; a report counts for {days} days" if days and codes & _AGES else ""
        if codes == {ReasonCode.OTHER_MILESTONE}:
            yield f"Update {what}{_for(codes)}."
        elif codes == {ReasonCode.UNDATED}:
            yield f"State when {what} was produced: set `collected_at`, or record it with `collect`{ages}."
        else:
            cached = ", without a cached report" if ReasonCode.OLDER_THAN_COMMIT in codes else ""
            commit = f" on the commit that ships{cached}" if codes & _COMMITS else ""
            yield f"Run {what} again{commit}{_for(codes)}{ages}."


_AGES = frozenset({ReasonCode.TOO_OLD, ReasonCode.UNDATED})
_COMMITS = frozenset({ReasonCode.OTHER_COMMIT, ReasonCode.OLDER_THAN_COMMIT})


def _for(codes: frozenset[ReasonCode | None]) -> str:
    return " for this milestone" if ReasonCode.OTHER_MILESTONE in codes else ""


def _listed(words: Iterable[str]) -> str:
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last
