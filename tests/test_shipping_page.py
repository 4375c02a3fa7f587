"""docs/shipping.md: every example is what the program prints."""

import re

import pytest

import test_readme
from conftest import ROOT, Run

PAGE = (ROOT / "docs/shipping.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ gatekeeper (.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_examples_are_what_the_program_prints(
    command: str, shown: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    test_readme.test_examples_are_what_the_program_prints(command, shown, run, monkeypatch)


def test_both_commands_are_shown() -> None:
    assert len(EXAMPLES) == 2
