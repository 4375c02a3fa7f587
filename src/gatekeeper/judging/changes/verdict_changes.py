"""Compare the verdicts on a service in two states: regressions, improvements and new claims.

Whatever was open and is not any more is an improvement with its cause. If an edit closes it that is neither
new evidence nor an act of a person, that edit is a weakening.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Causes, Results, Side, Verdicts
from gatekeeper.judging.changes.closings import Closings
from gatekeeper.judging.changes.manifest_changes import (
    attested_instead,
    evidence_removed,
    note,
    signature_withdrawn,
    typed_instead,
)
from gatekeeper.judging.changes.register_weakenings import closed_too_early
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.exceptions import missing_sign_off
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.evidence import Evidence, EvidenceStatus
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import ExceptionRule, Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.status import Basis, GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult

_HELD = frozenset({Status.PASS, Status.EXCEPTED, Status.NOT_APPLICABLE})
_LEVEL_CODES = frozenset({"regression", "lapsed"})


def compare_verdicts(
    base: Side,
    head: Side,
    rulebook: Rulebook,
    file: str,
    exited: Container[str] = (),
    *,
    is_weakened: bool = False,
) -> Iterator[Change]:
    """Yield the differences between two states of a service, both judged by the same rules.

    Criteria of `exited` milestones are history and are not compared: a threat model moves on to the next
    milestone. Signed levels must still hold. `is_weakened`: that the plan asks for less is reported already.
    """
    before, after = base.judged(rulebook), head.judged(rulebook)
    pair = ServicePair(base.service, head.service, file)
    causes = Causes(base, head, rulebook)
    closings = Closings(base, head, causes, is_weakened=is_weakened)
    yield from _levels(pair, before, after, causes)
    yield from _improvements(pair, before, after, closings)
    was, now = _not_exited(before, exited), _not_exited(after, exited)
    yield from _criteria(pair, was, now, causes)
    yield from _closed(pair, was, now, closings)
    reported = {shift.name for shift in _shifts(was, now, _is_closed)} | _no_longer_dead(was, now).keys()
    yield from _closed_in_levels(pair, before, after, closings, reported)
    yield from _gates(pair, was, now, causes)
    yield from upgrade(head, rulebook.scale.claimed(base.service.level), rulebook, pair.where("level"))
    yield from _signatures_withdrawn(base, head, rulebook, pair)
    yield from _closed_exceptions(before, after, head.entries, rulebook.exceptions)
    yield from closings.weakenings(pair)
    yield from _bases(pair, was, now)
    yield from _artefacts(base, head, pair)


def _not_exited(results: Verdicts, exited: Container[str]) -> Verdicts:
    return {milestone: result for milestone, result in results.items() if milestone not in exited}


def new_service(head: Side, rulebook: Rulebook, file: str) -> Iterator[Change]:
    """Yield that a service is new, and the levels that it claims or signs without holding them."""
    name, where = head.service.service, ManifestPlace(file)
    yield Change(
        ChangeKind.NOTE, f"{name}:new", "it is new in the plan", Cause.DECLARATION, name, where=where
    )
    level = next(iter(head.judged(rulebook).values()))
    if reason := _level_regression(level):
        yield _level_change(name, level, reason, Cause.GOVERNANCE, ManifestPlace(file, ("sign_offs",)))
    yield from upgrade(head, rulebook.scale.lowest, rulebook, ManifestPlace(file, ("level",)))


def upgrade(head: Side, before: Level, rulebook: Rulebook, where: ManifestPlace) -> Iterator[Change]:
    """Yield an upgrade if a service claims a higher level, with the missing sign-offs."""
    service, claimed = head.service, rulebook.scale.claimed(head.service.level)
    if claimed <= before:
        return
    lacking = sign_offs.lacking_sign_offs(rulebook.governance, service, claimed, head.as_of)
    lacks = tuple(f"{role} ({why})" if why else role for role, why in lacking.items())
    is_signed = sign_offs.signed_level(head.case(rulebook)) >= claimed
    yield Change(
        ChangeKind.UPGRADE,
        f"{service.service}:level:{before}->{claimed}",
        f"it claims {claimed} instead of {before}",
        Cause.GOVERNANCE,
        service.service,
        blocks=not is_signed,
        lacks=() if is_signed else lacks,
        where=where,
    )


# Levels


def _levels(pair: ServicePair, before: Results, after: Results, causes: Causes) -> Iterator[Change]:
    was, now = _any(before), _any(after)
    reason, regressed_before = _level_regression(now), _level_regression(was)
    if reason and (
        regressed_before is None
        or now.verified_level < was.verified_level
        or now.signed_level > was.signed_level
    ):
        cause = causes.of(lambda results: _level_regression(_any(results)) is None)
        yield _level_change(pair.name, now, reason, cause, pair.where("sign_offs"))


def _improvements(pair: ServicePair, before: Results, after: Results, closings: Closings) -> Iterator[Change]:
    """Yield a higher verified or signed level, and milestones at which nothing blocks any more."""
    was, now = _any(before), _any(after)
    slots = {*pair.base.evidence, *pair.head.evidence}
    if now.verified_level > was.verified_level:
        message = f"verified at {now.verified_level} instead of {was.verified_level}"
        cause = closings.cause(
            message, lambda results: _any(results).verified_level <= was.verified_level, slots
        )
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:verified", message, cause, pair.name)
    if now.signed_level > was.signed_level:
        message = f"signed off for {now.signed_level} instead of {was.signed_level}"
        cause = closings.cause(message, lambda results: _any(results).signed_level <= was.signed_level, ())
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:signed", message, cause, pair.name)


def _any(results: Verdicts) -> ServiceResult:
    """Return the result of any milestone; levels do not depend on the milestone."""
    return next(iter(results.values()))


def _level_regression(result: ServiceResult) -> Reason | None:
    return next((reason for reason in result.reasons if reason.code in _LEVEL_CODES), None)


def _level_change(
    name: str, result: ServiceResult, reason: Reason, cause: Cause, where: ManifestPlace
) -> Change:
    level = str(result.signed_level)
    return Change(
        ChangeKind.REGRESSION,
        f"{name}:signed-level:{level}",
        reason.message,
        cause,
        name,
        blocks=True,
        where=where,
    )


def _signatures_withdrawn(base: Side, head: Side, rulebook: Rulebook, pair: ServicePair) -> Iterator[Change]:
    """Yield a weakening if sign-offs were withdrawn."""
    before = sign_offs.signed_level(base.case(rulebook))
    after = sign_offs.signed_level(head._replace(as_of=base.as_of).case(rulebook))
    if after < before and rulebook.governance.upgrade_sign_offs:
        yield signature_withdrawn(pair, before, after)


def _closed_exceptions(
    before: Verdicts, after: Verdicts, entries: Iterable[RegisteredException], rule: ExceptionRule
) -> Iterator[Change]:
    """Yield overdue exceptions that were closed although something that they cover is open."""
    closed = {entry.id: entry for entry in entries if entry.closed}
    overdue: dict[str, set[str]] = defaultdict(set)
    for _, was, now in _common(before, after):
        is_open = _blocking(now) | missing_sign_off(rule, now.signed_level)
        for seen in was.exceptions:
            if seen.state == "overdue" and seen.id in closed:
                overdue[seen.id] |= is_open.intersection(seen.criteria)
    for name, still_open in overdue.items():
        if still_open:
            yield closed_too_early(closed[name], sorted(still_open))


# Criteria


class _Shift(NamedTuple):
    """A criterion with another status in the head, and the milestones at which the two differ."""

    name: str
    was: CriterionResult
    now: CriterionResult | None
    """None if it is not asked any more, or holds at a level that is not shown."""
    milestones: tuple[str, ...]

    def is_open(self, results: Verdicts) -> bool:
        """Whether the criterion is open at any of these milestones."""
        return any(_blocks(results, milestone, self.name) for milestone in self.milestones)

    def is_closed(self, results: Verdicts) -> bool:
        """Whether the criterion is open at none of these milestones."""
        return not self.is_open(results)

    def change(self, pair: ServicePair, kind: ChangeKind, cause: Cause) -> Change:
        """Return the difference as a change of this kind."""
        now = self.now.status if self.now else "no longer open"
        return Change(
            kind,
            f"{pair.name}:{self.name}",
            f"{self.name}: {self.was.status} → {now}",
            cause,
            pair.name,
            self.milestones,
            blocks=kind is ChangeKind.REGRESSION,
            result=self.now,
            where=_where(pair, self.now or self.was),
        )


Shifted = Callable[[CriterionResult, CriterionResult | None], bool]


def _no_longer_holds(was: CriterionResult, now: CriterionResult | None) -> bool:
    return now is not None and now.blocks and was.status in _HELD


def _is_closed(was: CriterionResult, now: CriterionResult | None) -> bool:
    return was.blocks and (now is None or not now.blocks)


def _closed_in_levels(
    pair: ServicePair, before: Results, after: Results, closings: Closings, reported: Container[str]
) -> Iterator[Change]:
    """Yield what levels lacked and lack no longer, if no milestone shows it."""
    closed: dict[str, list[str]] = defaultdict(list)
    for level, lacking in before.lacking.items():
        for name in lacking.keys() - after.lacking.get(level, {}).keys():
            closed[name].append(level)
    for name, levels in sorted(closed.items()):
        was = before.lacking[levels[0]][name]
        if name in reported or (was and was.rule.twin in closed):
            continue
        is_open = partial(_is_lacking, levels=levels, name=name)
        slots = was.rule.slots if was else {*pair.base.evidence, *pair.head.evidence}
        message = f"{name} is no longer open at {', '.join(levels)}"
        cause = closings.cause(name, is_open, slots)
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:{name}", message, cause, pair.name)


def _is_lacking(results: Results, levels: Iterable[str], name: str) -> bool:
    return any(name in results.lacking.get(level, {}) for level in levels)


def _shifts(before: Verdicts, after: Verdicts, shifted: Shifted) -> list[_Shift]:
    """Return the shifted criteria, each once; a criterion whose twin also shifted is left out."""
    found: dict[str, _Shift] = {}
    for milestone, was, now in _common(before, after):
        results = _by_id(now)
        for name, earlier in _by_id(was).items():
            if earlier.status is Status.EXCEPTED and _level_regression(now):
                continue  # its level regressed, which is reported instead
            if shifted(earlier, results.get(name)):
                milestones = found[name].milestones if name in found else ()
                found[name] = _Shift(name, earlier, results.get(name), (*milestones, milestone))
    return [shift for shift in found.values() if shift.was.rule.twin not in found]


def _criteria(pair: ServicePair, before: Verdicts, after: Verdicts, causes: Causes) -> Iterator[Change]:
    """Yield the criteria that held and are open."""
    for shift in _shifts(before, after, _no_longer_holds):
        cause = causes.of(shift.is_closed)
        if shift.was.status is Status.NOT_APPLICABLE and cause is Cause.PLAN:
            continue  # the plan asks for it now: new work, not a regression
        yield shift.change(pair, ChangeKind.REGRESSION, cause)


def _closed(pair: ServicePair, before: Verdicts, after: Verdicts, closings: Closings) -> Iterator[Change]:
    """Yield the criteria that were open and are not, and the gates that were red without an open one."""
    for shift in _shifts(before, after, _is_closed):
        cause = closings.cause(shift.name, shift.is_open, shift.was.rule.slots)
        yield shift.change(pair, ChangeKind.IMPROVEMENT, cause)
    for name, milestones in _no_longer_dead(before, after).items():
        is_red = partial(_is_red, milestones=milestones, name=name)
        cause = closings.cause(name, is_red, {*pair.base.evidence, *pair.head.evidence})
        message = f"{name} was red because none of its criteria applied, and is not red any more"
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:{name}", message, cause, pair.name, milestones)


def _where(pair: ServicePair, result: CriterionResult) -> ManifestPlace:
    """Return the place of the deciding slot's mapping, otherwise of the attestation."""
    slots = [outcome.condition.slot for outcome in result.telling]
    mapped = next((slot for slot in slots if slot in pair.head.evidence), None)
    if mapped:
        return pair.where("evidence", mapped)
    return pair.where("attestations", result.rule.id)


