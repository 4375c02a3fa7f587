"""`gatekeeper init`: a workspace from nothing, in the team's words; on a terminal it asks, elsewhere it never does."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from builders.program import environment, on_terminal
from builders.workspaces import ROOT, Run, edit, write

MINIMAL = {
    "CODEOWNERS",
    "gatekeeper.yaml",
    "gates/api.yaml",
    "gates/build.yaml",
    "gates/governance.yaml",
    "gates/levels.yaml",
    "gates/run.yaml",
    "milestones/beta.yaml",
    "milestones/ga.yaml",
    "services/example.yaml",
}
EMPTY = {
    "CODEOWNERS",
    "gatekeeper.yaml",
    "gates/README.md",
    "gates/governance.yaml",
    "gates/levels.yaml",
    "milestones/first.yaml",
    "services/README.md",
}


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def name_teams(folder: Path) -> None:
    """Replace the placeholders in CODEOWNERS."""
    for file in folder.rglob("CODEOWNERS"):
        file.write_text(file.read_text("utf-8").replace("@your-org/", "@org/"), "utf-8")


# The three starts


def test_minimal_is_valid_and_shows_what_to_do(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "init", "--minimal")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        f"wrote 9 files in {tmp_path}: levels, milestones, gates and a service\n"
        f"wrote {tmp_path}/CODEOWNERS: replace its teams by yours\n"
        f"next: gatekeeper -C {tmp_path} check\n"
    )
    assert files(tmp_path) == MINIMAL
    assert run("-C", tmp_path, "validate").out == "valid: 3 gates, 1 service, 2 milestones\n"
    checked = run("-C", tmp_path, "check")
    assert checked.code == 1
    assert "none→basic" in checked.out
    assert "beta is blocked by 1 of 1 service" in checked.out
    assert "Map `tests`" in checked.out
    assert "typescript" not in "".join(text(tmp_path, name) for name in MINIMAL).lower()


def test_empty_is_valid_and_blocked(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "init", "--empty")
    assert (ran.code, ran.err) == (0, "")
    assert "wrote 6 files" in ran.out
    assert files(tmp_path) == EMPTY
    assert run("-C", tmp_path, "validate").out == "valid: 0 gates, 0 services, 1 milestone\n"
    checked = run("-C", tmp_path, "check")
    assert checked.code == 1
    assert "first is blocked: no service is in scope" in checked.out


@pytest.mark.parametrize("flags", [["--reference"], [], ["--yes"]])
def test_the_reference_is_written_if_no_start_is_named(run: Run, tmp_path: Path, flags: list[str]) -> None:
    ran = run("-C", tmp_path, "init", *flags)
    assert ran.code == 0
    assert ("--minimal" in ran.out) is (flags != ["--reference"])
    parts = {
        str(file.relative_to(ROOT))
        for part in ("gates", "services", "milestones")
        for file in (ROOT / part).rglob("*.*")
    }
    assert files(tmp_path) == parts | {"CODEOWNERS", "gatekeeper.yaml"}
    assert run("-C", tmp_path, "validate").code == 0


@pytest.mark.parametrize("start", ["--minimal", "--empty", "--reference"])
def test_every_workspace_has_an_id_of_its_own(run: Run, tmp_path: Path, start: str) -> None:
    ids = set()
    for folder in ("one", "two"):
        run("-C", tmp_path, "init", folder, start)
        ids |= set(
            re.findall(r"^workspace: (\S+)$", text(tmp_path, f"{folder}/gatekeeper.yaml"), re.MULTILINE)
        )
        assert run("-C", tmp_path / folder, "validate").code == 0
    own = re.findall(r"^workspace: (\S+)$", text(ROOT, "gatekeeper.yaml"), re.MULTILINE)
    assert len(ids | set(own)) == 3


def test_what_the_readmes_of_an_empty_workspace_show_is_valid(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--empty")
    for part, name in (("gates", "build"), ("services", "example")):
        readme = text(tmp_path, f"{part}/README.md")
        assert f"{part}/{name}.yaml" in readme
        [example] = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
        write(tmp_path / part / f"{name}.yaml", example)
    assert run("-C", tmp_path, "validate").out == "valid: 1 gate, 1 service, 1 milestone\n"
    assert "Does at least one automated test pass" in run("-C", tmp_path, "check", "--details").out


ARTEFACTS = {
    "junit.xml": '<testsuite name="a" tests="1"><testcase classname="a" name="greets"/></testsuite>',
    "lcov.info": "SF:a.go\nDA:1,1\nDA:2,1\nLF:2\nLH:2\nend_of_record\n",
    "openapi.yaml": (
        "openapi: 3.1.0\ninfo: {title: a, version: '1'}\n"
        "paths: {/a: {get: {responses: {'200': {description: a}, '404': {description: b}}}}}\n"
    ),
    "changes.json": "[]",
    "runbook.md": "# Runbook\n\n## It is slow\n\nRestart it.\n",
    "alerts.yaml": "groups: [{name: a, rules: [{alert: Slow, expr: 'latency > 1', labels: {severity: page}}]}]\n",
    "k6.json": (
        '{"state": {"testRunDurationMs": 60000}, "metrics": {'
        '"http_reqs": {"type": "counter", "contains": "default", "values": {"count": 600, "rate": 10}},'
        '"http_req_failed": {"type": "rate", "contains": "default", "values": {"rate": 0, "passes": 0, "fails": 600}},'
        '"http_req_duration": {"type": "trend", "contains": "time", "values": {"p(95)": 80}}}}'
    ),
}
EVIDENCE = """\
evidence:
  tests: junit.xml
  coverage: lcov.info
  api: openapi.yaml
  api_changes: changes.json
  runbook: runbook.md
  alerts: alerts.yaml
  load_test: k6.json
