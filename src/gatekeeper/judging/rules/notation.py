"""Read changes of rules as people write them: `G1.coverage=97`, `governance.upgrade_sign_offs.security`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.rules.editing import REMOVED, RuleEdit, Step, as_written, manifest_of
from gatekeeper.model.manifest import Manifest
from gatekeeper.model.rule import Operator
from gatekeeper.model.rulebook import Criterion, Gate, Governance, LevelDefinition, Levels
from gatekeeper.model.workspace import ManifestKey, Manifests

_BY_NAME: Mapping[str, ManifestKey] = {"governance": (Governance, ""), "levels": (Levels, "")}
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


class _Group(NamedTuple):
    """A criterion, or what a manifest states beside its criteria."""

    manifest: ManifestKey
    path: Path
    written: Mapping[str, Any]
    fields: tuple[str, ...]
    """What can be written there."""


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
    names = _Names(workspace)
    edits: dict[tuple[ManifestKey, Path], RuleEdit] = {}
    mistakes: list[str] = []
    texts = [(text, True) for text in set_] + [(text, False) for text in drop]
    for text, is_set in texts:
        try:
            edit = names.setting(text, read_value) if is_set else names.drop(text)
            if (edit.manifest, edit.path) in edits:
                raise WrongChange("another change names the same; keep one")  # noqa: TRY301 - listed like others
            edits[edit.manifest, edit.path] = edit
        except WrongChange as wrong:
            mistakes.append(f"{text}: {wrong}")
    settings = [edit for edit in edits.values() if edit.value is not REMOVED]
    drops = [edit for edit in edits.values() if edit.value is REMOVED]
    # From the end of each list, so that no removal moves what another path leads to.
    drops.sort(key=lambda edit: (edit.manifest[0].__name__, edit.manifest[1], edit.path), reverse=True)
    return ReadChanges((*settings, *drops), tuple(mistakes))


def spelled(workspace: Manifests, manifest: ManifestKey, path: Sequence[Step]) -> str:
    """Return a place of the rulebook as a change names it: `G1.coverage.domain_source.files`."""
    within: Any = as_written(manifest_of(workspace, manifest))
    steps = [next((name for name, key in _BY_NAME.items() if key == manifest), manifest[1])]
    for i, step in enumerate(path):
        try:
            within = within[step]
        except (KeyError, IndexError, TypeError):
            return ".".join((*steps, *map(str, path[i:])))
        id_ = within.get("id") or within.get("level") if isinstance(within, dict) else None
        if isinstance(step, int) and id_:
            steps = [id_]
        elif step != "requires" or len(steps) > 1:
            steps.append(str(step))
    return ".".join(steps)


class _Names:
    """The names of everything in a rulebook that can be changed."""

    def __init__(self, workspace: Manifests) -> None:
        self.criteria: dict[str, _Group] = {}
        self.groups: dict[str, _Group] = {}
        self.slots = {
            *workspace.levels.slots,
            *(slot for gate in workspace.gates.values() for slot in gate.slots),
        }
        manifests: dict[str, ManifestKey] = {**{gate: (Gate, gate) for gate in workspace.gates}, **_BY_NAME}
        for name, key in manifests.items():
            written = as_written(manifest_of(workspace, key))
            self.groups.setdefault(name, _Group(key, (), written, _fields(key[0])))
            self._add_criteria(key, (), written)
            for i, level in enumerate(written.get("levels", ())):
                path = ("levels", i)
                self.groups.setdefault(level["level"], _Group(key, path, level, _fields(LevelDefinition)))
                self._add_criteria(key, path, level)

    def _add_criteria(self, key: ManifestKey, path: Path, written: Mapping[str, Any]) -> None:
        for i, criterion in enumerate(written.get("criteria", ())):
            group = _Group(key, (*path, "criteria", i), criterion, _fields(Criterion))
            self.criteria.setdefault(criterion["id"], group)

    def setting(self, text: str, read_value: ReadValue) -> RuleEdit:
        address, equals, written = text.partition("=")
        if not equals:
            raise WrongChange("it sets no value; write G1.coverage=97")
        try:
            value = read_value(written)
        except ValueError as error:
            raise WrongChange(str(error)) from None
        has_operators = isinstance(value, Mapping) and bool(value) and value.keys() <= _OPERATORS
        group, path = self._resolve(address.strip(), is_drop=False, is_whole=has_operators)
        return RuleEdit(group.manifest, (*group.path, *path), value)

    def drop(self, text: str) -> RuleEdit:
        group, path = self._resolve(text.strip(), is_drop=True, is_whole=True)
        return RuleEdit(group.manifest, (*group.path, *path), REMOVED)

    def _resolve(self, address: str, *, is_drop: bool, is_whole: bool) -> tuple[_Group, Path]:
        """Return what a text names; `is_whole`: the name of a fact means all that is required of it."""
        for name, group in self.criteria.items():
            if address == name or address.startswith(f"{name}."):
                return group, self._in_criterion(
                    name, group, address[len(name) + 1 :], is_drop=is_drop, is_whole=is_whole
                )
        name, _, rest = address.partition(".")
        first = rest.partition(".")[0]
        if name not in self.groups:
            raise WrongChange(f"the rulebook has no {name!r}; {nearest(name, self.groups)}")
        if first not in self.groups[name].fields:
            known = [id_ for id_ in self.criteria if id_.startswith(f"{name}.")]
            known += [f"{name}.{field}" for field in self.groups[name].fields]
            what = f"has no {rest!r}" if rest else "is not one rule"
            raise WrongChange(f"{name} {what}; {nearest(address, known)}")
        group = self.groups[name]
        paths = list(_walk(group.written, rest, may_be_new=not is_drop))
        if not paths:
            raise WrongChange(f"{name} does not state {rest!r}{', so it cannot be dropped' * is_drop}")
        if group.manifest[0] is Gate and paths[0] == ("gate",):
            raise WrongChange("the id of a gate is the name of its file; rename the file instead")
        return group, paths[0]

    def _in_criterion(self, name: str, group: _Group, rest: str, *, is_drop: bool, is_whole: bool) -> Path:
        if is_drop and not rest:
            return ()
        paths = list(dict.fromkeys(self._paths(group, rest, is_drop=is_drop, is_whole=is_whole)))
        if len(paths) == 1:
            return paths[0]
        choices = [".".join((name, *map(str, path))).replace(".requires.", ".") for path in paths]
        if paths:
            raise WrongChange(f"it may mean each of {', '.join(choices)}; name one of them")
        if is_drop and rest in group.fields:
            raise WrongChange(f"{name} does not state {rest!r}, so it cannot be dropped")
        if twin := group.written.get("same_as"):
            raise WrongChange(f"{name} is decided like {twin}; change {twin}")
        written = [f"{name}.{fact}.{op}" for fact, of in _requires(group).items() for op in of]
        if not rest:
            raise WrongChange(f"{name} compares with no number; {_known(written, group, name)}")
        short = [f"{name}.{fact.partition('.')[2]}" for fact in _requires(group)]
        fields = [f"{name}.{field}" for field in (group.written if is_drop else group.fields)]
        hint = nearest(f"{name}.{rest}", [*written, *short, *fields])
        raise WrongChange(f"{name} has no {rest!r}; {hint}")

    def _paths(self, group: _Group, rest: str, *, is_drop: bool, is_whole: bool) -> Iterator[Path]:
        """Yield the paths within a criterion that a text may mean."""
        requires = _requires(group)
        if not rest:
            yield from _limits(requires)
            return
        rest = rest.removeprefix("requires.")
        if rest.partition(".")[0] in group.fields:
            yield from _walk(group.written, rest, may_be_new=not is_drop)
        found = [
            (fact, within) for fact in requires if (within := _within(fact, requires[fact], rest)) is not None
        ]
        for fact, within in found:
            if within:
                inner = _walk(requires[fact], within, may_be_new=not is_drop)
            else:
                inner = iter([()] if is_whole else [(operator,) for operator in requires[fact]])
            yield from (("requires", fact, *path) for path in inner)
        if not found and not is_drop and self._is_condition(rest):
            fact, _, operator = rest.rpartition(".")
            yield "requires", fact, operator

    def _is_condition(self, rest: str) -> bool:
        steps = rest.split(".")
        return len(steps) > 2 and steps[0] in self.slots and steps[-1] in _OPERATORS


def _requires(group: _Group) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = group.written.get("requires", {})
    return found


def _limits(requires: Mapping[str, Mapping[str, Any]]) -> Iterator[Path]:
    """Yield the paths of the numbers with which conditions compare."""
    for fact, requirement in requires.items():
        for operator in _LIMITS:
            if isinstance(requirement.get(operator), int | float):
                yield "requires", fact, operator.value


def _within(fact: str, requirement: Mapping[str, Any], rest: str) -> str | None:
    """Return what a text names within the requirement on a fact: empty for all, None for nothing."""
    for name in (fact, fact.partition(".")[2]):
        within = rest[len(name) + 1 :]
        if rest == name or (rest.startswith(f"{name}.") and within.partition(".")[0] in _OPERATORS):
            return within
    return rest if rest.partition(".")[0] in requirement else None


def _walk(written: Any, rest: str, *, may_be_new: bool) -> Iterator[Path]:
    """Yield the path that a text names in plain data; keys may contain dots, and items are named by value."""
    if not rest:
        yield ()
        return
    items: Iterable[tuple[Step, Any]] = written.items() if isinstance(written, Mapping) else ()
    if isinstance(written, list):
        items = enumerate(written)
    for key, value in items:
        names = {str(key)} | ({value} if isinstance(key, int) and isinstance(value, str) else set())
        for name in names:
            if rest == name or rest.startswith(f"{name}."):
                yield from (
                    (key, *path) for path in _walk(value, rest[len(name) + 1 :], may_be_new=may_be_new)
                )
                return
    if may_be_new and isinstance(written, Mapping):
        yield tuple(rest.split("."))


def _fields(model: type[Manifest]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _known(written: Sequence[str], group: _Group, name: str) -> str:
    named = written or [f"{name}.{field}" for field in group.fields if field in group.written]
    return f"name what is set: {', '.join(named)}"
