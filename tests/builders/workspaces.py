"""Workspaces on disk for tests: a copy of the pilot, edits, commits."""

import os
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import NamedTuple

from builders.reference_criteria import NOT_IN_PILOT

ROOT = Path(__file__).parents[2]
PARTS = ("gates", "services", "milestones")
QUARTERS = ROOT / "examples/quarters"
"""An example whose ids are all of its own, not to be written to."""


class Ran(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def copy_of_pilot(folder: Path) -> Path:
    """Return a copy of the pilot in a repository of its own, with four of its six services.

    The two others have three of four files: without them, a test is three times as fast.
    """
    write_files(folder, _pilot_of_four())
    (folder / ".git").mkdir()
    return folder / "examples/pilot"


def copy_of_whole_pilot(folder: Path) -> Path:
    """Return a copy of the whole pilot, with the criteria that it has artefacts for."""
    write_files(folder, _pilot_repository())
    (folder / ".git").mkdir()
    return folder / "examples/pilot"


def copy_of_quarters(folder: Path) -> Path:
    """Return a copy of the example that plans by quarter, in a repository of its own."""
    write_files(folder, files_of(QUARTERS))
    (folder / ".git").mkdir()
    return folder


def copy_of_reference(folder: Path) -> Path:
    """Return a copy of the reference workspace without the cases of its rules, in a repository of its own."""
    for part in PARTS:
        files = files_of(ROOT / part)
        write_files(folder / part, {name: files[name] for name in files if not name.startswith("tests/")})
    (folder / ".git").mkdir()
    return folder


@cache
def _pilot_repository() -> Mapping[str, bytes]:
    gates = {name: content for name, content in files_of(ROOT / "gates").items() if "/" not in name}
    kept = {name: without_criteria(content.decode(), NOT_IN_PILOT) for name, content in gates.items()}
    pilot = files_of(ROOT / "examples/pilot")
    return {f"gates/{name}": text.encode() for name, text in kept.items()} | {
        f"examples/pilot/{name}": content for name, content in pilot.items()
    }


@cache
def _pilot_of_four() -> Mapping[str, bytes]:
    left_out = re.compile("examples/pilot/(source|services/(basket|ledger)-service)")
    return {name: content for name, content in _pilot_repository().items() if not left_out.match(name)}


@cache
def files_of(folder: Path) -> Mapping[str, bytes]:
    """Return the contents of the files below a folder that no test writes to; they are read once."""
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and "node_modules" not in file.parts
    }


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder: much faster than to copy them from disk each time."""
    for place in {os.path.dirname(name) for name in files}:
        os.makedirs(folder / place, exist_ok=True)
    for name, content in files.items():
        with open(f"{folder}/{name}", "wb") as file:
            file.write(content)


def without_criteria(text: str, names: Collection[str]) -> str:
    """Return the text of a gate or of the levels without some criteria."""
    for name in names:
        text = re.sub(rf"(?m)^( *)- id: {re.escape(name)}\n(?:\1  .*\n|\n)*", "", text)
    return text


def _pilot() -> Path:
    if not NOT_IN_PILOT:
        return ROOT / "examples/pilot"
    # All processes of a run need the same path, because the names of tests contain it.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    shared = Path(gettempdir(), f"gatekeeper-pilot-{run}")
    with TemporaryDirectory() as folder:
        copy_of_whole_pilot(Path(folder, "repository"))
        with suppress(OSError):  # another process was faster
            Path(folder, "repository").rename(shared)
    return shared / "examples" / "pilot"


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that must occur in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def unmap(manifest: Path) -> None:
    """Take the mappings of evidence out of the manifest of a service."""
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(re.sub(r"(?m)^evidence:\n(  .*\n)+", "", text), encoding="utf-8")


def write(file: Path, content: str | bytes) -> Path:
    """Write a file, its folder too where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


PILOT = _pilot()
"""The pilot, not to be written to; in a copy if the rulebook has criteria that it has no artefacts for."""
