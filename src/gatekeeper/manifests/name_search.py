"""Search manifests for names without loading them: they need not be valid, and completion must be fast."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from gatekeeper.manifests.discovery import REGISTER, folder_of, governance_file, manifests_in
from gatekeeper.trees.disk import read_file


def services(root: Path) -> Iterator[str]:
    """Yield the names of services."""
    return _file_names(root, "services")


def milestones(root: Path) -> Iterator[str]:
    """Yield the names of milestones."""
    return _file_names(root, "milestones")


def gates(root: Path) -> Iterator[str]:
    """Yield the names of gates."""
    apart = ("levels", "governance")
    return (name for name in _file_names(root, "gates") if name not in apart)


def levels(root: Path) -> Iterator[str]:
    """Yield the levels that require something: all but the first."""
    return islice(_in_levels(root, r"^\s*-\s*\{?\s*level:\s*[\"']?([^\s\"'#,}]+)"), 1, None)


def destinations(root: Path) -> Iterator[str]:
    """Yield the destinations that levels ship to."""
    for listed in _in_levels(root, r"ships_to:\s*\[([^\]]*)\]"):
        yield from re.findall(r"[^\s\"',]+", listed)


def exceptions(root: Path) -> Iterator[str]:
    """Yield the ids of exceptions."""
    return _file_names(root, "milestones", REGISTER)


def owners(root: Path) -> Iterator[str]:
    """Yield the owners of services."""
    return _found(root, "services", r"^owner:\s*[\"']?([^\s\"'#]+)[\"']?\s*(?:#|$)")


def criteria(root: Path) -> Iterator[str]:
    """Yield the ids of criteria."""
    return _found(root, "gates", r"^\s*-\s*\{?\s*id:\s*[\"']?([^\s\"'#,}]+)")


def roles(root: Path) -> Iterator[str]:
    """Yield the names of roles."""
    return _keys(root, "roles")


def people(root: Path) -> Iterator[str]:
    """Yield the names on the roster."""
    return _keys(root, "roster")


def _file_names(root: Path, part: str, below: str = "") -> Iterator[str]:
    return (file.stem for file in manifests_in(folder_of(root, part) / below))


def _found(root: Path, part: str, pattern: str) -> Iterator[str]:
    for file in manifests_in(folder_of(root, part)):
        yield from re.findall(pattern, _text(file), re.MULTILINE)


def _in_levels(root: Path, pattern: str) -> Iterator[str]:
    text = _text(folder_of(root, "gates") / "levels.yaml")
    yield from re.findall(pattern, text, re.MULTILINE)


def _keys(root: Path, of: str) -> Iterator[str]:
    text = _text(governance_file(root))
    block = re.search(rf"^{of}:[^\n]*\n((?:[ \t#][^\n]*\n|\n)*)", text, re.MULTILINE)
    yield from re.findall(r"^ {1,4}([^\s:#]+):", block.group(1) if block else "", re.MULTILINE)


def _text(file: Path) -> str:
    return read_file(file).decode("utf-8", "replace")
