"""`check --jobs`: several processes write the same bytes as one, and end cleanly if they are stopped."""

import multiprocessing
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from builders.in_memory import write_files
from builders.lost_workers import dies, dies_once
from builders.program import AS_OF, PILOT, environment, process
from builders.small_workspaces import workspace
from builders.workspaces import ROOT, Ran, Run, copy_of_pilot, edit, write
from gatekeeper.errors import UsageError
from gatekeeper.workspace import processes
from gatekeeper.workspace.shard_rows import ShardRequest

SERVICE = "payments-service"
SEEDS = [*range(10), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(10, 300))]


def same(run: Run, *arguments: object, jobs: int = 2) -> Ran:
    """Return what one process and several do alike."""
    alone = run(*arguments)
    assert run(*arguments, "--jobs", jobs) == alone
    return alone


@pytest.mark.parametrize("options", [(), ("--quiet",), ("--all", "--sort", "name"), ("--strict",)])
@pytest.mark.parametrize(("workspace", "milestone"), [(PILOT, "M2"), (ROOT, "M1"), (ROOT, "M3")])
def test_two_processes_write_the_same_bytes(
    run: Run, workspace: Path, milestone: str, options: tuple[str, ...]
) -> None:
    assert same(run, "-C", workspace, "check", "-m", milestone, *AS_OF, *options).code in (0, 1)


def test_the_milestone_and_the_day_have_the_same_defaults(run: Run) -> None:
    same(run, "-C", PILOT, "check")


@pytest.mark.parametrize("milestone", ["M9", "M0"])
def test_a_milestone_that_cannot_be_judged_is_the_same_error(run: Run, milestone: str) -> None:
    same(run, "-C", PILOT, "check", "-m", milestone, *AS_OF)


def test_no_process_at_all_is_refused(run: Run) -> None:
    ran = run("-C", PILOT, "check", "--jobs", "0")
    assert (ran.code, "--jobs 0: write how many processes judge" in ran.err) == (2, True)


def _break_a_manifest(plan: Path) -> None:
    edit(plan / f"services/{SERVICE}.yaml", "owner:", "owners:")


def _claim_the_name_of_another(plan: Path) -> None:
    manifest = plan / f"services/{SERVICE}.yaml"
    manifest.write_text(f"{manifest.read_text('utf-8')}\nidentity: {{names: [orders-service]}}\n", "utf-8")


def _break_the_rulebook(plan: Path) -> None:
    write(plan / "../../gates/levels.yaml", "levels: 3\n")


def _write_a_manifest_that_is_none(plan: Path) -> None:
    write(plan / "services/Not_A_Name!.yaml", "service: x\n")


def _share_a_measurement(plan: Path) -> None:
    reports = [plan / f"services/{name}/reports/k6-peak.json" for name in ("catalogue-service", SERVICE)]
    shutil.copy(*reports)


def _warn(plan: Path) -> None:
    write(plan / "services/other.yml", "service: other\n")
    write(plan / f"services/{SERVICE}/evidence.json", "{}")


def _open_an_exception_of_a_stranger(plan: Path) -> None:
    write(plan / "milestones/risk-register/X-1.yaml", "id: X-1\nservice: stranger\n")


@pytest.mark.parametrize(
    "change",
    [
        _break_a_manifest,
        _claim_the_name_of_another,
        _break_the_rulebook,
        _write_a_manifest_that_is_none,
        _share_a_measurement,
        _warn,
        _open_an_exception_of_a_stranger,
    ],
)
def test_whatever_a_workspace_holds_is_reported_alike(
    run: Run, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    plan = copy_of_pilot(tmp_path)
    before = run("-C", plan, "check", "-m", "M2", *AS_OF)
    change(plan)
    assert same(run, "-C", plan, "check", "-m", "M2", *AS_OF) != before


def test_an_output_that_needs_more_than_rows_is_judged_by_one_process(run: Run) -> None:
    for options in (("--details",), ("-f", "json"), ("-s", SERVICE), ("--gate", "G1")):
        same(run, "-C", PILOT, "check", "-m", "M2", *AS_OF, *options)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_workspaces_are_judged_alike(run: Run, tmp_path: Path, seed: int) -> None:
    write_files(tmp_path, {}, workspace(random.Random(seed)))  # noqa: S311
    same(run, "-C", tmp_path, "check", *AS_OF)


def _request(name: str) -> ShardRequest:
    return ShardRequest("", "", "", date.min, ((name,),))


@pytest.fixture
def quiet() -> processes.Progress:
    return lambda _: nullcontext(lambda _: None)


def test_the_shards_of_a_process_that_is_lost_are_judged_once_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, quiet: processes.Progress
) -> None:
    monkeypatch.setattr(processes, "_judged", partial(dies_once, str(tmp_path)))
    found = processes.judge_by_processes([*map(_request, "abcde")], 2, quiet)
    assert [part.state for (part,) in found] == [*"abcde"]
    assert (tmp_path / "b").exists()
    assert multiprocessing.active_children() == []


@pytest.mark.long
def test_processes_that_are_lost_again_are_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, quiet: processes.Progress
) -> None:
    monkeypatch.setattr(processes, "_judged", dies)
    with pytest.raises(UsageError, match="use fewer: --jobs 1"):
        processes.judge_by_processes([*map(_request, "ab")], 2, quiet)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let programs that a test starts notice Ctrl-C: those that a script starts in the background do not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _children(parent: int) -> Iterator[int]:
    text = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return map(int, text.split())


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
@pytest.mark.usefixtures("interruptible")
def test_no_process_is_left_if_the_program_is_stopped(
    tmp_path: Path, sent: signal.Signals, code: int
) -> None:
    plan = copy_of_pilot(tmp_path)
    pipe = plan / "services" / SERVICE / "reports/k6-peak.json"
    text = (plan / f"services/{SERVICE}.yaml").read_text(encoding="utf-8")
    for n in range(50):
        write(plan / f"services/s{n}.yaml", text.replace(f"service: {SERVICE}", f"service: s{n}"))
        shutil.copytree(pipe.parents[1], plan / f"services/s{n}")
    command = [sys.executable, "-m", "gatekeeper", "-C", str(plan), "check", "-m", "M2", "--jobs", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), start_new_session=True
    ) as program:
        give_up_at = time.monotonic() + 200
        while len(workers := [*_children(program.pid)]) < 2:
            assert time.monotonic() < give_up_at
            assert program.poll() is None, program.communicate()
            time.sleep(0.01)
        program.send_signal(sent)
        out, err = program.communicate(timeout=100)
    assert program.returncode == code, err
    assert (out, b"Traceback" in err) == (b"", False), err
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def test_on_a_terminal_nothing_but_the_verdict_is_left(run: Run) -> None:
    done = process("-C", PILOT, "check", "-m", "M2", *AS_OF, "--jobs", "2")
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_container_limits_the_cores(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "_CPU_MAX", write(tmp_path / "cpu.max", "100000 100000\n"))
    assert processes.usable_cores() == 1
    monkeypatch.setattr(processes, "_CPU_MAX", write(tmp_path / "cpu.max", "max 100000\n"))
    assert processes.usable_cores() >= 1
