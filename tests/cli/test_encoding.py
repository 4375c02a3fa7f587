"""Data is UTF-8 and ends lines as its format does, whatever the console uses; screens keep to what the console can show."""

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from builders.budgets import few
from builders.program import AS_OF, PILOT, environment, process
from builders.repositories import commit, committed_pilot
from builders.workspaces import Run, copy_of_pilot, edit
from gatekeeper import reporters
from gatekeeper.cli import main

ORDERS = "services/orders-service.yaml"
OWNER = "team-or\u1e0fers"  # no console of one byte a character has it
CONSOLES = ("ascii", "latin-1", "cp1252", "utf-8")
CHECKS = [("check", "-m", "M1", *AS_OF, "-f", name) for name in reporters.REPORTERS.names if name != "table"]
DATA = [
    *CHECKS,
    ("check", "-m", "M1", *AS_OF, "--base", "HEAD~1", "-f", "json"),
    *(("diff", "HEAD~1", *AS_OF, "-f", name) for name in ("json", "markdown", "github")),
    *(("matrix", *AS_OF, "-f", name) for name in ("json", "markdown")),
    *(("what-if", "--set", "G1.coverage=97", *AS_OF, "-f", name) for name in ("json", "markdown")),
    *(("report", "-m", "M1", *AS_OF, "-f", name) for name in ("html", "markdown")),
    ("trend", "-m", "M1", "-f", "svg"),
    ("trend", "-f", "json"),
    ("explain", "G1.coverage", *AS_OF, "-f", "json"),
    ("next", "-m", "M1", *AS_OF, "-f", "json"),
    ("summary", "-f", "json"),
    ("can-ship", "orders-service", "--to", "staging", *AS_OF, "-f", "json"),
    ("verify-signatures", *AS_OF, "-f", "json"),
    ("validate", "-f", "json"),
    ("docs",),
    ("schema", "service"),
    ("completion", "bash"),
]
SCREENS = [
    ("check", "-m", "M1", *AS_OF),
    ("explain", "G1.coverage", "-s", "orders-service", *AS_OF),
    ("matrix",),
]
CRLF = ("csv", "ics")
"""Formats whose own standard ends lines so: RFC 4180 and RFC 5545."""
Wrote = Callable[..., bytes]


@pytest.fixture
def wrote(monkeypatch: pytest.MonkeyPatch) -> Wrote:
    """Run the program with a standard output of an encoding, and line ends as Windows has them."""

    def on(encoding: str, *arguments: object) -> bytes:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding, newline="\r\n"))
        assert main.run([str(argument) for argument in arguments]) in (0, 1)
        sys.stdout.flush()
        return raw.getvalue()

    return on


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a committed pilot with an owner whose name is not ASCII."""
    pilot = committed_pilot(tmp_path_factory.mktemp("pilot") / "repository")
    edit(pilot / ORDERS, "team-orders", OWNER)
    commit(pilot)
    return pilot


@pytest.mark.long
@pytest.mark.parametrize("arguments", few((pytest.param(one, id=" ".join(one)) for one in DATA), fast=14))
def test_data_is_the_same_on_every_console(arguments: tuple[str, ...], pilot: Path, wrote: Wrote) -> None:
    found = {encoding: wrote(encoding, "-C", pilot, *arguments) for encoding in ("cp1252", "utf-8")}
    assert found["cp1252"] == found["utf-8"]
    assert (b"\r" in found["cp1252"]) == (arguments[-1] in CRLF)
    assert found["cp1252"].decode("utf-8")


@pytest.mark.long
def test_data_is_the_same_in_a_file(pilot: Path, wrote: Wrote, tmp_path: Path) -> None:
    for arguments in CHECKS:
        file = tmp_path / arguments[-1]
        wrote("utf-8", "-C", pilot, *arguments[:-2], "-o", f"{arguments[-1]}={file}")
        assert wrote("latin-1", "-C", pilot, *arguments) == file.read_bytes(), arguments[-1]


@pytest.mark.long
@pytest.mark.parametrize("arguments", SCREENS, ids=" ".join)
@pytest.mark.parametrize("encoding", CONSOLES)
def test_a_screen_keeps_to_its_console(
    arguments: tuple[str, ...], encoding: str, pilot: Path, wrote: Wrote
) -> None:
    text = wrote(encoding, "-C", pilot, *arguments).decode(encoding)
    assert text.isascii() == (encoding != "utf-8")
    assert "\r\n" in text


@pytest.mark.long
@pytest.mark.parametrize("name", ["LC_ALL", "PYTHONIOENCODING"])
def test_the_program_as_a_process_does_so(name: str, pilot: Path) -> None:
    value = {"LC_ALL": "C", "PYTHONIOENCODING": "latin-1"}[name]
    done = process("-C", pilot, "check", *AS_OF, "-f", "json", env=environment() | {name: value})
    assert OWNER in done.stdout.decode("utf-8")


@pytest.mark.skipif(os.name != "posix", reason="names of files are bytes on POSIX only")
def test_a_name_that_is_not_utf_8_is_escaped(run: Run, tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9")
    (tmp_path / name).touch()
    assert run("-C", tmp_path, "facts", name).out.startswith("caf\\udce9: ")
    assert "caf\\udce9" in run("-C", tmp_path / name, "check").err
    other = copy_of_pilot(tmp_path / os.fsdecode(b"\xe9"))
    found = run("-C", PILOT, "diff", other, *AS_OF, "-f", "json")
    assert json.loads(found.out)["base"] == str(other)
