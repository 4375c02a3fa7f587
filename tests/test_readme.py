"""The front door: every example of the README is what the program prints."""

import re
from itertools import groupby

import pytest

from builders.workspaces import ROOT, Run

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ gatekeeper (.*)\n((?:.*\n)*?)```$", README, re.MULTILINE)
ELISION = "..."


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples_are_what_the_program_prints(
    command: str, shown: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    printed = run(*command.split()).out
    position = 0
    for is_elision, lines in groupby(shown.splitlines(), ELISION.__eq__):
        if not is_elision:
            passage = "\n".join(lines) + "\n"
            found = printed.find(passage, position)
            assert found >= 0, f"not printed, or not in this order:\n{passage}\nprinted:\n{printed}"
            assert found in (0, position) or shown.startswith(ELISION) or position
            position = found + len(passage)
    assert shown.endswith(f"{ELISION}\n") or position == len(printed)


def test_there_are_examples_of_the_commands_that_a_newcomer_meets() -> None:
    assert len(EXAMPLES) >= 6


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