targets: {p95_ms: 200, error_pct: 1}
"""


@pytest.mark.parametrize("sign_off", ["lead", "none"])
def test_a_minimal_workspace_becomes_ready(run: Run, tmp_path: Path, sign_off: str) -> None:
    run("-C", tmp_path, "init", "--minimal", "--sign-off", sign_off)
    for name, content in ARTEFACTS.items():
        write(tmp_path / "services/example" / name, content)
    service = tmp_path / "services/example.yaml"
    service.write_text(service.read_text("utf-8") + EVIDENCE, "utf-8")
    edit(
        tmp_path / "gates/governance.yaml",
        "roster: {}",
        "roster: {ana: {roles: [lead], teams: [team-example]}}",
    )
    if sign_off == "none":
        edit(tmp_path / "gates/governance.yaml", "roles: [lead]", "roles: [owner]")
    for milestone, level in (("beta", "basic"), ("ga", "ready")):
        assert run("-C", tmp_path, "check", "-m", milestone).code == 1
        if sign_off == "none":
            edit(service, "level: none" if level == "basic" else "level: basic", f"level: {level}")
        else:
            signed = run("-C", tmp_path, "sign", "example", level, "--role", "lead", "--by", "ana")
            assert signed.code == 0, signed.err
        checked = run("-C", tmp_path, "check", "-m", milestone)
        assert checked.code == 0, checked.out
    assert run("-C", tmp_path, "can-ship", "example", "--to", "production").code == 0


# The team's own words


@pytest.mark.parametrize(
    "words",
    [
        "--levels a,b",
        "--levels bronze,silver,gold,platinum,x,y,z --milestones 2026Q3,2026Q4,2027Q1",
        "--levels no,on,1e3 --milestones null,true,1_0 --gates 1,0x1F,off --sign-off yes",
        "--milestones only --gates security",
        "--gates Run,API,build,legal-and_so-on --sign-off None",
        "--gates build --service shop.v2 --owner 'Team: Shop #1'",
        "--service 2026 --owner null --sign-off 7",
    ],
)
def test_any_words_are_valid_and_nothing_is_green_by_nothing(run: Run, tmp_path: Path, words: str) -> None:
    ran = run("-C", tmp_path, "init", "--minimal", *shlex.split(words))
    assert (ran.code, ran.err) == (0, "")
    name_teams(tmp_path)
    validated = run("-C", tmp_path, "validate")
    assert (validated.code, validated.err) == (0, "")
    for milestone in (tmp_path / "milestones").glob("*.yaml"):
        checked = run("-C", tmp_path, "check", "-m", milestone.stem, "--format", "json")
        assert checked.code == 1, checked.err
        [service] = json.loads(checked.out)["services"]
        gates = {gate["gate"]: gate["status"] for gate in service["gates"]}
        assert gates == {
            gate.stem: "red"
            for gate in (tmp_path / "gates").glob("*.yaml")
            if gate.stem not in ("levels", "governance")
        }


def test_own_words_are_in_every_manifest(run: Run, tmp_path: Path) -> None:
    words = "--levels nil,ok --milestones m --gates legal --sign-off boss --service shop --owner 'the shop'"
    run("-C", tmp_path, "init", "--minimal", *shlex.split(words))
    assert files(tmp_path) == {
        "CODEOWNERS",
        "gatekeeper.yaml",
        "gates/legal.yaml",
        "gates/governance.yaml",
        "gates/levels.yaml",
        "milestones/m.yaml",
        "services/shop.yaml",
    }
    assert "roadmap: [m]\n" in text(tmp_path, "gatekeeper.yaml")
    assert "  - level: nil\n    name: Nil\n" in text(tmp_path, "gates/levels.yaml")
    assert "upgrade_sign_offs: [boss]\n" in text(tmp_path, "gates/governance.yaml")
    assert "attested_by: boss\n" in text(tmp_path, "gates/legal.yaml")
    assert text(tmp_path, "services/shop.yaml").startswith("service: shop\nowner: the shop\nlevel: nil ")
    assert "sign-offs-missing: ok is not signed off: boss" in run("-C", tmp_path, "check", "-s", "shop").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            "--levels 'in review,done'",
            "--levels: 'in review' is not an id for a level: use up to 32 letters, digits, '-' and '_', the first one a letter or digit, for example in-review",
        ),
        ("--milestones Entwürfe", "for example Entwurfe"),
        ("--gates _x", "for example x"),
        ("--gates 質", "the first one a letter or digit\n"),
        (f"--gates {'a' * 33}", f"for example {'a' * 32}\n"),
        ("--levels one", "--levels: write at least 2 levels, separated by commas"),
        ("--milestones ,", "--milestones: write at least one milestone"),
        ("--gates ''", "--gates: write at least one gate"),
        (
            "--levels Ready,ready",
            "--levels: 'ready' is the same as 'Ready', ignoring case: write another level",
        ),
        ("--gates build,READY", "--gates: 'READY' is the same as 'ready', ignoring case: write another gate"),
        ("--gates Scope", "--gates: 'Scope' is reserved: write another gate, for example Scope-1"),
        ("--gates governance", "--gates: 'governance' is reserved"),
        (
            "--sign-off 'the lead'",
            "--sign-off: 'the lead' is not a name for a role: use letters, digits, '-', '_' and '.', the first one a letter or digit, for example the-lead",
        ),
        ("--service ../shop", "--service: '../shop' is not a name for a service"),
        ("--owner ' '", "--owner: write the name of the team that owns the service"),
    ],
)
def test_words_that_break_a_rule_are_explained(run: Run, tmp_path: Path, words: str, message: str) -> None:
    ran = run("-C", tmp_path, "init", "--minimal", *shlex.split(words))
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert files(tmp_path) == set()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--minimal --empty", "--minimal and --empty exclude each other: choose one"),
        ("--reference --empty", "--empty and --reference exclude each other"),
        ("--levels a,b", "--levels is for --minimal: add it"),
        ("--empty --gates a", "--gates is for --minimal: add it"),
        ("--service a --sign-off a", "--sign-off is for --minimal: add it"),
        ("--reference --service a", "--service is for --minimal, or "),
        ("--owner a", "--owner is for --minimal, or for --service"),
    ],
)
def test_options_that_do_not_fit_together_are_refused(
    run: Run, tmp_path: Path, words: str, message: str
) -> None:
    ran = run("-C", tmp_path, "init", *words.split())
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert files(tmp_path) == set()


@pytest.mark.parametrize("start", ["--minimal", "--empty", "--reference"])
def test_a_file_that_exists_is_kept_and_nothing_is_written(run: Run, tmp_path: Path, start: str) -> None:
    write(tmp_path / "gates/levels.yaml", "mine")
    ran = run("-C", tmp_path, "init", start)
    assert (ran.code, ran.out) == (2, "")
    assert "has gates/levels.yaml already; nothing was written" in ran.err
    assert files(tmp_path) == {"gates/levels.yaml"}


# On a terminal


def test_enter_takes_every_default(tmp_path: Path) -> None:
    code, shown = on_terminal("-C", tmp_path, "init", typed="\n" * 9)
    assert code == 0, shown
    assert "  2  empty: " in shown
    for question in (
        "Start with [1]: ",
        "Levels, lowest first (the first requires nothing) [none, basic, ready]: ",
        "Milestones in order [beta, ga]: ",
        "Gates [build, api, run]: ",
        "Role that signs levels, or none [lead]: ",
        "First service, or none [example]: ",
        "Its owner [team-example]: ",
    ):
        assert question in shown
    assert f"next: gatekeeper -C {tmp_path} check\n" in shown
    assert files(tmp_path) == MINIMAL


def test_what_is_typed_is_taken_and_mistakes_are_asked_again(run: Run, tmp_path: Path) -> None:
    typed = "4\nminimal\nnil\nnil, ok\nq 1\nq1,q2\nOK\nlegal\nnone\nshop-service\n\n\n\n"
    code, shown = on_terminal("-C", tmp_path, "init", typed=typed)
    assert code == 0, shown
    assert "Error: unknown start '4'; known: 1, 2, 3, minimal, empty, reference" in shown
    assert "Error: write at least 2 levels, separated by commas" in shown
    assert "Error: 'q 1' is not an id for a milestone" in shown
    assert "Error: 'OK' is the same as 'ok', ignoring case: write another gate" in shown
    assert "Its owner [team-shop]: " in shown
    assert "roadmap: [q1, q2]\n" in text(tmp_path, "gatekeeper.yaml")
    assert "upgrade_sign_offs: []\n" in text(tmp_path, "gates/governance.yaml")
    assert run("-C", tmp_path, "validate").out == "valid: 1 gate, 1 service, 2 milestones\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("typed", "file"), [("2\n\n\n", "gates/README.md"), ("reference\nn\nn\n", "gates/G1.yaml")]
)
def test_the_other_starts_ask_for_no_words(tmp_path: Path, typed: str, file: str) -> None:
    code, shown = on_terminal("-C", tmp_path, "init", typed=typed)
    assert code == 0, shown
    assert file in files(tmp_path)


def test_options_are_not_asked_for(tmp_path: Path) -> None:
    words = ("--levels", "a,b", "--gates", "c", "--sign-off", "d", "--service", "e", "--owner", "f")
    code, shown = on_terminal("-C", tmp_path, "init", "--minimal", *words, typed="m\n")
    assert code == 0, shown
    assert re.findall(r"^.*\[.*\]: ", shown, re.MULTILINE) == ["Milestones in order [beta, ga]: "]
    assert "milestones/m.yaml" in files(tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("flags", [("--yes", "--minimal"), ("--empty",), ("--reference",)])
def test_nothing_is_asked_if_nothing_is_open(tmp_path: Path, flags: tuple[str, ...]) -> None:
    code, shown = on_terminal("-C", tmp_path, "init", *flags, typed="")
    assert code == 0, shown
    assert "]: " not in shown


def test_who_ends_the_questions_writes_nothing(tmp_path: Path) -> None:
    code, shown = on_terminal("-C", tmp_path, "init", typed="1\na,b\n\x04")
    assert (code, files(tmp_path)) == (130, set())
    assert "interrupted" in shown


def test_a_folder_that_is_a_workspace_is_refused_before_any_question(tmp_path: Path) -> None:
    write(tmp_path / "gatekeeper.yaml", "mine")
    code, shown = on_terminal("-C", tmp_path, "init", typed="")
    assert code == 2
    assert shown.startswith(f"{tmp_path} has gatekeeper.yaml already; nothing was written; `adopt` or")


@pytest.mark.long
@pytest.mark.parametrize("flags", [(), ("--minimal",)])
def test_without_a_terminal_nothing_is_asked(tmp_path: Path, flags: tuple[str, ...]) -> None:
    """Standard input stays open and empty, so that a question would wait for ever."""
    command = [sys.executable, "-m", "gatekeeper", "-C", str(tmp_path), "init", *flags]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as program:
        assert program.wait(timeout=30) == 0
        assert program.stdout is not None
        assert b"next: gatekeeper" in program.stdout.read()


# The next command


@pytest.mark.parametrize("start", ["--minimal", "--empty", "--reference"])
@pytest.mark.parametrize(
    ("before", "folder"),
    [([], []), ([], ["my plan"]), (["-C", "a b"], []), (["-C", "a b"], ["it's mine"])],
)
def test_the_next_command_works_when_pasted(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    start: str,
    before: list[str],
    folder: list[str],
) -> None:
    (tmp_path / "a b").mkdir()
    monkeypatch.chdir(tmp_path)
    ran = run(*before, "init", *folder, start)
    assert ran.code == 0, ran.err
    name_teams(tmp_path)
    [command] = re.findall(r"^next: gatekeeper (.*)$", ran.out, re.MULTILINE)
    pasted = run(*shlex.split(command))
    assert (pasted.code, pasted.err) == (0 if start == "--empty" else 1, "")


# A service for an existing workspace


def test_a_service_takes_the_words_of_its_workspace(run: Run, tmp_path: Path) -> None:
    words = ("--levels", "nil,low,high", "--milestones", "q1,q2", "--gates", "run,build")
    run("-C", tmp_path, "init", "--minimal", *words)
    ran = run("-C", tmp_path, "init", "--service", "shop-service")
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out
        == f"wrote services/shop-service.yaml: fill in its plan\nnext: gatekeeper -C {tmp_path} validate\n"
    )
    assert text(tmp_path, "services/shop-service.yaml") == (
        "service: shop-service\n"
        "owner: team-shop\n"
        "level: nil  # the level it claims to run at today\n"
        "plan:\n"
        "  q1:\n"
        "    level: low\n"
        "    gates:  # unlisted gates do not apply; later milestones ask for the same gates\n"
        "      build:\n"
        "# evidence:  # slot: file, folder or glob, relative to services/shop-service/\n"
        "#   tests: PATH  # a test report: JUnit XML, TRX, `go test -json`, CTRF, TAP, jest, vitest ...\n"
        "#   coverage: PATH  # coverage of the same run: lcov, Cobertura, JaCoCo, `go test` ...\n"
    )
    assert run("-C", tmp_path, "validate").code == 0
    assert run("-C", tmp_path, "check", "-s", "shop-service").code == 1


def test_a_service_of_an_empty_workspace_is_valid(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--empty")
    ran = run("-C", tmp_path, "init", "--service", "shop", "--owner", "Team: Shop")
    assert (ran.code, ran.err) == (0, "")
    assert run("-C", tmp_path, "validate").out == "valid: 0 gates, 1 service, 1 milestone\n"
    assert run("-C", tmp_path, "check").code == 1


def test_a_folder_for_a_service_is_refused(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "init", "folder", "--service", "shop")
    assert ran.code == 2
    assert "a service is added to an existing workspace: leave DIR out, or use -C DIR" in ran.err


@pytest.mark.parametrize(
    ("gates", "said"),
    [
        ("build,API,run", ""),
        ("build,safety", "the gate safety begins with one question, which lead attests:\nwrite your own criteria in gates/safety.yaml\n"),
        ("safety,ux", "each of the gates safety, ux begins with one question, which lead attests:\nwrite your own criteria in gates/safety.yaml, gates/ux.yaml\n"),
    ],
)  # fmt: skip
def test_minimal_says_which_gates_begin_with_one_attested_question(
    run: Run, tmp_path: Path, gates: str, said: str
) -> None:
    out = run("-C", tmp_path, "init", "--minimal", "--gates", gates).out
    assert said in out
    assert ("begins with one question" in out) is bool(said)


# Hooks and editors


def git(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", *words], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


def test_hooks_check_each_commit_once_git_is_told(run: Run, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    ran = run("-C", tmp_path, "init", "my plan", "--minimal", "--hooks")
    assert "run `git config core.hooksPath .githooks` once in each clone" in ran.out
    name_teams(tmp_path)
    program = tmp_path / "bin/gatekeeper"
    write(program, f'#!/bin/sh\nexec "{sys.executable}" -m gatekeeper "$@"\n')
    program.chmod(0o755)
    git(tmp_path, "config", "core.hooksPath", ".githooks")
    git(tmp_path, "add", ".")

    def commit() -> "subprocess.CompletedProcess[str]":
        paths = {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
        author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        return subprocess.run(
            ["git", *author, "commit", "-m", "one"],
            cwd=tmp_path,
            env=environment() | paths,
            capture_output=True,
            text=True,
            check=False,
        )

    write(tmp_path / "my plan/services/broken.yaml", "service: other\n")
    refused = commit()
    assert refused.returncode != 0
    assert "services/broken.yaml" in refused.stderr
    (tmp_path / "my plan/services/broken.yaml").unlink()
    accepted = commit()
    assert accepted.returncode == 0, accepted.stderr
    assert "valid: 3 gates" in accepted.stdout + accepted.stderr


def test_a_repository_with_pre_commit_is_shown_the_hooks(run: Run, tmp_path: Path) -> None:
    write(tmp_path / ".pre-commit-config.yaml", "repos: []\n")
    ran = run("-C", tmp_path, "init", "--minimal", "--hooks")
    assert ".pre-commit-config.yaml exists: add these lines to it" in ran.out
    hooks = yaml.safe_load(ran.out[ran.out.index("  - repo: local") : ran.out.index("next:")])
    assert [hook["entry"] for hook in hooks[0]["hooks"]] == [
        "gatekeeper validate",
        "gatekeeper check --base auto",
    ]
    assert text(tmp_path, ".pre-commit-config.yaml") == "repos: []\n"
    (tmp_path / ".pre-commit-config.yaml").unlink()
    (tmp_path / ".pre-commit-config.yaml").mkdir()
    ran = run("-C", tmp_path, "init", "--hooks")
    assert (ran.code, ran.err.partition(":")[0]) == (2, ".pre-commit-config.yaml cannot be read")


def test_every_manifest_names_its_schema_for_editors(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--minimal", "--editor")
    name_teams(tmp_path)
    assert run("-C", tmp_path, "validate").code == 0
    for name in MINIMAL - {"CODEOWNERS"}:
        file = tmp_path / name
        [modeline] = re.findall(
            r"^# yaml-language-server: \$schema=(.+)$", text(tmp_path, name), re.MULTILINE
        )
        schema = json.loads((file.parent / modeline).read_text("utf-8"))
        Draft202012Validator(schema).validate(yaml.safe_load(file.read_text("utf-8")))
    settings = json.loads(text(tmp_path, ".vscode/settings.json"))["yaml.schemas"]
    assert settings["./schemas/gate.schema.json"] == ["gates/api.yaml", "gates/build.yaml", "gates/run.yaml"]
    assert all((tmp_path / schema).is_file() for schema in settings)


def test_a_new_service_names_the_schema_that_the_workspace_has(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--minimal", "--editor")
    run("-C", tmp_path, "init", "--service", "shop")
    assert text(tmp_path, "services/shop.yaml").startswith(
        "# yaml-language-server: $schema=../schemas/service.schema.json\n"
    )
    (tmp_path / "schemas/service.schema.json").unlink()
    run("-C", tmp_path, "init", "--service", "till")
    assert text(tmp_path, "services/till.yaml").startswith("service: till\n")


def test_schemas_with_the_names_of_the_workspace_are_written_again(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--minimal", "--editor")
    run("-C", tmp_path, "init", "--service", "shop")
    assert '"shop"' not in text(tmp_path, "schemas/service.schema.json")
    again = run("-C", tmp_path, "init", "--editor")
    renew = f"gatekeeper -C {tmp_path} schema --workspace --out schemas\n"
    assert f"has the schemas already; write them again when names change:\n{renew}" in again.out
    assert (
        run("-C", tmp_path, "schema", "--workspace", "--out", "schemas").out
        == "wrote 10 schemas to schemas\n"
    )
    assert '"shop"' in text(tmp_path, "schemas/service.schema.json")
    assert run("-C", tmp_path, "schema", "service", "--workspace").out == text(
        tmp_path, "schemas/service.schema.json"
    )
    write(tmp_path / "gates/levels.yaml", "levels: [")
    broken = run("-C", tmp_path, "schema", "service", "--workspace")
    assert (broken.code, broken.out) == (3, "")
    assert "gates/levels.yaml" in broken.err


def test_of_what_cannot_be_written_as_a_whole_nothing_is_written(run: Run, tmp_path: Path) -> None:
    write(tmp_path / ".vscode", "")
    ran = run("-C", tmp_path, "init", "--minimal", "--editor")
    assert ran.code == 2
    assert "settings.json cannot be written: Not a directory; nothing was written" in ran.err
    assert [file.name for file in tmp_path.iterdir()] == [".vscode"]


def test_an_existing_workspace_gets_hooks_and_settings_and_keeps_its_files(run: Run, tmp_path: Path) -> None:
    run("-C", tmp_path, "init", "--minimal")
    before = text(tmp_path, "gates/build.yaml")
    write(tmp_path / ".vscode/settings.json", "{}")
    ran = run("-C", tmp_path, "init", "--hooks", "--editor")
    assert (ran.code, ran.err) == (0, "")
    assert ".vscode/settings.json exists: add these lines to it" in ran.out
    assert text(tmp_path, ".vscode/settings.json") == "{}"
    assert text(tmp_path, "gates/build.yaml") == before
    again = run("-C", tmp_path, "init", "--hooks")
    assert "pre-push is there already" in again.out


def test_a_workspace_may_start_without_a_service(run: Run, tmp_path: Path) -> None:
    assert run("-C", tmp_path, "init", "--minimal", "--service", "none").code == 0
    assert "services/README.md" in files(tmp_path)
    name_teams(tmp_path)
    assert run("-C", tmp_path, "validate").out == "valid: 3 gates, 0 services, 2 milestones\n"


def test_a_workspace_in_a_repository_begins_with_the_service_of_the_repository(
    run: Run, tmp_path: Path
) -> None:
    repository = tmp_path / "basket"
    repository.mkdir()
    git(repository, "init", "-q")
    write(repository / "coverage/lcov.info", ARTEFACTS["lcov.info"])
    run("-C", repository, "init", "readiness", "--minimal")
    manifest = repository / "readiness/services/basket.yaml"
    assert "folder: ..  # the folder of its artefacts" in manifest.read_text("utf-8")
    manifest.write_text(manifest.read_text("utf-8") + "evidence: {coverage: coverage/lcov.info}\n", "utf-8")
    explained = run("-C", repository / "readiness", "explain", "build.coverage", "-s", "basket", "-m", "ga")
    assert "from coverage: coverage/lcov.info mapped at" in " ".join(explained.out.split())


# A newer reference


def test_a_new_workspace_has_what_the_reference_has(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path, "--reference")
    ran = run("-C", tmp_path, "init", "--update")
    *_, last = ran.out.splitlines()
    assert ran.code == 0
    assert (
        last
        == f"{len(list((tmp_path / 'gates').rglob('*.yaml'))) + 1} files without a difference; nothing was written"
    )


def test_what_a_newer_reference_would_change_is_shown_and_not_written(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path, "--reference")
    (tmp_path / "gates/G8.yaml").unlink()
    write(tmp_path / "gates/own.yaml", "[")
    edit(tmp_path / "gates/G1.yaml", "at_least: 95", "at_least: 80")
    edit(tmp_path / "gates/G1.yaml", "  domain_tests: {", "  own_tests: {")
    edit(tmp_path / "gates/levels.yaml", "audience: Nobody", "audience: Us")
    edit(tmp_path / "gates/governance.yaml", "roster: {", "roster: {ana: {roles: [owner]}, ")
    write(tmp_path / "gates/evidence.yaml", "{")
    write(tmp_path / "gates/tests/G2.yaml", "gate: G2")
    write(tmp_path / "gatekeeper.yaml", "profiles: {go-service: {}, mine: {}}")
    before = {file: text(tmp_path, file) for file in files(tmp_path)}
    shown = run("init", tmp_path, "--update").out
    lines = [line.partition(": not YAML")[0] for line in shown.splitlines()]
    assert lines[1:-2] == [
        "gatekeeper.yaml",
        "  + profile node-service",
        "  + profile spring-boot",
        "  ~ profile go-service: about, evidence",
        "  + profile python-service",
        "  + profile dotnet-service",
        "  - profile mine",
        "gates/G1.yaml",
        "  + slot domain_tests",
        "  ~ criterion G1.coverage: requires",
        "  - slot own_tests",
        "gates/G8.yaml is not here",
        "gates/evidence.yaml",
        "  ~ it cannot be compared",
        "gates/levels.yaml",
        "  ~ level L0: audience",
        "gates/tests/G2.yaml",
        "  ~ the cases of its rules",
        "gates/own.yaml is yours alone",
    ]
    assert {file: text(tmp_path, file) for file in files(tmp_path)} == before


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("--yes", "--update writes nothing, also with --yes: which differences are on purpose is not known"),
        ("--service a", "--update and --service exclude each other: choose one"),
        ("--reference", "--update and --reference exclude each other: choose one"),
    ],
)
def test_an_update_stands_alone(run: Run, tmp_path: Path, arguments: str, why: str) -> None:
    ran = run("init", tmp_path, "--update", *arguments.split())
    assert ran.code == 2
    assert why in " ".join(ran.err.split())


def test_a_workspace_that_began_otherwise_has_no_update(run: Run, tmp_path: Path) -> None:
    run("init", tmp_path, "--minimal", "--yes")
    ran = run("init", tmp_path, "--update")
    assert (ran.code, "has no gate of the reference" in ran.err) == (2, True)
