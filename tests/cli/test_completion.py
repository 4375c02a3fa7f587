"""What a shell gets when it asks for words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builders.program import PILOT, environment
from builders.workspaces import ROOT, Run, copy_of_pilot, write
from gatekeeper.cli import command_list, main
from gatekeeper.cli.completion_words import fail_on, schemas
from gatekeeper.manifests.schema import MODELS
from gatekeeper.model.status import FailOn

IN_PILOT = f"gatekeeper -C {PILOT}"


def _ask(line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Ask as bash does; what is typed of the last word may be nothing."""
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
    monkeypatch.setenv(command_list.COMPLETING, "complete_bash")
    capsys.readouterr()
    main.run([])
    said = capsys.readouterr()
    assert said.err == ""
    return said.out.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("gatekeeper ch", ["check"]),
        ("gatekeeper except ", ["close", "list", "open"]),
        ("gatekeeper check --fail", ["--fail-on"]),
        ("gatekeeper check --fail-on ", ["blocked", "regression", "change"]),
        ("gatekeeper completion ", ["bash", "zsh", "fish"]),
        ("gatekeeper facts cov", ["coverage"]),
        ("gatekeeper can-ship x --to st", ["staging"]),
        ("gatekeeper schema ga", ["gate", "gatekeeper"]),
        (f"{IN_PILOT} check --service o", ["orders-service"]),
        (f"{IN_PILOT} can-ship pay", ["payments-service"]),
        (f"{IN_PILOT} check -m ", ["M0", "M1", "M2", "M3", "M4"]),
        (f"{IN_PILOT} check --gate G", [f"G{number}" for number in range(1, 9)]),
        (f"{IN_PILOT} check --owner team-p", ["team-payments"]),
        (f"{IN_PILOT} explain G7.c", ["G7.cold-and-warm"]),
        (f"{IN_PILOT} explain L4.d", ["L4.dr-drill"]),
        (f"{IN_PILOT} except close ", ["RR-1"]),
        (f"{IN_PILOT} sign orders-service L2 --role ", ["architecture", "owner", "security"]),
        (f"{IN_PILOT} sign orders-service L2 --by d", ["dana"]),
        ("gatekeeper nonsense --service ", []),
    ],
)
def test_words(
    line: str, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = _ask(line, monkeypatch, capsys)
    assert found == words if "nonsense" not in line else "orders-service" not in found


def test_words_that_are_always_the_same_are_those_that_the_program_takes() -> None:
    assert list(MODELS) == schemas()
    assert list(FailOn) == fail_on()


def test_a_broken_workspace_completes_what_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    write(pilot / "services/new-service.yaml", b"owner: team-new\nplan: [\xff")
    write(pilot / "governance.yaml", "roster: [")
    at = f"gatekeeper -C {pilot}"
    assert _ask(f"{at} check --service n", monkeypatch, capsys) == ["new-service", "notifications-service"]
    assert _ask(f"{at} check --owner team-n", monkeypatch, capsys) == ["team-new", "team-notifications"]
    assert _ask(f"{at} sign x L2 --by ", monkeypatch, capsys) == []
    shutil.rmtree(pilot / "services")
    assert _ask(f"{at} check --service ", monkeypatch, capsys) == []
    assert _ask("gatekeeper -C / check --service ", monkeypatch, capsys) == []
    assert _ask("gatekeeper -C ~nobody/x check --service ", monkeypatch, capsys) == []


@pytest.mark.parametrize("name", ["$(touch pwned)", "a`id`", "a;b", "a'b", "--help", "a b", "\x1b[31m", "é"])
def test_a_name_that_a_shell_would_act_on_is_left_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    write(pilot / f"services/{name}.yaml", f'owner: "{name}"\n')
    at = f"gatekeeper -C {pilot}"
    assert len(_ask(f"{at} check --service ", monkeypatch, capsys)) == 4
    assert len(_ask(f"{at} check --owner ", monkeypatch, capsys)) == 4


def test_a_shell_that_is_not_known_is_refused(run: Run) -> None:
    ran = run("completion", "csh")
    assert (ran.code, ran.out) == (2, "")
    assert "csh" in ran.err


@pytest.mark.parametrize(
    ("shell", "starts"), [("bash", "_gatekeeper_"), ("zsh", "#compdef"), ("fish", "complete")]
)
def test_a_script_asks_the_program(shell: str, starts: str, run: Run) -> None:
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(starts)
    assert f"{command_list.COMPLETING}=complete_{shell}" in ran.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_by_its_script(run: Run, tmp_path: Path) -> None:
    script = write(tmp_path / "completion.bash", run("completion", "bash").out)
    program = write(tmp_path / "bin/gatekeeper", f'#!/bin/sh\nexec "{sys.executable}" -m gatekeeper "$@"\n')
    program.chmod(0o755)
    asked = f"""
        source {script}
        COMP_WORDS=(gatekeeper check --service pay); COMP_CWORD=3
        _gatekeeper_completion gatekeeper
        echo "${{COMPREPLY[@]}}"
    """
    env = environment(PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}", PYTHONPATH=str(ROOT / "src"))
    ran = subprocess.run(["bash", "-c", asked], cwd=PILOT, env=env, capture_output=True, check=False)
    assert (ran.stdout, ran.stderr) == (b"payments-service\n", b"")


@pytest.mark.parametrize("line", ["gatekeeper check --format ", f"{IN_PILOT} check --service "])
def test_nobody_waits_for_schemas(line: str) -> None:
    code = (
        "import sys, os; from gatekeeper.cli.main import run; run([]);"
        "print(sorted({'pydantic', 'yaml', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    words = line.split(" ")
    env = environment(
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
        PYTHONPATH=str(ROOT / "src"),
        **{command_list.COMPLETING: "complete_bash"},
    )
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
    assert (ran.stderr, ran.returncode) == (b"[]\n", 0)
    assert ran.stdout


def test_a_help_text_or_a_version_loads_no_schemas_and_no_command() -> None:
    for option in ("--help", "--version"):
        code = (
            f"import sys; from gatekeeper.cli.main import run; run(['{option}']);"
            "print([name for name in sys.modules if name in ('pydantic', 'rich', 'gatekeeper.cli.commands.check')],"
            " file=sys.stderr)"
        )
        env = environment(PYTHONPATH=str(ROOT / "src"))
        ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=False)
        assert ran.stderr == b"[]\n"
