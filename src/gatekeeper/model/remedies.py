"""What to do about open criteria: a remedy fits the status, and names the slots and files that it is about.

The rulebook's own remedy is for a failure, and for what no artefact decides. All others follow from the
reasons, so that one artefact which leaves several criteria open needs one piece of work.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.model.action import ActionKind
from gatekeeper.model.evidence import Evidence, EvidenceStatus, Finding
from gatekeeper.model.rule import Literal, Operand, Operator, Rule
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.status import ReasonCode, Status
from gatekeeper.model.verdict import CriterionReason, CriterionResult


class Task(NamedTuple):
    """One thing to do for open criteria of a service, which may answer several of them."""

    kind: ActionKind
    key: Hashable
    """Equal for criteria of one service that one piece of work answers: the artefact, or what is stated."""
    about: str
    """The slot, the criterion or the person that it is about."""
    detail: str = ""


def tasks(result: CriterionResult) -> tuple[Task, ...]:
    """Return what is to be done about an open criterion; all of it answers the criterion."""
    rule, id_ = result.rule, result.rule.id
    found: list[Task] = []
    match result.status:
        case Status.UNREADABLE:
            broken = [seen for seen in result.evidence if seen.status is EvidenceStatus.UNREADABLE]
            found = [Task(ActionKind.FIX, seen.path or seen.slot, seen.slot) for seen in broken]
        case Status.MISSING if by := _unsigned(result):
            found = [Task(ActionKind.SIGN, by, by, "entries")]
        case Status.MISSING if _is_undecidable(result):
            found = [Task(ActionKind.ATTEST, result.reason, rule.twin or id_)]
        case Status.MISSING if absent := _absent(result):
            found = [_absence(seen) for seen in absent]
        case Status.MISSING if rule.source is None and rule.slots:
            found = [Task(ActionKind.MAP, ("plan", slot), slot, "plan") for slot in rule.slots]
        case Status.UNPROVEN | Status.STALE:
            found = [*_unproven_or_stale(result)]
        case _:
            pass  # the criterion itself says what to do
    if found:
        return tuple(found)
    attests = rule.attested_by is not None and result.status is not Status.FAIL
    return (Task(ActionKind.ATTEST if attests else ActionKind.CHANGE, id_, id_),)


def _absence(seen: Evidence) -> Task:
    if seen.code is ReasonCode.UNSIGNED:
        return Task(ActionKind.SIGN, seen.slot, seen.slot, "record")
    if seen.path and seen.sha256:  # it is there, and dated after the as-of date
        return Task(ActionKind.FIX, seen.path, seen.slot, "date")
    return Task(ActionKind.MAP, seen.path or seen.slot, seen.slot)


def _unproven_or_stale(result: CriterionResult) -> Iterator[Task]:
    """Yield one task for each artefact, and for each code of what it does not show."""
    if result.status is Status.STALE and _is_to_attest_again(result):
        yield Task(ActionKind.ATTEST, result.rule.id, result.rule.id)
    for path, reasons in _by_artefact(result).items():
        slot = reasons[0][0].slot or ""
        if result.status is Status.STALE:
            yield Task(ActionKind.RENEW, path, slot)
        else:
            codes = dict.fromkeys(reason.code for reason, _ in reasons)
            yield from (Task(ActionKind.PROVE, path, slot, str(code)) for code in codes if code)


def heading_of(
    kind: ActionKind, about: Sequence[str], detail: str, results: Sequence[CriterionResult]
) -> str:
    """Return what to do in a few words, for any number of services."""
    what = _listed(f"`{one}`" for one in about)
    match kind:
        case ActionKind.FIX:
            return f"Correct the date of {what}" if detail else f"Fix {what}"
        case ActionKind.MAP:
            return f"Map the plan's {what}" if detail else f"Map {what}"
        case ActionKind.RENEW:
            return f"Run {what} again"
        case ActionKind.PROVE:
            return _PROVE[detail].format(what)
        case ActionKind.SIGN:
            return (
                f"Sign the entries of {_listed(about)}"
                if detail == "entries"
                else f"Sign the record of {what}"
            )
        case ActionKind.ATTEST:
            return f"Attest {_listed(about)}"
        case _:
            return _first_clause(results[0].rule.remedy)


_PROVE: Mapping[str, str] = {
    ReasonCode.OTHER_SUBJECT: "Map this service's own {}",
    ReasonCode.SHARED: "Give {} a run of its own",
    ReasonCode.NOT_UNDERSTOOD: "Rewrite what is not understood in {}",
    ReasonCode.PARTIAL: "Complete {}",
    ReasonCode.TOO_LITTLE: "Extend {}, or tag its tests",
}


def _first_clause(remedy: str) -> str:
    """Return the first clause of a remedy: `Test the uncovered lines of the domain`."""
    ends = (remedy[: found.start()] for found in re.finditer(r"[;:.] |[;:.]$|, and |, or ", remedy))
    return next((one for one in ends if one.count("(") == one.count(")") and one.count("`") % 2 == 0), remedy)


def title_of(kind: ActionKind, key: Hashable, heading: str) -> str:
    """Return the heading with the file of the one artefact that has to be fixed."""
    return f"{heading}, {key}" if kind in _OF_ONE_FILE and f"`{key}`" not in heading else heading


_OF_ONE_FILE = frozenset({ActionKind.FIX, ActionKind.PROVE})


def instruction(task: Task, results: Sequence[CriterionResult]) -> str:
    """Return what to do about criteria of one service that share a task, in full sentences."""
    first = results[0]
    match task.kind:
        case ActionKind.FIX if not task.detail:
            said = (one.message for one in first.reasons if one.slot == task.about)
            return f"Fix the artefact: {next(said, first.reason)}."
        case ActionKind.SIGN if task.detail == "entries":
            return _sign(first, task.about)
        case ActionKind.MAP if task.detail:
            return _map_tests(task.about, results)
        case ActionKind.FIX | ActionKind.MAP | ActionKind.SIGN:
            absent = [seen for seen in _absent(first) if _absence(seen).key == task.key]
            return " ".join(_produce(absent, first))
        case ActionKind.PROVE:
            reasons = _by_artefact(*results)[str(task.key)]
            of = [one for one in reasons if one[0].code == task.detail]
            return " ".join(dict.fromkeys(_prove_each({str(task.key): of}, alone=True)))
        case ActionKind.RENEW:
            return " ".join(_renew([_by_artefact(*results)[str(task.key)]]))
        case ActionKind.ATTEST if _is_undecidable(first):
            return _attest(results)
        case ActionKind.ATTEST if first.status is Status.STALE:
            return " ".join(_attest_again(first))
        case _:
            return " ".join((first.rule.remedy, *_name_tests(first)))


def _map_tests(slot: str, results: Sequence[CriterionResult]) -> str:
    """Return which tests the plan of a service asks for, all in one sentence."""
    named = [phrase for of in results for one in _mentioned(slot, of.rule) for phrase in _phrases(one)]
    roles = dict.fromkeys(of.rule.or_attested_by for of in results if of.rule.or_attested_by)
    it = "it" if len(named) == 1 else "each"
    by = f", or have {it} attested by {_listed(roles)}" if roles else ""
    return f"Map tests that mention {_listed(named)} to `{slot}`{by}."


def _phrases(operand: Operand) -> Sequence[str]:
    value = operand.value if isinstance(operand, Literal) else ()
    return [value] if isinstance(value, str) else value


def remedy_of(*results: CriterionResult) -> str:
    """Return what to do about criteria beside whose reasons it is shown, the first of which decides."""
    result = results[0]
    match result.status:
        case Status.UNREADABLE:
            return "Fix the artefact, or map another one."
        case Status.MISSING if by := _unsigned(result):
            return _sign(result, by)
        case Status.MISSING if _is_undecidable(result):
            return _attest(results)
        case Status.MISSING if absent := _absent(result):
            return " ".join(_produce(absent, result))
        case Status.UNPROVEN if reasons := _by_artefact(*results):
            return " ".join(dict.fromkeys(_prove_each(reasons, alone=False)))
        case Status.STALE:
            return " ".join((*_attest_again(result), *_renew(_by_artefact(*results).values())))
        case Status.FAIL:
            return " ".join((result.rule.remedy, *_name_tests(result)))
        case _:
            return result.rule.remedy


_Reasons = Sequence[tuple[CriterionReason, Rule]]
"""Reasons, each with the rule that has it."""


def _by_artefact(*results: CriterionResult) -> Mapping[str, _Reasons]:
    """Return the reasons that decide the status, by the path of the artefact, or by the slot."""
    found: dict[str, list[tuple[CriterionReason, Rule]]] = {}
    for result in results:
        paths = {seen.slot: seen.path for seen in result.evidence}
        for reason in result.reasons:
            if reason.slot and reason.status is result.status:
                found.setdefault(paths.get(reason.slot) or reason.slot, []).append((reason, result.rule))
    return found


def _unsigned(result: CriterionResult) -> str | None:
    """Return who must sign the attestation that the criterion has; None if that is not what it lacks."""
    seen = result.signature
    lacks = seen is not None and (seen.is_unsigned or seen.state is SignatureState.INVALID)
    return result.attestation.by if lacks and result.attestation else None


def _sign(result: CriterionResult, by: str) -> str:
    is_signed = result.attestation is not None and result.attestation.signature is not None
    how = "Restore it as it was signed, or have it signed again" if is_signed else "Have it signed"
    return f"{how}: `gatekeeper sign --by {by} --key FILE`."


def _is_undecidable(result: CriterionResult) -> bool:
    return result.reason_code is ReasonCode.UNDECIDABLE


def _attest(results: Sequence[CriterionResult]) -> str:
    """Return how to attest criteria that cannot be decided in a language, all by one role."""
    rule, *others = [result.rule for result in results]
    role = rule.decidable_in.role if rule.decidable_in else ""
    names = _listed(dict.fromkeys(of.twin or of.id for of in (rule, *others)))
    one = "CRITERION" if others else rule.twin or rule.id
    how = f"`gatekeeper attest SERVICE {one} --by NAME --role {role} --link URL`"
    return f"Have {role} attest {names}: {how}."


def _absent(result: CriterionResult) -> list[Evidence]:
    """Return the evidence that is not there; none for what a plan demands, whose remedy names the slot."""
    if result.rule.source is None:
        return []
    return [seen for seen in result.evidence if seen.status is EvidenceStatus.MISSING]


def _produce(absent: Sequence[Evidence], result: CriterionResult) -> Iterator[str]:
    """Yield what to map, and which files to write."""
    if unmapped := [_described(seen.slot, result.rule) for seen in absent if not seen.path]:
        yield f"Produce and map {_listed(unmapped)}."
    for seen in absent:
        if seen.code is ReasonCode.UNSIGNED:
            yield f"Sign the record of `{seen.slot}`: `gatekeeper collect` with `--key`, by a recorder."
        elif seen.path and seen.sha256:  # it is there, and dated after the as-of date
            yield f"Correct the date of `{seen.slot}`, {seen.path}."
        elif seen.path:
            yield f"Produce {_described(seen.slot, result.rule)} at {seen.path}, or map another file."


def _described(slot: str, rule: Rule) -> str:
    about = rule.takes.get(slot)
    return f"`{slot}` ({about})" if about else f"`{slot}`"


def _prove_each(reasons: Mapping[str, _Reasons], *, alone: bool) -> Iterator[str]:
    """Yield what artefacts lack, once for each artefact and code; alone, first why they prove nothing."""
    alike: dict[Hashable, list[tuple[CriterionReason, Rule]]] = {}
    for path, of in reasons.items():
        for reason, rule in of:
            alike.setdefault((path, reason.code), []).append((reason, rule))
    firsts = [of[0] for of in alike.values()]
    if alone:
        yield from (f"{of.message}." for of, rule in firsts if not _is_untagged(of, rule))
    for of in alike.values():
        reason, rule = of[0]
        if _is_untagged(reason, rule):
            yield _tag(reason.slot or "", [one for _, one in of])
        else:
            yield _prove(reason, rule)


def _is_untagged(reason: CriterionReason, rule: Rule) -> bool:
    """Return whether the reason is that no test carries the id; its remedy says that."""
    return reason.code is ReasonCode.TOO_LITTLE and not _low_floors(reason, rule)


def _low_floors(reason: CriterionReason, rule: Rule) -> list[str]:
    floors = (floor.describe() for floor in rule.guard(reason.slot or "").floors)
    return [floor for floor in floors if floor in reason.message]


def _tag(slot: str, rules: Sequence[Rule]) -> str:
    """Return what the names of tests must carry, for all rules that count them by id."""
    tags = [*dict.fromkeys(tag for rule in rules for tag in _tags(slot, rule))]
    one = "the name of each test" if len(tags) == 1 else "the names of tests"
    each = " that shows it" if len(tags) == 1 else ", a test for each"
    facts = (of for rule in rules for of in _mentioned(slot, rule) if not isinstance(of, Literal))
    also = "".join(f" Each of `{of.describe()}` must be in such a name." for of in dict.fromkeys(facts))
    whole = "Or say `whole: true` in the mapping of a report that has no other tests."
    return f"Write {_listed(tags)} into {one} in `{slot}`{each}.{also} {whole}"


def _tags(slot: str, rule: Rule) -> Iterator[str]:
    """Yield the id as names of tests carry it, with each aspect that the rule lists."""
    id_ = rule.twin or rule.id
    phrases = [of.value for of in _mentioned(slot, rule) if isinstance(of, Literal)]
    aspects = [phrase for of in phrases for phrase in ([of] if isinstance(of, str) else of)]
    yield from (f"`[{id_}:{'-'.join(aspect.split())}]`" for aspect in aspects)
    if not aspects:
        yield f"`[{id_}]`"


def _mentioned(slot: str, rule: Rule) -> list[Operand]:
    """Return what the names of the tests in a slot must mention."""
    return [of.operand for of in rule.conditions if of.slot == slot and of.operator is Operator.MENTIONS]


def _name_tests(result: CriterionResult) -> Iterator[str]:
    """Yield what no name of a passed test mentions, for tests that count by id."""
    for outcome in result.outcomes:
        of = outcome.condition
        if (
            outcome.status is Status.FAIL
            and of.operator is Operator.MENTIONS
            and result.rule.guard(of.slot).by_id
        ):
            phrases = [f"`{finding.message}`" for finding in outcome.findings]
            each = ", a test for each" if len(phrases) > 1 else ""
            yield f"The name of a passed test in `{of.slot}` must mention {_listed(phrases)}{each}."


def _prove(reason: CriterionReason, rule: Rule) -> str:
    """Return what an artefact lacks that does not show what is asked."""
    slot, guard = f"`{reason.slot}`", rule.guard(reason.slot or "")
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
        case ReasonCode.PARTIAL if reason.part is None and guard.parts:
            return f"Map all {guard.parts} parts of {slot}."
        case ReasonCode.PARTIAL:
            return f"Run {slot} to its end, and map the whole report."
        case _:
            return f"Let {slot} reach {_listed(_low_floors(reason, rule))}."


def _place(finding: Finding) -> str:
    return f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""


def _is_to_attest_again(result: CriterionResult) -> bool:
    return result.attestation is not None and any(reason.slot is None for reason in result.reasons)


def _attest_again(result: CriterionResult) -> Iterator[str]:
    codes = frozenset(reason.code for reason in result.reasons if reason.slot is None)
    if result.attestation and codes:
        yield f"Have {result.attestation.role} attest {result.rule.id} again{_for(codes)}."


def _renew(artefacts: Iterable[_Reasons]) -> Iterator[str]:
    """Yield how to renew what is stale, a sentence for artefacts with the same reasons."""
    same: dict[Hashable, list[_Reasons]] = {}
    for reasons in artefacts:
        same.setdefault(frozenset(of.code for of, _ in reasons), []).append(reasons)
    for stale in same.values():
        codes = frozenset(reason.code for reason, _ in stale[0])
        what = _listed(_described(reasons[0][0].slot or "", reasons[0][1]) for reasons in stale)
        limits = (rule.guard(of.slot or "").max_age_days for reasons in stale for of, rule in reasons)
        days = min(filter(None, limits), default=None)
        ages = f"; a report counts for {days} days" if days and codes & _AGES else ""
        if codes == {ReasonCode.OTHER_MILESTONE}:
            yield f"Update {what}{_for(codes)}."
        elif codes <= _UNSTATED.keys():
            unstated = [said for code, said in _UNSTATED.items() if code in codes]
            states = _listed(state for state, _ in unstated)
            named = _listed(f"`{field}`" for _, field in unstated)
            yield f"State {states} of {what}: set {named}, or record it with `collect`{ages}."
        else:
            cached = ", without a cached report" if ReasonCode.OLDER_THAN_COMMIT in codes else ""
            commit = f" on the commit that ships{cached}" if codes & _COMMITS else ""
            yield f"Run {what} again{commit}{_for(codes)}{ages}."


_UNSTATED: Mapping[ReasonCode | None, tuple[str, str]] = {
    ReasonCode.UNDATED: ("the time", "collected_at"),
    ReasonCode.UNKNOWN_COMMIT: ("the commit", "commit"),
}
"""What an artefact does not state, in words, and the field of the manifest that states it."""
_AGES = frozenset({ReasonCode.TOO_OLD, ReasonCode.UNDATED})
_COMMITS = frozenset({ReasonCode.OTHER_COMMIT, ReasonCode.UNKNOWN_COMMIT, ReasonCode.OLDER_THAN_COMMIT})


def _for(codes: frozenset[ReasonCode | None]) -> str:
    return " for this milestone" if ReasonCode.OTHER_MILESTONE in codes else ""


def _listed(words: Iterable[str]) -> str:
    *most, last = [*words] or [""]
    return f"{', '.join(most)} and {last}" if most else last
