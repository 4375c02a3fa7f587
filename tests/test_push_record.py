"""`ci/push-record.sh`: whatever other pipelines do at the same time, each record arrives, and nothing else does."""

import json
import os
import re
import shlex
import signal
import stat
import time
from pathlib import Path

import pytest

from builders.forge import SERVICES, TESTS, Forge, forge_at, write_reports
from builders.oracles import needed
from builders.runner import Machine, finished
from builders.workspaces import ROOT, edit, write

pytestmark = pytest.mark.long  # each test starts shells, git and the program several times


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    return forge_at(tmp_path)


def test_fifty_pipelines_that_push_at_once_lose_no_record(forge: Forge) -> None:
    """Some of them write the same record: two jobs of a pipeline, one slot each."""
    alone = [(service, pipeline, "") for service in SERVICES[5:] for pipeline in ("build", "nightly")]
    pairs = [(service, "build", slot) for service in SERVICES[:5] for slot in ("tests", "coverage")]
    pipelines = alone + pairs
    assert len(pipelines) == 50
    folders = {name: str(write_reports(forge.machine.temporary / name, name)) for name in SERVICES}
    started = [
        forge.machine.start(
            "gatekeeper-push-record",
            forge.variables(SERVICE=service, PIPELINE=pipeline, SLOTS=slot, FROM=folders[service]),
        )
        for service, pipeline, slot in pipelines
    ]
    ended = [finished(process, 300) for process in started]
    assert [done.stderr for done in ended if done.returncode] == []
    for service, pipeline, _ in pipelines:
        assert forge.slots(service=service, pipeline=pipeline) == {"tests", "coverage"}
    assert forge.commits() == 51
    assert forge.git("rev-list", "--count", "--merges", "main") == "0"

    judged = forge.machine.temporary / "judged"
    forge.machine.git("clone", "-q", forge.plan, judged)
    done = forge.machine.run("gatekeeper check -m beta --format json", folder=judged)
    for service in json.loads(done.stdout)["services"]:
        [gate] = [of for of in service["gates"] if of["gate"] == "build"]
        statuses = {one["criterion"]: (one["status"], one.get("basis")) for one in gate["criteria"]}
        assert service["service"] == "example" or statuses["build.tests"] == ("pass", "record")


def test_another_record_in_the_meantime_needs_no_second_collect(forge: Forge) -> None:
    forge.overtake_once(SERVICE="s01")
    done = forge.push()
    assert done.returncode == 0, done.stderr
    assert (forge.collected(), forge.commits()) == (2, 3)
    assert forge.slots(service="s00") == forge.slots(service="s01") == {"tests", "coverage"}


def test_the_same_record_in_the_meantime_is_collected_again(forge: Forge) -> None:
    forge.overtake_once(SLOTS="coverage")
    done = forge.push(SLOTS="tests")
    assert done.returncode == 0, done.stderr
    assert (forge.collected(), forge.commits()) == (3, 3)
    assert forge.slots() == {"tests", "coverage"}


def test_a_plan_that_changed_in_the_meantime_is_read_again(forge: Forge) -> None:
    """The service is not in it any more: a record that nobody reads would be left there."""
    clone = shlex.quote(str(forge.machine.temporary / "other"))
    forge.meanwhile(
        f"git clone -q {shlex.quote(str(forge.plan))} {clone} && cd {clone} && git rm -q services/s00.yaml && "
        "git commit -qm gone && git push -q origin HEAD:main"
    )
    done = forge.push()
    assert (done.returncode, forge.commits()) == (2, 2), done.stderr
    assert "unknown service 's00'" in done.stderr


def test_a_branch_that_is_deleted_in_the_meantime_does_not_come_back(forge: Forge) -> None:
    forge.git("branch", "next", "main")
    forge.around("sleep", "exit 0")
    forge.meanwhile(f"git -C {shlex.quote(str(forge.plan))} branch -qD next")
    done = forge.push(PLAN_BRANCH="next")
    assert done.returncode == 1
    assert "couldn't find remote ref refs/heads/next" in done.stderr
    assert forge.git("branch", "--format=%(refname:short)") == "main"


