"""The page about signing, attesting and the register: its examples are what the program prints, in order."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT, Run, copy_of_pilot

PAGE = (ROOT / "docs/governance.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ gatekeeper (.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)


def test_examples_are_what_the_program_prints(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy_of_pilot(tmp_path / "repository"))
    assert len(EXAMPLES) == 4
    for command, shown in EXAMPLES:
        printed = run(*shlex.split(command)).out
        pattern = ".*".join(re.escape(passage) for passage in shown.split("...\n"))
        assert re.fullmatch(pattern, printed, re.DOTALL), f"{command} prints:\n{printed}"
