"""List what a blocked service needs: work, signatures, and the alternatives to them."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import NamedTuple, Self

from gatekeeper.judging.verdicts.attestations import attesting_roles
from gatekeeper.judging.verdicts.levels import dead_gates, red_gates
from gatekeeper.model.action import ActionKind, Share, Way
from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.level import Level
from gatekeeper.model.remedies import Task, heading_of, instruction, tasks, title_of
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Scope
from gatekeeper.model.status import Effort, ReasonCode
from gatekeeper.model.verdict import CriterionResult, Dependency, ServiceResult

_EFFORTS = {effort: place for place, effort in enumerate(Effort)}


class Work(NamedTuple):
    """A piece of work in one service; equal work of several services becomes one action."""

    kind: ActionKind
    about: tuple[str, ...]
    owner: str
    heading: str
    title: str
    text: str
    effort: Effort
    criteria: tuple[str, ...] = ()
    detail: str = ""
    roles: tuple[str, ...] = ()
    comes_last: bool = False
    """Signatures come after the work that they sign."""

    def share(self, service: str, *, finishes: bool, recovers: bool) -> Share:
        """Return the part of an action that this is for a service."""
        return Share(
            service, self.owner, self.text, self.title, self.criteria, self.roles, finishes, recovers
        )

    @property
    def same(self) -> Hashable:
        """A key that is equal if it is the same thing to do."""
        return self.kind, self.about, self.detail, self.comes_last


class Need(NamedTuple):
    """Work that one service needs at one milestone."""

    work: Work
    questions: tuple[Hashable, ...] = ()
    """What it answers; equal at two milestones only if the same answer serves both. Empty if not compared."""
    excusable: bool = False
    recovers: bool = False
    """The work undoes a regression."""
    options: tuple[tuple[Way, str | None], ...] = ()
    """Alternatives to the work, each with the role that may use it."""


def needs(
    service: ServiceResult,
    *,
    may_except: bool = True,
    compares: bool = False,
    wording: "Wording | None" = None,
) -> tuple[Need, ...]:
    """Return everything that a blocked service needs, each need once; all of them together unblock it.

    Args:
        service: A service that is blocked.
        may_except: Whether an exception can be opened in the milestone at all.
        compares: Whether the needs are compared with those of other milestones.
        wording: Words the work of the criteria; one for all services that share results.
    """
    work = list(_work(service, wording or Wording(), may_except=may_except, compares=compares))
    found = [*work, *_signatures(service, is_waived=any(need.excusable for need in work))]
    if any(not need.work.comes_last for need in found):
        return tuple(found)
    return tuple(need._replace(work=need.work._replace(comes_last=False)) for need in found)


class Worded(NamedTuple):
    """The work that some open criteria of a service share, and the alternatives to it."""

    work: Work
    ways: tuple[tuple[Way, str | None], ...]
    """Each with the role that may use it for all of the criteria."""


class _Open(NamedTuple):
    """What follows from one open criterion alone."""

    result: CriterionResult
    order: tuple[bool, Level, bool]
    """Sorts the lowest level first."""
    tasks: tuple[tuple[Hashable, Task], ...]
    """Each with a key that is equal if one piece of work answers both."""
    low: tuple[Dependency, ...]
    alike: Hashable
    """Equal for results whose work is worded alike; unique unless they only lack artefacts."""

    @classmethod
    def of(cls, result: CriterionResult) -> Self:
        rule = result.rule
        alike: Hashable = id(result)
        asks_for_the_rest = rule.source is not None and rule.source.covers_capabilities
        keyed = tuple(((one.kind, one.key, one.detail), one) for one in tasks(result))
        low = tuple(one for one in result.dependencies if one.is_low)
        if all(one.kind is ActionKind.MAP and not one.detail for _, one in keyed):
            absent = [
                (seen.slot, seen.path) for seen in result.evidence if seen.status is EvidenceStatus.MISSING
            ]
            alike = id(rule), *_other_ways(result), *absent
        return cls(result, (rule.gate is not None, rule.level, asks_for_the_rest), keyed, low, alike)


class Wording:
    """Words the work on open criteria; that of services which lack the same is worded once.

    Results and rules are known by their identity, so all on which a known work rests are kept alive here.

    Args:
        remembered: How many results are remembered at most; then all are forgotten.
    """

    def __init__(self, remembered: int = 4096) -> None:
        self._remembered = remembered
        self._open: dict[int, _Open] = {}
        self._alike: dict[Hashable, tuple[Worded, Sequence[_Open]]] = {}
        self._worded: dict[Hashable, Worded] = {}

    def works(self, owner: str, results: Mapping[str, CriterionResult]) -> Iterator[Worded]:
        """Yield the work on open criteria, lowest level first because higher levels build on it.

        A criterion that only waits for others among them needs no work of its own. Criteria that one piece of
        work answers share it, and one that lacks several artefacts is in the work on each. What a service
        lacks on which this one depends is work of its owner.
        """
        shared: dict[Hashable, list[_Open]] = {}
        for one in sorted(map(self._of, results.values()), key=attrgetter("order")):
            result = one.result
            if one.low:
                yield from (_raise_dependency(low, result) for low in one.low)
            elif not (result.waits_for and results.keys() >= set(result.waits_for)):
                for key, _ in one.tasks:
                    shared.setdefault(key, []).append(one)
        yield from (self._shared(owner, key, of) for key, of in shared.items())

    def _of(self, result: CriterionResult) -> _Open:
        if (known := self._open.get(id(result))) is None:
            if len(self._open) >= self._remembered:
                self._open.clear()
                self._alike.clear()
                self._worded.clear()
            known = self._open[id(result)] = _Open.of(result)
        return known

    def _shared(self, owner: str, same: Hashable, of: Sequence[_Open]) -> Worded:
        key = owner, same, *[one.alike for one in of]
        if (worded := self._worded.get(key)) is None:
            if (alike := self._alike.get(key[1:])) is None:
                alike = self._alike[key[1:]] = self._word(same, of), of
            work, ways = alike[0]
            worded = self._worded[key] = Worded(work._replace(owner=owner), ways)
        return worded

    def _word(self, same: Hashable, of: Sequence[_Open]) -> Worded:
        results = list({id(one.result): one.result for one in of}.values())
        found = [task for one in of for key, task in one.tasks if key == same]
        task = found[0]
        about = tuple(sorted({one.about for one in found}))  # the same order in every service
        heading = heading_of(task.kind, about, task.detail, results)
        roles = (result.rule.attested_by for result in results if task.kind is ActionKind.ATTEST)
        work = Work(
            task.kind,
            about,
            "",
            heading,
            title_of(task.kind, task.key, heading),
            instruction(task, results),
            max([result.rule.effort for result in results], key=_EFFORTS.__getitem__),
            tuple([result.rule.id for result in results]),
            task.detail,
            tuple(dict.fromkeys(filter(None, roles))),
        )
        return Worded(work, other_ways(results))


def _raise_dependency(one: Dependency, result: CriterionResult) -> Worded:
    """Return the work on a service that is below the level which others require of it."""
    to_do = (
        f"Set `level: {one.required}` of {one.label}"
        if one.is_claimed
        else (f"Get {one.label} signed off for {one.required}")
    )
    kind = ActionKind.PLAN if one.is_claimed else ActionKind.SIGN
    text, about, rule = f"{to_do}: others depend on it.", (one.service, str(one.required)), result.rule
    return Worded(
        Work(kind, about, one.owner or "", to_do, to_do, text, rule.effort, (rule.id,), "depended-on"),
        other_ways([result]),
    )


def sign_or_lower(owner: str, claimed: Level, signed: Level) -> Work:
    """Return the work on an unsigned claim."""
    title = f"Sign {claimed}, or lower `level:`"
    text = f"Have {claimed} signed off, or lower `level:` to {signed}."
    return Work(ActionKind.SIGN, (claimed.id,), owner, title, title, text, Effort.SMALL, detail="or-lower")


def remove_or_fill_gate(owner: str, gate: str) -> Work:
    """Return the work on a listed gate without an applicable criterion."""
    title = f"Remove {gate} from the plan"
    text = f"{title}, or give it something to judge: none of its criteria applies."
    return Work(ActionKind.PLAN, (gate,), owner, title, title, text, Effort.SMALL, detail="remove")


def get_signed_off(owner: str, level: Level, roles: Iterable[str]) -> Work:
    """Return the work on missing signatures, which comes last."""
    roles = tuple(roles)
    text = f"Get {level} signed off by {', '.join(roles)}."
    heading, title = f"Sign {level}", f"Sign {level}: {', '.join(roles)}"
    return Work(
        ActionKind.SIGN, (level.id,), owner, heading, title, text, Effort.SMALL, roles=roles, comes_last=True
    )


def claim_level(owner: str, level: Level) -> Work:
    """Return the work on a level that is not claimed, which comes last."""
    title = f"Set `level: {level}`"
    text = f"{title} in the manifest of the service."
    return Work(ActionKind.PLAN, (level.id,), owner, title, title, text, Effort.SMALL, comes_last=True)


def other_ways(results: Iterable[CriterionResult]) -> tuple[tuple[Way, str | None], ...]:
    """Return the alternatives to one piece of work, each with the role that may use it for all criteria."""
    first, *others = map(_other_ways, results)
    ways = tuple(dict.fromkeys(first))
    return tuple(way for way in ways if all(way in of for of in others)) if others else ways


def _other_ways(result: CriterionResult) -> list[tuple[Way, str | None]]:
    rule = result.rule
    roles = attesting_roles(result) if rule.attested_by is None else ()
    undecidable = result.reason_code is ReasonCode.UNDECIDABLE and rule.decidable_in
    itself = undecidable.role if undecidable else None
    ways: list[tuple[Way, str | None]] = [(Way.ATTESTATION, role) for role in roles if role != itself]
    return [*ways, (Way.WAIVER, rule.waivable_by)] if rule.waivable_by else ways


def _work(service: ServiceResult, wording: Wording, *, may_except: bool, compares: bool) -> Iterator[Need]:
    owner = service.service.owner
    codes = {reason.code for reason in service.reasons}
    if "unsigned-upgrade" in codes and not _is_signed_with_target(service):
        claim = sign_or_lower(owner, service.claimed_level, service.signed_level)
        yield Need(claim, (claim.text,), recovers=True)
    results = {result.rule.id: result for result in service.open_criteria}
    excusable_ones = _excusable(service, results.values()) if may_except else frozenset()
    other_cells = {result.rule.id for result in service.held_up_by}
    regressed = {
        criterion for reason in service.reasons if reason.is_regression for criterion in reason.criteria
    }
    for work, ways in wording.works(owner, results):
        of = [results[criterion] for criterion in work.criteria] if compares else ()
        excusable = excusable_ones.issuperset(work.criteria)
        yield Need(
            work,
            tuple([_question(result, service, other_cells) for result in of]),
            excusable,
            recovers=not regressed.isdisjoint(work.criteria),
            options=(*ways, (Way.EXCEPTION, None)) if excusable else ways,
        )
    for gate in (*dead_gates(red_gates(service.gates)), *service.held_up_by_gates):
        # The cell of the plan to change differs between milestones.
        yield Need(remove_or_fill_gate(owner, gate), ((gate, service.cell.milestone),))


def _signatures(service: ServiceResult, *, is_waived: bool) -> Iterator[Need]:
    """Yield the missing signatures, which may wait while an exception covers the open criteria."""
    codes = {reason.code for reason in service.reasons}
    if "level-not-claimed" in codes:
        work = claim_level(service.service.owner, service.cell.level)
        yield Need(work, (work.text,))
    if "sign-offs-missing" in codes:
        work = get_signed_off(service.service.owner, service.cell.level, service.missing_sign_offs)
        recovers = "unsigned-upgrade" in codes and _is_signed_with_target(service)
        can_ship = service.ships_at is not None and service.signed_level >= service.ships_at
        may_wait = is_waived and can_ship and not recovers
        options = ((Way.EXCEPTION, None),) if may_wait else ()
        yield Need(work, (work.text,), recovers=recovers, options=options)


def _is_signed_with_target(service: ServiceResult) -> bool:
    """Whether signing the target also signs the level that the service claims."""
    is_due = any(reason.code == "sign-offs-missing" for reason in service.reasons)
    return is_due and service.claimed_level <= service.cell.level


def _excusable(service: ServiceResult, results: Iterable[CriterionResult]) -> frozenset[str]:
    """Return the criteria among these that an exception may cover."""
    if service.ships_at is None or service.signed_level > service.verified_level:
        return frozenset()
    excepted = {
        criterion
        for exception in service.exceptions
        if exception.state == "closed" or exception.opened_in != service.cell.milestone
        for criterion in exception.criteria
    }
    return frozenset(of.rule.id for of in results if of.rule.level > service.ships_at) - excepted


def _question(result: CriterionResult, service: ServiceResult, other_cells: set[str]) -> Hashable:
    """Return a key that is equal at two milestones only if the same evidence answers both.

    The scope and the level of criteria of other cells are not known here.
    """
    rule, cell = result.rule, service.cell
    if rule.id not in other_cells:
        level = cell.level if rule.subjects or rule.compares_dependencies else None
        where: Hashable = (_narrowed(cell.narrowing.get(rule.gate or "")), level)
    elif rule.subjects or rule.compares_dependencies or _is_narrowed_somewhere(rule, service):
        where = cell.milestone
    else:
        where = (None, None)
    at = cell.milestone if rule.depends_on_milestone else None
    return rule.id, rule.question, rule.effective, where, at


def _narrowed(scope: Scope | None) -> Hashable:
    return (scope.paths, scope.subjects, scope.aggregates) if scope and scope.narrows_reading else None


def _is_narrowed_somewhere(rule: Rule, service: ServiceResult) -> bool:
    cells = service.service.plan.values()
    return any(_narrowed((cell.gates or {}).get(rule.gate or "")) for cell in cells)
