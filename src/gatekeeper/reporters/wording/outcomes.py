"""What a criterion requires, what was seen, what must change, and where findings are, in words."""

from collections.abc import Iterable
from typing import assert_never

from gatekeeper.model.evidence import Finding
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.rule import Operator
from gatekeeper.model.service import Attestation
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.values import describe_value
from gatekeeper.model.verdict import CriterionResult, Outcome
from gatekeeper.reporters.wording.counts import counted

OF_DEPENDENCIES = "each is signed off for the level that is asked"
"""What a criterion requires of the services on which a service depends."""
MOST_FINDINGS = 5
"""How many findings of a criterion a screen or page lists."""


def status_words(result: CriterionResult) -> str:
    """Return the status, and why it blocks nothing: `fail, binds from M3`, `missing (unsigned)`."""
    code = result.reason_code
    if result.status is not Status.UNPROVEN and code is not ReasonCode.UNSIGNED:
        code = None
    words = f"{result.status} ({code.replace('-', ' ')})" if code else result.status
    return ", ".join(filter(None, (words, not_binding(result))))


def coded(result: CriterionResult) -> str:
    """Return the status and its reason code for machines: `unproven:partial`."""
    return ":".join(filter(None, (result.status, result.reason_code)))


def not_binding(result: CriterionResult) -> str | None:
    """Return why a criterion does not bind; None if it binds.

    `optional`, `advisory`, `binds from M3`, or for a version that does not decide yet `tightened from M3`.
    """
    rule = result.rule
    if result.binding:
        return None
    if rule.source is None:
        return "optional"
    if rule.advisory or rule.effective is None:
        return "advisory"
    return f"{'tightened' if rule.is_tightened else 'binds'} from {rule.effective}"


def met_of(results: Iterable[CriterionResult]) -> str:
    """Return how many of the binding criteria that apply are met: `2 of 3 met, 1 not binding`."""
    applicable = [result for result in results if result.status is not Status.NOT_APPLICABLE]
    binding = [result for result in applicable if result.binding]
    met = f"{sum(result.status is Status.PASS for result in binding)} of {len(binding)} met"
    others = [result for result in applicable if not result.binding]
    how = "not binding" if any(result.rule.source for result in others) else "optional"
    return f"{met}, {len(others)} {how}" if others else met


def by_remedy(results: Iterable[CriterionResult]) -> list[list[CriterionResult]]:
    """Return criteria, those that are open and share a remedy together; one that is not open is alone."""
    found: dict[str, list[CriterionResult]] = {}
    for result in results:
        found.setdefault(remedy_of(result) if result.is_open else result.rule.id, []).append(result)
    return list(found.values())


def attested(given: Attestation) -> str:
    """Return who attested a criterion, and until when that counts."""
    until = f", until {given.until}" if given.until else ""
    return f"attested by {given.by}, {given.role}, on {given.on}{until}"


def attested_before(results: Iterable[CriterionResult]) -> str:
    """Return the criteria that asked for something else when they were attested; empty if none did."""
    found = {one.rule.id: one.attestation for one in results if one.changed_since_attested}
    return ", ".join(f"{name} ({given.by}, {given.on})" for name, given in found.items() if given)


def expected(result: CriterionResult) -> str | None:
    """Return what the criterion requires: the conditions that decided, or all if none could be compared."""
    conditions = [outcome.condition for outcome in result.telling] or list(result.rule.conditions)
    if conditions:
        return "; ".join(condition.describe() for condition in conditions)
    if result.rule.compares_dependencies:
        return f"depends_on: {OF_DEPENDENCIES}"
    role = result.rule.attested_by
    return f"attested by {role}" if role else None


def actual(result: CriterionResult, *, listed: bool = False) -> str | None:
    """Return what was seen; None if nothing could be compared.

    Args:
        result: The criterion's result.
        listed: Whether its findings are listed beside it; values that they show are then only counted.
    """
    compared = [outcome for outcome in result.telling if outcome.actual is not None]
    seen = [_counted(one) if listed and is_listed(one) else outcome_words(one) for one in compared]
    if seen:
        return "; ".join(seen)
    if result.attestation and result.status is Status.PASS:
        return attested(result.attestation)
    return None


def seen(result: CriterionResult, *, listed: bool = False) -> list[str]:
    """Return sentences about the status: the exception, the reason, what was seen and what is required."""
    told = why(result)
    if result.status is Status.FAIL and (found := actual(result, listed=listed)):
        told.append(f"{found}; required: {asked(result)}")
    return told


def why(result: CriterionResult) -> list[str]:
    """Return the exception and the reason of a status, without what conditions compared."""
    excepted = result.exception and f"excepted by {result.exception}"
    return [line for line in (excepted, result.reason) if line]


