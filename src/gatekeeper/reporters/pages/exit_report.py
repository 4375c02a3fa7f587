"""The content of an exit report, as data for HTML and Markdown; `grids` has its grids."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.model.evidence import Evidence
from gatekeeper.model.level import Level
from gatekeeper.model.moment import utc_day
from gatekeeper.model.overview import Exit, Overview
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import CAPABILITY_PREFIX, SignOff
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.status import WORST_FIRST, Basis, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.verdict import CriterionResult, Reason, ServiceResult
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.actions import remaining
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.provenance import compared, known_about
from gatekeeper.reporters.wording.reasons import is_critical, is_reported
from gatekeeper.reporters.wording.verdict import count_with, spaced

MOST_TOLD = 3
"""How many open criteria of a service the overview names."""
FEW_BLOCKERS = 5
"""With more blocked services than this, the overview counts open criteria instead of naming them."""
LEVELS, CAPABILITIES, SERVICE = ".levels", ".capabilities", ".service"
"""Groups that the filter of the page finds besides gates; the id of a gate cannot begin with a full stop."""


class Blocker(NamedTuple):
    """A blocked service in short: why, and the first step."""

    result: ServiceResult
    why: tuple[str, ...]
    first: str | None
    effort: str
    steps: int
    """The number of all steps."""

    @property
    def position(self) -> str:
        """Return the position of the first step: `1 of 5 steps`."""
        return "the only action" if self.steps == 1 else f"1 of {self.steps:,} actions"


class Group(NamedTuple):
    """The criteria of one gate, or of the levels or capabilities, of a service."""

    title: str
    tally: str
    """How many are met."""
    met: tuple[CriterionResult, ...]
    unmet: tuple[CriterionResult, ...]
    """All others, and tightened versions: open or excepted."""


class SignOffs(NamedTuple):
    """The sign-offs of a level of a service, and the roles whose sign-off is missing."""

    result: ServiceResult
    level: Level
    given: Mapping[str, SignOff]
    missing: frozenset[str]
    changed: frozenset[str]
    """The roles that signed something else than what is asked today."""

    def how(self, role: str) -> str:
        """Return how the sign-off of a role was made: `signed`, `typed`, `grandfathered`."""
        keys = "sign_offs", self.level.id, role
        found = (one.seen.state for one in self.result.statements if one.statement.keys == keys)
        return next(found, SignatureState.TYPED)


class Exhibit(NamedTuple):
    """An artefact that was read for a service."""

    service: str
    owner: str
    evidence: Evidence
    days_old: int | None
    known: str
    """What is known about it, in words."""

    @property
    def age(self) -> str:
        """Return the age: `12 d`."""
        return "not dated" if self.days_old is None else f"{self.days_old} d"


def outlook(exit_: Exit) -> str:
    """Return how many services are ready, and how much work remains."""
    result = exit_.result
    ready, excepted = (count_with(result, of) for of in (ServiceVerdict.READY, ServiceVerdict.EXCEPTED))
    verb = "is" if 1 in (ready, len(result.services)) else "are"
    outlook = f"{ready:,} of {counted(len(result.services), 'service')} {verb} ready"
    if excepted:
        outlook += f", {excepted:,} by exception"
    if result.verdict is not MilestoneVerdict.BLOCKED:
        return f"{outlook}; nothing is left to do."
    return f"{outlook}; {remaining(result.actions)}."


def with_verdict(exit_: Exit, verdict: ServiceVerdict) -> list[ServiceResult]:
    """Return the services with a verdict."""
    return [of for of in exit_.result.services if of.verdict is verdict]


def blockers(exit_: Exit) -> list[Blocker]:
    """Return the blocked services, those with a regression or an unkept claim first."""
    work: dict[str, list[tuple[str, str]]] = {}
    for action in exit_.result.actions:
        for share in action.shares:
            work.setdefault(share.service, []).append((share.text, action.effort))
    found = []
    blocked = with_verdict(exit_, ServiceVerdict.BLOCKED)
    why = _why if len(blocked) <= FEW_BLOCKERS else _why_in_short
    for result in blocked:
        of = work.get(result.service.service, [])
        first, effort = of[0] if of else ("", "")
        told = why(result, first)
        found.append(Blocker(result, tuple(told), first or None, effort, len(of)))
    return sorted(found, key=lambda one: not any(map(is_critical, one.result.reasons)))


def _why(result: ServiceResult, step: str) -> Iterator[str]:
    """Yield why a service is blocked, without what its first step says."""
    critical = [reason for reason in result.reasons if is_critical(reason)]
    yield from map(_critical, critical)
    behind = {criterion for reason in critical for criterion in reason.criteria}
    worst = sorted(
        (of for of in result.open_criteria if of.rule.id not in behind),
        key=lambda of: WORST_FIRST.index(of.status),
    )
    few = worst if len(worst) <= MOST_TOLD else worst[: MOST_TOLD - 1]
    for of in few:
        seen = next(iter(outcomes.seen(of)), "")
        yield f"{of.rule.id}: {seen if seen and seen not in step else outcomes.status_words(of)}"
    if len(worst) > len(few):
        yield f"and {len(worst) - len(few):,} more open criteria"
    claims = any(reason.code == "unsigned-upgrade" for reason in critical)
    for reason in result.reasons:
        if (
            is_reported(reason)
            and reason not in critical
            and not (claims and reason.code == "sign-offs-missing")
        ):
            yield reason.message


def _why_in_short(result: ServiceResult, _step: str) -> Iterator[str]:
    yield from (_critical(reason) for reason in result.reasons if is_critical(reason))
    gates = [gate.gate for gate in result.gates]
    counts = Counter(group_of(of.rule.id, gates) for of in result.open_criteria)
    if counts:
        groups = ", ".join(f"{group.removeprefix('.')} {count}" for group, count in counts.items())
        yield f"{counted(counts.total(), 'criterion', 'criteria')} open: {groups}"
    if any(reason.code == "sign-offs-missing" for reason in result.reasons):
        yield f"{result.cell.level} is not signed off: {', '.join(result.missing_sign_offs)}"


def _critical(reason: Reason) -> str:
    return f"{spaced(reason.code)}: {reason.message}"


def reasons(result: ServiceResult) -> list[Reason]:
    """Return the reasons that are reported besides the open criteria."""
    return [reason for reason in result.reasons if is_reported(reason)]


def groups(result: ServiceResult) -> Iterator[Group]:
    """Yield a service's criteria by gate, level and capability, without groups that do not apply."""
    for gate in result.gates:
        words = f" ({gate.scope})" if gate.scope else ""
        yield from _group(f"{gate.title}{words}", gate.criteria)
    yield from _group("Levels", result.level_criteria)
    yield from _group("Capabilities", result.capabilities)
    yield from _group("Earlier cells of the plan", result.held_up_by)


