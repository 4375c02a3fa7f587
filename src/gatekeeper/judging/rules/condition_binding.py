"""Bind the requirements of criteria: check facts, operators and operands against each other."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.rules.operators import ACCEPTS
from gatekeeper.judging.rules.slot_binding import Slots
from gatekeeper.model.evidence import Shape
from gatekeeper.model.level import Scale
from gatekeeper.model.rule import (
    Condition,
    FactOf,
    Literal,
    MilestoneContext,
    Operand,
    Operator,
    SubjectsOf,
    TargetOperand,
)
from gatekeeper.model.rulebook import Criterion, Requirement
from gatekeeper.model.workspace import Mistake

_OPERANDS = "an operand is a value or one of {fact: slot.field}, {target: name}, {context: milestone}"
_TAKES_LIST = frozenset({Operator.ONE_OF, Operator.INCLUDES, Operator.WITHIN, Operator.MENTIONS})


class ConditionBinder(NamedTuple):
    """Binds conditions to slots; appends what is wrong to `mistakes`."""

    slots: Slots
    scale: Scale
    mistakes: list[Mistake]

    def conditions(self, requires: Mapping[str, Requirement], place: Place) -> Iterator[Condition]:
        """Yield the conditions that are written at a place, in their order."""
        for fact, requirement in requires.items():
            where = place / fact
            slot, path = _split(fact)
            shape = self._shape(slot, path, where)
            asked = [operator for operator in Operator if operator in requirement.model_fields_set]
            if not asked:
                self.mistakes.append(where.mistake(f"{fact} has no operator"))
            for operator in asked:
                self._check_operator(operator, fact, shape, where / operator)
                operand = self._operand(operator, getattr(requirement, operator), where / operator)
                if operand is not None:
                    yield Condition(slot, path, operator, operand)

    def subjects(self, criterion: Criterion, place: Place) -> SubjectsOf | None:
        """Return the fact that counts the subjects of a criterion; None if it names none."""
        if criterion.subjects is None:
            return None
        slot, path = _split(criterion.subjects.fact)
        shape = self._shape(slot, path, place / "subjects")
        if shape not in (None, Shape.NUMBER, Shape.NAMES, Shape.ANY):
            message = f"{criterion.subjects.fact} is {shape}, which counts nothing"
            self.mistakes.append((place / "subjects").mistake(message, "name a number or a list of names"))
        up_to = criterion.subjects.up_to
        return SubjectsOf(slot, path, self.scale.get(up_to or "", self.scale.highest))

    def _shape(self, slot: str, path: tuple[str, ...], place: Place) -> Shape | None:
        """Return the shape of a fact; None if the slot is wrong or the fact is unknown (a mistake)."""
        known = self.slots.fields
        if slot not in known:
            self.mistakes.append(place.wrong_key(f"unknown slot {slot!r}", nearest(slot, known)))
            return None
        fields = known[slot]
        if fields is None:
            return None
        if path[0] not in fields:
            message = f"the evidence of {slot!r} has no fact {path[0]!r}"
            self.mistakes.append(place.wrong_key(message, nearest(path[0], fields)))
            return None
        shape = fields[path[0]]
        if len(path) == 1:
            return shape
        if shape not in (Shape.MAPPING, Shape.ANY):
            self.mistakes.append(place.wrong_key(f"{slot}.{path[0]} is {shape}: there is nothing inside it"))
        return Shape.ANY

    def _check_operator(self, operator: Operator, fact: str, shape: Shape | None, place: Place) -> None:
        if shape in (None, Shape.ANY) or shape in ACCEPTS[operator]:
            return
        able = ", ".join(other for other in Operator if shape in ACCEPTS[other])
        self.mistakes.append(
            place.wrong_key(f"{fact} is {shape}, which {operator} cannot compare", f"use {able}")
        )

    def _operand(self, operator: Operator, written: Any, place: Place) -> Operand | None:
        if isinstance(written, Mapping):
            return self._reference(written, place)
        if misfit := _misfit(operator, written):
            self.mistakes.append(place.mistake(misfit))
            return None
        if operator in _TAKES_LIST:
            return Literal(tuple(written) if isinstance(written, list) else (written,))
        return Literal(written)

    def _reference(self, written: Mapping[str, Any], place: Place) -> Operand | None:
        match list(written.items()):
            case [("fact", str(fact))] if "." in fact:
                slot, path = _split(fact)
                self._shape(slot, path, place / "fact")
                return FactOf(slot, path)
            case [("target", str(name))]:
                return TargetOperand(name)
            case [("context", "milestone")]:
                return MilestoneContext()
            case _:
                self.mistakes.append(place.mistake(_OPERANDS))
                return None


def slots_of(conditions: Sequence[Condition], subjects: SubjectsOf | None = None) -> tuple[str, ...]:
    """Return every slot that affects a criterion, each once."""
    named = [condition.slot for condition in conditions]
    named += [c.operand.slot for c in conditions if isinstance(c.operand, FactOf)]
    if subjects:
        named.append(subjects.slot)
    return tuple(dict.fromkeys(named))


def _split(fact: str) -> tuple[str, tuple[str, ...]]:
    slot, *path = fact.split(".")
    return slot, tuple(path)


def _misfit(operator: Operator, written: Any) -> str | None:
    """Return why a literal cannot be the operand of an operator; None if it can."""
    match operator:
        case Operator.AT_LEAST | Operator.AT_MOST:
            fits, takes = isinstance(written, int | float) and not isinstance(written, bool), "a number"
        case Operator.EMPTY:
            fits, takes = isinstance(written, bool), "true or false"
        case Operator.EQUALS:
            fits, takes = isinstance(written, str | bool | int | float), "a value"
        case Operator.ONE_OF:
            fits, takes = isinstance(written, list) and bool(written), "a list of values"
        case _:
            texts = written if isinstance(written, list) else [written]
            fits, takes = (
                bool(texts) and all(isinstance(text, str) for text in texts),
                "text or a list of texts",
            )
    return None if fits else f"{operator} takes {takes}, not {written!r}"
