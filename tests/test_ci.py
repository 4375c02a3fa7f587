"""The CI files do what they say: their scripts run here as the platforms run them, in repositories of git."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from yaml import safe_load

from builders.repositories import FAILING, LOWERED, REPORT
from builders.runner import Machine, machine_at
from builders.workspaces import ROOT, edit, write

pytestmark = pytest.mark.long  # each test starts shells, git and the program several times

PILOT = "examples/pilot"
ACTION = safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB = safe_load((ROOT / "ci/gitlab.yml").read_text(encoding="utf-8"))
HOOKS = {
    hook["id"]: hook for hook in safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
}
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the pilot, committed; for copies."""
    folder = tmp_path_factory.mktemp("committed")
    repository = folder / "repository"
    shutil.copytree(ROOT / "gates", repository / "gates")
    shutil.copytree(ROOT / PILOT, repository / PILOT, ignore=shutil.ignore_patterns("source"))
    for git in ("init -q -b main", "add -A", "commit -qm all"):
        Machine(repository, folder, folder).git(*git.split())
    return repository


@pytest.fixture
def machine(tmp_path: Path, committed: Path) -> Machine:
    """Return a runner with a repository with the pilot."""
    repository = tmp_path / "a repository"
    shutil.copytree(committed, repository)
    return machine_at(tmp_path, repository)


# The action