def _group(title: str, results: Sequence[CriterionResult]) -> Iterator[Group]:
    if any(of.status is not Status.NOT_APPLICABLE for of in results):
        met = tuple(of for of in results if of.status is Status.PASS)
        yield Group(title, outcomes.met_of(results), met, tuple(outcomes.to_show(results)))


def rests_on(result: ServiceResult) -> dict[Basis, int]:
    """Return how many criteria are met by each basis: artefact, record, attestation."""
    met = {of.rule.id: of.basis for of in result.criteria if of.status is Status.PASS}
    return {basis: sum(of is basis for of in met.values()) for basis in Basis}


def bases(results: Iterable[ServiceResult]) -> list[Basis]:
    """Return what some criterion rests on, the strongest first."""
    counts = [rests_on(of) for of in results]
    return [basis for basis in Basis if any(of[basis] for of in counts)]


def marks(result: ServiceResult) -> list[str]:
    """Return the marks that the filter finds a service by, such as `G1:fail`, once each."""
    of_criteria = {
        mark(of) for of in (*result.criteria, *result.held_up_by) if of.status is not Status.NOT_APPLICABLE
    }
    return sorted({*of_criteria, f"{SERVICE}:{result.verdict}"})


def mark(result: CriterionResult) -> str:
    """Return the mark by which the filter finds a criterion: its group and its status."""
    rule = result.rule
    return f"{group_of(rule.id, [rule.gate] if rule.gate else [])}:{result.status}"


def group_of(criterion: str, gates: Collection[str]) -> str:
    """Return the group of a criterion: its gate, `.levels` or `.capabilities`."""
    if criterion.startswith(CAPABILITY_PREFIX):
        return CAPABILITIES
    gate = criterion.partition(".")[0]
    return gate if gate in gates else LEVELS


def sign_offs(services: Iterable[ServiceResult]) -> list[SignOffs]:
    """Return each service's sign-offs for its target level, or for a higher level that is signed off."""
    found = []
    for result in services:
        level = max(result.cell.level, result.signed_level)
        given = result.service.sign_offs.get(level.id, {})
        changed = {one.role for one in result.changed_since_signed if one.level == level}
        found.append(SignOffs(result, level, given, frozenset(result.missing_sign_offs), frozenset(changed)))
    return found


def exhibits(services: Iterable[ServiceResult], overview: Overview) -> list[Exhibit]:
    """Return every artefact that a criterion used, once each, sorted by service, slot and path."""
    found: dict[tuple[str, str, str], Exhibit] = {}
    for result in services:
        name = result.service.service
        types = compared(result.service, overview.rulebook.repository)
        for criterion in (*result.criteria, *result.held_up_by):
            for seen in criterion.evidence:
                if seen.path:
                    day = utc_day(seen.produced_at) if seen.produced_at else None
                    age = (overview.as_of - day).days if day else None
                    exhibit = Exhibit(name, result.service.owner, seen, age, known_about(seen, types))
                    found.setdefault((name, seen.slot, seen.path), exhibit)
    return [found[key] for key in sorted(found)]


def limited(services: Iterable[ServiceResult]) -> list[Rule]:
    """Return the criteria that are asked and say what their evidence cannot show, once each, sorted by id."""
    asked = (of for result in services for of in (*result.criteria, *result.held_up_by))
    rules = {of.rule.id: of.rule for of in asked if of.rule.limits and of.status is not Status.NOT_APPLICABLE}
    return [rules[id_] for id_ in sorted(rules)]


def time_left(days: int | None, milestones: int | None) -> str:
    """Return the time that an exception has left: `21 days, 1 milestone`."""
    given = ((days, "day"), (milestones, "milestone"))
    left = [counted(count, noun) for count, noun in given if count is not None]
    return ", ".join(left) or "-"


def judged(overview: Overview) -> list[tuple[str, str]]:
    """Return what was judged and by which rulebook and version, as pairs of label and value."""
    return [
        ("As of", overview.as_of.isoformat()),
        (
            "Commit",
            overview.commit
            or "none: the workspace is not in a Git repository, or the repository has no commit",
        ),
        ("Rulebook", overview.rulebook.digest),
        ("Judged by", f"gatekeeper {overview.tool_version}"),
    ]