class Once:
    """What criteria of one service have to say, each sentence once: a later criterion refers to the first."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def seen(self, result: CriterionResult) -> list[str]:
        """Return what was seen of a criterion, without what its findings say or another open one has said."""
        lines = seen(result, listed=True)
        return [line for line in lines if line != result.reason or self.reason(result)]

    def reason(self, result: CriterionResult) -> str | None:
        """Return the reason of a status, unless another open criterion has given it already."""
        said = result.reason and self._by(result.reason, result)
        return None if said and result.is_open else result.reason

    def remedy(self, result: CriterionResult) -> str | None:
        """Return what to do about an open criterion, or which other one says so; None if it is not open."""
        if not result.is_open:
            return None
        by = self._by(remedy_of(result), result)
        return remedy_of(result) if by is None else f"as for {by}"

    def _by(self, sentence: str, result: CriterionResult) -> str | None:
        """Return the other criterion that said this first; otherwise keep that this one does."""
        id_ = result.rule.id
        first = self._said.setdefault(sentence, id_)
        return None if first == id_ else first


def asked(result: CriterionResult) -> str:
    """Return what the criterion requires, and how far each condition is from holding."""
    return "; ".join(map(_asked, result.telling)) or expected(result) or ""


def _asked(outcome: Outcome) -> str:
    words = outcome.condition.describe()
    return words if outcome.distance is None else f"{words}{_distance(outcome)}"


def _distance(outcome: Outcome) -> str:
    count = figure(outcome.distance or 0)
    match outcome.condition.operator:
        case Operator.AT_LEAST:
            return f", {count} below the threshold"
        case Operator.AT_MOST:
            return f", {count} above the threshold"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f", {count} missing"
        case Operator.WITHIN:
            return f", {count} not among them"
        case _:
            return ""  # the list that was seen shows it


def figure(number: float) -> str:
    """Return a number for people, with two decimals at most; a tiny one keeps one significant digit."""
    if 0 < abs(number) < 0.005:
        return f"{number:.1g}"
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def outcome_words(outcome: Outcome) -> str:
    """Return what was seen of a fact: `lines_pct is 91.2`."""
    return f"{'.'.join(outcome.condition.path)} is {describe_value(outcome.actual)}"


def found_words(outcome: Outcome) -> str | None:
    """Return what was seen and how far it is from what is asked: `71.43, 23.57 below the threshold`.

    None if nothing could be compared. What the findings of the condition list is only counted.
    """
    if outcome.actual is None:
        return None
    actual = outcome.actual
    is_number = isinstance(actual, int | float) and not isinstance(actual, bool)
    seen = figure(actual) if is_number else describe_value(actual)
    if is_listed(outcome):
        seen = counted(len(actual), "finding")
    return f"{seen}{_distance(outcome)}" if outcome.status is Status.FAIL else seen


def _counted(outcome: Outcome) -> str:
    return f"{'.'.join(outcome.condition.path)} has {counted(len(outcome.actual), 'finding')}"


def is_listed(outcome: Outcome) -> bool:
    """Return whether what was seen is a list, and the findings of the condition show all of it."""
    values = outcome.actual if isinstance(outcome.actual, tuple | list) else ()
    return bool(values) and all(value in outcome.findings for value in values)


def change_words(outcome: Outcome) -> str | None:
    """Return what must change so that a failed condition holds: `it has to rise by 3.8`."""
    if outcome.status is not Status.FAIL:
        return None
    count = figure(outcome.distance) if outcome.distance else "some"
    match outcome.condition.operator:
        case Operator.AT_LEAST:
            return f"it has to rise by {count}"
        case Operator.AT_MOST:
            return f"it has to fall by {count}"
        case Operator.EMPTY:
            return f"{count} to remove" if outcome.operand else "it must not be empty"
        case Operator.WITHIN:
            return f"{count} not among {outcome.condition.operand.describe()}"
        case Operator.INCLUDES | Operator.MENTIONS:
            return f"{count} missing"
        case Operator.EQUALS | Operator.ONE_OF:
            return f"it has to be {describe_value(outcome.operand)}"
        case unknown:
            assert_never(unknown)


def located(finding: Finding) -> str:
    """Return the message of a finding and its place."""
    return "  ".join(filter(None, (finding.message, location(finding))))


def location(finding: Finding) -> str | None:
    """Return the place of a finding: `src/a.ts:12`, or a JSON pointer after `#`."""
    where = finding.file or ""
    if finding.line:
        where += f":{finding.line}"
    if finding.pointer:
        where += f"#{finding.pointer}"
    return where or None
