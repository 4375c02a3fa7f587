"""`--cache`, `--no-cache` and `cache`: the same output with a cache, a cold one and none, and what it holds."""

import json
import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, PILOT
from builders.repositories import REPORT, commit, committed_pilot
from builders.workspaces import Ran, Run, copy_of_pilot, write
from gatekeeper.evidence import kept_facts, reader
from gatekeeper.workspace import processes

COMMANDS = [
    ("check", "-m", "M1", *AS_OF, "--format", "json"),
    ("check", "-m", "M2", *AS_OF, "--details"),
    ("check", "-m", "M1", *AS_OF, "--base", "HEAD~1", "--format", "json"),
    ("diff", "HEAD~1", *AS_OF, "--format", "json"),
    ("can-ship", "payments-service", "--to", "production", *AS_OF, "--format", "json"),
    ("explain", "G1.coverage", "-s", "payments-service", *AS_OF),
    ("next", "-m", "M1", *AS_OF),
]
BROKEN = ["tests"]
"""A report is not XML: it may be evidence of any kind, also of that of a plugin."""


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep the facts of small artefacts too; return the kinds that are read from now on."""
    read: list[str] = []
    collect = reader._collect

    def counting(kind: str, *arguments: Any, **more: Any) -> Any:
        read.append(kind)
        return collect(kind, *arguments, **more)

    monkeypatch.setattr(kept_facts, "SMALLEST", 0)
    monkeypatch.setattr(reader, "_collect", counting)
    return read


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """A pilot with two commits, the second of which changes an artefact."""
    pilot = committed_pilot(tmp_path / "repository")
    write(pilot / REPORT, (pilot / REPORT).read_bytes() + b"<!-- written again -->\n")
    commit(pilot)
    return pilot


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_cache_changes_no_byte(
    run: Run, changed: Path, tmp_path: Path, everything: list[str], command: tuple[str, ...]
) -> None:
    def with_options(*options: object) -> tuple[Ran, int]:
        everything.clear()
        return run(*options, "-C", changed, *command), len(everything)

    without, all_ = with_options("--no-cache")
    cold = with_options("--cache", tmp_path / "cache")[0]
    warm, read = with_options("--cache", tmp_path / "cache")
    assert without.code in (0, 1)
    assert without == cold == warm
    assert read <= all_ // 4


def test_an_artefact_that_changes_is_read_again(run: Run, tmp_path: Path, everything: list[str]) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    command = ("--cache", tmp_path / "cache", "-C", pilot, "check", "-m", "M1", *AS_OF, "--format", "json")
    before = run(*command)
    found, report = (pilot / REPORT).stat(), (pilot / REPORT).read_bytes()
    failing = report.replace(b"</testcase>", b"<failure/></testcase>", 1)
    assert failing != report
    write(pilot / REPORT, failing)
    os.utime(pilot / REPORT, ns=(found.st_atime_ns, found.st_mtime_ns))
    after = run(*command)
    assert after.out != before.out
    assert run("--no-cache", *command[2:]) == after
    write(pilot / REPORT, report)
    everything.clear()
    assert run(*command) == before
    assert everything == BROKEN


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_keep_what_they_read(
    run: Run, changed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    if start not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no process is started by {start} here")
    monkeypatch.setattr(processes, "_start", lambda: start)
    large = (changed / REPORT).read_bytes() + b"<!-- %b -->" % (b"much " * 1_000)
    write(changed / REPORT, large)
    cache = ("--cache", tmp_path / "cache")
    command = ("-C", changed, "check", "-m", "M1", *AS_OF, "--jobs", "2")
    expected = run("--no-cache", *command)
    assert run(*cache, *command) == expected
    assert info(run, *cache)["entries"]["facts"]["number"] > 0
    assert run(*cache, *command) == expected


def test_what_is_recorded_is_read_from_the_artefacts(run: Run, tmp_path: Path, everything: list[str]) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    cached = ("--cache", tmp_path / "cache", "-C", pilot)
    run(*cached, "check", "-m", "M1", *AS_OF)
    everything.clear()
    assert run(*cached, "collect", "payments-service", "--dry-run").code == 0
    assert everything


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; return the usual folder of the cache there."""
    monkeypatch.delenv("GATEKEEPER_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    below = {"darwin": "Library/Caches", "win32": "AppData/Local"}.get(sys.platform, ".cache")
    return tmp_path / "home" / below / "gatekeeper"


def check(run: Run, *options: object, folder: Path = PILOT) -> Ran:
    return run(*options, "-C", folder, "check", "-m", "M1", *AS_OF)


def test_the_cache_is_in_the_home_of_the_user(run: Run, at_home: Path, everything: list[str]) -> None:
    check(run, "--no-cache")
    assert not at_home.exists()
    check(run)
    assert [file.suffix for file in at_home.iterdir()] == [".sqlite"]
    everything.clear()
    check(run)
    assert everything == []


@pytest.mark.parametrize("flawed", ["link", "unwritable", "off"])
def test_without_a_usable_folder_nothing_is_kept(
    run: Run, at_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flawed: str
) -> None:
    expected = check(run, "--no-cache")
    if flawed == "off":
        monkeypatch.setenv("GATEKEEPER_CACHE", "off")
    elif flawed == "link":
        at_home.parent.mkdir(parents=True)
        (tmp_path / "elsewhere").mkdir()
        at_home.symlink_to(tmp_path / "elsewhere")
    else:
        (tmp_path / "home").write_text("a file")
    assert check(run)[:2] == expected[:2]
    assert list(tmp_path.rglob("*.sqlite")) == []


def test_no_cache_is_kept_in_the_repository(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    ran = check(run, "--cache", "../kept", folder=pilot)
    assert (ran.code, ran.out) == (2, "")
    assert f"--cache ../kept: it is in the repository {tmp_path / 'repository'}" in ran.err
    (tmp_path / "link").symlink_to(tmp_path / "repository")
    assert check(run, "--cache", tmp_path / "link" / "kept", folder=pilot).code == 2
    monkeypatch.setenv("GATEKEEPER_CACHE", str(pilot / "kept"))
    assert check(run, folder=pilot).code == 1
    assert list(tmp_path.rglob("*.sqlite")) == []


def test_two_wishes_are_wrong_usage(run: Run, tmp_path: Path) -> None:
    ran = check(run, "--cache", tmp_path / "cache", "--no-cache")
    assert (ran.code, ran.err) == (2, "--cache and --no-cache: write one of them\n")


def info(run: Run, *options: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*options, "cache", "info", "--format", "json").out)
    return found


@pytest.mark.parametrize("command", ["info", "clear"])
@pytest.mark.parametrize(
    ("option", "environment", "why"),
    [
        ("--no-cache", {}, "--no-cache is given"),
        ("", {"GATEKEEPER_CACHE": "off"}, "GATEKEEPER_CACHE is `off`"),
        (
            "",
            {"GATEKEEPER_CACHE": "", "HOME": "x", "XDG_CACHE_HOME": "x"},
            "there is no home; name a folder with",
        ),
        (
            "",
            {"GATEKEEPER_CACHE": "{folder}/x"},
            "{folder}/x is in {folder}, where a change could write answers",
        ),
    ],
)
def test_why_there_is_no_cache(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    option: str,
    environment: dict[str, str],
    why: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(folder=tmp_path))
    said = run(*option.split(), "-C", tmp_path, "cache", command).out
    assert f"no cache is used: {why.format(folder=tmp_path)}" in " ".join(said.split())


def test_what_the_cache_holds(run: Run, tmp_path: Path, everything: list[str]) -> None:
    folder = tmp_path / "cache"
    assert info(run) == {
        "schema_version": 2, "folder": None, "flaw": "GATEKEEPER_CACHE is `off`", "size": 0, "files": [], "entries": {},
    }  # fmt: skip
    assert info(run, "--cache", folder)["files"] == []
    assert not folder.exists()
    check(run, "--cache", folder)
    assert everything
    found = info(run, "--cache", folder)
    (file,) = folder.iterdir()
    assert found["folder"] == str(folder)
    assert [(each["name"], each["size"]) for each in found["files"]] == [(file.name, found["size"])]
    assert found["entries"]["facts"]["number"] > 10
    screen = run("--cache", folder, "cache", "info").out
    assert "1 file, " in screen
    assert "what was read of artefacts" in screen
    file.chmod(0o666)
    assert info(run, "--cache", folder)["flaw"]
    assert "it is not used: " in run("--cache", folder, "cache", "info").out
    folder.chmod(0o777)
    assert "others may write to" in info(run, "--cache", folder)["flaw"]


def test_only_its_own_files_are_cleared(run: Run, tmp_path: Path, everything: list[str]) -> None:
    folder = tmp_path / "cache"
    check(run, "--cache", folder)
    (own,) = folder.iterdir()
    (folder / "gatekeeper-0.0.1-cpython-311-1.sqlite").touch()
    (folder / f"{own.name}-journal").touch()
    (folder / "notes.sqlite").touch()
    assert run("--cache", folder, "cache", "clear").out.startswith(f"  removed from {folder}: 3 files, ")
    assert [file.name for file in folder.iterdir()] == ["notes.sqlite"]
    (folder / "notes.sqlite").unlink()
    check(run, "--cache", folder)
    assert run("--cache", folder, "cache", "clear").code == 0
    assert not folder.exists()
    folder.touch()
    ran = run("--cache", folder, "cache", "clear")
    assert (ran.code, ran.err) == (2, f"the cache is not cleared: {folder} is not a folder\n")