def test_a_branch_that_is_rewritten_in_the_meantime_keeps_its_new_history(forge: Forge) -> None:
    clone = shlex.quote(str(forge.machine.temporary / "other"))
    forge.meanwhile(
        f"git clone -q {shlex.quote(str(forge.plan))} {clone} && cd {clone} && git checkout -q --orphan new && "
        "git commit -qm rewritten && git push -qf origin new:main"
    )
    done = forge.push()
    assert done.returncode == 0, done.stderr
    assert forge.git("log", "--format=%s", "main").splitlines() == ["Evidence of s00 at 5b1c7e9", "rewritten"]


def test_an_unchanged_record_is_not_pushed(forge: Forge) -> None:
    assert forge.push().returncode == 0
    done = forge.push()
    assert (done.returncode, forge.commits()) == (0, 2)
    assert "the record of s00 is unchanged: nothing to push" in done.stdout


def test_nothing_but_the_record_is_committed(forge: Forge) -> None:
    forge.around("gatekeeper", 'real "$@" || exit; cd "$2"; touch a services/s00/b; rm gatekeeper.yaml')
    assert forge.push(BOT_NAME="a bot", BOT_EMAIL="bot@example.org").returncode == 0
    shown = forge.git("show", "--name-status", "--format=%an <%ae> %cn <%ce>: %s", "main").split("\n\n")
    bot = "a bot <bot@example.org>"
    assert shown == [f"{bot} {bot}: Evidence of s00 at 5b1c7e9", "A\tservices/s00/evidence/build.json"]


def test_a_pipeline_without_an_identity_commits(forge: Forge) -> None:
    unset = "unset GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL"
    done = forge.machine.run(f"{unset}; gatekeeper-push-record", forge.variables())
    assert done.returncode == 0, done.stderr


def test_what_collect_refuses_ends_the_job(forge: Forge) -> None:
    done = forge.push(SERVICE="s99")
    assert (done.returncode, forge.commits()) == (2, 1)
    assert "s99" in done.stderr


# A push that does not succeed


def test_a_protected_branch_is_reported_at_once(forge: Forge) -> None:
    write(forge.plan / "hooks/update", "#!/bin/sh\necho rule >&2; exit 1\n").chmod(0o755)
    done = forge.push()
    assert (done.returncode, forge.commits()) == (1, 1)
    assert (
        "main refuses the push: let this pipeline push to it, or set GATEKEEPER_OWN_BRANCH=true"
        in done.stderr
    )
    assert "attempt" not in done.stdout


def test_a_repository_that_is_not_there_is_reported(forge: Forge) -> None:
    forge.around("sleep", "exit 0")
    done = forge.push(PLAN=f"{forge.plan.as_uri()}.not")
    assert done.returncode == 1
    assert "does not appear to be a git repository" in done.stderr
    assert "git fails, although no other pipeline pushes" in done.stderr
    assert done.stdout.count("attempt") == 4


def test_a_push_that_is_overtaken_to_the_end_says_so(forge: Forge) -> None:
    forge.overtake_once(SERVICE="s01")
    done = forge.push(PUSH_SECONDS="0")
    assert (done.returncode, forge.commits()) == (75, 2)
    assert ": another pipeline pushed first; run this job again" in done.stderr


# A branch for a pull request

OWN = "evidence/s00/build"


def test_an_own_branch_gets_the_record_and_the_main_branch_nothing(forge: Forge) -> None:
    done = forge.push(OWN_BRANCH="true")
    assert done.returncode == 0, done.stderr
    assert f"pushed the record of s00 to {OWN}" in done.stdout
    assert (forge.commits(), forge.commits(OWN)) == (1, 2)


