"""The deploy gate: decide whether a service may be deployed to a destination now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from gatekeeper.judging.outlook.deploy_exceptions import excusable_open, is_covered
from gatekeeper.judging.outlook.needs import (
    get_signed_off,
    of_criteria,
    other_ways,
    remove_or_fill_gate,
    sign_or_lower,
)
from gatekeeper.judging.plans.cells import resolve
from gatekeeper.judging.verdicts import sign_offs
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.exceptions import at_deployment
from gatekeeper.judging.verdicts.gates import ServiceJudge, SharedResults
from gatekeeper.judging.verdicts.levels import LevelCheck, VerifiedLevel, verify
from gatekeeper.judging.verdicts.services import gaps_text, regressions
from gatekeeper.judging.verdicts.staleness import last_day_of
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone, RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Destination
from gatekeeper.model.service import Release, Service
from gatekeeper.model.shipping import Shipping
from gatekeeper.model.status import Status
from gatekeeper.model.verdict import CriterionResult, ExceptionSeen, NextStep, Option, Reason

_EVIDENCE_ALONE = frozenset({"regression", "lapsed", "level-not-reached"})
"""Reasons that new evidence alone can remove, without a signature."""
_NO_MILESTONES: Mapping[str, Milestone] = MappingProxyType({})


class _ServiceState(NamedTuple):
    """The levels and regressions of the service."""

    case: Case
    judge: ServiceJudge
    verified: VerifiedLevel
    signed: Level
    regressions: tuple[Reason, ...]

    @property
    def effective(self) -> Level:
        return min(self.verified.level, self.signed)


def of_release(service: Service, commit: str | None) -> Service:
    """Return the service with this commit as its release; None keeps the release of its manifest."""
    if commit is None:
        return service
    version = service.release.version if service.release else commit
    return service.model_copy(update={"release": Release(version=version, commit=commit)})


def lowest_level(rulebook: Rulebook, destination: Destination) -> Level | None:
    """Return the lowest level that may be deployed to a destination; higher levels may be as well."""
    return min(
        (level for level, rules in rulebook.levels.items() if destination in rules.ships_to), default=None
    )


def may_ship(
    case: Case,
    destination: Destination,
    entries: Sequence[RegisteredException] = (),
    roadmap: Mapping[str, Milestone] = _NO_MILESTONES,
) -> Shipping:
    """Return whether a service may be deployed, with the reasons against it.

    A level that the service holds must allow the destination, and the service must not have regressed: no
    lost level, no lapsed evidence, no unsigned claim, no overdue exception.

    Args:
        case: The service with the commit to be deployed as its release, and its evidence.
        destination: Where it is deployed to.
        entries: The service's exceptions.
        roadmap: Every milestone in order; needed only with exceptions.
    """
    asked = lowest_level(case.rulebook, destination)
    here = _service_state(case, Level.L4 if entries else asked or Level.L0)
    due = excusable_open(here.judge, here.verified) if entries else {}
    exceptions = tuple(at_deployment(entry, due, roadmap, case.as_of) for entry in entries)
    may_be_excepted = asked is Level.L4 and here.effective is Level.L3 and not here.regressions
    is_excepted = may_be_excepted and is_covered(here.judge, here.verified, exceptions)
    held = Level.L4 if is_excepted else here.effective
    reasons = (*here.regressions, *_too_low(here, asked, held, destination), *_overdue(exceptions))
    gaps = here.verified.gaps(max(here.signed, Level.L0 if asked is None or held >= asked else asked))
    criteria = {result.rule.id: result for gap in gaps for result in gap.open} if reasons else {}
    criteria |= {name: due[name] for seen in exceptions if seen.state == "overdue" for name in seen.criteria}
    release = case.service.release
    return Shipping(
        service=case.service,
        destination=destination,
        as_of=case.as_of,
        commit=release.commit if release else None,
        asked_level=asked,
        verified_level=here.verified.level,
        signed_level=here.signed,
        held_level=held,
        reasons=reasons,
        criteria=tuple(criteria.values()),
        next_steps=_steps(here, asked, reasons, gaps, criteria),
        exceptions=exceptions,
        of_any_commit=() if release and release.commit else _of_any_commit(here.judge),
        waits_for=_waits_for(reasons, gaps, criteria, case.as_of),
    )


def _service_state(case: Case, due: Level) -> _ServiceState:
    judge = ServiceJudge(case, resolve(case.service), SharedResults())
    signed = sign_offs.signed_level(case.rulebook.governance, case.service, case.as_of)
    verified = verify(judge, signed, due)
    return _ServiceState(case, judge, verified, signed, tuple(regressions(case, verified, signed)))


def _too_low(
    here: _ServiceState, asked: Level | None, held: Level, destination: Destination
) -> Iterator[Reason]:
    if asked is None:
        message = f"no level ships to {destination}: add it to the `ships_to` of one in the rulebook"
        yield Reason("nothing-ships-there", message)
        return
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
        roles = ", ".join(f"{role} ({why})" if why else role for role, why in _lacking(here, asked).items())
        yield Reason("sign-offs-missing", f"{asked} is not signed off: {roles}")


def _lacking(here: _ServiceState, level: Level) -> dict[str, str | None]:
    case = here.case
    return sign_offs.lacking_sign_offs(case.rulebook.governance, case.service, level, case.as_of)


def _overdue(exceptions: Iterable[ExceptionSeen]) -> Iterator[Reason]:
    for seen in exceptions:
        if seen.state == "overdue":
            yield Reason("overdue-exception", f"{seen.id}: {seen.message}", seen.criteria)


# Next steps


def _steps(
    here: _ServiceState,
    asked: Level | None,
    reasons: Iterable[Reason],
    gaps: Iterable[LevelCheck],
    criteria: Mapping[str, CriterionResult],
) -> tuple[NextStep, ...]:
    service, owner = here.case.service, here.case.service.owner
    codes = {reason.code for reason in reasons}
    works = list(of_criteria(owner, criteria))
    works += (remove_or_fill_gate(owner, gate) for gate in dict.fromkeys(g for gap in gaps for g in gap.dead))
    if asked is not None and "sign-offs-missing" in codes:
        works.append(get_signed_off(owner, asked, _lacking(here, asked)))
    if "unsigned-upgrade" in codes and not ("sign-offs-missing" in codes and service.level <= (asked or 0)):
        works.insert(0, sign_or_lower(owner, service.level, here.signed))
    finished = (service.service,) if len(works) == 1 else ()
    return tuple(
        NextStep(
            step=work.step,
            owner=owner,
            effort=work.effort,
            services=(service.service,),
            criteria=work.criteria,
            unblocks_services=finished,
            unblocks_milestones=(),
            excusable=False,
            options=_options(service.service, (criteria[name] for name in work.criteria)),
            recovers=any(
                not set(work.criteria).isdisjoint(reason.criteria)
                for reason in reasons
                if reason.is_regression
            ),
        )
        for work in works
    )


def _options(service: str, results: Iterable[CriterionResult]) -> tuple[Option, ...]:
    ways = dict.fromkeys(way for result in results for way in other_ways(result))
    return tuple(Option(way, by, (service,)) for way, by in ways)


# The commit, and pending evidence


def _of_any_commit(judge: ServiceJudge) -> tuple[str, ...]:
    """Return the criteria that need evidence of the release's commit and pass because no commit is known."""
    return tuple(
        dict.fromkeys(
            result.rule.id
            for result in judge.answers()
            if result.rule.same_commit and result.status is Status.PASS and not result.attestation
        )
    )


def _waits_for(
    reasons: Sequence[Reason],
    gaps: Iterable[LevelCheck],
    criteria: Mapping[str, CriterionResult],
    as_of: date,
) -> tuple[str, ...]:
    """Return the criteria with pending evidence if nothing else prevents the deployment; otherwise none."""
    is_evidence_alone = bool(reasons) and all(reason.code in _EVIDENCE_ALONE for reason in reasons)
    if not is_evidence_alone or any(gap.dead for gap in gaps):
        return ()
    if not all(_is_pending(result, as_of) for result in criteria.values()):
        return ()
    return tuple(criteria)


def _is_pending(result: CriterionResult, as_of: date) -> bool:
    """Whether evidence is missing, or is fresh and belongs to another commit."""
    if result.status is not Status.STALE:
        return result.status is Status.MISSING
    until = last_day_of(result)
    is_young = until is None or until >= as_of
    is_dated = result.rule.max_age_days is None or all(seen.collected_at for seen in result.evidence)
    return result.rule.same_commit and not result.attestation and is_young and is_dated
