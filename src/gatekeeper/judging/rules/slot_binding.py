"""Bind slots: check that each is defined once, with a known kind and options that the kind supports."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.plans.narrowing import NARROWING
from gatekeeper.model.evidence import FORMATS_OPTION, Kind, Shape
from gatekeeper.model.rule import LANGUAGES, BoundSlot
from gatekeeper.model.rulebook import Gate, Levels, Slot
from gatekeeper.model.workspace import ManifestKey, Manifests, Mistake

FindKind = Callable[[str], Kind | None]


class Slots(NamedTuple):
    """The slots of a rulebook, and the facts of each."""

    bound: Mapping[str, BoundSlot]
    fields: Mapping[str, Mapping[str, Shape] | None]
    """The shape of each fact by slot; None if the definition of the slot is wrong."""
    takes: Mapping[str, str]
    """What each slot takes, in words."""


def bind_slots(workspace: Manifests, find_kind: FindKind, mistakes: list[Mistake]) -> Slots:
    """Return the bound slots of the rulebook; append what is wrong to `mistakes`."""
    bound: dict[str, BoundSlot] = {}
    fields: dict[str, Mapping[str, Shape] | None] = {}
    defined: dict[str, str] = {}
    groups: list[tuple[ManifestKey, Mapping[str, Slot]]] = [((Levels, ""), workspace.levels.slots)]
    groups += [((Gate, name), gate.slots) for name, gate in workspace.gates.items()]
    for manifest, slots in groups:
        for name, slot in slots.items():
            place = Place(workspace.files[manifest]) / "slots" / name
            if name in defined:
                mistakes.append(
                    place.wrong_key(f"slot {name!r} is defined in {defined[name]} already", "keep one")
                )
            defined.setdefault(name, place.file)
            kind = find_kind(slot.kind)
            bound[name] = _bind(name, slot, kind, workspace.formats.get(slot.kind))
            fields[name] = _fields(slot, kind)
            mistakes += _mistakes(slot, kind, place)
    return Slots(bound, fields, {name: slot.takes for name, slot in bound.items()})


def _bind(name: str, slot: Slot, kind: Kind | None, formats: Mapping[str, str] | None) -> BoundSlot:
    narrowable = kind.options & set(NARROWING) if kind else frozenset()
    takes = slot.about or f"kind `{slot.kind}`"
    amounts, measures = (kind.amounts, kind.measures) if kind else ((), False)
    options = {**slot.options, FORMATS_OPTION: formats} if formats else slot.options
    has_languages = kind and kind.fields and kind.fields.get(LANGUAGES) is Shape.NAMES
    languages = kind.languages if kind and has_languages else None
    return BoundSlot(name, slot.kind, options, frozenset(narrowable), takes, amounts, measures, languages)


def _fields(slot: Slot, kind: Kind | None) -> Mapping[str, Shape] | None:
    if kind is None or kind.fields is not None:
        return kind.fields if kind else None
    select = slot.options.get("select")
    return dict.fromkeys(select, Shape.ANY) if isinstance(select, dict) else None


def _mistakes(slot: Slot, kind: Kind | None, place: Place) -> list[Mistake]:
    if kind is None:
        return [
            (place / "kind").mistake(
                f"unknown kind of evidence {slot.kind!r}", "see `gatekeeper facts --help`"
            )
        ]
    mistakes = [
        (place / option).wrong_key(
            f"kind {kind.name!r} has no option {option!r}", nearest(option, sorted(kind.options))
        )
        for option in slot.options
        if option not in kind.options
    ]
    if kind.fields is None and not isinstance(slot.options.get("select"), dict):
        hint = "name each fact and its path in JMESPath: select: {bugs: metrics.bugs}"
        mistakes.append(place.wrong_key(f"kind {kind.name!r} needs `select`", hint))
    return mistakes
