"""The repository of a plan on a forge, and a pipeline that pushes records to it."""

import json
import shlex
import shutil
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from builders.runner import Machine, machine_at
from builders.workspaces import edit, files_of, write, write_files
from gatekeeper.cli import main

TESTS = '<testsuite timestamp="2026-11-20T10:00:00Z"><testcase name="{}"/></testsuite>'
COVERAGE = "SF:src/{}.ts\nDA:1,1\nDA:2,1\nend_of_record\n"
EVIDENCE = "evidence: {tests: reports/junit.xml, coverage: reports/lcov.info}\n"
SERVICES = [f"s{number:02}" for number in range(25)]


class Forge(NamedTuple):
    """The repository of the plan, a runner, and the folder of a service's artefacts."""

    plan: Path
    machine: Machine
    artefacts: Path

    def variables(self, **more: str) -> dict[str, str]:
        given = {"PLAN": self.plan.as_uri(), "SERVICE": "s00", "PIPELINE": "build", "COMMIT": "5b1c7e9"}
        return {f"GATEKEEPER_{name}": value for name, value in {**given, **more}.items()}

    def push(self, **more: str) -> Any:
        return self.machine.run("gatekeeper-push-record", self.variables(**more))

    def git(self, *arguments: object) -> str:
        return self.machine.git("-C", self.plan, *arguments)

    def commits(self, branch: str = "main") -> int:
        return int(self.git("rev-list", "--count", branch))

    def record(self, branch: str = "main", service: str = "s00", pipeline: str = "build") -> Any:
        return json.loads(self.git("show", f"{branch}:services/{service}/evidence/{pipeline}.json"))

    def slots(self, branch: str = "main", **of: str) -> set[str]:
        runs = self.record(branch, **of)["runs"]
        return {entry["slot"] for run in runs for entry in run["evidence"]}

    def around(self, program: str, script: str) -> None:
        """Run a script instead of a program; in it, `real` is the program."""
        file = self.machine.programs / program
        real = self.machine.programs / f"{program}.real"
        if file.exists():
            file.rename(real)
        else:
            real.symlink_to(shutil.which(program) or "")
        write(file, f'#!/bin/bash\nreal() {{ {shlex.quote(str(real))} "$@"; }}\n{script}\n').chmod(0o755)

    def overtake_once(self, **more: str) -> None:
        """Let another pipeline push between the first collect of this one and its push."""
        other = " ".join(f"{name}={shlex.quote(value)}" for name, value in self.variables(**more).items())
        self.meanwhile(f"{other} gatekeeper-push-record")

    def meanwhile(self, script: str) -> None:
        """Run a script once, between the first collect of a pipeline and its push."""
        begun = shlex.quote(str(self.machine.temporary / "begun"))
        log = shlex.quote(str(self.machine.temporary / "collected"))
        self.around(
            "gatekeeper",
            f'real "$@" || exit\necho "$*" >>{log}\nmkdir {begun} 2>/dev/null || exit 0\n{{ {script}; }} >&2',
        )

    def collected(self) -> int:
        """Return how often this pipeline and the one that overtook it have collected."""
        return len((self.machine.temporary / "collected").read_text(encoding="utf-8").splitlines())


def forge_at(folder: Path) -> Forge:
    """Return a forge with a plan of 25 services."""
    plan, artefacts = folder / "the plan.git", folder / "service"
    write_files(plan, _plan())
    for name in ("refs/tags", "objects/info"):
        (plan / name).mkdir(parents=True, exist_ok=True)  # git wants them, even if they are empty
    write_reports(artefacts, "s00")
    return Forge(plan, machine_at(folder, artefacts), artefacts)


def write_reports(folder: Path, service: str) -> Path:
    """Write the artefacts of a service; two services with the same ones would prove nothing."""
    write(folder / "reports/junit.xml", TESTS.format(service))
    write(folder / "reports/lcov.info", COVERAGE.format(service))
    return folder


@cache
def _plan() -> Mapping[str, bytes]:
    """Return the files of a bare repository with the plan."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        workspace = folder / "workspace"
        assert main.run(["init", str(workspace), "--minimal", "--yes"]) == 0
        settings = workspace / "gatekeeper.yaml"
        if "\nworkspace:" not in settings.read_text(encoding="utf-8"):
            edit(settings, "roadmap:", "workspace: 0b2f0f5e-6c0e-4c59-9d1c-2f6d4c1f7a11\nroadmap:")
        text = (workspace / "services/example.yaml").read_text(encoding="utf-8").partition("# evidence:")[0]
        for service in SERVICES:
            write(workspace / f"services/{service}.yaml", text.replace("example", service) + EVIDENCE)
        machine = machine_at(folder, workspace)
        for command in ("init -q -b main", "add -A", "commit -qm plan", "clone -q --bare . ../plan.git"):
            machine.git(*command.split())
        return files_of(folder / "plan.git")