def test_an_own_branch_is_one_commit_on_the_newest_main_and_keeps_what_waits(forge: Forge) -> None:
    assert forge.push(OWN_BRANCH="true", SLOTS="tests").returncode == 0
    assert forge.push(SERVICE="s01").returncode == 0
    done = forge.push(OWN_BRANCH="true", SLOTS="coverage")
    assert done.returncode == 0, done.stderr
    assert forge.git("rev-parse", f"{OWN}^") == forge.git("rev-parse", "main")
    assert forge.slots(OWN) == {"tests", "coverage"}
    assert "unchanged" in forge.push(OWN_BRANCH="true").stdout


def test_two_runs_on_one_own_branch_lose_nothing(forge: Forge) -> None:
    forge.overtake_once(OWN_BRANCH="true", SLOTS="coverage")
    assert forge.push(OWN_BRANCH="true", SLOTS="tests").returncode == 0
    assert forge.slots(OWN) == {"tests", "coverage"}
    assert forge.commits(OWN) == 2


def test_push_options_reach_the_forge(forge: Forge) -> None:
    forge.git("config", "receive.advertisePushOptions", "true")
    options = forge.machine.temporary / "options"
    hook = f'#!/bin/sh\necho "$GIT_PUSH_OPTION_0, $GIT_PUSH_OPTION_1" >{shlex.quote(str(options))}\n'
    write(forge.plan / "hooks/pre-receive", hook).chmod(0o755)
    done = forge.push(OWN_BRANCH="true", PUSH_OPTIONS="merge_request.create\r\n\nmerge_request.title=a b\n")
    assert done.returncode == 0, done.stderr
    assert options.read_text(encoding="utf-8") == "merge_request.create, merge_request.title=a b\n"


# The clone


def test_a_clone_of_the_job_is_used_and_its_changes_are_kept(forge: Forge) -> None:
    clone = forge.machine.temporary / "clone"
    forge.machine.git("clone", "-q", "--depth", "1", forge.plan.as_uri(), clone)
    assert forge.push(SERVICE="s01").returncode == 0
    done = forge.push(PLAN=str(clone))
    assert (done.returncode, forge.commits()) == (0, 3), done.stderr
    edit(clone / "gatekeeper.yaml", "roadmap", "# mine\nroadmap")
    done = forge.push(PLAN=str(clone))
    assert done.returncode == 2
    assert "has changes: commit or remove them" in done.stderr
    assert "# mine" in (clone / "gatekeeper.yaml").read_text(encoding="utf-8")


def test_a_workspace_in_a_folder_and_another_branch(forge: Forge) -> None:
    clone = forge.machine.temporary / "clone"
    forge.machine.git("clone", "-q", forge.plan, clone)
    (clone / "a plan").mkdir()
    for name in ("gates", "services", "milestones", "gatekeeper.yaml"):
        (clone / name).rename(clone / "a plan" / name)
    for command in ("switch -qc next", "add -A", "commit -qm moved", "push -q origin next"):
        forge.machine.git(*command.split(), folder=clone)
    done = forge.push(WORKSPACE="a plan", PLAN_BRANCH="next")
    assert done.returncode == 0, done.stderr
    assert forge.git("show", "--name-only", "--format=", "next") == "a plan/services/s00/evidence/build.json"


# A run of several jobs


def test_the_parts_of_several_jobs_become_one_record(forge: Forge) -> None:
    suites = [forge.artefacts / f"job {number}" for number in "12"]
    for number, folder in enumerate(suites, start=1):
        write(folder / "reports/junit.xml", TESTS.format(f"test {number}"))
        done = forge.push(PART=f"{number}/2", FROM=str(folder), RUN="7")
        assert done.returncode == 0, done.stderr
    assert forge.commits() == 1
    assert len(list((forge.artefacts / "gatekeeper-parts").iterdir())) == 2
    done = forge.push(MERGE="gatekeeper-parts")
    assert done.returncode == 0, done.stderr
    [run] = forge.record()["runs"]
    [tests] = [entry for entry in run["evidence"] if entry["slot"] == "tests"]
    assert (run["run"], run["commit"], tests["facts"]["passed"]) == ("7", "5b1c7e9", ["test 1", "test 2"])


