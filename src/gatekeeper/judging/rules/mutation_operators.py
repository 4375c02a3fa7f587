"""The mutation operators: how each field of a rulebook is moved by the smallest step, turned, or dropped.

An operator changes or drops what is written; it never adds a field. A new field of the rulebook gets a row in
one of the tables at the end, and an operator if no present one fits.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from gatekeeper.judging.rules.editing import REMOVED, Step
from gatekeeper.model.evidence import Shape
from gatekeeper.model.rule import Operator, is_date


class Vocabulary(NamedTuple):
    """The names that a workspace uses, each kind in its order: what a mutant may name instead."""

    levels: Sequence[str]
    roles: Sequence[str]
    gates: Sequence[str]
    milestones: Sequence[str]
    criteria: Sequence[str]
    """Those that can be the original of a twin."""
    targets: Sequence[str]
    facts: Mapping[str, Mapping[str, Shape] | None]
    """The facts of each slot and their shapes."""


class Alteration(NamedTuple):
    """One change of a value, by a path within it."""

    path: tuple[Step, ...]
    value: Any
    """The new value, or `REMOVED`."""
    words: str
    """What changes, as part of the mutant's id: `95 -> 96`."""


MutationOperator = Callable[[Any, Vocabulary], Iterable[Alteration]]
"""Returns the alterations of a written value."""


# Helpers


def _instead(written: Any, *others: Any) -> Iterator[Alteration]:
    for other in others:
        yield Alteration((), other, f"{_plain(written)} -> {_plain(other)}")


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _near(written: str, order: Sequence[str]) -> Iterator[Alteration]:
    place = order.index(written)
    yield from _instead(written, *order[max(place - 1, 0) : place], *order[place + 1 : place + 2])


def _another(written: str, names: Sequence[str]) -> Iterator[Alteration]:
    """Yield the name that follows in its kind; after the last one, the first."""
    others = [name for name in names if name != written]
    if written in names and others:
        yield from _instead(written, others[names.index(written) % len(others)])


def _under(step: str, found: Iterable[Alteration]) -> Iterator[Alteration]:
    for one in found:
        yield Alteration((step, *one.path), one.value, f"{step} {one.words}")


def _fields(table: Mapping[str, MutationOperator]) -> MutationOperator:
    """Return an operator on a mapping that applies the operators of a table to its fields."""

    def operator(written: Mapping[str, Any], known: Vocabulary) -> Iterator[Alteration]:
        for name, of_field in table.items():
            if written.get(name) is not None:
                yield from _under(name, of_field(written[name], known))

    return operator


def _all(*operators: MutationOperator) -> MutationOperator:
    return lambda written, known: [one for operator in operators for one in operator(written, known)]


# Operators


def _dropped(_: Any, __: Vocabulary) -> Iterator[Alteration]:
    yield Alteration((), REMOVED, "dropped")


def _flag(written: bool, known: Vocabulary) -> Iterable[Alteration]:  # noqa: FBT001 - a written value
    return _dropped(written, known) if written else ()


def _each_item(written: Any, _: Vocabulary) -> Iterator[Alteration]:
    named = {key: key for key in written} if isinstance(written, Mapping) else dict(enumerate(written))
    for step, name in named.items():
        yield Alteration((step,), REMOVED, f"{name} dropped")


def _narrowed(written: Any, _: Vocabulary) -> Iterator[Alteration]:
    """Drop each `**/` of a pattern, so that it matches in one folder only."""
    if isinstance(written, str):
        places = [match.start() for match in re.finditer(r"\*\*/", written)]
        yield from _instead(written, *(written[:at] + written[at + 3 :] for at in places))


def _each_of_many(written: Any, known: Vocabulary) -> Iterable[Alteration]:
    """Drop each item; if it is the only one, dropping the whole does the same."""
    is_many = isinstance(written, list | tuple | Mapping) and len(written) > 1
    return _each_item(written, known) if is_many else ()


def _another_of(names: Callable[[Vocabulary], Sequence[str]]) -> MutationOperator:
    """Return an operator that names another one of its kind."""
    return lambda written, known: _another(written, names(known))


_role = _another_of(lambda known: known.roles)
_gate = _another_of(lambda known: known.gates)
_criterion = _another_of(lambda known: known.criteria)
_target = _another_of(lambda known: known.targets)


