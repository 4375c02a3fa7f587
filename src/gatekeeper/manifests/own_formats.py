"""Load the formats that a workspace describes itself, `gates/formats/<kind>/NAME.yaml`, with examples."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from gatekeeper.collectors.examples import misses
from gatekeeper.collectors.reading import descriptions
from gatekeeper.errors import Problem
from gatekeeper.manifests.validation import locate, parse
from gatekeeper.model.format import FormatDescription
from gatekeeper.syntax import decode
from gatekeeper.trees import EntryKind, TooLarge, Tree, refusal

SUFFIX = ".yaml"
PathOf = Callable[[str], str]
"""A path of the workspace -> the whole path."""
_MOST_BYTES = 1_000_000
_KEY = re.compile(r"(?m)^(format|recognise)\s*:")


class OwnFormats(NamedTuple):
    """The formats of a workspace, and what is wrong with them."""

    formats: Mapping[str, Mapping[str, str]]
    """The descriptions by kind and name."""
    files: Mapping[str, bytes]
    """The content of each description, by its path in the workspace."""
    problems: tuple[Problem, ...]


def load_formats(path: PathOf, tree: Tree, folder: str) -> OwnFormats:
    """Return the formats that are described below a folder of the workspace.

    Args:
        path: Returns the whole path of a path of the workspace.
        tree: Its files.
        folder: The folder, in the workspace.
    """
    found: dict[str, dict[str, str]] = {}
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    problems += _overlooked(path, tree, folder)
    for kind, file in _descriptions(path, tree, folder):
        try:
            data = _read(path, tree, file)
        except ValueError as reason:
            problems.append(Problem(file, 1, 1, str(reason)))
            continue
        files[file] = data
        wrong = list(_problems(kind, file, data))
        problems += wrong
        if not wrong:
            found.setdefault(kind, {})[_name(file)] = decode(data)
    for kind, formats in found.items():
        problems += _wrong_examples(path, tree, f"{folder}/{kind}", formats)
    return OwnFormats(found, files, tuple(problems))


def _descriptions(path: PathOf, tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    """Yield the kind and the path of each description."""
    for kind in _names(path, tree, folder):
        for name in _names(path, tree, f"{folder}/{kind}"):
            if name.endswith(SUFFIX) and not name.startswith("."):
                yield kind, f"{folder}/{kind}/{name}"


def _overlooked(path: PathOf, tree: Tree, folder: str) -> Iterator[Problem]:
    """Yield the descriptions that are not read because of their place or their name."""
    for name in _names(path, tree, folder):
        file = f"{folder}/{name}"
        if _is_description(path, tree, file):
            hint = f"move it to {folder}/KIND/, where KIND is its kind"
            yield Problem(file, 1, 1, "is not read: a description is in a folder named after its kind", hint)
        for inner in _names(path, tree, file):
            below = f"{file}/{inner}"
            if not inner.endswith(SUFFIX) and _is_description(path, tree, below):
                hint = f"rename it to end in {SUFFIX}"
                yield Problem(below, 1, 1, f"is not read: the name of a description ends in {SUFFIX}", hint)
            elif tree.entry(path(below)) is EntryKind.FOLDER:
                yield from _too_deep(path, tree, below, file)


def _too_deep(path: PathOf, tree: Tree, folder: str, home: str) -> Iterator[Problem]:
    for name in _names(path, tree, folder):
        if _is_description(path, tree, f"{folder}/{name}"):
            message = f"is not read: descriptions are read directly in {home}/ only"
            yield Problem(f"{folder}/{name}", 1, 1, message, f"move it to {home}/")


def _is_description(path: PathOf, tree: Tree, file: str) -> bool:
    """Return whether a file in YAML has the keys of a description, valid or not."""
    if not file.lower().endswith((SUFFIX, ".yml")) or tree.entry(path(file)) is EntryKind.FOLDER:
        return False
    try:
        return len(set(_KEY.findall(decode(_read(path, tree, file))))) == 2
    except ValueError:
        return False


def _names(path: PathOf, tree: Tree, folder: str) -> Iterable[str]:
    where = path(folder)
    is_folder = tree.entry(where) is EntryKind.FOLDER
    return tree.names(where) if is_folder and not refusal(tree, where) else ()


def _read(path: PathOf, tree: Tree, file: str) -> bytes:
    """Return the content of a file; `ValueError` says why it cannot be read."""
    if why := refusal(tree, path(file)):
        raise ValueError(f"{why}; keep it in a folder of the workspace")
    try:
        return tree.open(path(file), _MOST_BYTES).read()
    except TooLarge as found:
        raise ValueError(f"has {found.size:,} bytes; at most {_MOST_BYTES:,} are read") from None
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror}") from None


def _problems(kind: str, file: str, data: bytes) -> Iterator[Problem]:
    parsed = parse(data, file, FormatDescription)
    yield from parsed.problems
    description = parsed.model
    if description is None:
        return
    if description.kind != kind:
        hint = f"move it to the folder {description.kind}"
        if descriptions.adapter_of(kind):
            hint = f"{hint}, or write `kind: {kind}`"
        yield _at(file, data, ("kind",), f"the folder is {kind}, and the kind {description.kind}", hint)
    for flaw in descriptions.flaws(description):
        yield _at(file, data, flaw.path, flaw.message, flaw.hint)
    if description.example is None:
        hint = "add `example: {in: FILE, facts: {...}}`, and the file beside it"
        yield Problem(file, 1, 1, "has no example", hint)


def _wrong_examples(path: PathOf, tree: Tree, folder: str, formats: Mapping[str, str]) -> Iterator[Problem]:
    for name, text in formats.items():
        file, data = f"{folder}/{name}{SUFFIX}", text.encode()
        description = descriptions.load(text)
        example = description.example
        if example is None:
            continue
        try:
            content = _read(path, tree, f"{folder}/{example.in_}")
        except ValueError as reason:
            yield _at(file, data, ("example", "in"), f"{example.in_}: {reason}")
            continue
        for miss in misses(description, example, content, formats):
            yield _at(file, data, ("example", "facts"), f"the example does not come out: {miss}")


def _at(
    file: str, data: bytes, path: tuple[str | int, ...], message: str, hint: str | None = None
) -> Problem:
    return Problem(file, *locate(data, path, of_key=False), message, hint)


def _name(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(SUFFIX)
