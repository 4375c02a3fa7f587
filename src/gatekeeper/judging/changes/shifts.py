"""Find what differs between the verdicts on two states of a service, by criterion and gate."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gatekeeper.judging.changes.causes import Verdicts
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.status import GateStatus, Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult

_LEVEL_CODES = frozenset({"regression", "lapsed"})


class Shift(NamedTuple):
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
        now = str(self.now.status) if self.now else "no longer open"
        if now == self.was.status:
            now = "it no longer blocks"
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


def shifts(before: Verdicts, after: Verdicts, shifted: Shifted) -> list[Shift]:
    """Return the shifted criteria, each once; a criterion whose twin also shifted is left out."""
    found: dict[str, Shift] = {}
    for milestone, was, now in common(before, after):
        results = by_id(now)
        for name, earlier in by_id(was).items():
            if earlier.status is Status.EXCEPTED and level_regression(now):
                continue  # its level regressed, which is reported instead
            if shifted(earlier, results.get(name)):
                milestones = found[name].milestones if name in found else ()
                found[name] = Shift(name, earlier, results.get(name), (*milestones, milestone))
    return [shift for shift in found.values() if not _is_shown(shift, found.get(shift.was.rule.twin or ""))]


def _is_shown(shift: Shift, original: Shift | None) -> bool:
    """Return whether the original of a twin shifts at the same milestones."""
    return original is not None and set(shift.milestones) <= set(original.milestones)


def common(before: Verdicts, after: Verdicts) -> Iterator[tuple[str, ServiceResult, ServiceResult]]:
    """Yield the milestones of both states with both results."""
    for milestone, now in after.items():
        if milestone in before:
            yield milestone, before[milestone], now


def by_id(result: ServiceResult) -> Mapping[str, CriterionResult]:
    """Return what is asked at a milestone, and what keeps the service from a level that it needs there."""
    return {found.rule.id: found for found in (*result.held_up_by, *result.criteria)}


def blocking(result: ServiceResult) -> set[str]:
    """Return what blocks a service at a milestone."""
    return {found.rule.id for found in result.criteria if found.blocks}


def _blocks(results: Verdicts, milestone: str, name: str) -> bool:
    found = by_id(results[milestone]).get(name) if milestone in results else None
    return found is not None and found.blocks


def _where(pair: ServicePair, result: CriterionResult) -> ManifestPlace:
    """Return the place of the deciding slot's mapping, otherwise of the attestation."""
    slots = [outcome.condition.slot for outcome in result.telling]
    mapped = next((slot for slot in slots if slot in pair.head.evidence), None)
    if mapped:
        return pair.where("evidence", mapped)
    return pair.where("attestations", result.rule.id)


def any_result(results: Verdicts) -> ServiceResult:
    """Return the result of any milestone; levels do not depend on the milestone."""
    return next(iter(results.values()))


def level_regression(result: ServiceResult) -> Reason | None:
    """Return the reason that a signed level does not hold; None if it does."""
    return next((reason for reason in result.reasons if reason.code in _LEVEL_CODES), None)


# Gates


def dead_gates(result: ServiceResult) -> set[str]:
    """Return the gates that are red without an open criterion: none of their criteria applies."""
    red = (gate for gate in result.gates if gate.status is GateStatus.RED)
    dead = {gate.gate for gate in red if not any(found.blocks for found in gate.criteria)}
    return dead | set(result.held_up_by_gates)


def is_red(results: Verdicts, milestones: Iterable[str], name: str) -> bool:
    """Return whether a gate is red at any of these milestones."""
    at = [results[milestone] for milestone in milestones if milestone in results]
    red = {gate.gate for result in at for gate in result.gates if gate.status is GateStatus.RED}
    return name in red or any(name in dead_gates(result) for result in at)


def is_not_red(results: Verdicts, milestones: Iterable[str], name: str) -> bool:
    """Return whether a gate is red at none of these milestones."""
    return not is_red(results, milestones, name)