def _blocking(result: ServiceResult) -> set[str]:
    return {found.rule.id for found in result.criteria if found.blocks}


def _common(before: Verdicts, after: Verdicts) -> Iterator[tuple[str, ServiceResult, ServiceResult]]:
    for milestone, now in after.items():
        if milestone in before:
            yield milestone, before[milestone], now


def _by_id(result: ServiceResult) -> Mapping[str, CriterionResult]:
    """Return what is asked at a milestone, and what keeps the service from a level that it needs there."""
    return {found.rule.id: found for found in (*result.held_up_by, *result.criteria)}


def _blocks(results: Verdicts, milestone: str, name: str) -> bool:
    found = _by_id(results[milestone]).get(name) if milestone in results else None
    return found is not None and found.blocks


# Gates


def _dead(result: ServiceResult) -> set[str]:
    """Return the gates that are red without an open criterion: none of their criteria applies."""
    red = (gate for gate in result.gates if gate.status is GateStatus.RED)
    dead = {gate.gate for gate in red if not any(found.blocks for found in gate.criteria)}
    return dead | set(result.held_up_by_gates)


def _gates(pair: ServicePair, before: Verdicts, after: Verdicts, causes: Causes) -> Iterator[Change]:
    """Yield gates that turned red without an open criterion."""
    dead: dict[str, list[str]] = defaultdict(list)
    for milestone, was, now in _common(before, after):
        held = {gate.gate for gate in was.gates if gate.status in (GateStatus.GREEN, GateStatus.AMBER)}
        for name in sorted(held & _dead(now)):
            dead[name].append(milestone)
    for name, milestones in dead.items():
        yield Change(
            ChangeKind.REGRESSION,
            f"{pair.name}:{name}",
            f"{name} was green and is red: none of its criteria applies",
            causes.of(partial(_is_not_red, milestones=milestones, name=name)),
            pair.name,
            tuple(milestones),
            blocks=True,
            where=pair.where("plan", milestones[0]),
        )