def _fact(written: str, known: Vocabulary) -> Iterable[Alteration]:
    """Name another fact of the same slot and shape."""
    slot, _, field = written.partition(".")
    shapes = known.facts.get(slot) or {}
    return _another(written, [f"{slot}.{name}" for name in shapes if shapes[name] is shapes.get(field)])


def _level(written: str, known: Vocabulary) -> Iterable[Alteration]:
    return _near(written, known.levels)


def _days(written: int, _: Vocabulary) -> Iterable[Alteration]:
    return _instead(written, *range(max(written - 1, 1), written), written + 1)


def _moment(written: str, known: Vocabulary) -> Iterable[Alteration]:
    """Move a milestone to its neighbours, or a date by one day."""
    if written in known.milestones or not is_date(written):
        return _near(written, known.milestones)
    day = date.fromisoformat(written)
    return _instead(written, *(str(day + timedelta(days=by)) for by in (-1, 1)))


def _conditions(written: Mapping[str, Any], known: Vocabulary) -> Iterator[Alteration]:
    """Drop each condition, turn its operator, and change its operand."""
    yield from _each_of_many(written, known)
    for name, requirement in written.items():
        found = [*_each_of_many(requirement, known), *_turned(requirement)]
        for operator, operand in requirement.items():
            found += _under(operator, _operand(operand, known))
        yield from _under(name, found)


def _turned(requirement: Mapping[str, Any]) -> Iterator[Alteration]:
    """Yield a requirement with each operator turned into those that compare the same two otherwise."""
    for operator, operand in requirement.items():
        rest = {other: of for other, of in requirement.items() if other != operator}
        turns = _of_equals(operand) if operator == Operator.EQUALS else _TURNED.get(operator, ())
        for turned in turns:
            value = False if turned == Operator.EMPTY else operand
            yield Alteration((), {turned: value, **rest}, f"{operator} -> {turned}")


_TURNED: Mapping[str, Sequence[str]] = {
    Operator.AT_LEAST: [Operator.AT_MOST],
    Operator.AT_MOST: [Operator.AT_LEAST],
    Operator.ONE_OF: [Operator.EMPTY],
    Operator.INCLUDES: [Operator.WITHIN],
    Operator.WITHIN: [Operator.INCLUDES],
    Operator.MENTIONS: [Operator.INCLUDES],
}
"""By operator: those that it is turned into. Binding refuses those that cannot compare the fact."""


def _of_equals(operand: Any) -> Sequence[str]:
    """Return what `equals` is turned into: an inequality of numbers, or any text."""
    match operand:
        case bool():
            return ()
        case int() | float():
            return Operator.AT_LEAST, Operator.AT_MOST
        case {"fact": _} | {"target": _}:
            return Operator.AT_LEAST, Operator.AT_MOST, Operator.EMPTY
        case _:
            return (Operator.EMPTY,)


_reference = _fields({"fact": _fact, "target": _target})


def _operand(written: Any, known: Vocabulary) -> Iterable[Alteration]:
    match written:
        case bool():
            return _instead(written, not written)
        case int() | float():
            return _instead(written, *steps(written))
        case Mapping():
            return _reference(written, known)
        case _:
            return _each_of_many(written, known)


def steps(number: float) -> Iterator[float]:
    """Yield the numbers that differ by one in the last place that is written."""
    exact = Decimal(repr(number))
    step = Decimal(1).scaleb(-len(f"{exact:f}".partition(".")[2]))
    yield from (type(number)(value) for value in (exact - step, exact + step))


_optional_role = _all(_role, _dropped)
_optional_level = _all(_level, _dropped)
_services = _fields({"gate": _gate, "any_gate": _each_of_many, "except_services": _each_of_many})


def _roles(written: Mapping[str, Any], known: Vocabulary) -> Iterable[Alteration]:
    """Let people outside the team that owns a service hold its role."""
    return _fields(dict.fromkeys(written, _fields({"of_service": _flag})))(written, known)


def _each(operator: MutationOperator) -> MutationOperator:
    """Return an operator that applies another one to each value of a mapping."""
    return lambda written, known: _fields(dict.fromkeys(written, operator))(written, known)


