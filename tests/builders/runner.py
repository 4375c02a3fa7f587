"""A runner of CI: scripts run in shells, with the programs that a runner has and an environment of their own."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from builders.workspaces import ROOT, write

IDENTITY = {
    "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
}  # fmt: skip
SHELLS = {
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"],
    "sh": ["sh", "-e", "-c"],
}
"""How a runner starts a script: the step ends at the first command that fails."""


class Machine(NamedTuple):
    """A runner: the programs it has, and a repository."""

    repository: Path
    programs: Path
    temporary: Path

    def start(
        self,
        script: str,
        variables: Mapping[str, str] | None = None,
        *,
        interpreter: str = "bash",
        folder: Path | None = None,
    ) -> subprocess.Popen[str]:
        """Start a script as a step."""
        return subprocess.Popen(
            [*SHELLS[interpreter], script],
            cwd=folder or self.repository,
            env={
                "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(self.temporary),
                "LANG": "C.UTF-8",
                **IDENTITY,
                **(variables or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(
        self,
        script: str,
        variables: Mapping[str, str] | None = None,
        *,
        interpreter: str = "bash",
        folder: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as a step."""
        return finished(self.start(script, variables, interpreter=interpreter, folder=folder))

    def run_action(
        self, action: Any, variables: Mapping[str, str], **inputs: str
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
        """Run the steps of a composite action as GitHub does; return how it ended, its outputs and the job's summary."""
        given = {name: str(of.get("default", "")) for name, of in action["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        files = {name: self.temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        write(files["GITHUB_OUTPUT"], "")
        files["GITHUB_STEP_SUMMARY"].touch()
        of_github = {name: str(file) for name, file in files.items()} | {"RUNNER_TEMP": str(self.temporary)}
        for step in (step for step in action["runs"]["steps"] if "run" in step):
            assert step["shell"] == "bash"
            env = {name: _expanded(value, given) for name, value in step.get("env", {}).items()}
            done = self.run(step["run"], {**of_github, **variables, **env})
            if done.returncode:
                break
        outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines())
        return done, outputs, files["GITHUB_STEP_SUMMARY"].read_text("utf-8")

    def git(self, *arguments: object, folder: Path | None = None) -> str:
        """Run git, which must succeed."""
        done = self.run(shlex.join(["git", *map(str, arguments)]), folder=folder)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def installed(self) -> list[str]:
        """What pip was asked for."""
        log = self.temporary / "pip.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def _expanded(value: str, inputs: Mapping[str, str]) -> str:
    found = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", value)
    assert found, value
    return inputs[found[1]]


def finished(process: subprocess.Popen[str], seconds: int = 120) -> subprocess.CompletedProcess[str]:
    """Wait for a step, and return how it ended."""
    out, err = process.communicate(timeout=seconds)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def machine_at(folder: Path, repository: Path) -> Machine:
    """Return a runner whose `gatekeeper` is this tree's, and whose `pip` only notes what it was asked for."""
    programs, temporary = folder / "bin", folder / "temporary"
    temporary.mkdir()
    source = shlex.quote(str(ROOT / "src"))
    python = shlex.quote(sys.executable)
    scripts = {
        "gatekeeper": f'PYTHONPATH={source} exec {python} -m gatekeeper "$@"',
        "gatekeeper-push-record": f'exec bash {shlex.quote(str(ROOT / "ci/push-record.sh"))} "$@"',
        "python": f'exec {python} "$@"',
        "pip": f'printf "%s\\n" "$*" >>{shlex.quote(str(temporary / "pip.log"))}',
    }
    for name, script in scripts.items():
        write(programs / name, f"#!/bin/sh\n{script}\n").chmod(0o755)
    return Machine(repository, programs, temporary)
