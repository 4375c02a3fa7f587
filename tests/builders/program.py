"""What the tests of the command line share: a pilot to break, and the program as a process of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from builders import workspaces
from gatekeeper.manifests.load import load_workspace
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees.disk import DiskTree

PILOT = workspaces.PILOT
AS_OF = ("--as-of", "2026-11-20")
ANSI = re.compile(r"\x1b\[[0-9;]*m")


class Kept(SingleFileSnapshotExtension):
    """One text file for each thing that is kept, so that a reader sees what changed."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which nothing but `more` decides what a screen can show."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in ("PATH", "HOME", "PYTHONPATH", "SYSTEMROOT", "GATEKEEPER_CACHE")
    }
    return {**kept, "LANG": "C.UTF-8", "TERM": "xterm-256color", **more}


def process(*arguments: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a process; its output is bytes, as a pipe gets them."""
    command = [sys.executable, "-m", "gatekeeper", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, check=False, env=env or environment(COLUMNS="80"), timeout=60
    )


def on_terminal(*arguments: object, typed: str) -> tuple[int, str]:
    """Run the program on a terminal and type text; return its exit code and what the screen shows."""
    import pty  # not on Windows

    ours, terminal = pty.openpty()
    command = [sys.executable, "-m", "gatekeeper", *map(str, arguments)]
    # Another session, so that the terminal can interrupt nothing but the program.
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment(), start_new_session=True
    ) as program:
        os.close(terminal)
        os.write(ours, typed.encode())
        shown = b""
        with suppress(OSError):  # how Linux reports that the program has closed the terminal
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
        code = program.wait(timeout=60)
    return code, shown.decode().replace("\r\n", "\n")


LEFT_OUT: dict[str, Any] = {
    "reason_code": None, "binding": True, "basis": None, "reason": None, "reasons": [], "findings": [], "evidence": [],
}  # fmt: skip
"""What the row of a criterion leaves out."""


def one_service(out: str) -> dict[str, Any]:
    """Return the only service of a verdict in JSON."""
    [service] = json.loads(out)["services"]
    found: dict[str, Any] = service
    return found


def criteria(service: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every criterion of a service in JSON, with what its row leaves out."""
    rows = chain.from_iterable(gate.get("criteria", ()) for gate in service["gates"])
    for row in chain(rows, *(service.get(key, ()) for key in ("level_criteria", "capabilities"))):
        yield {**LEFT_OUT, **row}


def criterion(service: dict[str, Any], name: str) -> dict[str, Any]:
    """Return one criterion of a service in JSON."""
    [found] = [found for found in criteria(service) if found["criterion"] == name]
    return found


def loaded(pilot: Path) -> Manifests:
    workspace = load_workspace(pilot, DiskTree(str(pilot.parents[1]))).workspace
    assert workspace is not None
    return workspace


def contents(pilot: Path) -> dict[str, bytes]:
    return {str(file.relative_to(pilot)): file.read_bytes() for file in pilot.rglob("*") if file.is_file()}
