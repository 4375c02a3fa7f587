"""Read changes of rules as people write them: `G1.coverage=97`, `governance.upgrade_sign_offs.security`."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.rules.editing import REMOVED, RuleEdit, Step, as_written, manifest_of, value_at
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.rule import Operator
from gatekeeper.model.rulebook import Criterion, Gate, Governance, LevelDefinition, Levels
from gatekeeper.model.workspace import ManifestKey, Manifests

_OPERATORS = frozenset(map(str, Operator))
_LIMITS = (Operator.AT_LEAST, Operator.AT_MOST)

ReadValue = Callable[[str], Any]
"""Reads a value as YAML writes it; raises `ValueError` with the reason if it is not one."""
Path = tuple[Step, ...]


class WrongChange(ValueError):  # noqa: N818 - reads as what it is at `raise`
    """A text names no rule, or more than one; the message says what to write."""


class ReadChanges(NamedTuple):
    """Edits in an order in which they can be made, and what is wrong with the texts of the others."""

    edits: tuple[RuleEdit, ...]
    mistakes: tuple[str, ...]


def read_changes(
    workspace: Manifests, set_: Iterable[str], drop: Iterable[str], read_value: ReadValue
) -> ReadChanges:
    """Return the edits of a rulebook that texts name.

    Args:
        workspace: The rulebook that they change.
        set_: Values to set: `G1.coverage=97`.
        drop: What to drop: a criterion, a condition, a field, or an item of a list.
        read_value: Reads what follows `=`.
    """
    groups = groups_of(workspace)
    edits: dict[tuple[ManifestKey, Path], RuleEdit] = {}
    mistakes: list[str] = []
    for text, is_set in [*((text, True) for text in set_), *((text, False) for text in drop)]:
        try:
            edit = _edit(groups, *(_read(text, read_value) if is_set else (text, REMOVED)))
            if edits.setdefault((edit.manifest, edit.path), edit) is not edit:
                mistakes.append(f"{text}: another change names the same; keep one")
        except WrongChange as wrong:
            mistakes.append(f"{text}: {wrong}")
    settings = [edit for edit in edits.values() if edit.value is not REMOVED]
    drops = [edit for edit in edits.values() if edit.value is REMOVED]
    # From the end of each list, so that no removal moves what another path leads to.
    drops.sort(key=lambda edit: (edit.manifest[0].__name__, edit.manifest[1], edit.path), reverse=True)
    return ReadChanges((*settings, *drops), tuple(mistakes))


def spelled(workspace: Manifests, manifest: ManifestKey, path: Sequence[Step]) -> str:
    """Return a place of the rulebook as a change names it: `G1.coverage.domain_source.files`."""
    around = [
        (name, len(group.path))
        for name, group in groups_of(workspace).items()
        if group.manifest == manifest and group.path == tuple(path[: len(group.path)])
    ]
    name, start = max(around, key=lambda found: found[1])
    return _whole_name(name, tuple(path[start:]))


def _whole_name(group: str, path: Path) -> str:
    return ".".join((group, *map(str, path[1:] if path[:1] == ("requires",) else path)))


class RuleGroup(NamedTuple):
    """A gate, the levels, a level, the governance or a criterion."""

    manifest: ManifestKey
    path: Path
    written: Mapping[str, Any]
    model: type[Manifest]

    @property
    def fields(self) -> list[str]:
        """What can be written there."""
        return [field.alias or name for name, field in self.model.model_fields.items()]


def groups_of(workspace: Manifests) -> dict[str, RuleGroup]:
    """Return the groups of a rulebook by name: criteria first, then the gates, governance and the levels."""
    keys: dict[str, ManifestKey] = {gate: (Gate, gate) for gate in workspace.gates}
    keys |= {"governance": (Governance, ""), "levels": (Levels, ""), "evidence": (EvidenceRules, "")}
    written = {key: as_written(manifest_of(workspace, key)) for key in keys.values()}
    groups = [(name, RuleGroup(key, (), written[key], key[0])) for name, key in keys.items()]
    for i, level in enumerate(written[Levels, ""]["levels"]):
        groups.append((level["level"], RuleGroup((Levels, ""), ("levels", i), level, LevelDefinition)))
    criteria = [
        (criterion["id"], RuleGroup(of.manifest, (*of.path, "criteria", i), criterion, Criterion))
        for _, of in groups
        for i, criterion in enumerate(of.written.get("criteria", ()))
    ]
    # A level may have the name of a gate, which then stands for the gate.
    return {**dict(criteria), **dict(reversed(groups))}


def _read(text: str, read_value: ReadValue) -> tuple[str, Any]:
    address, equals, written = text.partition("=")
    if not equals:
        raise WrongChange("it sets no value; write G1.coverage=97")
    try:
        return address, read_value(written)
    except ValueError as error:
        raise WrongChange(str(error)) from None


def _edit(groups: Mapping[str, RuleGroup], address: str, value: Any) -> RuleEdit:
    """Return the edit of the one place that an address means."""
    address = address.strip()
    first, *rest = address.split(".")
    name = next((name for name in (".".join((first, *rest[:1])), first) if name in groups), None)
    if name is None:
        known = (name for name, group in groups.items() if group.model is not Criterion)
        raise WrongChange(f"the rulebook has no {first!r}; {nearest(first, known)}")
    group = groups[name]
    places: dict[str, list[Path]] = defaultdict(list)
    for place, path in _places((name,), group.written):
        places[place].append(path)
    if value is REMOVED or address in places:
        found = [meant for path in places.get(address, ()) for meant in _meant(group, path, value)]
    else:
        found = list(_new(groups, group, places, address))
    paths = list(dict.fromkeys(found))
    if not paths:
        raise WrongChange(_unknown(groups, name, places, address, is_drop=value is REMOVED))
    if len(paths) > 1:
        choices = ", ".join(_whole_name(name, path) for path in paths)
        raise WrongChange(f"it may mean each of {choices}; name one of them")
    if group.model is Gate and paths == [("gate",)]:
        raise WrongChange("the id of a gate is the name of its file; rename the file instead")
    return RuleEdit(group.manifest, (*group.path, *paths[0]), value)


def _meant(group: RuleGroup, path: Path, value: Any) -> Iterator[Path]:
    """Yield what a place means: the values of a fact, the limits of a criterion, otherwise itself."""
    is_condition = isinstance(value, Mapping) and bool(value) and value.keys() <= _OPERATORS
    if path == () and group.model is not Criterion:
        return  # a file is not one rule
    if path == () and value is not REMOVED:
        for fact, requirement in group.written.get("requires", {}).items():
            for operator in _LIMITS:
                if isinstance(requirement.get(operator), int | float):
                    yield "requires", fact, operator.value
    elif _is_fact(path) and value is not REMOVED and not is_condition:
        yield from ((*path, operator) for operator in value_at(group.written, path))
    else:
        yield path


def _places(names: Sequence[str], within: Any, path: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield each place in plain data with each of its names."""
    yield from ((name, path) for name in names)
    items: Iterable[tuple[Step, Any]] = within.items() if isinstance(within, Mapping) else ()
    if isinstance(within, list):
        items = enumerate(within)
    for step, value in items:
        yield from _places(tuple(dict.fromkeys(_names(names, path, step, value))), value, (*path, step))


