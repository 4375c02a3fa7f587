"""`--verbose`: what was opened, read, recorded and left out, on standard error, and nothing without it."""

import json
import logging
import re
from pathlib import Path

import pytest

from builders.program import AS_OF, PILOT
from builders.repositories import commit, committed_pilot
from builders.workspaces import Run, copy_of_pilot, edit

CHECK = ("check", "-m", "M1", *AS_OF)


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return copy_of_pilot(tmp_path / "repository")


@pytest.mark.parametrize(
    "arguments",
    [("-C", PILOT, "-v", *CHECK), ("-C", PILOT, *CHECK, "-v"), ("--verbose", "-C", PILOT, *CHECK)],
)
def test_it_is_accepted_before_and_after_the_command(arguments: tuple[object, ...], run: Run) -> None:
    quiet, ran = run("-C", PILOT, *CHECK), run(*arguments)
    assert (ran.code, ran.out, quiet.err) == (quiet.code, quiet.out, "")
    for line in ran.err.splitlines():
        assert re.match(r"INFO gatekeeper\.[\w.]+: ", line), line
    file = "examples/pilot/services/orders-service/reports/lcov.info"
    assert re.search(rf"orders-service domain_coverage: read {file} as lcov, \d+ bytes\n", ran.err)
    assert re.search(
        r"workspace \S+examples/pilot \(gates: 8, services: 6, milestones: 5, exceptions: 1\)\n", ran.err
    )
    assert re.search(r"load the workspace \S+: \d+ ms\n", ran.err)
    assert re.search(r"collect evidence \(services: 4\): \d+ ms\n", ran.err)
    assert re.search(r"judge M1 as of 2026-11-20: \d+ ms\n", ran.err)
    assert "notifications-service use_case_tests: unreadable: " in ran.err


@pytest.mark.parametrize("arguments", [("-vv", *CHECK), (*CHECK, "-vv"), ("-v", *CHECK, "-v")])
def test_twice_it_names_every_manifest(arguments: tuple[object, ...], run: Run) -> None:
    assert (
        "DEBUG gatekeeper.manifests.load: read services/orders-service.yaml\n"
        in run("-C", PILOT, *arguments).err
    )
    assert "DEBUG" not in run("-C", PILOT, *CHECK, "-v").err


@pytest.mark.parametrize(
    "command", ["except list", "docs", "can-ship payments-service --to staging", "validate"]
)
def test_every_command_takes_it(command: str, run: Run) -> None:
    assert "INFO gatekeeper.workspace.loading: " in run("-C", PILOT, *command.split(), "-v").err


def test_it_ends_with_the_command(run: Run) -> None:
    assert run("-C", PILOT, *CHECK, "-v").err
    assert run("-C", PILOT, *CHECK).err == ""
    assert logging.getLogger("gatekeeper").handlers == []


def test_the_status_is_logged_too(run: Run) -> None:
    assert "INFO gatekeeper.workspace.judging: judge M1" in run("-C", PILOT, "-v").err


def test_what_is_taken_from_a_record_is_named(pilot: Path, run: Run) -> None:
    assert run("-C", pilot, "collect", "orders-service").code == 0
    (pilot / "services/orders-service/reports/lcov.info").unlink()
    said = run("-C", pilot, *CHECK, "-v").err
    record = "examples/pilot/services/orders-service/evidence.json"
    assert re.search(rf"orders-service domain_coverage: \S+lcov\.info is taken from {record}\n", said)


def test_what_is_known_or_unchanged_is_not_read_again(tmp_path: Path, run: Run) -> None:
    pilot = committed_pilot(tmp_path / "repository")
    said = run("-C", pilot, "diff", "HEAD", *AS_OF, "-vv").err
    assert re.search(r"revision HEAD is commit [0-9a-f]{40}\n", said)
    assert "known, not read again: services/orders-service.yaml\n" in said
    assert "not judged again, because they are unchanged: 4 services\n" in said
    (pilot / "services/orders-service/reports/lcov.info").unlink()
    commit(pilot)
    said = run("-C", pilot, "trend", "--every", "1", "-v").err
    assert said.count("INFO gatekeeper.workspace.history: commit ") == 2
    assert "not judged again, because they are unchanged: 3 services\n" in said


def test_an_untrusted_name_reaches_no_terminal(pilot: Path, run: Run) -> None:
    name = "\x1b[31m\nINFO gatekeeper: forged"
    reports = pilot / "services/orders-service/reports"
    (reports / "lcov.info").rename(reports / f"{name}.info")
    path = json.dumps(f"reports/{name}.info")
    edit(pilot / "services/orders-service.yaml", "reports/lcov.info", path)
    said = run("-C", pilot, *CHECK, "-v").err
    assert "\\x1b[31m\\nINFO gatekeeper: forged.info as lcov" in said
    assert "\x1b" not in said
    assert "\nINFO gatekeeper: forged" not in said


def test_a_file_that_is_tried_is_logged(run: Run) -> None:
    ran = run("-C", PILOT, "facts", "coverage", "services/orders-service/reports/lcov.info", "-v")
    assert "read services/orders-service/reports/lcov.info as coverage: lcov\n" in ran.err
