"""Build a case that notices a mutant: an existing case, with a value at the edge of what is asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain
from typing import Any, NamedTuple

from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.mutants import GOVERNANCE, Mutant
from gatekeeper.judging.rules.mutation_operators import steps
from gatekeeper.manifests.fragments import flow
from gatekeeper.model.cases import LevelCase
from gatekeeper.model.mutation import Proposal
from gatekeeper.model.rule import Condition, FactOf, Literal, Operator, Rule, Rulebook
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.cases.layers import Plain
from gatekeeper.workspace.cases.running import CaseJudge
from gatekeeper.workspace.cases.suite import PreparedCase, Suite
from gatekeeper.workspace.loading import LoadedWorkspace

_BASES = 3
"""So many cases of what is changed are varied."""
_OF_LEVEL = ("verified", "signed", "effective", "ships_to", "verdict")
"""What may be expected of a level, the plainest first."""


class _Probe(NamedTuple):
    """A change of what a case is given, and the words for it."""

    words: str
    given: Plain


def proposal(suite: Suite, mutant: Mutant, original: LoadedWorkspace, changed: Manifests) -> Proposal | None:
    """Return a case that holds by the original rulebook and differs by the mutant; None if none is found.

    Args:
        suite: The cases, of which one is varied.
        mutant: What is changed.
        original: The workspace with the rulebook as it is.
        changed: The manifests with the mutant.
    """
    judges = CaseJudge(original), CaseJudge(original._replace(manifests=changed))
    rulebooks = original.rulebook, bind(changed, collectors.find).rulebook
    for base in _bases(suite.cases, mutant):
        fields = _OF_LEVEL if isinstance(base.written, LevelCase) else ("status",)
        for probe in _probes(base, rulebooks):
            varied = suite.varied(base, probe.given)
            if varied and (expected := _difference(varied, judges, fields)):
                return _written(base, probe, expected)
    return None


def _difference(case: PreparedCase, judges: Sequence[CaseJudge], fields: Sequence[str]) -> Plain | None:
    """Return the first field in which a case differs by the second judge, as the first one decides it."""
    try:
        ours, theirs = (judge.run(case).answer.values for judge in judges)
    except ValueError:
        return None  # it changes rules that the mutant does not have
    return next(({name: ours[name]} for name in fields if ours[name] != theirs[name]), None)


def _bases(cases: Sequence[PreparedCase], mutant: Mutant) -> Iterable[PreparedCase]:
    """Return the first cases that are about what is changed, or one of each level: usually honest ones."""
    if mutant.subject == GOVERNANCE:
        of_levels = {case.about: case for case in reversed(cases) if isinstance(case.written, LevelCase)}
        return of_levels.values()
    return [case for case in cases if case.about == mutant.subject][:_BASES]


def _probes(base: PreparedCase, rulebooks: Sequence[Rulebook]) -> Iterator[_Probe]:
    """Yield changes that may tell rulebooks apart."""
    rules = [rulebook.by_id[base.about] for rulebook in rulebooks if base.about in rulebook.by_id]
    found = chain(_of_service(rulebooks[0]), *(_of_rule(rule, base) for rule in rules))
    yield from {flow(probe.given): probe for probe in found}.values()


def _both(one: Plain, other: Plain) -> dict[str, Any]:
    """Return one patch for two; where both say something, the second one decides."""
    merged = {**one, **other}
    for name in one.keys() & other.keys():
        if isinstance(one[name], Mapping) and isinstance(other[name], Mapping):
            merged[name] = _both(one[name], other[name])
    return merged


def _of_service(rulebook: Rulebook) -> Iterator[_Probe]:
    """Yield the case as it is, and services of another level."""
    yield _Probe("more is expected", {})
    for level in list(rulebook.scale)[1:]:
        yield _Probe(f"the target is {level}", {"level": level})


def _of_rule(rule: Rule, base: PreparedCase) -> Iterator[_Probe]:
    """Yield facts at the edges of what a criterion asks, and other evidence."""
    yield _Probe("nothing is mapped", {"facts": dict.fromkeys(rule.slots)})
    if rule.subjects:
        yield _fact(rule.subjects.slot, rule.subjects.path, 0)
        yield _fact(rule.subjects.slot, rule.subjects.path, [])
    for version in rule.versions:
        for condition in version.conditions:
            yield from _of_condition(condition, base)
    for slot in rule.slots:
        yield _Probe(f"{slot} is of another commit", {"collected": {slot: {"commit": "another"}}})
        days = rule.guard(slot).max_age_days
        for age in (days, days + 1) if days else ():
            yield _Probe(f"{slot} is {age} days old", {"collected": {slot: {"age_days": age}}})


def _of_condition(condition: Condition, base: PreparedCase) -> Iterator[_Probe]:
    slot, path, operator, operand = condition
    for value in (*_edges(operator, operand, base), *_variants(slot, path, base), None):
        yield _fact(slot, path, value)
    if isinstance(operand, FactOf):
        for value in _variants(operand.slot, operand.path, base):
            yield _fact(operand.slot, operand.path, value)


def _edges(operator: Operator, operand: Any, base: PreparedCase) -> Iterable[Any]:
    """Return values around an operand; around every target if the operand is one."""
    match operand:
        case Literal(bool() as value):
            return (value, not value) if operator is Operator.EQUALS else ([], ["something"], "")
        case Literal(int() | float() as value):
            return (value, *steps(value))
        case Literal(tuple() as names):
            return ([one for one in names if one != left_out] for left_out in names)
        case _:
            targets = (_given(base, "service", "targets") or {}).values()
            return ("something", *(near for target in targets for near in (target, *steps(target))))


def _variants(slot: str, path: Sequence[str], base: PreparedCase) -> Iterable[Any]:
    """Return values that differ a little from the names that a case is given."""
    names = _given(base, "facts", slot, *path)
    if isinstance(names, Mapping):
        return ({name: None} for name in names)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return ([*names, "something"], ["something"], [f"{name} too" for name in names], names[1:])


def _given(base: PreparedCase, *path: str) -> Any:
    """Return a value that a case is given; None if it is not."""
    found: Any = base.layers.merged
    for step in path:
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _fact(slot: str, path: Sequence[str], value: Any) -> _Probe:
    nested = reduce(lambda inner, step: {step: inner}, reversed(path), value)
    return _Probe(f"{slot}.{'.'.join(path)} is {flow(value)}", {"facts": {slot: nested}})


def _written(base: PreparedCase, probe: _Probe, expected: Plain) -> Proposal:
    """Return the case that a probe makes of another one, for the file of that one."""
    given = _both(base.written.given.model_dump(exclude_unset=True), probe.given)
    expect = expected.get(base.written.short, expected)
    case = {"case": probe.words, **({"given": given} if given else {}), "expect": expect}
    return Proposal(base.file, (f"{base.path[0]}:", f"  {base.about}:", f"    - {flow(case)}"))
