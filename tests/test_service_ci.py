"""The CI files for services do what they say: their scripts run here with the variables that a forge sets."""

import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from yaml import safe_load

from builders.forge import Forge, forge_at
from builders.oracles import needed
from builders.runner import Machine
from builders.workspaces import ROOT, write

pytestmark = pytest.mark.long  # each test starts shells, git and the program several times

ACTION = safe_load((ROOT / "collect/action.yml").read_text(encoding="utf-8"))
GITLAB = safe_load((ROOT / "ci/gitlab-collect.yml").read_text(encoding="utf-8"))
CONTAINERFILE = (ROOT / "ci/Containerfile").read_text(encoding="utf-8")
PAGE = (ROOT / "docs/ci.md").read_text(encoding="utf-8")
HOSTILE = ['"; touch hacked; "', "$(touch hacked)", "`touch hacked`", "--help"]


def shown(marker: str) -> str:
    """Return the block of the page below a marker."""
    found = re.search(rf"<!-- {marker} -->\n```\w+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found, marker
    return found[1]


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return forge_at(tmp_path)


# The action


def action(forge: Forge, **inputs: str) -> Any:
    variables = {
        "GITHUB_ACTION_PATH": "/actions/gatekeeper v1/collect",
        "GITHUB_SERVER_URL": forge.plan.parent.as_uri(),
        "GITHUB_WORKFLOW": "Nightly build",
        "GITHUB_RUN_ID": "77",
        "GITHUB_RUN_ATTEMPT": "1",
    }
    given = {"service": "s00", "plan": str(forge.plan), **inputs}
    done, outputs, _ = forge.machine.run_action(ACTION, variables, **given)
    return done, outputs


def test_the_action_pushes_the_record_of_its_workflow(forge: Forge) -> None:
    done, outputs = action(forge)
    assert done.returncode == 0, done.stderr
    assert forge.machine.installed == [
        "install --quiet --disable-pip-version-check /actions/gatekeeper v1/collect/.."
    ]
    assert outputs == {"pushed-to": "main"}
    assert forge.record(pipeline="nightly-build")["runs"][0]["run"] == "77-1"
    done, outputs = action(forge)
    assert (done.returncode, outputs) == (0, {"pushed-to": ""})


def test_the_action_finds_the_plan_by_owner_and_name_on_its_server(forge: Forge) -> None:
    forge.plan.rename(forge.plan.parent / "plan.git")
    (forge.plan.parent / "acme").symlink_to(forge.plan.parent)
    done, outputs = action(forge, plan="acme/plan")
    assert (done.returncode, outputs) == (0, {"pushed-to": "main"}), done.stderr


def test_a_deploy_key_of_the_action_uses_ssh(forge: Forge) -> None:
    log = forge.machine.temporary / "log"
    forge.around("sleep", "exit 0")
    write(forge.machine.programs / "ssh", f'#!/bin/sh\necho "$*" >>{shlex.quote(str(log))}\nexit 1\n').chmod(
        0o755
    )
    variables = {"GITHUB_ACTION_PATH": "/a", "GITHUB_SERVER_URL": "https://forge.example"}
    inputs = {"service": "s00", "plan": "acme/plan", "deploy_key": "abc"}
    assert forge.machine.run_action(ACTION, variables, **inputs)[0].returncode == 1
    assert "git@forge.example git-upload-pack '/acme/plan.git'" in log.read_text("utf-8")


def test_an_own_branch_of_the_action_is_its_output(forge: Forge) -> None:
    """Also if the record waits there unchanged: the step that opens the pull request may have failed."""
    for _ in range(2):
        _, outputs = action(forge, own_branch="true", pipeline="build")
        assert outputs == {"pushed-to": "evidence/s00/build"}
    forge.git("update-ref", "refs/heads/main", "refs/heads/evidence/s00/build")
    _, outputs = action(forge, own_branch="true", pipeline="build")
    assert outputs == {"pushed-to": ""}


def test_every_input_reaches_the_script(forge: Forge) -> None:
    text = (ROOT / "collect/action.yml").read_text(encoding="utf-8")
    assert {name for name in ACTION["inputs"] if f"${{{{ inputs.{name} }}}}" not in text} == set()
    [step] = [step for step in ACTION["runs"]["steps"] if step.get("id") == "push"]
    described = set(re.findall("GATEKEEPER_[A-Z_]+", (ROOT / "ci/push-record.sh").read_text("utf-8")))
    assert set(step["env"]) <= described
    assert [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


@pytest.mark.parametrize(
    "name", ["service", "plan", "plan_branch", "own_branch", "workspace", "from", "pipeline"]
)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_an_input_is_never_run(forge: Forge, name: str, hostile: str) -> None:
    forge.around("sleep", "exit 0")
    done, outputs = action(forge, **{name: hostile})
    assert done.returncode
    assert outputs == {}
    assert not list(forge.plan.parent.rglob("hacked"))


# GitLab


def job(forge: Forge, **variables: str) -> Any:
    """Run the job as GitLab does: the lines of both scripts, in the image's shell."""
    of = GITLAB["gatekeeper-collect"]
    given = {
        "CI_PROJECT_DIR": str(forge.artefacts),
        "CI_JOB_NAME": "gatekeeper-collect",
        "CI_PIPELINE_ID": "4711",
        **{name: variable["value"] for name, variable in GITLAB["variables"].items()},
        "GATEKEEPER_PACKAGE": "git+https://example.org/gatekeeper@v0.1.0",
        "GATEKEEPER_PLAN": str(forge.plan),
        "GATEKEEPER_SERVICE": "s00",
        **variables,
    }
    script = "\n".join([*of["before_script"], *of["script"]])
    return forge.machine.run(script, given, interpreter="sh", folder=forge.plan.parent)


def test_the_job_pushes_the_record(forge: Forge) -> None:
    done = job(forge)
    assert done.returncode == 0, done.stderr
    assert forge.machine.installed == [
        "install --quiet --disable-pip-version-check git+https://example.org/gatekeeper@v0.1.0"
    ]
    assert forge.record(pipeline="gatekeeper-collect")["runs"][0]["run"] == "4711"


def test_the_job_opens_a_merge_request_for_its_own_branch(forge: Forge) -> None:
    forge.git("config", "receive.advertisePushOptions", "true")
    options = forge.machine.temporary / "options"
    hook = f"#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ | sort >{shlex.quote(str(options))}\n"
    write(forge.plan / "hooks/pre-receive", hook).chmod(0o755)
    done = job(forge, GATEKEEPER_OWN_BRANCH="true", GATEKEEPER_PIPELINE="build")
    assert done.returncode == 0, done.stderr
    sent = {line.partition("=")[2] for line in options.read_text("utf-8").splitlines()}
    assert sent == {
        "3",
        "merge_request.create",
        "merge_request.auto_merge",
        "merge_request.remove_source_branch",
    }
    assert forge.commits("evidence/s00/build") == 2


def test_the_job_runs_after_the_tests_whatever_their_result(forge: Forge) -> None:
    of = GITLAB["gatekeeper-collect"]
    assert (of["stage"], of["rules"][0]["when"]) == (".post", "always")


def test_the_job_installs_nothing_that_nobody_named(forge: Forge) -> None:
    done = job(forge, GATEKEEPER_PACKAGE="")
    assert done.returncode == 2
    assert forge.machine.installed == []
    assert "Set GATEKEEPER_PACKAGE" in done.stderr


@pytest.mark.parametrize("name", sorted({*GITLAB["variables"]} - {"GATEKEEPER_PACKAGE"}))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_variable_is_never_run(forge: Forge, name: str, hostile: str) -> None:
    forge.around("sleep", "exit 0")
    assert job(forge, **{name: hostile}).returncode or hostile == "--help"
    assert not list(forge.plan.parent.rglob("hacked"))


# The image


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the container file, continued lines joined."""
    text = re.sub(r"^#.*\n", "", CONTAINERFILE, flags=re.MULTILINE).replace("\\\n", "")
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in text.splitlines() if line)]


def run_lines() -> list[str]:
    return [rest for name, rest in instructions() if name == "RUN"]


def test_the_image_has_a_pinned_base_no_root_and_no_downloads_of_its_own() -> None:
    names = [name for name, _ in instructions()]
    assert "ADD" not in names
    bases = [rest for name, rest in instructions() if name == "ARG" and rest.startswith("PYTHON=")]
    assert len(bases) == 1
    assert re.fullmatch(r"PYTHON=python:3\.\d+\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", bases[0])
    assert {rest.split(" AS ")[0] for name, rest in instructions() if name == "FROM"} == {"${PYTHON}"}
    last = instructions()[max(place for place, name in enumerate(names) if name == "FROM") :]
    users = [rest for name, rest in last if name == "USER"]
    assert len(users) == 1
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[0])
    assert not {"RUN", "COPY"} & set(names[names.index("USER") :])
    assert not re.search(r"curl|wget|latest|https?://", "\n".join(run_lines()))


def test_the_image_copies_all_that_the_package_is_built_from() -> None:
    copied = {
        source
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    }
    assert {source for source in copied if not (ROOT / source).exists()} == set()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    built = re.findall(r'^"?([\w./-]+)"? = "gatekeeper[/-][\w/-]+"$', project, re.MULTILINE)
    built += [*re.findall(r'^(?:readme|path) = "(.+)"$', project, re.MULTILINE), "pyproject.toml", "LICENSE"]
    assert {"gates", "ci/push-record.sh", "src/gatekeeper/version.py", "README.md"} <= set(built)
    assert {file for file in built if not any(Path(file).is_relative_to(one) for one in copied)} == set()


def test_the_steps_of_the_image_run_as_a_script(tmp_path: Path) -> None:
    """With programs that only note what they are asked for; the base image has others."""
    programs, log = tmp_path / "bin", tmp_path / "log"
    note = f'#!/bin/sh\necho "${{0##*/}} $*" >>{shlex.quote(str(log))}\n'
    for name in ("apt-get", "rm", "useradd", "git", "python"):
        write(programs / name, note).chmod(0o755)
    script = "\n".join(run_lines()).replace("/opt/gatekeeper", str(tmp_path / "opt"))
    write(tmp_path / "opt/bin/pip", note).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-efc", script], env={"PATH": str(programs)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert log.read_text("utf-8").splitlines() == [
        f"python -m venv {tmp_path}/opt",
        "pip install --quiet --no-cache-dir .",
        "apt-get update",
        "apt-get install --yes --quiet --no-install-recommends git openssh-client",
        "rm -rf /var/lib/apt/lists/*",
        "useradd --create-home --uid 10001 gatekeeper",
        "git config --system --add safe.directory *",
    ]


def test_hadolint_finds_nothing_in_the_image() -> None:
    done = Machine(ROOT, ROOT, ROOT).run(shlex.join([needed("hadolint"), "ci/Containerfile"]))
    assert (done.returncode, done.stdout) == (0, "")


def test_shellcheck_finds_nothing_in_the_steps(tmp_path: Path) -> None:
    of = GITLAB["gatekeeper-collect"]
    scripts = {
        "bash": [step["run"] for step in ACTION["runs"]["steps"] if "run" in step],
        "sh": ["\n".join([*of["before_script"], *of["script"]]), *run_lines()],
    }
    files = [
        str(write(tmp_path / f"{shell}{number}", f"#!/usr/bin/env {shell}\nset -e\n{script}\n"))
        for shell, given in scripts.items()
        for number, script in enumerate(given)
    ]
    done = Machine(tmp_path, tmp_path, tmp_path).run(shlex.join([needed("shellcheck"), *files]))
    assert (done.returncode, done.stdout) == (0, "")


# The page


def test_the_workflow_of_the_page_uses_what_the_action_has() -> None:
    steps = safe_load(shown("service workflow"))["jobs"]["build"]["steps"]
    steps += safe_load(shown("service pull request"))
    jobs = safe_load(shown("service parts"))
    steps += [step for job in jobs.values() for step in job["steps"]]
    used = [step for step in steps if step.get("uses", "").startswith("your-org/gatekeeper/collect@")]
    assert len(used) == 4
    required = {name for name, of in ACTION["inputs"].items() if of.get("required")}
    for step in used:
        assert required <= set(step["with"]) <= set(ACTION["inputs"])
    assert [step for step in steps if "${{" in step.get("run", "")] == []
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in PAGE


def test_the_template_of_the_page_sets_what_the_job_reads() -> None:
    page: Any = safe_load(shown("service gitlab"))
    assert set(page["variables"]) <= set(GITLAB["variables"])
    assert (ROOT / page["include"][0]["file"]).is_file()
    assert [name for name in GITLAB["variables"] if name not in PAGE] == []


@pytest.mark.parametrize("is_open", [True, False])
def test_the_pull_request_of_the_page_is_opened_once(forge: Forge, *, is_open: bool) -> None:
    [step] = [of for of in safe_load(shown("service pull request")) if "run" in of]
    log = forge.machine.temporary / "log"
    state = "echo OPEN" if is_open else "exit 1"
    gh = f'#!/bin/sh\necho "$*" >>{shlex.quote(str(log))}\nif [ "$2" = view ]; then {state}; fi\n'
    write(forge.machine.programs / "gh", gh).chmod(0o755)
    variables: Mapping[str, str] = {"PLAN": "acme/plan", "BRANCH": "evidence/s00/build", "RUN": "https://x/1"}
    assert set(variables) | {"GH_TOKEN"} == set(step["env"])
    assert forge.machine.run(step["run"], variables).returncode == 0
    done = [line.split()[1] for line in log.read_text("utf-8").splitlines()]
    assert done == (["view", "merge"] if is_open else ["view", "create", "merge"])
