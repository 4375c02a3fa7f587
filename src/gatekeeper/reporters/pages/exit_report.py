"""What an exit report tells, put together from verdicts: the same in HTML and in Markdown."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date
from typing import NamedTuple

from gatekeeper.model.evidence import Evidence
from gatekeeper.model.level import Level
from gatekeeper.model.service import SignOff
from gatekeeper.model.status import Basis, MilestoneVerdict, ServiceVerdict, Status
from gatekeeper.model.survey import Exit, Survey
from gatekeeper.model.verdict import CriterionResult, NextStep, Reason, ServiceResult
from gatekeeper.reporters.wording import sentences
from gatekeeper.reporters.wording import verdict as summary
from gatekeeper.reporters.wording.reasons import is_lost, stands_alone
from gatekeeper.reporters.wording.steps import count_of, shares

MOST_TOLD = 3
"""As many open criteria of a service as are named at first sight."""
FEW_BLOCKERS = 5
"""Of more services than this only counts of open criteria are told at first sight."""
_WORST_FIRST = (Status.FAIL, Status.UNREADABLE, Status.STALE, Status.MISSING)


class Blocker(NamedTuple):
    """A service that blocks, in short: why, and what its owner does first."""

    result: ServiceResult
    why: tuple[str, ...]
    first: NextStep | None
    steps: int
    """How many there are in all."""


class Group(NamedTuple):
    """Criteria of a service that belong together."""

    title: str
    met: tuple[CriterionResult, ...]
    told: tuple[CriterionResult, ...]
    """Those that are not simply met."""
    asked: int


class SignOffs(NamedTuple):
    """Who signed a level of a service, and whose signature it lacks."""

    result: ServiceResult
    level: Level
    given: Mapping[str, SignOff]
    lacking: frozenset[str]


class Exhibit(NamedTuple):
    """An artefact that was looked at."""

    service: str
    owner: str
    evidence: Evidence
    days_old: int | None


def verdict(exit_: Exit) -> str:
    """Say the verdict in a sentence."""
    return summary.verdict_of(exit_.result)


def outlook(exit_: Exit) -> str:
    """Say how many are ready, and how much is left to do."""
    result = exit_.result
    ready = sum(of.verdict is ServiceVerdict.READY for of in result.services)
    excepted = sum(of.verdict is ServiceVerdict.EXCEPTED for of in result.services)
    verb = "is" if ready == 1 else "are"
    told = f"{ready:,} of {sentences.services(len(result.services))} {verb} ready"
    if excepted:
        told += f", {excepted:,} by exception"
    if result.verdict is not MilestoneVerdict.BLOCKED:
        return f"{told}; nothing is left to do."
    owners = len(shares(result.next_steps))
    of = "1 owner" if owners == 1 else f"{owners:,} owners"
    return f"{told}; {count_of(len(result.next_steps))} of {of} to go."


def with_verdict(exit_: Exit, verdict: ServiceVerdict) -> list[ServiceResult]:
    """Return the services with a verdict."""
    return [of for of in exit_.result.services if of.verdict is verdict]


def blockers(exit_: Exit) -> list[Blocker]:
    """Return the services that block, those that lost ground first."""
    steps: dict[str, list[NextStep]] = {}
    for step in exit_.result.next_steps:
        for service in step.services:
            steps.setdefault(service, []).append(step)
    found = []
    blocked = with_verdict(exit_, ServiceVerdict.BLOCKED)
    why = _why if len(blocked) <= FEW_BLOCKERS else _why_in_short
    for result in blocked:
        of = steps.get(result.service.service, [])
        found.append(Blocker(result, tuple(why(result)), of[0] if of else None, len(of)))
    return sorted(found, key=lambda one: not any(map(is_lost, one.result.reasons)))


def _why(result: ServiceResult) -> Iterator[str]:
    lost = [reason for reason in result.reasons if is_lost(reason)]
    yield from map(_lost, lost)
    behind = {criterion for reason in lost for criterion in reason.criteria}
    worst = sorted(
        (of for of in result.open_criteria if of.rule.id not in behind),
        key=lambda of: _WORST_FIRST.index(of.status),
    )
    few = worst if len(worst) <= MOST_TOLD else worst[: MOST_TOLD - 1]
    for of in few:
        yield f"{of.rule.id}: {next(iter(sentences.seen(of)), of.status)}"
    if len(worst) > len(few):
        yield f"and {len(worst) - len(few):,} more open criteria"
    claims = any(reason.code == "unsigned-upgrade" for reason in lost)
    for reason in result.reasons:
        if (
            stands_alone(reason)
            and reason not in lost
            and not (claims and reason.code == "sign-offs-missing")
        ):
            yield reason.message


def _why_in_short(result: ServiceResult) -> Iterator[str]:
    yield from (_lost(reason) for reason in result.reasons if is_lost(reason))
    counts = Counter(group_of(of.rule.id) for of in result.open_criteria)
    if counts:
        told = ", ".join(f"{group} {count}" for group, count in counts.items())
        yield f"{sentences.criteria(counts.total())} open: {told}"
    if any(reason.code == "sign-offs-missing" for reason in result.reasons):
        yield f"{result.cell.level} is not signed off: {', '.join(result.missing_sign_offs)}"


def _lost(reason: Reason) -> str:
    return f"{reason.code.replace('-', ' ')}: {reason.message}"


def reasons(result: ServiceResult) -> list[Reason]:
    """Return the reasons that say more than the open criteria below them."""
    return [reason for reason in result.reasons if stands_alone(reason)]


def groups(result: ServiceResult) -> Iterator[Group]:
    """Yield a service's criteria by gate, level and capability, as far as any are asked."""
    for gate in result.gates:
        words = f" ({gate.scope})" if gate.scope else ""
        yield from _group(f"{gate.gate} {gate.name}{words}", gate.criteria)
    yield from _group("Levels", result.level_criteria)
    yield from _group("Capabilities", result.capabilities)
    yield from _group("Earlier cells of the plan", result.held_up_by)


