"""What all tests share: the program run as a user runs it, and a workspace to run it on."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from builders.workspaces import PARTS, ROOT, Ran, Run
from gatekeeper.cli import main

# Properties are the same in every run, so that a failure can be looked at again.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


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
