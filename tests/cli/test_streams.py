"""A full disk, a reader that went away and a closed stream: one line at most, and an exit code of its own."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from builders.budgets import few
from builders.program import AS_OF, PILOT, environment
from builders.workspaces import Run
from gatekeeper.cli.command_list import COMPLETING

NO_SPACE = b"standard output cannot be written: No space left on device\n"
CLOSED = b"standard output cannot be written: Bad file descriptor\n"
COMMANDS = {
    "blocked": ("check", "-m", "M1", *AS_OF),
    "ready": ("check", "-m", "M0", *AS_OF),
    "json": ("check", "-m", "M1", "-f", "json", *AS_OF),
    "schema": ("schema", "service"),
    "help": ("--help",),
    "version": ("--version",),
    "status": (),
}
WRONG = {"option": ("check", "--no-such-option"), "value": ("check", "-m", "M99")}
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is full")
every_command = pytest.mark.parametrize(
    "arguments", few((pytest.param(of, id=name) for name, of in COMMANDS.items()), fast=2)
)


def in_shell(arguments: tuple[str, ...], redirection: str) -> subprocess.CompletedProcess[bytes]:
    command = shlex.join([sys.executable, "-m", "gatekeeper", "-C", str(PILOT), *arguments])
    return subprocess.run(
        ["sh", "-c", f"exec {command} {redirection}"], capture_output=True, check=False, env=environment(),
        timeout=60,
    )  # fmt: skip


@pytest.mark.long
@full
@every_command
def test_a_full_disk_ends_with_one_line(arguments: tuple[str, ...]) -> None:
    done = in_shell(arguments, ">/dev/full")
    assert (done.returncode, done.stderr) == (74, NO_SPACE)


@pytest.mark.long
@every_command
def test_a_closed_standard_output_ends_with_one_line(arguments: tuple[str, ...]) -> None:
    done = in_shell(arguments, ">&-")
    assert (done.returncode, done.stderr) == (74, CLOSED)


@pytest.mark.long
@every_command
def test_a_reader_that_goes_away_ends_the_program_silently(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "gatekeeper", "-C", str(PILOT), *arguments]
    done = subprocess.run(
        command, stdout=writing, stderr=subprocess.PIPE, check=False, env=environment(), timeout=60
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (74, b"")


@pytest.mark.long
def test_a_reader_that_takes_what_it_wants_gets_it() -> None:
    command = f"{shlex.quote(sys.executable)} -m gatekeeper -C {PILOT} matrix --format json | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=environment())
    assert (done.stdout, done.stderr) == (b'{\n  "schem', b"")


@pytest.mark.parametrize("redirection", ["2>&-", pytest.param("2>/dev/full", marks=full)])
@pytest.mark.parametrize(
    ("name", "code"), few([("blocked", 1), ("value", 2), ("ready", 0), ("help", 0), ("option", 2)], fast=2)
)
def test_messages_that_nobody_reads_change_no_exit_code(
    redirection: str, name: str, code: int, run: Run
) -> None:
    arguments = (COMMANDS | WRONG)[name]
    done = in_shell(arguments, redirection)
    assert (done.returncode, done.stderr) == (code, b"")
    assert done.stdout.decode() == run("-C", PILOT, *arguments).out


@pytest.mark.long
@pytest.mark.parametrize("redirection", [">&- 2>&-", pytest.param(">/dev/full 2>/dev/full", marks=full)])
def test_without_any_stream_the_exit_code_is_left(redirection: str) -> None:
    assert in_shell(COMMANDS["ready"], redirection).returncode == 74
    assert in_shell(WRONG["value"], redirection).returncode == 2


@pytest.mark.long
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_file_does_not_take_the_place_of_a_closed_stream(tmp_path: Path, number: int) -> None:
    """What is printed would otherwise be written into the report."""
    file = tmp_path / "verdict.json"
    done = in_shell((*COMMANDS["blocked"], "--output", f"json={file}"), f"{number}>&-")
    assert done.returncode == (74 if number == 1 else 1)
    assert file.read_bytes().startswith(b"{\n")
    assert file.read_bytes().endswith(b"}\n")


def test_a_question_without_standard_input_is_not_asked(tmp_path: Path) -> None:
    done = in_shell(("init", str(tmp_path / "new"), "--minimal"), "<&-")
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.long
@full
def test_a_watch_that_nobody_sees_ends() -> None:
    done = in_shell((*COMMANDS["blocked"], "--watch"), ">/dev/full")
    assert (done.returncode, done.stderr) == (74, NO_SPACE)


@full
def test_completions_that_cannot_be_written_are_no_verdict() -> None:
    words = {COMPLETING: "complete_bash", "COMP_WORDS": "gatekeeper che", "COMP_CWORD": "1"}
    command = f"exec {shlex.quote(sys.executable)} -m gatekeeper >/dev/full"
    done = subprocess.run(
        ["sh", "-c", command], stderr=subprocess.PIPE, check=False, env=environment(**words)
    )
    assert (done.returncode, done.stderr) == (74, NO_SPACE)


@full
def test_a_log_that_cannot_be_written_is_dropped(run: Run) -> None:
    done = in_shell(("-vv", *COMMANDS["ready"]), "2>/dev/full")
    assert done.returncode == 0
    assert done.stdout.decode() == run("-C", PILOT, *COMMANDS["ready"]).out
