"""What all tests share: the program run as a user runs it, and workspaces to run it on."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

from gatekeeper.cli import main

ROOT = Path(__file__).parents[1]
PARTS = ("gates", "services", "milestones")

# Properties are the same in every run, so that a failure can be looked at again.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


class Ran(NamedTuple):
    """How a run of the program ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in this process: fast, and with the screen of a pipe of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_HYPERLINK", "0")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run_program(*arguments: object) -> Ran:
        capsys.readouterr()
        code = main.run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run_program


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a copy of the reference workspace, in a repository of its own."""
    folder = tmp_path / "workspace"
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part)
    (folder / ".git").mkdir()
    return folder


def copy_of_pilot(folder: Path) -> Path:
    """Return a copy of the pilot, with its rulebook, in a repository of its own."""
    shutil.copytree(ROOT / "gates", folder / "gates")
    pilot = folder / "examples" / "pilot"
    shutil.copytree(ROOT / "examples" / "pilot", pilot, ignore=shutil.ignore_patterns("node_modules"))
    (folder / ".git").mkdir()
    return pilot


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