def action(
    machine: Machine, event: Mapping[str, str] | None = None, **inputs: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
    """Run the steps of the action as GitHub does; return how it ended, its outputs and the job's summary."""
    variables = {"GITHUB_ACTION_PATH": "/actions/gatekeeper v1", **(event or {})}
    return machine.run_action(ACTION, variables, **inputs)


def test_the_action_judges_and_hands_on_its_reports(machine: Machine) -> None:
    write(machine.temporary / "GITHUB_STEP_SUMMARY", "before\n")
    done, outputs, summary = action(
        machine, workspace=PILOT, milestone="M1", as_of="2026-11-20", fail_on="blocked"
    )
    assert done.returncode == 1, done.stderr
    assert machine.installed == ["install --quiet --disable-pip-version-check /actions/gatekeeper v1"]
    assert set(outputs) == set(ACTION["outputs"])
    assert (outputs["verdict"], outputs["exit-code"]) == ("blocked", "1")
    assert (
        "::error file=examples/pilot/services/catalogue-service.yaml,line=6,title=unsigned-upgrade"
        in done.stdout
    )
    assert summary.startswith("before\n## ✗ M1 (Internal preview) is blocked by 3 of 4 services.\n")
    assert summary == "before\n" + Path(outputs["comment"]).read_text("utf-8")
    assert json.loads(Path(outputs["json"]).read_text("utf-8"))["commit"] == machine.git("rev-parse", "HEAD")
    results = json.loads(Path(outputs["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    for result in results:
        [location] = result["locations"]
        file = machine.repository / location["physicalLocation"]["artifactLocation"]["uri"]
        assert (
            len(file.read_text("utf-8").splitlines()) >= location["physicalLocation"]["region"]["startLine"]
        )


@pytest.mark.parametrize(
    ("inputs", "verdict", "code"),
    [
        ({"milestone": "M0"}, "ready", 0),
        ({"milestone": "M3"}, "ready_with_exceptions", 0),
        ({"milestone": "M3", "args": "--strict\n--fail-on=blocked"}, "ready_with_exceptions", 1),
        ({"milestone": "M1"}, "blocked", 1),
        ({"milestone": "M1", "args": "--service=orders-service"}, "blocked", 0),
        ({}, "blocked", 1),
    ],
)
def test_the_action_ends_as_check_does(
    machine: Machine, inputs: dict[str, str], verdict: str, code: int
) -> None:
    done, outputs, _ = action(machine, None, workspace=PILOT, as_of="2026-11-20", **inputs)
    assert (done.returncode, outputs["verdict"], outputs["exit-code"]) == (code, verdict, str(code))
    # Code scanning would open an alert for what an exception covers.
    assert "suppressions" not in Path(outputs["sarif"]).read_text("utf-8")


def test_the_action_tells_that_nothing_could_be_judged(machine: Machine) -> None:
    edit(machine.repository / PILOT / "services/orders-service.yaml", "owner:", "onwer:")
    done, outputs, summary = action(machine, workspace=PILOT)
    assert (done.returncode, outputs, summary) == (3, {"exit-code": "3"}, "")
    assert "::error title=gatekeeper::Nothing could be judged (exit code 3)" in done.stdout
    assert "did you mean 'owner'?" in done.stderr


def test_two_runs_in_one_job_do_not_meet(machine: Machine) -> None:
    first = action(machine, workspace=PILOT, milestone="M0", as_of="2026-11-20")[1]
    second = action(machine, workspace=PILOT, milestone="M1", as_of="2026-11-20")[1]
    assert first["json"] != second["json"]
    assert json.loads(Path(first["json"]).read_text("utf-8"))["milestone"] == "M0"


@pytest.mark.parametrize("name", ["milestone", "workspace", "fail-on", "as-of", "args"])
@pytest.mark.parametrize(
    "hostile", ['"; touch hacked; "', "$(touch hacked)", "`touch hacked`", "--help", "a\nb", "M0 --strict"]
)
def test_an_input_is_never_run(machine: Machine, name: str, hostile: str) -> None:
    done, outputs, _ = action(machine, None, **{"workspace": PILOT, name: hostile})
    assert not list(machine.repository.rglob("hacked"))
    assert "verdict" not in outputs
    assert done.returncode == 2 or hostile == "--help"


def test_no_script_holds_an_expression() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script] == []


def test_every_input_of_the_action_is_used_and_every_output_is_set() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert {name for name in ACTION["inputs"] if f"${{{{ inputs.{name} }}}}" not in text} == set()
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"


# GitLab


def job(machine: Machine, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the job as GitLab does: the lines of both scripts, in the image's shell."""
    defaults = {name: of["value"] for name, of in GITLAB["variables"].items()}
    defaults |= {"GATEKEEPER_PACKAGE": "git+https://example.org/gatekeeper@v0.1.0"}
    script = "\n".join([*GITLAB["gatekeeper"]["before_script"], *GITLAB["gatekeeper"]["script"]])
    directory = {"CI_PROJECT_DIR": str(machine.repository)}
    return machine.run(script, {**directory, **defaults, **variables}, interpreter="sh")


def test_the_job_writes_the_reports_that_gitlab_reads(machine: Machine) -> None:
    done = job(
        machine, GATEKEEPER_WORKSPACE=PILOT, GATEKEEPER_MILESTONE="M1", GATEKEEPER_AS_OF="2026-11-20",
        GATEKEEPER_PACKAGE="git+https://example.org/a b",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "M1 (Internal preview) is blocked by 3 of 4 services." in done.stdout
    assert machine.installed == ["install --quiet --disable-pip-version-check git+https://example.org/a b"]
    artifacts = GITLAB["gatekeeper"]["artifacts"]
    assert artifacts["when"] == "always"
    junit = ET.parse(machine.repository / artifacts["reports"]["junit"])  # noqa: S314 - our own text
    assert junit.find(".//failure") is not None
    issues = json.loads((machine.repository / artifacts["reports"]["codequality"]).read_text("utf-8"))
    for issue in issues:
        assert (machine.repository / issue["location"]["path"]).is_file()
    [folder] = artifacts["paths"]
    written = {file.name for file in (machine.repository / folder).iterdir()}
    assert written == {"junit.xml", "code-quality.json", "verdict.json", "comment.md"}


@pytest.mark.parametrize(
    ("milestone", "fail_on", "code"), [("M0", "blocked", 0), ("M2", "regression", 1), ("M9", "blocked", 2)]
)
def test_the_job_ends_as_check_does(machine: Machine, milestone: str, fail_on: str, code: int) -> None:
    variables = {"GATEKEEPER_MILESTONE": milestone, "GATEKEEPER_FAIL_ON": fail_on}
    done = job(machine, GATEKEEPER_WORKSPACE=PILOT, GATEKEEPER_AS_OF="2026-11-20", **variables)
    assert done.returncode == code


@pytest.mark.parametrize(
    "name", ["GATEKEEPER_MILESTONE", "GATEKEEPER_FAIL_ON", "GATEKEEPER_AS_OF", "GATEKEEPER_WORKSPACE"]
)
@pytest.mark.parametrize("hostile", ['"; $(touch hacked)', "M0 --help", f"{PILOT} --help", "`touch hacked`"])
def test_a_variable_is_never_run(machine: Machine, name: str, hostile: str) -> None:
    done = job(machine, **{"GATEKEEPER_WORKSPACE": PILOT, name: hostile})
    assert done.returncode == 2
    assert not (machine.repository / "hacked").exists()


# pre-commit


def hooked(machine: Machine, *hooks: tuple[str, list[str]]) -> None:
    """Let git run hooks before a commit, with the arguments that a user gives them, as pre-commit does."""
    lines = []
    for name, arguments in hooks:
        assert HOOKS[name]["pass_filenames"] is False
        assert HOOKS[name]["language"] == "python"
        lines.append(f"{HOOKS[name]['entry']} {shlex.join(arguments)} || exit 1")
    hook = write(machine.repository / ".git/hooks/pre-commit", "#!/bin/sh\n" + "\n".join(lines) + "\n")
    hook.chmod(0o755)


def commit(machine: Machine) -> subprocess.CompletedProcess[str]:
    return machine.run("git commit -qam change")


def test_a_commit_that_breaks_a_manifest_is_refused(machine: Machine) -> None:
    hooked(machine, ("gatekeeper-validate", ["-C", PILOT, *HOOKS["gatekeeper-validate"]["args"]]))
    orders = machine.repository / PILOT / "services/orders-service.yaml"
    edit(orders, "level: L1\n", "level: L9\n")
    done = commit(machine)
    assert done.returncode == 1
    assert "services/orders-service.yaml:6:8: unknown level 'L9'" in done.stderr
    edit(orders, "level: L9\n", "level: L1 # as it was\n")
    assert commit(machine).returncode == 0


@pytest.mark.parametrize(
    ("file", "is_a_manifest"),
    [
        ("services/a.yaml", True),
        ("readiness/milestones/risk-register/RR-1.yaml", True),
        ("gates/G1.yml", True),
        ("gatekeeper.yaml", True),
        ("readiness/gatekeeper.yaml", True),
        ("services/a/reports/junit.xml", False),
        ("docs/services.yaml", False),
    ],
)
def test_validate_runs_where_a_manifest_changed(file: str, is_a_manifest: bool) -> None:
    assert bool(re.search(HOOKS["gatekeeper-validate"]["files"], file)) is is_a_manifest
    assert HOOKS["gatekeeper-check"]["always_run"] is True


# A change: the three of them on a branch of a clone, as a pull request leaves it

CONCLUSION = "The change must not be merged: 1 weakening without approval."
DAY = "2026-11-20"
PULL_REQUEST = {"CI": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"}
MERGE_REQUEST = {"CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}


@pytest.fixture
def branch(machine: Machine) -> Machine:
    """Return a runner with a clone of the repository, at a branch without a change."""
    origin = machine.temporary / "origin.git"
    machine.git("clone", "-q", "--bare", machine.repository, origin)
    machine.git("remote", "add", "origin", origin.as_uri())
    machine.git("fetch", "-q", "origin")
    machine.git("remote", "set-head", "origin", "--auto")
    machine.git("switch", "-qc", "topic")
    return machine


def changed(machine: Machine, *, weakened: bool) -> None:
    edit(machine.repository / PILOT / "services/orders-service.yaml", "about:", "# a change\nabout:")
    if weakened:
        edit(machine.repository / "gates/G1.yaml", *LOWERED)
    machine.git("commit", "-qam", "change")


def by_action(machine: Machine) -> tuple[int, str]:
    done, outputs, summary = action(machine, PULL_REQUEST, workspace=PILOT, milestone="M1", as_of=DAY)
    assert outputs["exit-code"] == str(done.returncode)
    assert Path(outputs["comment"]).read_text("utf-8") == summary
    return done.returncode, summary


def by_job(machine: Machine) -> tuple[int, str]:
    variables = {"GATEKEEPER_WORKSPACE": PILOT, "GATEKEEPER_MILESTONE": "M1", "GATEKEEPER_AS_OF": DAY}
    done = job(machine, **MERGE_REQUEST, **variables)
    return done.returncode, " ".join(done.stdout.split())


def by_hook(machine: Machine) -> tuple[int, str]:
    hook = HOOKS["gatekeeper-check"]
    assert hook["stages"] == ["pre-push"]
    arguments = ["-C", PILOT, *hook["args"], "-m", "M1", "--as-of", DAY]
    script = write(
        machine.repository / ".git/hooks/pre-push", f"#!/bin/sh\n{hook['entry']} {shlex.join(arguments)}\n"
    )
    script.chmod(0o755)
    done = machine.run("git push -q origin topic")
    return done.returncode, " ".join((done.stdout + done.stderr).split())


GUARDS = {"action": by_action, "GitLab": by_job, "pre-commit": by_hook}


@pytest.mark.parametrize("guard", GUARDS)
def test_rules_that_are_weakened_in_the_same_change_fail_it(branch: Machine, guard: str) -> None:
    changed(branch, weakened=True)
    code, said = GUARDS[guard](branch)
    assert code == 1, said
    assert CONCLUSION in said


@pytest.mark.parametrize("guard", GUARDS)
def test_what_was_blocked_before_does_not_fail_a_change(branch: Machine, guard: str) -> None:
    changed(branch, weakened=False)
    code, said = GUARDS[guard](branch)
    assert code == 0, said
    assert guard == "pre-commit" or "is blocked by 3 of 4 services" in said


@pytest.mark.parametrize("guard", GUARDS)
def test_a_regression_fails_a_change(branch: Machine, guard: str) -> None:
    write(branch.repository / PILOT / REPORT, FAILING)
    branch.git("commit", "-qam", "lost")
    code, said = GUARDS[guard](branch)
    assert code == 1, said
    assert "regression" in said


def test_the_merge_queue_is_a_change_as_well(branch: Machine) -> None:
    changed(branch, weakened=True)
    event = {"merge_group": {"base_sha": branch.git("rev-parse", "HEAD~1"), "base_ref": "refs/heads/main"}}
    file = write(branch.temporary / "event.json", json.dumps(event))
    queue = {"CI": "true", "GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(file)}
    done, _, summary = action(branch, queue, workspace=PILOT, milestone="M1", as_of=DAY)
    assert done.returncode == 1
    assert CONCLUSION in summary


@pytest.mark.parametrize("event", ["push", "schedule"])
def test_without_a_pull_request_a_regression_fails(branch: Machine, event: str) -> None:
    variables = {"CI": "true", "GITHUB_EVENT_NAME": event, "GITHUB_BASE_REF": ""}
    for milestone, code in (("M0", 0), ("M1", 1)):
        done, _, summary = action(branch, variables, workspace=PILOT, milestone=milestone, as_of=DAY)
        assert done.returncode == code
        assert "The change" not in summary


def test_a_shallow_checkout_is_reported_with_its_remedy(branch: Machine, tmp_path: Path) -> None:
    changed(branch, weakened=True)
    branch.git("push", "-q", "origin", "topic")
    shallow = tmp_path / "shallow"
    branch.git(
        "clone", "-q", "--depth", "1", "-b", "topic", (branch.temporary / "origin.git").as_uri(), shallow
    )
    runner = branch._replace(repository=shallow)
    done, outputs, _ = action(runner, PULL_REQUEST, workspace=PILOT, as_of=DAY)
    assert (done.returncode, outputs) == (2, {"exit-code": "2"})
    assert "set `fetch-depth: 0` at actions/checkout" in done.stderr


def test_a_checkout_of_the_target_is_refused(branch: Machine) -> None:
    """`pull_request_target` checks out the target, and the change would not be seen."""
    branch.git("switch", "-q", "main")
    event = {**PULL_REQUEST, "GITHUB_EVENT_NAME": "pull_request_target"}
    done, _, _ = action(branch, event, workspace=PILOT, as_of=DAY)
    assert done.returncode == 2
    assert "check out the head of the pull request" in done.stderr


def test_a_merge_request_of_a_fork_is_judged_without_the_target_branch(branch: Machine) -> None:
    changed(branch, weakened=True)
    base = branch.git("rev-parse", "HEAD~1")
    branch.git("remote", "remove", "origin")
    variables = {
        "GATEKEEPER_WORKSPACE": PILOT,
        "GATEKEEPER_AS_OF": DAY,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": base,
    }
    done = job(branch, **MERGE_REQUEST, **variables)
    assert done.returncode == 1
    assert CONCLUSION in " ".join(done.stdout.split())


def test_the_job_says_that_the_rules_of_the_target_have_changed(branch: Machine) -> None:
    changed(branch, weakened=False)
    other = branch.temporary / "other"
    branch.git("clone", "-q", branch.temporary / "origin.git", other)
    edit(other / "gates/G1.yaml", "{at_least: 95}", "{at_least: 99}")
    branch.git("commit", "-qam", "stricter", folder=other)
    branch.git("push", "-q", "origin", "main", folder=other)
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": branch.git("rev-parse", "HEAD~1")}
    variables = {"GATEKEEPER_WORKSPACE": PILOT, "GATEKEEPER_AS_OF": DAY}
    done = job(branch, **MERGE_REQUEST, **base, **variables)
    assert done.returncode == 0
    assert "the rules or the people of main have changed since the base" in " ".join(done.stdout.split())


def test_the_job_installs_nothing_that_nobody_named(machine: Machine) -> None:
    done = job(machine, GATEKEEPER_PACKAGE=GITLAB["variables"]["GATEKEEPER_PACKAGE"]["value"])
    assert done.returncode == 2
    assert machine.installed == []
    assert "Set GATEKEEPER_PACKAGE" in done.stderr


def test_no_file_installs_the_program_by_its_name_alone() -> None:
    files = [ROOT / "README.md", ROOT / "action.yml", ROOT / "ci/gitlab.yml", ROOT / ".pre-commit-hooks.yaml"]
    for file in (*files, *(ROOT / "docs").rglob("*.md")):
        for line in re.findall(r"(?:pip|pipx|uvx?) [^&|;\n]*", file.read_text(encoding="utf-8")):
            assert not re.search(
                r"(?:install|add|uvx|run)\b.*[\s'\"](?:readiness-)?gatekeeper(?![\w/.@-])", line
            ), (file, line)


# The page


def shown(marker: str) -> str:
    """Return the block of the page below a marker."""
    found = re.search(rf"<!-- {marker} -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, marker
    return found[1]


def test_the_workflow_of_the_page_uses_what_the_action_has() -> None:
    workflow = safe_load(shown("workflow"))
    assert set(workflow[True]) == {
        "pull_request",
        "merge_group",
        "push",
        "schedule",
    }  # YAML 1.1 reads `on` so
    steps = workflow["jobs"]["check"]["steps"]
    [checkout] = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["fetch-depth"] == 0
    [step] = [step for step in steps if "your-org/gatekeeper@" in step.get("uses", "")]
    assert set(step["with"]) <= set(ACTION["inputs"])
    used = set(re.findall(r"steps\.gatekeeper\.outputs\.([a-z-]+)", shown("workflow")))
    assert used <= set(ACTION["outputs"])
    assert [of for of in steps if "${{" in of.get("run", "")] == []
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in PAGE


def test_the_template_of_the_page_sets_what_the_job_reads() -> None:
    page: Any = safe_load(shown("gitlab"))
    assert set(page["variables"]) <= set(GITLAB["variables"])
    assert (ROOT / page["include"][0]["file"]).is_file()
    assert [name for name in GITLAB["variables"] if name not in PAGE] == []


def test_the_hooks_of_the_page_are_there(branch: Machine) -> None:
    [repository] = safe_load(shown("pre-commit"))["repos"]
    assert {hook["id"] for hook in repository["hooks"]} == set(HOOKS)
    for hook in repository["hooks"]:
        command = [HOOKS[hook["id"]]["entry"], *hook.get("args", HOOKS[hook["id"]]["args"])]
        assert branch.run(shlex.join(command), folder=branch.repository / PILOT).returncode == 0


@pytest.mark.parametrize("marker", ["bitbucket", "azure"])
def test_the_other_pipelines_of_the_page_judge_the_change(branch: Machine, marker: str) -> None:
    """Their scripts run as written, at the root of the workspace."""
    page: Any = safe_load(shown(marker))
    if marker == "bitbucket":
        lines = page["pipelines"]["pull-requests"]["**"][0]["step"]["script"]
        assert page["clone"] == {"depth": "full"}
        variables = {"CI": "true", "BITBUCKET_PR_DESTINATION_BRANCH": "main"}
    else:
        lines = [step["script"] for step in page["steps"] if "script" in step]
        assert page["steps"][0]["fetchDepth"] == 0
        variables = {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}
    folder = branch.repository / PILOT
    changed(branch, weakened=False)
    assert branch.run("\n".join(lines), variables, folder=folder).returncode == 0
    edit(branch.repository / "gates/G1.yaml", *LOWERED)
    branch.git("commit", "-qam", "weaker")
    done = branch.run("\n".join(lines), variables, folder=folder)
    assert done.returncode == 1, done.stderr
    assert CONCLUSION in " ".join(done.stdout.split())
