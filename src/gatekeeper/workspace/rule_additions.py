"""Read criteria and slots that a change adds to the rulebook: stanzas as in a gate's or the levels' file."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, Self

from pydantic import BaseModel, Field, RootModel, model_validator

from gatekeeper.errors import Problem, UsageError, in_order, nearest
from gatekeeper.judging.rules.editing import RuleEdit
from gatekeeper.judging.rules.notation import Path, RuleGroup, groups_of
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.manifest import Manifest, Name
from gatekeeper.model.rulebook import Criterion, Gate, LevelDefinition, Levels, Slot
from gatekeeper.model.workspace import ManifestKey, Manifests, Mistake
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load


class NewRules(NamedTuple):
    """A file with criteria and slots to add: a criterion, a list of them, or `slots` and `criteria`."""

    name: str
    """As the user named it."""
    data: bytes


class Addition(NamedTuple):
    """A criterion or a slot that is added."""

    edit: RuleEdit
    source: NewRules
    path: Path
    """Its place in the file that adds it."""

    def locate(self, mistake: Mistake) -> Problem:
        """Return a mistake within it with its position in its file."""
        rest = mistake.path[len(self.edit.path) :]
        line, column = locate(self.source.data, (*self.path, *rest), of_key=mistake.of_key)
        return Problem(self.source.name, line, column, mistake.message, mistake.hint)


class _Part(Manifest):
    """A part of a gate's or the levels' file."""

    slots: dict[Name, Slot] = Field(default={})
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class _Stanzas(RootModel[tuple[Criterion, ...]]):
    """A list of criteria."""

    @model_validator(mode="after")
    def _adds_something(self) -> Self:
        if not self.root:
            raise ValueError("the list is empty: write a criterion")
        return self


def additions(manifests: Manifests, sources: Sequence[NewRules], effective: str | None) -> list[Addition]:
    """Return the criteria and slots that files add.

    Args:
        manifests: The rulebook. The id of a criterion says to which gate or level it is added; slots are
            added to the file of the first criterion.
        sources: The files.
        effective: The milestone or the date from which new criteria bind; None: at once.

    Raises:
        UsageError: A file is not valid; it lists every mistake of all files.
    """
    groups = groups_of(manifests)
    problems: list[Problem] = []
    found: list[Addition] = []
    counts: Counter[str] = Counter()
    for source in sources:
        parsed = _parsed(source, problems)
        home: ManifestKey | None = None
        for path, criterion in _criteria(parsed):
            name = criterion["id"].partition(".")[0]
            group = groups.get(name)
            if wrong := _mistake(groups, name, criterion, effective):
                key, message, hint = wrong
                where = locate(source.data, (*path, key), of_key=False)
                problems.append(Problem(source.name, *where, message, hint))
            elif group:
                home = home or group.manifest
                place = len(group.written.get("criteria", ())) + counts[name]
                counts[name] += 1
                data = criterion if effective is None else {**criterion, "effective": effective}
                edit = RuleEdit(group.manifest, (*group.path, "criteria", place), data)
                found.append(Addition(edit, source, path))
        slots = parsed.get("slots", {}) if isinstance(parsed, dict) else {}
        for name, slot in slots.items():
            edit = RuleEdit(home or (Levels, ""), ("slots", name), slot)
            found.append(Addition(edit, source, ("slots", name)))
    if problems:
        raise UsageError("\n".join(map(str, in_order(problems))))
    return found


def _parsed(source: NewRules, problems: list[Problem]) -> Any:
    """Return the plain data of a file; an empty list if it has mistakes, which are added to `problems`."""
    data: Any = None
    with suppress(SyntaxProblem):  # `parse` reports it
        data = load(source.data).value
    model: type[BaseModel] = _Stanzas if isinstance(data, list) else _Part
    if isinstance(data, dict) and "id" in data:
        model = Criterion
    found = parse(source.data, source.name, model).problems
    problems += found
    return [] if found else data


def _criteria(parsed: Any) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield each criterion of a file with its place in it."""
    if isinstance(parsed, list):
        yield from (((i,), criterion) for i, criterion in enumerate(parsed))
    elif "id" in parsed:
        yield (), parsed
    else:
        yield from ((("criteria", i), criterion) for i, criterion in enumerate(parsed["criteria"]))


def _mistake(
    groups: Mapping[str, RuleGroup], name: str, criterion: dict[str, Any], effective: str | None
) -> tuple[str, str, str] | None:
    """Return the field of a criterion that prevents adding it, why, and what to do; None if nothing does."""
    homes = [home for home, group in groups.items() if group.model in (Gate, LevelDefinition)]
    if name not in homes:
        return "id", f"there is no gate or level {name!r}", nearest(name, homes)
    for field in ("effective", "advisory"):
        if effective is not None and field in criterion:
            return field, f"it says itself when it binds, and so does `--effective {effective}`", "keep one"
    return None