def _group(title: str, results: Iterable[CriterionResult]) -> Iterator[Group]:
    asked = [of for of in results if of.status is not Status.NOT_APPLICABLE]
    if asked:
        met = tuple(of for of in asked if of.status is Status.PASS)
        told = tuple(of for of in asked if of.status is not Status.PASS)
        yield Group(title, met, told, len(asked))


def rests_on(result: ServiceResult) -> dict[Basis, int]:
    """Return how many criteria are met by evidence, by record and by a person's word."""
    met = {of.rule.id: of.basis for of in result.criteria if of.status is Status.PASS}
    return {basis: sum(of is basis for of in met.values()) for basis in Basis}


def marks(result: ServiceResult) -> list[str]:
    """Return what a service can be found by: `G1:fail` and the like, each once."""
    of_criteria = {
        mark(of) for of in (*result.criteria, *result.held_up_by) if of.status is not Status.NOT_APPLICABLE
    }
    return sorted({*of_criteria, f"service:{result.verdict}"})


def mark(result: CriterionResult) -> str:
    """Return what a criterion can be found by: its gate, or what else asks for it, and its status."""
    return f"{group_of(result.rule.id)}:{result.status}"


def group_of(criterion: str) -> str:
    """Return the gate of a criterion, or what else asks for it."""
    start = criterion.partition(".")[0]
    if criterion.startswith("capability:"):
        return "capabilities"
    return start if start.startswith("G") else "levels"


def sign_offs(services: Iterable[ServiceResult]) -> list[SignOffs]:
    """Return for every service the signatures under its target, or under the higher level that it holds."""
    found = []
    for result in services:
        level = max(result.cell.level, result.signed_level)
        given = result.service.sign_offs.get(level, {})
        found.append(SignOffs(result, level, given, frozenset(result.missing_sign_offs)))
    return found


def exhibits(services: Iterable[ServiceResult], as_of: date) -> list[Exhibit]:
    """Return every artefact that a criterion looked at, each once, by service, slot and path."""
    found: dict[tuple[str, str, str], Exhibit] = {}
    for result in services:
        name = result.service.service
        for criterion in (*result.criteria, *result.held_up_by):
            for seen in criterion.evidence:
                if seen.path:
                    day = seen.collected_at.astimezone(UTC).date() if seen.collected_at else None
                    age = (as_of - day).days if day else None
                    exhibit = Exhibit(name, result.service.owner, seen, age)
                    found.setdefault((name, seen.slot, seen.path), exhibit)
    return [found[key] for key in sorted(found)]


def left(days: int | None, milestones: int | None) -> str:
    """Say what time an exception has: `21 days, 1 milestone`."""
    told = []
    if days is not None:
        told.append(f"{days:,} day{'' if abs(days) == 1 else 's'}")
    if milestones is not None:
        told.append(f"{milestones} milestone{'' if abs(milestones) == 1 else 's'}")
    return ", ".join(told) or "-"


def judged(survey: Survey) -> list[tuple[str, str]]:
    """Say what was judged, and by what."""
    return [
        ("As of", survey.as_of.isoformat()),
        ("Commit", survey.commit or "no commit: the workspace is in no repository of git, or none was made"),
        ("Rulebook", survey.rulebook.digest),
        ("Judged by", f"gatekeeper {survey.tool_version}"),
    ]
