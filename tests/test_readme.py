"""The front door: what the README asks a newcomer to run does run, and its picture is what the program prints."""

import re
import shlex
from pathlib import Path

import pytest

from builders.workspaces import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = re.findall(r"^\| .+\? \| `gatekeeper (.+?)`", README, re.MULTILINE)


@pytest.mark.parametrize("command", TOUR)
def test_the_tour_runs(command: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = run(*shlex.split(command.replace("init readiness", f"init {tmp_path / 'readiness'}")))
    assert (ran.code, ran.err) == (0, "")


def test_the_tour_has_five_lines() -> None:
    assert len(TOUR) == 5


def test_the_picture_shows_what_the_program_prints(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    svg = (ROOT / "docs/check.svg").read_text(encoding="utf-8")
    drawn = re.findall(r"<text [^>]*class=\"check-r\d+\"[^>]*>(.*?)</text>", svg)
    shown = "".join(drawn).replace("&#160;", " ").replace("&#x27;", "'").replace("&gt;", ">")
    printed = run(*_command().split()[1:]).out
    # Where one piece of text ends in a picture and the next begins, there is no space.
    assert "".join(shown.split()) == "".join(f"$ {_command()} {printed}".split())


def _command() -> str:
    found = re.search(r"&& \.venv/bin/(gatekeeper .*check .*)$", README, re.MULTILINE)
    assert found
    return found.group(1)


def test_the_two_commands_need_nothing_but_python_and_git() -> None:
    for mark in ("run", "test"):
        block = re.search(rf"<!-- {mark} command -->\n```sh\n(.*)\n```", README)
        assert block, mark
        assert block.group(1).startswith("python3 -m venv .venv && .venv/bin/pip install")
