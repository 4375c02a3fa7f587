"""Workspaces on disk for tests: a copy of the pilot, edits, commits."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Collection
from contextlib import suppress
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
    """Return a copy of the pilot in a repository of its own, with the criteria that it has artefacts for."""
    shutil.copytree(ROOT / "gates", folder / "gates")
    for file in (folder / "gates").glob("*.yaml"):
        write(file, without_criteria(file.read_text(encoding="utf-8"), NOT_IN_PILOT))
    pilot = folder / "examples" / "pilot"
    shutil.copytree(ROOT / "examples/pilot", pilot, ignore=shutil.ignore_patterns("node_modules"))
    (folder / ".git").mkdir()
    return pilot


def copy_of_quarters(folder: Path) -> Path:
    """Return a copy of the example that plans by quarter, in a repository of its own."""
    shutil.copytree(QUARTERS, folder)
    (folder / ".git").mkdir()
    return folder


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
        copy_of_pilot(Path(folder, "repository"))
        with suppress(OSError):  # another process was faster
            Path(folder, "repository").rename(shared)
    return shared / "examples" / "pilot"


def commit_all(repository: Path) -> None:
    """Commit what a folder holds, as the first commit of a repository."""
    git = ["git", "-C", str(repository), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "a"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text that must occur in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def write(file: Path, content: str | bytes) -> Path:
    """Write a file, its folder too where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


PILOT = _pilot()
"""The pilot, not to be written to; in a copy if the rulebook has criteria that it has no artefacts for."""
