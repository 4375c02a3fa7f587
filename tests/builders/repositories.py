"""Repositories of Git for tests: the pilot, committed, and changes to it."""

import json
import subprocess
from pathlib import Path
from typing import Any

from builders.workspaces import Ran, copy_of_pilot, copy_of_quarters, edit, write

PAYMENTS = "services/payments-service"
REPORT = f"{PAYMENTS}/reports/isolation.xml"
FAILED_CASE = '<testcase name="a"><failure message="b"/></testcase>'
FAILING = f"<testsuite>{FAILED_CASE}</testsuite>"
LOWERED = ("domain_coverage.lines_pct: {at_least: 95}", "domain_coverage.lines_pct: {at_least: 70}")
LOWERED_SOURCE = "G1.coverage"
"""What `LOWERED` weakens: the id of the weakening without its digest."""


def git(folder: Path, *arguments: str) -> str:
    """Run git, which must succeed, and return what it prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str = "change") -> None:
    """Commit everything in a folder."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message)


def committed_pilot(folder: Path) -> Path:
    """Return the pilot, committed to the branch `main` of a repository of its own."""
    pilot = copy_of_pilot(folder)
    root = pilot.parents[1]
    (root / ".git").rmdir()
    git(root, "init", "-q", "-b", "main")
    commit(root, "base")
    return pilot


def rules(pilot: Path) -> Path:
    """Return the folder of the pilot's gates."""
    return pilot.parents[1] / "gates"


def weaken(pilot: Path) -> None:
    """Lower a threshold of the rulebook, which `LOWERED_SOURCE` names."""
    edit(rules(pilot) / "G1.yaml", *LOWERED)


def id_of(changes: list[dict[str, Any]], source: str) -> str:
    """Return the id of the weakening of a source, which a sign-off names."""
    [found] = [change["id"] for change in changes if change["id"].startswith(f"{source}:sha256:")]
    return str(found)


def sign(pilot: Path, what: str, by: str = "dana", on: str = "2026-11-19") -> None:
    """Sign a weakening."""
    file = pilot / "governance.yaml"
    entry = f"  - {{what: {json.dumps(what)}, by: {by}, on: {on}, link: x}}\n"
    text = file.read_text(encoding="utf-8")
    write(file, text + ("" if "weakenings:" in text else "\nweakenings:\n") + entry)


def refused(ran: Ran, code: int, told: str) -> None:
    """Assert that the program refused to run, and said why."""
    assert ran.code == code, ran.out + ran.err
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def committed_quarters(folder: Path) -> Path:
    """Return the example that plans by quarter, committed to a repository of its own."""
    quarters = copy_of_quarters(folder)
    (quarters / ".git").rmdir()
    git(quarters, "init", "-q", "-b", "main")
    commit(quarters, "base")
    return quarters