_timed = _all(_moment, _dropped)
_freshness = {"max_age_days": _all(_days, _dropped), "same_commit": _flag, "effective": _timed}
_fresh = _each(_all(_dropped, _fields(_freshness)))
_floors = _each(_all(_dropped, _fields({"at_least": _operand, "at_most": _operand, "effective": _timed})))


def _each_group(written: Sequence[Mapping[str, Any]], known: Vocabulary) -> Iterator[Alteration]:
    """Drop each group of slots, and each slot of a group of more than two."""
    yield from _each_item([group["slots"] for group in written], known)
    for i, group in enumerate(written):
        if len(group["slots"]) > 2:
            for one in _each_item(group["slots"], known):
                yield Alteration((i, "slots", *one.path), one.value, one.words)


# Tables

CRITERION: Mapping[str, MutationOperator] = {
    "requires": _conditions,
    "upcoming": _all(_dropped, _fields({"effective": _moment, "requires": _conditions})),
    "attested_by": _role,
    "or_attested_by": _optional_role,
    "decidable_in": _all(_dropped, _fields({"languages": _each_of_many, "else_attested_by": _role})),
    "waivable_by": _optional_role,
    "same_as": _criterion,
    "dependencies": _fields({}),  # it has one value
    "covers_capabilities": _flag,
    "from": _optional_level,
    "only_at": _dropped,
    "applies_when": _all(_dropped, _each_of_many, _services),
    "subjects": _all(_dropped, _fields({"fact": _fact, "up_to": _optional_level})),
    "max_age_days": _all(_days, _dropped),
    "same_commit": _flag,
    "accepts": _each_item,
    "must_not_shrink": _flag,
    "per_milestone": _flag,
    "effective": _all(_moment, _dropped),
    "advisory": _flag,
}
GATE: Mapping[str, MutationOperator] = {"role": _role}
LEVEL: Mapping[str, MutationOperator] = {"ships_to": _each_item, "role": _optional_role}
SLOT: Mapping[str, MutationOperator] = {
    "by": _dropped,
    "parts": _all(_days, _dropped),
    "shared": _flag,
    "accepts": _each_item,
    "floors": _floors,
}
OF_EVIDENCE: Mapping[str, MutationOperator] = {
    "freshness": _fresh,
    "attestations": _all(_dropped, _fields({"valid_days": _days, "effective": _timed})),
    "distinct": _each_group,
    "floors": _each(_floors),
}
OPTION: MutationOperator = _all(_dropped, _each_of_many, _narrowed)
"""Any option of a slot."""
OF_GOVERNANCE: Mapping[str, MutationOperator] = {
    "roles": _roles,
    "upgrade_sign_offs": _each_item,
    "exceptions": _all(_dropped, _fields({"excuse": _level, "ship_at": _level, "close_within": _days})),
    "exit_role": _optional_role,
    "break_glass": _flag,
    "weakening_sign_off": _optional_role,
}

SHOWS: Mapping[str, str] = {
    "slots": "`artefacts` in which only what this option selects is at fault",
    "attested_by": "a pass by an attestation in this role, and one in another",
    "or_attested_by": "a pass by an attestation in this role alone, and one in another",
    "decidable_in": "source in this language that holds without an attestation, and in another with one by "
    "this role",
    "waivable_by": "a waiver by this role, and one by another",
    "subjects": "a service without subjects, at this level and above",
    "role": "a fact that is `not_understood`, or a demand of the plan on the gate, attested in this role, "
    "and one in another",
    "distinct": "the same artefact in two of the slots",
    "ships_to": "`ships_to` of a service at this level",
    "applies_when": "a service to which it applies, and one to which it does not",
    "covers_capabilities": "an attestation while a capability of the plan is open",
    "must_not_shrink": "a `change` that leaves much less evidence",
    "per_milestone": "an attestation for another milestone",
    "effective": "the criterion open just before it binds, and just after",
    "roles": "a signature by somebody who is not of the team that owns the service",
    "upgrade_sign_offs": "a level that lacks this signature alone",
    "exceptions": "an entry of the register for a service whose target is this level, and for the next",
    "exit_role": "an exit recorded by a person without this role",
    "break_glass": "an exit recorded while the milestone is blocked",
    "weakening_sign_off": "a weakening approved in this role, and one approved in another",
}
"""By field: what a case must show so that it notices a mutant of it, where a value alone does not."""
