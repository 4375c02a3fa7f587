"""Compare the verdicts on a service in two states: regressions, improvements and new claims."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Causes, Results, Side
from gatekeeper.judging.changes.plan_weakenings import ServicePair, evidence_removed
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.level import Level
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult

_HELD = frozenset({Status.PASS, Status.EXCEPTED, Status.NOT_APPLICABLE})
_LEVEL_CODES = frozenset({"regression", "lapsed"})


def compare_verdicts(
    base: Side, head: Side, rulebook: Rulebook, file: str, exited: Container[str] = ()
) -> Iterator[Change]:
    """Yield the differences between two states of a service, both judged by the same rules.

    Criteria of `exited` milestones are history and are not compared: a threat model moves on to the next
    milestone. Signed levels must still hold.
    """
    before, after = base.judged(rulebook), head.judged(rulebook)
    causes = Causes(base, head, rulebook)
    pair = ServicePair(base.service, head.service, file)
    yield from _levels(pair, before, after, causes)
    was, now = _not_exited(before, exited), _not_exited(after, exited)
    yield from _criteria(pair, was, now, causes)
    yield from _gates(pair, was, now, causes)
    yield from upgrade(head, rulebook.scale.claimed(base.service.level), rulebook, pair.where("level"))
    yield from _signatures_withdrawn(base, head, rulebook, pair)
    yield from _artefacts(base, head, pair)


def _not_exited(results: Results, exited: Container[str]) -> Results:
    return {milestone: result for milestone, result in results.items() if milestone not in exited}


def new_service(head: Side, rulebook: Rulebook, file: str) -> Iterator[Change]:
    """Yield that a service is new, and the levels that it claims or signs without holding them."""
    name, where = head.service.service, ManifestPlace(file)
    yield Change(ChangeKind.NOTE, f"{name}:new", "it is new in the plan", Cause.PLAN, name, where=where)
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
    elif now.verified_level > was.verified_level:
        message = f"verified at {now.verified_level} instead of {was.verified_level}"
        cause = causes.of(lambda results: _any(results).verified_level <= was.verified_level)
        yield Change(ChangeKind.IMPROVEMENT, f"{pair.name}:verified", message, cause, pair.name)


def _any(results: Results) -> ServiceResult:
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
    """Yield a weakening if sign-offs were withdrawn; otherwise that would hide a regression."""
    before = sign_offs.signed_level(base.case(rulebook))
    after = sign_offs.signed_level(head._replace(as_of=base.as_of).case(rulebook))
    if after < before and rulebook.governance.upgrade_sign_offs:
        yield weakening(
            ChangeKind.PLAN_WEAKENED,
            f"{pair.name}:signed",
            f"it is signed off for {after} instead of {before}",
            pair.where("sign_offs"),
            str(before),
            str(after),
        )._replace(service=pair.name, cause=Cause.GOVERNANCE)


# Criteria


class _Shift(NamedTuple):
    """A criterion with another status in the head, and the milestones at which the two differ."""

    name: str
    was: CriterionResult
    now: CriterionResult
    milestones: tuple[str, ...]

    def is_open(self, results: Results) -> bool:
        """Whether the criterion is open at any of these milestones."""
        return any(_blocks(results, milestone, self.name) for milestone in self.milestones)

    def is_closed(self, results: Results) -> bool:
        """Whether the criterion is open at none of these milestones."""
        return not self.is_open(results)


Shifted = Callable[[CriterionResult, CriterionResult], bool]


def _no_longer_holds(was: CriterionResult, now: CriterionResult) -> bool:
    return now.blocks and was.status in _HELD


def _holds_now(was: CriterionResult, now: CriterionResult) -> bool:
    return now.status is Status.PASS and was.is_open


def _shifts(before: Results, after: Results, shifted: Shifted) -> list[_Shift]:
    """Return the shifted criteria, each once; a criterion whose twin also shifted is left out."""
    found: dict[str, _Shift] = {}
    for milestone, was, now in _common(before, after):
        held = _by_id(was)
        for name, result in _by_id(now).items():
            earlier = held.get(name)
            if earlier is None or (earlier.status is Status.EXCEPTED and _level_regression(now)):
                continue  # newly asked; or its level regressed, which is reported instead
            if shifted(earlier, result):
                milestones = found[name].milestones if name in found else ()
                found[name] = _Shift(name, earlier, result, (*milestones, milestone))
    return [shift for shift in found.values() if shift.now.rule.twin not in found]


def _criteria(pair: ServicePair, before: Results, after: Results, causes: Causes) -> Iterator[Change]:
    for shift in _shifts(before, after, _no_longer_holds):
        cause = causes.of(shift.is_closed)
        if shift.was.status is Status.NOT_APPLICABLE and cause is Cause.PLAN:
            continue  # the plan asks for it now: new work, not a regression
        message = f"{shift.name}: {shift.was.status} → {shift.now.status}"
        yield _shift(pair, shift, ChangeKind.REGRESSION, message, cause)
    for shift in _shifts(before, after, _holds_now):
        cause = causes.of(shift.is_open)
        message = f"{shift.name}: {shift.was.status} → {shift.now.status}"
        yield _shift(pair, shift, ChangeKind.IMPROVEMENT, message, cause)


def _shift(pair: ServicePair, shift: _Shift, kind: ChangeKind, message: str, cause: Cause) -> Change:
    return Change(
        kind,
        f"{pair.name}:{shift.name}",
        message,
        cause,
        pair.name,
        shift.milestones,
        blocks=kind is ChangeKind.REGRESSION,
        result=shift.now,
        where=_where(pair, shift.now),
    )


def _where(pair: ServicePair, result: CriterionResult) -> ManifestPlace:
    """Return the place of the deciding slot's mapping, otherwise of the attestation."""
    slots = [outcome.condition.slot for outcome in result.telling]
    mapped = next((slot for slot in slots if slot in pair.head.evidence), None)
    if mapped:
        return pair.where("evidence", mapped)
    return pair.where("attestations", result.rule.id)


