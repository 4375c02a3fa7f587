"""Compare a workspace with the reference of this program: what that would change in rules and profiles."""

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.manifests import scaffold
from gatekeeper.manifests.discovery import CASES, FOLDERS, NOT_GATES, SETTINGS_FILE, folder_of
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import load
from gatekeeper.trees import Tree, refusal

_OF_THE_WORKSPACE = frozenset(
    {"roster", "recorders", "weakenings", "grandfathered", "workspace", "roadmap", *FOLDERS}
)
"""Fields that each workspace fills in itself."""


class UpdatedFile(NamedTuple):
    """A file of the reference that differs from that of the workspace."""

    file: str
    is_new: bool
    """Whether the workspace has no such file."""
    changes: tuple[str, ...]
    """`+` is only in the reference, `-` only here, `~` in both and different."""


class ReferenceUpdate(NamedTuple):
    """A workspace compared with the reference."""

    files: tuple[UpdatedFile, ...]
    same: int
    """The number of files without a difference."""
    own: tuple[str, ...]
    """Files of the rulebook that the reference does not have."""


def compare_with_reference(root: Path, tree: Tree) -> ReferenceUpdate:
    """Return what the reference would change in the rulebook and the profiles of a workspace.

    Raises:
        UsageError: The workspace has no gate of the reference.
    """
    gates = folder_of(root, "gates")
    theirs = {name: text for name, text in scaffold.reference().items() if _is_compared(name)}
    places = {name: _place(name, root, gates) for name in theirs}
    here = {name: data for name, place in places.items() if (data := _read(place, tree)) is not None}
    if not any(_is_gate(name) for name in here):
        raise UsageError(f"{gates} has no gate of the reference: the workspace did not start with it")
    found = [_compared(name, theirs[name], here.get(name)) for name in sorted(theirs)]
    names = tree.names(str(gates))
    own = [name for name in names if name.endswith(".yaml") and f"gates/{name}" not in theirs]
    changed = tuple(one for one in found if one.is_new or one.changes)
    return ReferenceUpdate(changed, len(found) - len(changed), tuple(own))


def _is_compared(name: str) -> bool:
    return name == SETTINGS_FILE or (name.startswith("gates/") and name.endswith(".yaml"))


def _is_gate(name: str) -> bool:
    file = PurePosixPath(name)
    return file.parent == PurePosixPath("gates") and file.stem not in NOT_GATES


def _place(name: str, root: Path, gates: Path) -> Path:
    return root / name if name == SETTINGS_FILE else gates / name.removeprefix("gates/")


def _read(place: Path, tree: Tree) -> bytes | None:
    if not tree.exists(str(place)) or refusal(tree, str(place)):
        return None
    try:
        return tree.open(str(place)).read()
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error.strerror}") from None


def _compared(name: str, text: str, here: bytes | None) -> UpdatedFile:
    if here is None:
        return UpdatedFile(name, is_new=True, changes=())
    try:
        own = load(here).value
    except SyntaxProblem as flaw:
        return UpdatedFile(name, is_new=False, changes=(f"~ it cannot be compared: {flaw.message}",))
    theirs = load(text.encode()).value
    if f"/{CASES}/" in name:
        changes = () if own == theirs else ("~ the cases of its rules",)
        return UpdatedFile(name, is_new=False, changes=changes)
    parts = dict(_parts(theirs)), dict(_parts(own))
    return UpdatedFile(name, is_new=False, changes=tuple(_changes(*parts)))


def _changes(theirs: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    for name, value in theirs.items():
        if name not in own:
            yield f"+ {name}"
        elif own[name] != value:
            yield f"~ {name}{_fields(value, own[name])}"
    yield from (f"- {name}" for name in own if name not in theirs)


def _fields(theirs: object, own: object) -> str:
    if not (isinstance(theirs, dict) and isinstance(own, dict)):
        return ""
    return f": {', '.join(key for key in {**theirs, **own} if theirs.get(key) != own.get(key))}"


def _parts(document: object) -> Iterator[tuple[str, Any]]:
    """Yield the slots, profiles, criteria and levels of a manifest by name, and its other fields."""
    for key, value in document.items() if isinstance(document, dict) else ():
        if key in ("slots", "profiles") and isinstance(value, dict):
            yield from ((f"{key[:-1]} {name}", of) for name, of in value.items())
        elif key in ("criteria", "levels") and isinstance(value, list):
            yield from _listed(key, value)
        elif key not in _OF_THE_WORKSPACE:
            yield f"`{key}`", value


def _listed(key: str, entries: list[Any]) -> Iterator[tuple[str, Any]]:
    noun, name = ("criterion", "id") if key == "criteria" else ("level", "level")
    for entry in entries:
        if isinstance(entry, dict):
            yield f"{noun} {entry.get(name)}", {of: value for of, value in entry.items() if of != "criteria"}
            yield from _listed("criteria", entry.get("criteria") or [])
