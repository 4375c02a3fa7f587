"""Decide whether terms ask for at least as much as other terms; what cannot be proved asks for less.

A loss is worded as what the criterion does now: "accepts evidence of any age instead of up to 30 days old".
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.model.level import Scale
from gatekeeper.model.rule import Operator, is_date
from gatekeeper.model.values import describe_value

Terms = Mapping[str, Any]


class Loss(NamedTuple):
    """A term that asks for less than before."""

    term: str
    """Its name; within a slot or for a target, the name and that of the slot or target."""
    message: str


class _Sides(NamedTuple):
    before: Terms
    after: Terms
    scale: Scale
    milestones: Sequence[str]


def losses(before: Terms, after: Terms, scale: Scale, milestones: Sequence[str] = ()) -> Iterator[Loss]:
    """Yield each term that is not provably as strict as before.

    Args:
        before: The terms of the base.
        after: The terms of the head.
        scale: The levels of both.
        milestones: The milestones in order; without it, no milestone is known to be earlier than another.
    """
    if before == after:
        return
    sides = _Sides(before, after, scale, milestones)
    for term in {**before, **after}:
        was, now = before.get(term), after.get(term)
        if was != now:
            yield from _COMPARED.get(term, _same)(term, was, now, sides)


_Compare = Callable[[str, Any, Any, _Sides], Iterator[Loss]]


def _same(term: str, was: Any, now: Any, _: _Sides) -> Iterator[Loss]:
    yield Loss(term, f"has {_words(term)} {_value(now)} instead of {_value(was)}")


def _nothing(*_: Any) -> Iterator[Loss]:
    yield from ()


def _twin(term: str, was: str | None, now: str | None, _: _Sides) -> Iterator[Loss]:
    yield Loss(term, f"is decided like {now or 'no other'} instead of {was or 'no other'}")


def _question(term: str, was: str | None, now: str | None, sides: _Sides) -> Iterator[Loss]:
    is_asked = any(sides.after.get(by) for by in ("attested_by", "or_attested_by", "same_as"))
    if is_asked and was and now and was.split() != now.split():
        yield Loss(term, f"asks people {now!r} instead of {was!r}")


def _person(words: str) -> _Compare:
    """Return a comparison of a role that makes a criterion easier to meet: none is strictest."""

    def compare(term: str, was: str | None, now: str | None, _: _Sides) -> Iterator[Loss]:
        if now is not None:
            yield Loss(term, f"may be {words} by {now}; before by {was or 'nobody'}")

    return compare


def _attested_by(term: str, was: str | None, now: str | None, _: _Sides) -> Iterator[Loss]:
    yield Loss(term, f"is attested by {now or 'nobody'} instead of {was or 'nobody'}")


def _age(term: str, was: int | None, now: int | None, _: _Sides) -> Iterator[Loss]:
    if was is not None and (now is None or now > was):
        allowed = f"up to {now} days old" if now else "of any age"
        yield Loss(term, f"accepts evidence {allowed} instead of up to {was} days old")


def _demanded(message: str) -> _Compare:
    """Return a comparison of a term that asks for more if it is given."""

    def compare(term: str, was: Any, now: Any, _: _Sides) -> Iterator[Loss]:
        if was and not now:
            yield Loss(term, message)

    return compare


def _granted(message: str) -> _Compare:
    """Return a comparison of a term that asks for less if it is given."""

    def compare(term: str, was: Any, now: Any, _: _Sides) -> Iterator[Loss]:
        if now:
            yield Loss(term, message.format(was=_value(was), now=_value(now)))

    return compare


def _all_kept(message: str) -> _Compare:
    """Return a comparison of a list of which every item is asked for."""

    def compare(term: str, was: Sequence[str] | None, now: Sequence[str] | None, _: _Sides) -> Iterator[Loss]:
        if gone := [item for item in was or () if item not in (now or ())]:
            yield Loss(term, message.format(_value(gone)))

    return compare


def _milestones(term: str, was: Sequence[str] | None, now: Sequence[str] | None, _: _Sides) -> Iterator[Loss]:
    if was is not None and now is None:
        yield Loss(term, "accepts what was made for any milestone")
    elif more := [name for name in now or () if was is not None and name not in was]:
        yield Loss(term, f"accepts what was made for {_value(more)}")


def _level(message: str) -> _Compare:
    """Return a comparison of a level that may not fall."""

    def compare(term: str, was: str, now: str, sides: _Sides) -> Iterator[Loss]:
        if sides.scale[now] < sides.scale[was]:
            yield Loss(term, message.format(was=was, now=now))

    return compare


def _from(term: str, was: str, now: str, sides: _Sides) -> Iterator[Loss]:
    if sides.scale[now] > sides.scale[was]:
        yield Loss(term, f"is required from {now} on instead of from {was}")


# Time


def _effective(term: str, was: str | None, now: str | None, sides: _Sides) -> Iterator[Loss]:
    if not sides.before.get("advisory") and not _is_as_early(now, was, sides):
        yield Loss(term, f"binds from {now} on instead of {f'from {was} on' if was else 'always'}")


def _is_as_early(now: str | None, was: str | None, sides: _Sides) -> bool:
    """Return whether something is effective no later than before; what always was is earliest."""
    if now is None or now == was:
        return True
    if was is None:
        return False
    if {now, was} <= set(sides.milestones):
        return sides.milestones.index(now) <= sides.milestones.index(was)
    return is_date(now) and is_date(was) and now <= was and not {now, was} & set(sides.milestones)


def _upcoming(term: str, was: Terms | None, now: Terms | None, sides: _Sides) -> Iterator[Loss]:
    """Compare what is asked once each side is tightened, and between the two."""
    present, asked = (side.get("requires", ()) for side in (sides.before, sides.after))
    then, tightened = was["requires"] if was else present, now["requires"] if now else asked
    on = (now or was or {})["effective"]
    if not _all_implied(tightened, then) or not _all_implied(tightened, present):
        yield Loss(term, f"asks for {_conditions(tightened)} from {on} on instead of {_conditions(then)}")
    elif was and now and not _is_as_early(on, was["effective"], sides) and not _all_implied(asked, then):
        yield Loss(term, f"asks for {_conditions(then)} from {on} on instead of from {was['effective']}")


def _all_implied(head: Sequence[Terms], base: Sequence[Terms]) -> bool:
    return all(
        any(_implies(other, condition) for other in head if other["fact"] == condition["fact"])
        for condition in base
    )


def _conditions(conditions: Sequence[Terms]) -> str:
    return "; ".join(map(_condition, conditions))


def _condition(condition: Terms) -> str:
    is_empty = condition["operator"] == Operator.EMPTY
    operator = "" if is_empty else f" {_words(condition['operator'])}"
    return f"{condition['fact']}{operator} {_operand(condition)}"


# Applicability


def _subjects(term: str, was: str | None, now: str | None, _: _Sides) -> Iterator[Loss]:
    if now is not None:
        yield Loss(term, f"does not apply without {now}; before {f'without {was}' if was else 'always'}")


def _subjects_up_to(term: str, was: str | None, now: str | None, sides: _Sides) -> Iterator[Loss]:
    if was is not None and now is not None and sides.scale[now] > sides.scale[was]:
        yield Loss(term, f"does not apply up to {now} without subjects; before up to {was}")


def _applies_when(term: str, was: Terms | None, now: Terms | None, _: _Sides) -> Iterator[Loss]:
    before, after = was or {}, now or {}
    if (
        after.get("gate") not in (None, before.get("gate"))
        or after.get("label") not in (None, before.get("label"))
        or not _is_subset(before.get("any_gate"), after.get("any_gate"))
        or not set(after.get("except_services", ())) <= set(before.get("except_services", ()))
    ):
        yield Loss(term, f"applies to {_when(after)}; before to {_when(before)}")


def _is_subset(part: Sequence[str] | None, whole: Sequence[str] | None) -> bool:
    """Return whether a list is within another; None is a list of everything."""
    return whole is None or (part is not None and set(part) <= set(whole))


def _when(conditions: Terms) -> str:
    if not conditions:
        return "every service"
    said = (f"{_APPLIES[key]} {_value(value)}" for key, value in conditions.items())
    return f"services {', '.join(said)}"


_APPLIES = {
    "gate": "with gate",
    "any_gate": "with one of the gates",
    "label": "with label",
    "except_services": "except",
}


# Conditions


def _requires(
    term: str, was: Sequence[Terms] | None, now: Sequence[Terms] | None, _: _Sides
) -> Iterator[Loss]:
    for condition in was or ():
        same_fact = [other for other in now or () if other["fact"] == condition["fact"]]
        if any(_implies(other, condition) for other in same_fact):
            continue
        is_empty = condition["operator"] == Operator.EMPTY
        asked = condition["fact"] if is_empty else f"{condition['fact']} {_words(condition['operator'])}"
        changed = next((other for other in same_fact if other["operator"] == condition["operator"]), None)
        target = _target(condition)
        name = f"target {target}" if changed and target and target == _target(changed) else term
        if changed is None:
            yield Loss(name, f"no longer asks for {asked} {_operand(condition)}")
        else:
            yield Loss(name, f"asks for {asked} {_operand(changed)} instead of {_operand(condition)}")


def _implies(head: Terms, base: Terms) -> bool:
    """Return whether everything that meets the head's condition also meets the base's, on the same fact."""
    before, after = base["operand"], head["operand"]
    operator, other = Operator(base["operator"]), Operator(head["operator"])
    if isinstance(before, dict) or isinstance(after, dict):
        return operator is other and _is_as_strict_reference(operator, before, after)
    if other is Operator.EQUALS and operator is not Operator.EQUALS:
        return operator in _KEPT_BY_A_VALUE and _KEPT_BY_A_VALUE[operator](before, after)
    return operator is other and _KEPT[operator](before, after)


def _is_as_strict_reference(operator: Operator, before: Any, after: Any) -> bool:
    if before == after:
        return True
    if _target_of(before) is None or _target_of(before) != _target_of(after):
        return False
    was, now = before["value"], after["value"]
    if was is None or now is None:
        return True  # without the target the criterion is open; a first target is a declaration
    is_bound = operator in (Operator.AT_LEAST, Operator.AT_MOST)
    return is_bound and _KEPT[operator](was, now)


def _within(before: Any, after: Any) -> bool:
    return {_key(value) for value in _items(after)} <= {_key(value) for value in _items(before)}


def _key(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value  # as operators compare: true is not 1


def _mentioned(before: Any, after: Any) -> bool:
    """Return whether each phrase is a run of whole words of another."""
    others = [f" {' '.join(phrase.casefold().split())} " for phrase in _items(after)]
    return all(
        any(f" {' '.join(phrase.casefold().split())} " in other for other in others)
        for phrase in _items(before)
    )


def _bounds(before: Any, after: Any, sign: int) -> bool:
    is_number = all(isinstance(value, int | float) for value in (before, after))
    return is_number and bool(sign * after >= sign * before)


_KEPT: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: lambda before, after: _bounds(before, after, 1),
    Operator.AT_MOST: lambda before, after: _bounds(before, after, -1),
    Operator.EQUALS: lambda before, after: _key(before) == _key(after),
    Operator.EMPTY: lambda before, after: bool(before == after),
    Operator.ONE_OF: _within,
    Operator.WITHIN: _within,
    Operator.INCLUDES: lambda before, after: _within(after, before),
    Operator.MENTIONS: _mentioned,
}
"""Whether a literal operand (the second) is as strict as another one of the same operator."""
_KEPT_BY_A_VALUE: Mapping[Operator, Callable[[Any, Any], bool]] = {
    operator: _KEPT[operator]
    for operator in (Operator.AT_LEAST, Operator.AT_MOST, Operator.ONE_OF, Operator.WITHIN)
}
"""Whether the only allowed value meets the operand."""


def _items(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def _target(condition: Terms) -> str | None:
    return _target_of(condition["operand"])


def _target_of(operand: Any) -> str | None:
    return operand.get("target") if isinstance(operand, dict) else None


def _operand(condition: Terms) -> str:
    operand = condition["operand"]
    if condition["operator"] == Operator.EMPTY:
        return "empty" if operand else "not empty"
    if not isinstance(operand, dict):
        return _value(operand)
    if "context" in operand:
        return "the milestone"
    if "fact" in operand:
        return str(operand["fact"])
    value = operand["value"]
    return f"targets.{operand['target']}" + (f" ({_value(value)})" if value is not None else "")


# Slots


def _slots(_: str, was: Terms | None, now: Terms | None, __: _Sides) -> Iterator[Loss]:
    for name, slot in (was or {}).items():
        if (after := (now or {}).get(name)) is None:
            continue  # a condition on it was dropped, or another one is asked, which is reported
        yield from slot_losses(name, slot, after)
        if less := _reads_less(slot.get("only", {}), after.get("only", {})):
            yield Loss(f"slot {name}", f"reads `{name}` only for {less}")
        if slot.get("sha256") and not after.get("sha256"):
            yield Loss(f"pin {name}", f"accepts any bytes for `{name}`, which is no longer pinned")


def _reads_less(before: Terms, after: Terms) -> str:
    less = [key for key, kept in after.items() if key not in before or not set(before[key]) <= set(kept)]
    return "; ".join(f"{_words(key)} {_value(after[key])}" for key in less)


def slot_losses(name: str, before: Terms, after: Terms) -> Iterator[Loss]:
    """Yield what the definition of a slot, its `kind` and `options`, shows less of than before."""
    if before["kind"] != after["kind"]:
        yield Loss(f"slot {name}", f"reads `{name}` as {after['kind']} instead of {before['kind']}")
        return
    options = before.get("options", {}), after.get("options", {})
    for option in {**options[0], **options[1]}:
        was, now = (given.get(option) for given in options)
        if was != now and not _shows_as_much(option, was, now):
            message = f"reads `{name}` with {option} {_value(now)} instead of {_value(was)}"
            yield Loss(f"slot {name}", message)


_FORBIDDEN = frozenset({"frameworks", "llm_sdks"})
"""Options that list what is forbidden: more is stricter."""
_ALLOWED = frozenset({"policies"})
"""Options that list what is allowed: less is stricter."""


def _shows_as_much(option: str, was: Any, now: Any) -> bool:
    """Return whether the lists show it; another `include` may raise a share that was too low."""
    if was is None or now is None:
        return False
    return (option in _FORBIDDEN and _within(now, was)) or (option in _ALLOWED and _within(was, now))


# Words


def _words(name: str) -> str:
    return name.replace("_", " ")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "nothing" if value is None else describe_value(value, None)


_COMPARED: Mapping[str, _Compare] = {
    "question": _question,
    "same_as": _twin,
    "requires": _requires,
    "slots": _slots,
    "attested_by": _attested_by,
    "or_attested_by": _person("attested in place of evidence"),
    "waivable_by": _person("waived"),
    "max_age_days": _age,
    "same_commit": _demanded("accepts evidence of another commit than the release"),
    "per_milestone": _demanded("accepts attestations for another milestone"),
    "commit": _demanded("accepts evidence of any commit: the release names none"),
    "milestones": _milestones,
    "demands": _all_kept("no longer demands {}"),
    "capabilities": _all_kept("no longer asks for {}"),
    "covers_capabilities": _demanded("no longer covers the capabilities"),
    "optional": _granted("is optional"),
    "effective": _effective,
    "advisory": _granted("is advisory and never blocks"),
    "upcoming": _upcoming,
    "from": _from,
    "only_at": _granted("is required only at {now}"),
    "applies_when": _applies_when,
    "subjects": _subjects,
    "subjects_up_to": _subjects_up_to,
    "level": _level("is {now} instead of {was}"),
    "roles": _all_kept("is no longer signed by {}"),
    "gate": _nothing,
    "exited": _nothing,
}
"""How each term is compared; any other term must be the same."""