def _common(before: Results, after: Results) -> Iterator[tuple[str, ServiceResult, ServiceResult]]:
    for milestone, now in after.items():
        if milestone in before:
            yield milestone, before[milestone], now


def _by_id(result: ServiceResult) -> Mapping[str, CriterionResult]:
    return {found.rule.id: found for found in result.criteria}


def _blocks(results: Results, milestone: str, name: str) -> bool:
    found = _by_id(results[milestone]).get(name) if milestone in results else None
    return found is not None and found.blocks


# Gates


def _gates(pair: ServicePair, before: Results, after: Results, causes: Causes) -> Iterator[Change]:
    """Yield gates that turned red without an open criterion: none of their criteria applies any more."""
    red: dict[str, list[str]] = defaultdict(list)
    for milestone, was, now in _common(before, after):
        held = {gate.gate: gate.status for gate in was.gates}
        for gate in now.gates:
            is_dead = gate.status is GateStatus.RED and not any(found.blocks for found in gate.criteria)
            if is_dead and held[gate.gate] in (GateStatus.GREEN, GateStatus.AMBER):
                red[gate.gate].append(milestone)
    for name, milestones in red.items():
        cause = causes.of(partial(_is_not_red, milestones=milestones, name=name))
        yield Change(
            ChangeKind.REGRESSION,
            f"{pair.name}:{name}",
            f"{name} was green and is red: none of its criteria applies",
            cause,
            pair.name,
            tuple(milestones),
            blocks=True,
            where=pair.where("plan", milestones[0]),
        )


def _is_not_red(results: Results, milestones: Iterable[str], name: str) -> bool:
    gates = [gate for at in milestones if at in results for gate in results[at].gates]
    return not any(gate.gate == name and gate.status is GateStatus.RED for gate in gates)


# Artefacts


def _artefacts(base: Side, head: Side, pair: ServicePair) -> Iterator[Change]:
    for (slot, narrowing), evidence in base.evidence.items():
        now = head.evidence.get((slot, narrowing))
        if narrowing or now is None or evidence.status is not EvidenceStatus.OK:
            continue
        place = pair.where("evidence", slot)
        if now.status is EvidenceStatus.MISSING:
            yield evidence_removed(pair, slot, f"`{slot}`: {now.reason}", place)
        elif now.sha256 == evidence.sha256 and now.collected_at != evidence.collected_at:
            message = f"`{slot}` has another date and the same bytes"
            name = f"{pair.name}:evidence.{slot}:dated"
            yield Change(ChangeKind.NOTE, name, message, Cause.EVIDENCE, pair.name, where=place)