def _no_longer_dead(before: Verdicts, after: Verdicts) -> dict[str, tuple[str, ...]]:
    """Return by gate the milestones at which it was red without an open criterion, and is not any more."""
    found: dict[str, tuple[str, ...]] = {}
    for milestone, was, now in _common(before, after):
        red = {gate.gate for gate in now.gates if gate.status is GateStatus.RED} | _dead(now)
        for name in sorted(_dead(was) - red):
            found[name] = (*found.get(name, ()), milestone)
    return found


def _is_not_red(results: Verdicts, milestones: Iterable[str], name: str) -> bool:
    return not _is_red(results, milestones, name)


def _is_red(results: Verdicts, milestones: Iterable[str], name: str) -> bool:
    at = [results[milestone] for milestone in milestones if milestone in results]
    red = {gate.gate for result in at for gate in result.gates if gate.status is GateStatus.RED}
    return name in red or any(name in _dead(result) for result in at)


# Evidence


def _bases(pair: ServicePair, before: Verdicts, after: Verdicts) -> Iterator[Change]:
    """Yield criteria that hold by an attestation now, and by evidence before; not their twins."""
    fallen = {
        name: result.rule.twin
        for _, was, now in _common(before, after)
        for name, result in _by_id(now).items()
        if result.basis is Basis.ATTESTATION
        and (earlier := _by_id(was).get(name))
        and earlier.basis in (Basis.EVIDENCE, Basis.RECORD)
    }
    yield from (attested_instead(pair, name) for name, twin in fallen.items() if twin not in fallen)


def _artefacts(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
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