# What the job's environment must not decide


@pytest.mark.parametrize(
    "configuration",
    [
        "[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n",
        "[push]\n\tgpgSign = true\n",
        "[core]\n\thooksPath = {hooks}\n",
        "[core]\n\tautocrlf = true\n",
        "[core]\n\teol = crlf\n[status]\n\tshowUntrackedFiles = no\n",
    ],
)
def test_the_configuration_of_the_user_changes_nothing(forge: Forge, configuration: str) -> None:
    hooks = forge.machine.temporary / "hooks"
    for name in ("pre-commit", "pre-push", "post-checkout"):
        write(hooks / name, "#!/bin/sh\nexit 1\n").chmod(0o755)
    assert forge.push(PIPELINE="before").returncode == 0
    file = write(forge.machine.temporary / "gitconfig", configuration.format(hooks=hooks))
    done = forge.machine.run("gatekeeper-push-record", {**forge.variables(), "GIT_CONFIG_GLOBAL": str(file)})
    assert done.returncode == 0, done.stderr
    digests = {forge.record(pipeline=name)["runs"][0]["rulebook"] for name in ("before", "build")}
    assert len(digests) == 1


def test_a_hook_of_the_service_does_not_turn_git_to_its_repository(forge: Forge) -> None:
    service = forge.artefacts
    for command in ("init -q", "add -A", "commit -qm one"):
        forge.machine.git(*command.split(), folder=service)
    edit(service / "reports/lcov.info", "DA:1,1", "DA:1,2")
    before = forge.machine.git("status", "--short", folder=service)
    of_hook = {
        "GIT_DIR": str(service / ".git"),
        "GIT_WORK_TREE": str(service),
        "CDPATH": str(service.parent),
    }
    done = forge.machine.run("gatekeeper-push-record", {**forge.variables(FROM="reports/.."), **of_hook})
    assert done.returncode == 0, done.stderr
    assert forge.commits() == 2
    assert forge.machine.git("status", "--short", folder=service) == before
    assert forge.machine.git("remote", folder=service) == ""


def test_the_script_needs_no_newer_bash_than_that_of_macos() -> None:
    """Of 3.2: it has no `mapfile`, and to it an empty array is an unset variable."""
    text = (ROOT / "ci/push-record.sh").read_text(encoding="utf-8")
    assert not re.findall(r"mapfile|readarray|(?:declare|local) -[An]|\$\{\w+(?:,,|\^\^)|&>>|coproc", text)
    guarded = {"depth": "${depth[@]+", "waiting": '[ "${#waiting[@]}" -eq 0 ] ||'}
    assert [name for name, guard in guarded.items() if guard not in text] == []


# Secrets


def test_a_record_is_signed_by_the_key_of_the_pipeline(forge: Forge) -> None:
    key = forge.machine.temporary / "key"
    forge.machine.run(f"ssh-keygen -q -t ed25519 -N '' -f {shlex.quote(str(key))}")
    done = forge.push(KEY=key.read_text("utf-8").strip())
    assert done.returncode == 0, done.stderr
    [run] = forge.record()["runs"]
    assert run["signature"].startswith("ssh:")


SECRET = "very-secret"  # noqa: S105 - no secret of anybody


