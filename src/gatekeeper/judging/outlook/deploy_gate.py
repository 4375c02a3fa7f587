"""The deploy gate: decide whether a service may be deployed to a destination now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.judging.outlook.deploy_exceptions import (
    ServiceState,
    due_since,
    entry_states,
    open_criteria,
    uncovered,
)
from gatekeeper.judging.outlook.needs import (
    Wording,
    Work,
    claim_level,
    get_signed_off,
    other_ways,
    remove_or_fill_gate,
    sign_or_lower,
)
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import LevelCheck, verify
from gatekeeper.judging.verdicts.services import gaps_text, not_signed, regressions, some
from gatekeeper.model.action import Action, Option
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.plan import Cell
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Release, Service
from gatekeeper.model.shipping import Shipping
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, Reason

_EVIDENCE_ALONE = frozenset({"regression", "lapsed", "level-not-reached"})
"""Reasons that new evidence alone can remove, without a signature."""


def of_release(service: Service, commit: str | None) -> Service:
    """Return the service with this commit as its release; None keeps the release of its manifest."""
    if commit is None:
        return service
    version = service.release.version if service.release else commit
    return service.model_copy(update={"release": Release(version=version, commit=commit)})


def lowest_level(rulebook: Rulebook, destination: str) -> Level:
    """Return the lowest level that may be deployed to a destination; higher levels may be as well."""
    return min(level for level, rules in rulebook.levels.items() if destination in rules.ships_to)


def may_ship(case: Case, destination: str, entries: Sequence[RegisteredException] = ()) -> Shipping:
    """Return whether a service may be deployed, with the reasons against it.

    A level that the service holds must allow the destination, and the service must not have regressed: no
    lost level, no lapsed evidence, no unsigned claim, no overdue exception. Once a milestone has exited that
    targets the level which exceptions excuse, a service below it needs an open exception.

    Args:
        case: The service with the commit to be deployed as its release, and its evidence.
        destination: Where it is deployed to; a level of the rulebook ships there.
        entries: The service's exceptions.
    """
    asked = lowest_level(case.rulebook, destination)
    cells = resolve(case.service, case.rulebook.scale)
    due = due_since(case, cells)
    excuse = case.rulebook.exceptions.excuse
    here = _service_state(case, cells, max(asked, excuse) if entries or due else asked)
    cover = _cover(here, asked, due, entries)
    short_of = next((level for level in (asked, excuse if due else asked) if cover.held < level), None)
    gaps = here.verified.gaps(max(here.signed, short_of or here.signed))
    reasons = (
        *here.regressions,
        *_too_low(here, asked, cover.held, destination),
        *(_overdue(cover.overdue) or _not_excepted(here, asked, cover)),
    )
    criteria = {result.rule.id: result for gap in gaps for result in gap.open} if reasons else {}
    overdue = [name for seen in cover.overdue for name in seen.criteria]
    criteria |= {name: cover.still_open[name] for name in overdue if name in cover.still_open}
    release = case.service.release
    return Shipping(
        service=case.service,
        destination=destination,
        as_of=case.as_of,
        commit=release.commit if release else None,
        asked_level=asked,
        claimed_level=case.claimed_level,
        verified_level=here.verified.level,
        signed_level=here.signed,
        held_level=cover.held,
        reasons=reasons,
        criteria=tuple(criteria.values()),
        actions=_actions(here, short_of, reasons, gaps, criteria),
        exceptions=cover.exceptions,
        of_any_commit=() if release and release.commit else _of_any_commit(here.judge),
        waits_for=_waits_for(reasons, gaps, criteria),
        has_sign_offs=bool(case.rulebook.governance.upgrade_sign_offs),
        evidence=tuple(case.evidence.values()),
    )


class _Cover(NamedTuple):
    """What exceptions cover of what is open below the excused level."""

    due: str | None
    """The milestone by whose exit the excused level is due."""
    exceptions: tuple[ExceptionSeen, ...]
    overdue: list[ExceptionSeen]
    """Those that should have been closed, while the service is below the excused level."""
    still_open: Mapping[str, CriterionResult]
    lacking: tuple[str, ...]
    """What is open and not covered."""
    held: Level
    """The level that the service holds with them."""


def _cover(
    here: ServiceState, asked: Level, due: str | None, entries: Sequence[RegisteredException]
) -> _Cover:
    rule = here.case.rulebook.exceptions
    still_open = open_criteria(here) if entries or due else {}
    seen = entry_states(here, entries, still_open, is_due=due is not None)
    lacking = uncovered(here, still_open, seen)
    is_needed = due is not None or rule.covers(asked)
    is_excepted = is_needed and not lacking and any(one.state == "in_force" for one in seen)
    held = max(here.effective, rule.excuse) if is_excepted else here.effective
    overdue = [one for one in seen if one.state == "overdue" and here.effective < rule.excuse]
    return _Cover(due, seen, overdue, still_open, lacking, held)


def _service_state(case: Case, cells: Mapping[str, Cell], due: Level) -> ServiceState:
    judge = ServiceJudge(case, cells, SharedResults())
    signed = sign_offs.signed_level(case)
    verified = verify(judge, signed, due)
    return ServiceState(case, cells, judge, verified, signed, tuple(regressions(case, verified, signed)))


def _too_low(here: ServiceState, asked: Level, held: Level, destination: str) -> Iterator[Reason]:
    if held >= asked:
        return
    if here.verified.level < asked:
        gaps = here.verified.gaps(asked)
        message = (
            f"verified at {here.verified.level}, {destination} requires {asked}; open: {gaps_text(gaps)}"
        )
        ids = tuple(dict.fromkeys(result.rule.id for gap in gaps for result in gap.open))
        yield Reason("level-not-reached", message, ids)
    if here.signed < asked:
        yield not_signed(here.case, asked)


def _not_excepted(here: ServiceState, asked: Level, cover: _Cover) -> Iterator[Reason]:
    """Yield that the service is below the level that is due, and no exception says so."""
    rule = here.case.rulebook.exceptions
    if cover.due is None or not asked <= cover.held < rule.excuse:
        return
    names = some(rule.in_words(cover.lacking))
    message = f"{rule.excuse} is due since the exit of {cover.due}; no exception in force covers {names}"
    yield Reason("exception-missing", message, cover.lacking)


def _lacking(here: ServiceState, level: Level) -> dict[str, str | None]:
    case = here.case
    return sign_offs.lacking_sign_offs(case, level)


def _overdue(exceptions: Iterable[ExceptionSeen]) -> list[Reason]:
    return [Reason("overdue-exception", f"{seen.id}: {seen.message}", seen.criteria) for seen in exceptions]


# Actions


def _actions(
    here: ServiceState,
    short_of: Level | None,
    reasons: Iterable[Reason],
    gaps: Iterable[LevelCheck],
    criteria: Mapping[str, CriterionResult],
) -> tuple[Action, ...]:
    service, owner = here.case.service, here.case.service.owner
    codes = {reason.code for reason in reasons}
    works = [work for work, _ in Wording().works(owner, criteria)]
    works += (remove_or_fill_gate(owner, gate) for gate in dict.fromkeys(g for gap in gaps for g in gap.dead))
    claimed, is_signed_too = here.case.claimed_level, False
    if short_of is not None and here.signed < short_of:
        is_signed_too = claimed <= short_of
        works.append(_signature(here, short_of))
    if "unsigned-upgrade" in codes and not is_signed_too:
        works.insert(0, sign_or_lower(owner, claimed, here.signed))
    lost = {name for reason in reasons if reason.is_regression for name in reason.criteria}
    return tuple(
        Action(
            work.kind,
            work.about,
            work.detail,
            work.comes_last and len(works) > 1,
            work.heading,
            work.effort,
            (
                work.share(
                    service.service,
                    finishes=len(works) == 1,
                    recovers=not lost.isdisjoint(work.criteria),
                ),
            ),
            options=_options(service.service, [criteria[name] for name in work.criteria]),
        )
        for work in works
    )


def _signature(here: ServiceState, level: Level) -> Work:
    owner = here.case.service.owner
    if here.case.rulebook.governance.upgrade_sign_offs:
        return get_signed_off(owner, level, _lacking(here, level))
    return claim_level(owner, level)


def _options(service: str, results: Sequence[CriterionResult]) -> tuple[Option, ...]:
    ways = other_ways(results) if results else ()
    return tuple(Option(way, by, (service,)) for way, by in ways)


# The commit, and pending evidence


def _of_any_commit(judge: ServiceJudge) -> tuple[str, ...]:
    """Return the criteria that need evidence of the release's commit and pass because no commit is known."""
    return tuple(
        dict.fromkeys(
            result.rule.id
            for result in judge.answers()
            if result.rule.needs_commit and result.status is Status.PASS and not result.attestation
        )
    )


def _waits_for(
    reasons: Sequence[Reason],
    gaps: Iterable[LevelCheck],
    criteria: Mapping[str, CriterionResult],
) -> tuple[str, ...]:
    """Return the criteria with pending evidence if nothing else prevents the deployment; otherwise none."""
    is_evidence_alone = bool(reasons) and all(reason.code in _EVIDENCE_ALONE for reason in reasons)
    if not is_evidence_alone or any(gap.dead for gap in gaps):
        return ()
    if not all(_is_pending(result) for result in criteria.values()):
        return ()
    return tuple(criteria)


def _is_pending(result: CriterionResult) -> bool:
    """Whether evidence is missing, or is fresh and belongs to another commit."""
    if result.status is not Status.STALE:
        return result.status is Status.MISSING
    return all(reason.code in _OF_COMMIT for reason in result.reasons)


_OF_COMMIT = (ReasonCode.OTHER_COMMIT, ReasonCode.UNKNOWN_COMMIT)
