"""The page on tagging: its code runs, and its reports are read with the ids that it promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from builders.workspaces import ROOT
from gatekeeper.collectors.tests import read
from gatekeeper.model.evidence import Artefact, ArtefactFile
from gatekeeper.model.tagging import carries

PAGE = (ROOT / "docs/tag-tests.md").read_text(encoding="utf-8")
REPORTS = re.findall(r"^```(xml|json)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
FILES = dict(re.findall(r'^```python title="(\S+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))


def passed(name: str, content: bytes) -> tuple[str, ...]:
    facts = read.collect(Artefact(name, (ArtefactFile(name, lambda: content),)), {}).facts
    assert facts.failed == ()
    assert facts.passed is not None
    return facts.passed


@pytest.mark.parametrize(("ending", "text"), REPORTS)
def test_a_report_carries_the_id(ending: str, text: str) -> None:
    [name] = passed(f"report.{ending}", text.encode())
    assert carries(name, "G4.chaos:drop")
    assert not carries(name, "G4.chaos:retry")


@pytest.mark.long
def test_pytest_writes_the_ids(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junit-xml=junit.xml"]
    done = subprocess.run(
        [*command, "--strict-markers"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    names = passed("junit.xml", (tmp_path / "junit.xml").read_bytes())
    assert [carries(name, "G4.chaos") for name in names] == [True, True]
    for aspect in ("drop", "partial-push"):
        assert sum(carries(name, f"G4.chaos:{aspect}") for name in names) == 1


def test_vitest_writes_the_ids_of_the_pilot() -> None:
    report = ROOT / "examples/pilot/services/ledger-service/reports/sync-faults.xml"
    names = passed("junit.xml", report.read_bytes())
    for aspect in ("drop", "retry", "partial-push"):
        assert sum(carries(name, f"G4.chaos:{aspect}") for name in names) == 1