def test_the_signing_key_is_a_private_file_for_collect_only(forge: Forge) -> None:
    seen = forge.machine.temporary / "seen"
    forge.around(
        "gatekeeper",
        'for argument; do case $argument in --key=*) key=${argument#--key=};; *) set -- "$@" "$argument"; esac; shift; done\n'
        f'{{ stat -c %a "$key"; echo "$key"; cat "$key"; env; }} >{shlex.quote(str(seen))}\nreal "$@"',
    )
    done = forge.push(KEY="-----BEGIN A KEY-----\r\nabc", DEPLOY_KEY="secret-2", TOKEN="")
    assert done.returncode == 0, done.stderr
    mode, file, *rest = seen.read_text(encoding="utf-8").splitlines()
    assert mode == "600"
    assert rest[:2] == ["-----BEGIN A KEY-----", "abc"]
    assert "secret-2" not in "".join(rest)
    assert not Path(file).parent.exists()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("program", ["gatekeeper", "git"])
def test_secrets_do_not_survive_a_job_that_is_cancelled(
    forge: Forge, end: signal.Signals, program: str
) -> None:
    """While it collects, and while git waits for the forge."""
    ready = forge.machine.temporary / "ready"
    waits = f"touch {shlex.quote(str(ready))}; exec sleep 60"
    forge.around(program, f'case " $*" in *" collect "* | *" ls-remote "*) {waits} ;; esac\nreal "$@"')
    scratch = forge.machine.temporary / "scratch"
    scratch.mkdir()
    variables = {**forge.variables(KEY="abc"), "TMPDIR": str(scratch)}
    job = forge.machine.start("exec gatekeeper-push-record", variables)
    for _ in range(1200):
        if ready.exists():
            break
        time.sleep(0.05)
    assert [file.name for file in scratch.glob("*/signing-key")] == ["signing-key"]
    os.kill(job.pid, end)
    assert finished(job, 20).returncode == 128 + end
    assert list(scratch.iterdir()) == []


def test_the_token_is_offered_to_the_forge_and_to_nobody_else(forge: Forge) -> None:
    log, asked = (shlex.quote(str(forge.machine.temporary / name)) for name in ("log", "asked"))
    ask = "real \"${options[@]}\" credential fill <<<$'protocol=https\\nhost=%s\\n'"
    forge.around("sleep", "exit 0")
    forge.around(
        "git",
        f'echo "$*" >>{log}\ncase "$*" in *ls-remote*) ;; *) real "$@"; exit ;; esac\n'
        'while [ "$1" != -C ]; do options+=("$1"); shift; done\n'
        f"{{ {ask % 'forge.example'}; {ask % 'other.example'}; }} >{asked}; exit 1",
    )
    done = forge.push(PLAN="https://forge.example/acme/plan.git", TOKEN=SECRET, TOKEN_USER="bot")  # noqa: S106
    assert done.returncode == 1
    answer = (forge.machine.temporary / "asked").read_text(encoding="utf-8")
    assert answer == "protocol=https\nhost=forge.example\nusername=bot\npassword=very-secret\n"
    assert SECRET not in (forge.machine.temporary / "log").read_text(encoding="utf-8")
    refused = forge.push(PLAN="http://forge.example/acme/plan.git", TOKEN=SECRET)
    assert refused.returncode == 2
    assert "GATEKEEPER_TOKEN needs an https address" in refused.stderr
    assert SECRET not in refused.stdout + refused.stderr + done.stdout + done.stderr