def _names(names: Sequence[str], path: Path, step: Step, value: Any) -> Iterator[str]:
    """Yield the names of what is at a step of a place: a slot, `requires` and a fact may be left out."""
    if path[-1:] == ("requires",):
        for within in (*(name.removesuffix(".requires") for name in names), *names):
            yield from (f"{within}.{step}", f"{within}.{str(step).partition('.')[2]}")
        return
    yield from (f"{name}.{step}" for name in names)
    if _is_fact(path):
        yield f"{names[0].removesuffix(f'.{path[-1]}')}.{step}"
    elif isinstance(step, int) and isinstance(value, str):
        yield from (f"{name}.{value}" for name in names)


def _is_fact(path: Path) -> bool:
    return path[-2:-1] == ("requires",)


def _new(
    groups: Mapping[str, RuleGroup], group: RuleGroup, places: Mapping[str, list[Path]], address: str
) -> Iterator[Path]:
    """Yield each path at which an address that is not stated yet can be stated."""
    steps = address.split(".")
    count = next(count for count in range(len(steps), 0, -1) if ".".join(steps[:count]) in places)
    rest = steps[count:]
    for path in places[".".join(steps[:count])]:
        known = group.fields if path == () else _OPERATORS if _is_fact(path) else rest
        if path in ((), ("requires",)) and rest[0] not in group.fields:
            slots = {slot for of in groups.values() for slot in of.written.get("slots", ())}
            may_state = group.model is Criterion and len(rest) > 2
            if may_state and rest[-1] in _OPERATORS and rest[0] in slots:
                yield "requires", ".".join(rest[:-1]), rest[-1]
        elif rest[0] in known and isinstance(value_at(group.written, path), Mapping):
            yield (*path, *rest)


def _unknown(
    groups: Mapping[str, RuleGroup], name: str, places: Iterable[str], address: str, *, is_drop: bool
) -> str:
    """Return why an address within a group means nothing, and what to write."""
    group, rest = groups[name], address[len(name) + 1 :]
    if rest.partition(".")[0] in group.fields:
        return f"{name} does not state {rest!r}{', so it cannot be dropped' * is_drop}"
    if twin := group.written.get("same_as"):
        return f"{name} is decided like {twin}; change {twin}"
    if not rest and group.model is Criterion:
        stated = (f"{name}.{key}" for key in group.written.get("requires") or group.written)
        return f"{name} compares with no number; name what is set: {', '.join(stated)}"
    known = [place for place in (*groups, *places) if place.startswith(f"{name}.")]
    known += [f"{name}.{field}" for field in group.fields if not is_drop]
    return f"{name} {f'has no {rest!r}' if rest else 'is not one rule'}; {nearest(address, known)}"
