"""`check --dask`: a cluster of real processes writes the same bytes as one process, also if a worker is killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.locations import free_port, wait_for
from builders.program import AS_OF, PILOT, environment, process
from builders.workspaces import ROOT, Run, copy_of_pilot, edit

pytest.importorskip("distributed", reason="the extra `scale` is not installed")

_BUSY = """
import sys, time
from distributed import Client
with Client(sys.argv[1], set_as_default=False) as client:
    for _ in range(3000):
        if any("first" in name and tasks for name, tasks in client.run_on_scheduler(
            lambda dask_scheduler: [(str(of.name), len(of.processing)) for of in dask_scheduler.workers.values()]
        )):
            break
        time.sleep(0.01)
    else:
        sys.exit("the worker was never busy")
"""
"""Wait until the first worker has something to judge."""


class Started(NamedTuple):
    address: str
    workers: dict[str, subprocess.Popen[bytes]]


@contextmanager
def cluster(*workers: str) -> Iterator[Started]:
    """Start a scheduler and workers as processes, on loopback."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    alone = ("--no-dashboard", "--host", "127.0.0.1")
    of_worker = (
        "--no-nanny",
        "--nthreads",
        "1",
        "--memory-limit",
        "0",
        "--no-dashboard",
        "--host",
        "127.0.0.1",
    )
    with ExitStack() as stack:
        scheduler = _process(stack, "scheduler", *alone, "--port", str(port))
        wait_for(port, scheduler)
        started = {name: _process(stack, "worker", address, "--name", name, *of_worker) for name in workers}
        yield Started(address, started)


def _process(stack: ExitStack, *command: str) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    started = subprocess.Popen(
        [sys.executable, "-m", "dask", *command], stdout=quiet, stderr=quiet, env=environment()
    )
    stack.enter_context(started)
    stack.callback(started.terminate)
    return started


@pytest.fixture(scope="module")
def two() -> Iterator[Started]:
    with cluster("first", "second") as started:
        yield started


@pytest.mark.parametrize(("workspace", "milestone"), [(PILOT, "M2"), (ROOT, "M3")])
def test_a_cluster_writes_the_same_bytes(run: Run, two: Started, workspace: Path, milestone: str) -> None:
    command = ("-C", workspace, "check", "-m", milestone, *AS_OF)
    alone = run(*command)
    assert run(*command, "--jobs", "2") == alone
    done = process(*command, "--dask", two.address)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (alone.code, alone.out, b"")


@pytest.mark.long
def test_a_cluster_of_this_machine_is_started_for_one_run(run: Run) -> None:
    command = ("-C", PILOT, "check", "-m", "M2", *AS_OF)
    done = process(*command, "--dask", "local")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (1, run(*command).out, b"")


def test_a_workspace_that_is_invalid_is_reported_alike(run: Run, two: Started, tmp_path: Path) -> None:
    plan = copy_of_pilot(tmp_path)
    edit(plan / "services/payments-service.yaml", "owner:", "owners:")
    alone = run("-C", plan, "check")
    done = process("-C", plan, "check", "--dask", two.address)
    assert (done.returncode, done.stderr.decode()) == (3, alone.err)


@pytest.mark.long
def test_the_shards_of_a_worker_that_is_killed_are_judged_by_another(run: Run, tmp_path: Path) -> None:
    plan = copy_of_pilot(tmp_path)
    _with_many(plan, 150)
    command = ("-C", str(plan), "check", "-m", "M2", *AS_OF)
    with cluster("first", "second") as started:
        program = [sys.executable, "-m", "gatekeeper", *command, "--dask", started.address]
        with subprocess.Popen(
            program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(COLUMNS="80")
        ) as judging:
            subprocess.run([sys.executable, "-c", _BUSY, started.address], check=True, timeout=60)
            started.workers["first"].send_signal(signal.SIGKILL)
            assert judging.poll() is None
            out, err = judging.communicate(timeout=300)
        assert started.workers["first"].wait(timeout=10) == -signal.SIGKILL
    assert (out.decode(), err) == (run(*command, "--jobs", "2").out, b"")


def _with_many(plan: Path, count: int) -> None:
    """Add services that are like one of the pilot, without artefacts of their own."""
    text = (plan / "services/payments-service.yaml").read_text(encoding="utf-8")
    for n in range(count):
        own = text.replace("service: payments-service", f"service: s{n}").replace(
            "path: ", "path: ../payments-service/"
        )
        (plan / f"services/s{n}.yaml").write_text(own, encoding="utf-8")


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--dask", "tcp://127.0.0.1:1"), "--dask tcp://127.0.0.1:1: "),
        (("--dask", "nowhere"), "--dask nowhere: "),
        (("--dask", "local", "--jobs", "2"), "give --dask or --jobs"),
        (("--dask", "local", "-f", "json"), "--dask judges for the table"),
    ],
)
def test_what_cannot_be_is_an_error_that_says_so(options: tuple[str, ...], why: str) -> None:
    done = process(
        "-C", PILOT, "check", *options, env=environment(DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT="1s")
    )
    assert (done.returncode, why in done.stderr.decode(), b"Traceback" in done.stderr) == (2, True, False), (
        done.stderr
    )


@pytest.mark.long
def test_a_cluster_without_workers_is_an_error() -> None:
    with cluster() as started:
        done = process("-C", PILOT, "check", "--dask", started.address)
    assert (done.returncode, b"it has no worker" in done.stderr) == (2, True), done.stderr


@pytest.mark.long
def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "distributed.py").write_text(
        "raise ImportError('gone', name='distributed')\n", encoding="utf-8"
    )
    env = environment()
    env["PYTHONPATH"] = f"{tmp_path}:{env.get('PYTHONPATH', '')}"
    done = process("-C", PILOT, "check", "--dask", "local", env=env)
    assert (done.returncode, b"pip install 'readiness-gatekeeper[scale]'" in done.stderr) == (2, True), (
        done.stderr
    )
