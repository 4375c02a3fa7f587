"""Repositories of Git for tests: the pilot, committed, and changes to it."""

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from builders.workspaces import (
    Ran,
    copy_of_pilot,
    copy_of_quarters,
    copy_of_whole_pilot,
    edit,
    files_of,
    write,
    write_files,
)

PAYMENTS = "services/payments-service"
REPORT = f"{PAYMENTS}/reports/isolation.xml"
FAILED_CASE = '<testcase name="a"><failure message="b"/></testcase>'
FAILING = f"<testsuite>{FAILED_CASE}</testsuite>"
LOWERED = ("domain_coverage.lines_pct: {at_least: 95}", "domain_coverage.lines_pct: {at_least: 70}")
LOWERED_SOURCE = "G1.coverage"
"""What `LOWERED` weakens: the id of the weakening without its digest."""


_SETTINGS = ("user.name=a", "user.email=a@example.org", "commit.gpgsign=false", "maintenance.auto=false")


def git(folder: Path, *arguments: str, on: str | None = None) -> str:
    """Run git, which must succeed, and return what it prints.

    Args:
        folder: Where it runs.
        arguments: The command and its arguments.
        on: The time of a commit, if not now.
    """
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = ["git", "-C", str(folder), *settings, *arguments]
    when = {"GIT_COMMITTER_DATE": on, "GIT_AUTHOR_DATE": "2020-01-01T12:00:00Z"} if on else {}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **when})
    return done.stdout.strip()


def commit(folder: Path, message: str = "change", on: str | None = None) -> None:
    """Commit everything in a folder."""
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", message, on=on)


def commit_all(folder: Path, on: str | None = None) -> None:
    """Commit what a folder holds, as the first commit of the branch `main` of a repository."""
    git(folder, "init", "-q", "-b", "main", "--template=")
    commit(folder, "base", on)


def committed_pilot(folder: Path, on: str = "2026-11-20") -> Path:
    """Return four services of the pilot, committed on a day to the branch `main` of a repository of their own."""
    write_files(folder, _committed(copy_of_pilot, on))
    return folder / "examples/pilot"


def committed_whole_pilot(folder: Path, on: str = "2026-11-20") -> Path:
    """Return the whole pilot, committed likewise."""
    write_files(folder, _committed(copy_of_whole_pilot, on))
    return folder / "examples/pilot"


def committed_quarters(folder: Path) -> Path:
    """Return the example that plans by quarter, committed likewise."""
    write_files(folder, _committed(copy_of_quarters, "2026-11-20"))
    return folder


@cache
def _committed(copy: Callable[[Path], Path], on: str) -> Mapping[str, bytes]:
    with TemporaryDirectory() as folder:
        repository = Path(folder, "repository")
        copy(repository)
        commit_all(repository, on=f"{on}T12:00:00Z")
        git(repository, "repack", "-adq")  # one file in place of 200
        return files_of(repository)


def rules(pilot: Path) -> Path:
    """Return the folder of the pilot's gates."""
    return pilot.parents[1] / "gates"


def weaken(pilot: Path) -> None:
    """Lower a threshold of the rulebook, which `LOWERED_SOURCE` names."""
    edit(rules(pilot) / "G1.yaml", *LOWERED)


def flap(pilot: Path, *days: str) -> None:
    """Commit on each day a test report of the pilot: one that fails, then the present one, and so on."""
    passing = (pilot / REPORT).read_bytes()
    for number, day in enumerate(days):
        write(pilot / REPORT, passing if number % 2 else FAILING)
        commit(pilot.parents[1], on=f"{day}T12:00:00Z")


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
