"""Search manifests for names without loading them: they need not be valid, and completion must be fast."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from gatekeeper.manifests.discovery import NOT_GATES, REGISTER, folder_of, governance_file, manifests_in
from gatekeeper.trees.disk import read_file


def names(root: Path, noun: str) -> Iterator[str]:
    """Yield the names of `services`, `gates`, `people` ... in a workspace, as `_SEARCHES` lists the nouns."""
    return _SEARCHES[noun](root)


def _file_names(root: Path, part: str, below: str = "") -> Iterator[str]:
    return (file.stem for file in manifests_in(folder_of(root, part) / below))


def _found(root: Path, part: str, pattern: str) -> Iterator[str]:
    for file in manifests_in(folder_of(root, part)):
        yield from re.findall(pattern, _text(file), re.MULTILINE)


def _gates(root: Path) -> Iterator[str]:
    return (name for name in _file_names(root, "gates") if name not in NOT_GATES)


def _destinations(root: Path) -> Iterator[str]:
    for listed in _in_levels(root, r"ships_to:\s*\[([^\]]*)\]"):
        yield from re.findall(r"[^\s\"',]+", listed)


def _in_levels(root: Path, pattern: str) -> Iterator[str]:
    text = _text(folder_of(root, "gates") / "levels.yaml")
    yield from re.findall(pattern, text, re.MULTILINE)


def _keys(root: Path, of: str) -> Iterator[str]:
    text = _text(governance_file(root))
    block = re.search(rf"^{of}:[^\n]*\n((?:[ \t#][^\n]*\n|\n)*)", text, re.MULTILINE)
    yield from re.findall(r"^ {1,4}([^\s:#]+):", block.group(1) if block else "", re.MULTILINE)


def _text(file: Path) -> str:
    return read_file(file).decode("utf-8", "replace")


_SEARCHES: dict[str, Callable[[Path], Iterator[str]]] = {
    "services": partial(_file_names, part="services"),
    "owners": partial(_found, part="services", pattern=r"^owner:\s*[\"']?([^\s\"'#]+)[\"']?\s*(?:#|$)"),
    "milestones": partial(_file_names, part="milestones"),
    "exceptions": partial(_file_names, part="milestones", below=REGISTER),
    "gates": _gates,
    "criteria": partial(_found, part="gates", pattern=r"^\s*-\s*\{?\s*id:\s*[\"']?([^\s\"'#,}]+)"),
    # The first level requires nothing.
    "levels": lambda root: islice(_in_levels(root, r"^\s*-\s*\{?\s*level:\s*[\"']?([^\s\"'#,}]+)"), 1, None),
    "destinations": _destinations,
    "roles": partial(_keys, of="roles"),
    "people": partial(_keys, of="roster"),
}