@pytest.mark.parametrize(
    ("address", "traced"),
    [
        ("http://a:{}@127.0.0.1:9/plan", {}),
        ("https://a:{}@127.0.0.1:9/plan", {}),
        ("https://127.0.0.1:9/plan", {"SHELLOPTS": "xtrace", "GIT_TRACE": "1", "GIT_TRACE_CURL": "1"}),
    ],
)
def test_no_log_shows_a_secret(forge: Forge, address: str, traced: dict[str, str]) -> None:
    """Neither a message about the address, nor a trace that somebody switched on for the whole job."""
    given = forge.variables(TOKEN=SECRET, KEY=SECRET, PUSH_SECONDS="0", PLAN=address.format(SECRET))
    done = forge.machine.run("exec gatekeeper-push-record", {**given, **traced})
    assert done.returncode
    assert "127.0.0.1:9" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_a_deploy_key_and_the_host_keys_reach_ssh(forge: Forge) -> None:
    seen = shlex.quote(str(forge.machine.temporary / "seen"))
    write(
        forge.machine.programs / "ssh",
        f'#!/bin/sh\ncat "$2" >{seen}; stat -c %a "${{2%/*}}"/* >>{seen}\nexit 1\n',
    )
    (forge.machine.programs / "ssh").chmod(0o755)
    forge.around("sleep", "exit 0")
    hosts = write(forge.machine.temporary / "hosts", "forge.example ssh-ed25519 AAAA")
    done = forge.push(PLAN="ssh://git@forge.example/plan.git", DEPLOY_KEY="abc", KNOWN_HOSTS=str(hosts))
    assert done.returncode == 1
    config = (forge.machine.temporary / "seen").read_text(encoding="utf-8")
    for line in (
        "StrictHostKeyChecking yes",
        "IdentityFile",
        "IdentitiesOnly yes",
        "UserKnownHostsFile",
        "600\n",
    ):
        assert line in config


# Values that want to be more than values


@pytest.mark.parametrize(
    "name",
    [
        "PLAN",
        "SERVICE",
        "PIPELINE",
        "PLAN_BRANCH",
        "OWN_BRANCH",
        "WORKSPACE",
        "FROM",
        "COMMIT",
        "SLOTS",
        "RUN",
    ],
)
@pytest.mark.parametrize("hostile", ["$(touch hacked)", "`touch hacked`", "a; touch hacked", "--help"])
def test_a_variable_is_never_run(forge: Forge, name: str, hostile: str) -> None:
    forge.around("sleep", "exit 0")
    done = forge.push(**{name: hostile})
    assert not list(forge.plan.parent.rglob("hacked"))
    assert "Usage:" not in done.stdout
    assert done.returncode or name == "RUN"


def test_git_runs_no_command_that_an_address_names(forge: Forge) -> None:
    forge.around("sleep", "exit 0")
    hacked = forge.machine.temporary / "hacked"
    assert forge.push(PLAN=f"ext::sh -c touch% {hacked}").returncode == 1
    assert not hacked.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"PLAN": ""}, "set GATEKEEPER_PLAN"),
        ({"SERVICE": ""}, "set GATEKEEPER_SERVICE"),
        ({"SERVICE": "*"}, "is not the name of a service: *"),
        ({"OWN_BRANCH": "yes"}, "GATEKEEPER_OWN_BRANCH is true or false, not yes"),
        ({"OWN_BRANCH": "true", "PIPELINE": ""}, "set GATEKEEPER_PIPELINE to a name"),
        ({"FROM": "nowhere"}, "there is no folder nowhere"),
        ({"MERGE": "nowhere"}, "there is no folder nowhere"),
        ({"KEY": "/no/such/key"}, "the signing-key: there is no such file"),
        ({"PUSH_SECONDS": "soon"}, "is not a number of seconds: soon"),
    ],
)
def test_wrong_settings_are_named(forge: Forge, given: dict[str, str], said: str) -> None:
    done = forge.push(**given)
    assert done.returncode == 2
    assert said in done.stderr


def test_every_variable_that_the_script_reads_is_described_in_it() -> None:
    text = (ROOT / "ci/push-record.sh").read_text(encoding="utf-8")
    head, _, body = text.partition("set -euo pipefail")
    assert set(re.findall("GATEKEEPER_[A-Z_]+", body)) == set(re.findall("GATEKEEPER_[A-Z_]+", head))


def test_the_script_can_be_executed_and_shellcheck_finds_nothing() -> None:
    script = ROOT / "ci/push-record.sh"
    assert script.stat().st_mode & stat.S_IXUSR
    machine = Machine(ROOT, ROOT, ROOT)
    done = machine.run(shlex.join([needed("shellcheck"), str(script)]))
    assert (done.returncode, done.stdout) == (0, "")
