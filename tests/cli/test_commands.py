"""The command line: what each command does besides what it shows, and how it ends."""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import typer

from builders.program import AS_OF, PILOT, environment, process
from builders.repositories import commit_all
from builders.workspaces import ROOT, Run, copy_of_pilot, edit, write
from gatekeeper import __version__
from gatekeeper.cli import main
from gatekeeper.cli.command_list import HEADINGS, Commands, commands
from gatekeeper.syntax.yaml import load

CHECK = ("-C", PILOT, "check", "-m", "M1", *AS_OF)


# The program


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_told(run: Run, option: str) -> None:
    assert run(option) == (0, f"gatekeeper {__version__}\n", "")


@pytest.mark.parametrize("command", [(), ("check",), ("keys", "import")])
def test_help_is_a_command_too(run: Run, command: tuple[str, ...]) -> None:
    assert run("help", *command) == run(*command, "--help")


def test_it_runs_as_a_module() -> None:
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"gatekeeper {__version__}\n".encode())


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("chek", "No such command 'chek'. Did you mean 'check'"),
        ("check --millestone M1", "No such option: --millestone (Possible options: --milestone)"),
        ("check -C .", "hint: -C goes before the command: gatekeeper -C DIR check\n"),
        (
            "keys import --version",
            "hint: --version goes before the command: gatekeeper --version keys import\n",
        ),
        (
            "check M1 orders-service",
            f"hint: gatekeeper -C {PILOT} check --milestone M1 --service orders-service\n",
        ),
        ("M1", f"hint: gatekeeper -C {PILOT} check --milestone M1\n"),
        ("G1.coverage", f"hint: gatekeeper -C {PILOT} explain G1.coverage\n"),
        ("explain", "hint: CRITERION: G7.peak-load, for instance, or a level.\n"),
        ("except add", "hint: known: close, list, open\n"),
        ("help chek", "unknown command 'chek'; did you mean 'check'?\n"),
        ("help check all", "check has no commands of its own: leave all out\n"),
        ("check -m M9", "unknown milestone 'M9'; known: M0, M1"),
        ("check -m M1 -s order-service", "unknown service 'order-service'; did you mean 'orders-service'?"),
        ("check -m M0 -s catalogue-service", "catalogue-service has no target at M0; it has at M1, M2"),
        ("check -m M1 --owner team-order", "unknown owner 'team-order'; did you mean 'team-orders'?"),
        ("check -m M1 --gate G9", "unknown gate 'G9'"),
        ("check -m M1 -f jsn", "unknown format 'jsn'; did you mean 'json'?"),
        ("check -m M1 -o json", "--output json: write FORMAT=PATH"),
        ("check -m M1 -o xml=a", "unknown format 'xml'"),
        ("check -m M1 -o json=/dev/null/a", "/dev/null/a cannot be written: "),
        ("check -m M1 --as-of yesterday", "--as-of yesterday: write a date as 2026-11-02"),
        ("check -m M1 --fail-on red", "unknown --fail-on 'red'; known: blocked, regression"),
        ("explain G1.covrage", "unknown criterion or level 'G1.covrage'; did you mean 'G1.coverage'?"),
        ("explain G7", "G7 is a gate: name one of its criteria: G7."),
        ("explain M1", "M1 is a milestone: `gatekeeper check --milestone M1` judges it\n"),
        ("explain G1.pure -s nobody", "unknown service 'nobody'"),
        ("matrix -f xml", "unknown format 'xml'; known: table, json, markdown"),
        ("summary -f xml", "unknown format 'xml'; known: table, json"),
        ("audit -f xml", "unknown format 'xml'; known: table, json"),
        ("validate -f xml", "unknown format 'xml'; known: table, json"),
        (
            "schema",
            "name a schema (service, milestone, exception, gate, levels, governance, evidence, cases, ",
        ),
        ("facts", "name the file: `gatekeeper facts PATH`"),
        ("facts junit a.xml", "; without a kind, it is recognised"),
        ("schema servic", "unknown schema 'servic'; did you mean 'service'?"),
        ("init a --service b", "a service is added to an existing workspace"),
        ("init --service ../b", "'../b' is not a name for a service"),
        ("facts test a.xml", "unknown kind 'test'; did you mean 'tests'?"),
        ("facts coverage a.xml --select a=b", "kind 'coverage' takes no --select"),
        ("facts tests a.xml --include b", "kind 'tests' takes no --include"),
        ("facts json a.json --select a", "--select a: write NAME=JMESPATH"),
        ("facts tests a.xml -f xml", "unknown format 'xml'; known: table, json"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence(run: Run, command: str, told: str) -> None:
    ran = run("-C", PILOT, *command.split())
    assert ran.code == 2
    assert told in ran.err + ran.out
    assert "Traceback" not in ran.err


def test_a_folder_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path / "nowhere", "check")
    assert (ran.code, ran.out) == (2, "")
    assert "there is no such folder" in ran.err


def test_where_there_is_no_workspace_the_way_to_one_is_told(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "check")
    assert ran.code == 2
    assert "start one with `gatekeeper init`" in ran.err


def test_a_workspace_is_found_from_below(run: Run) -> None:
    assert run("-C", ROOT / "services", "check", "-m", "M0").code == 1
    below = PILOT / "services" / "orders-service"
    assert run("-C", below, *CHECK[2:]).out.replace(str(below), str(PILOT)) == run(*CHECK).out


def test_an_interruption_ends_with_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "app", interrupted)
    assert run("check") == (130, "", "interrupted\n")


def test_a_bug_is_told_as_ours_with_70(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(main, "app", broken)
    ran = run("check")
    assert (ran.code, ran.out) == (70, "")
    assert "ZeroDivisionError" in ran.err
    assert f"This is a bug in gatekeeper {__version__}. Please report it" in ran.err


# check


def test_without_a_milestone_the_first_that_was_not_exited_is_judged(run: Run) -> None:
    assert json.loads(run("-C", PILOT, "check", *AS_OF, "-f", "json").out)["milestone"] == "M1"


def test_where_all_were_exited_one_must_be_named(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    for milestone in ("M1", "M2", "M3", "M4"):
        with (pilot / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-01, by: dana}\n")
    ran = run("-C", pilot, "check", *AS_OF)
    assert (ran.code, ran.err) == (
        2,
        "every milestone has exited: name one with --milestone\n",
    )


def test_today_is_the_as_of_date(run: Run) -> None:
    before = datetime.now(UTC).date().isoformat()
    told = json.loads(run("-C", PILOT, "check", "-m", "M1", "-f", "json").out)["as_of"]
    assert before <= told <= datetime.now(UTC).date().isoformat()


def test_one_run_writes_many_reports(run: Run, tmp_path: Path) -> None:
    file, table = tmp_path / "out" / "verdict.json", tmp_path / "verdict.txt"
    ran = run(*CHECK, "-o", f"json={file}", "-o", f"table={table}")
    assert ran.code == 1
    assert json.loads(file.read_text(encoding="utf-8"))["verdict"] == "blocked"
    screen, _, to_copy = ran.out.partition("all 6 actions: ")
    assert (table.read_text(encoding="utf-8"), to_copy[:10]) == (screen, "gatekeeper")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "verdict.txt"]


def test_a_filter_narrows_what_is_judged_and_is_told(run: Run) -> None:
    verdict = json.loads(run(*CHECK, "--owner", "team-payments", "-f", "json").out)
    assert (verdict["verdict"], verdict["exit_code"]) == ("ready", 0)
    assert verdict["filter"] == {"services": [], "owners": ["team-payments"], "gates": []}
    assert [service["service"] for service in verdict["services"]] == ["payments-service"]


def test_a_gate_narrows_only_what_is_shown(run: Run) -> None:
    verdict = json.loads(run(*CHECK, "--gate", "G8", "-f", "json").out)
    assert verdict["blocked_by"] == ["catalogue-service", "notifications-service", "orders-service"]
    assert {gate["gate"] for service in verdict["services"] for gate in service["gates"]} == {"G8"}


def test_the_commit_of_the_workspace_is_told(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "repository")
    command = ("-C", pilot, *CHECK[2:], "-f", "json")
    assert json.loads(run(*command).out)["commit"] is None
    repository = pilot.parents[1]
    commit_all(repository)
    head = subprocess.run(["git", "-C", repository, "rev-parse", "HEAD"], capture_output=True, check=True)
    assert json.loads(run(*command).out)["commit"] == head.stdout.decode().strip()


def test_without_git_there_is_no_commit(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert json.loads(run(*CHECK, "-f", "json").out)["commit"] is None


# The JSON contract

CRITERION = {"criterion", "status"}
SERVICE = {
    "service", "owner", "declared_level", "verified_level", "signed_level", "effective_level", "target_level", "verdict", "reasons", "gates",
}  # fmt: skip
IF_ANY = {
    "reason_code", "binding", "basis", "reason", "reasons", "findings", "evidence",
    "question", "remedy", "binding_from", "expected", "actual", "distance", "attestation", "exception", "upcoming", "signature",
}  # fmt: skip


def test_the_verdict_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    verdict = json.loads(run(*CHECK, "-f", "json").out)
    assert set(verdict) == {
        "schema_version", "milestone", "as_of", "verdict", "rulebook_digest", "tool_version", "commit", "strict",
        "exited", "fail_on", "filter", "exit_code", "services", "blocked_by", "actions", "milestone_name", "level_names",
        "warnings", "rulebook",
    }  # fmt: skip
    assert verdict["schema_version"] == 2
    for texts in verdict["rulebook"]["criteria"].values():
        assert set(texts["without_evidence"]) == {"reasons", "remedy"}
        assert set(texts) == {
            "without_evidence",
            "gate",
            "level",
            "question",
            "why",
            "requires",
            "limits",
            "remedy",
            "effort",
            "cites",
        }
    assert verdict["rulebook_digest"].startswith("sha256:")
    for service in verdict["services"]:
        assert SERVICE <= set(service) <= SERVICE | {
            "missing_sign_offs", "changed_since_signed", "level_criteria", "capabilities", "held_up_by", "exceptions",
            "statements", "evidence",
        }  # fmt: skip
        assert [gate["gate"] for gate in service["gates"]] == [f"G{n}" for n in range(1, 9)]
        for reason in service["reasons"]:
            assert {"code", "message"} <= set(reason) <= {"code", "message", "criteria"}
        for exception in service.get("exceptions", ()):
            assert set(exception) == {"id", "state", "message", "criteria", "opened_in"}
        of_gates = [found for gate in service["gates"] for found in gate.get("criteria", ())]
        for criterion in (*of_gates, *service["level_criteria"], *service.get("capabilities", ())):
            assert CRITERION <= set(criterion) <= CRITERION | IF_ANY
            assert ("question" in criterion) is (
                criterion["criterion"] not in verdict["rulebook"]["criteria"]
            )
            assert set(criterion.get("evidence", ())) <= set(service.get("evidence", ()))
            for finding in criterion.get("findings", ()):
                assert {"message"} <= set(finding) <= {"message", "file", "line", "pointer"}
        for evidence in service.get("evidence", {}).values():
            required, some = {"path", "status", "basis"}, {"reason", "sha256", "parts"}
            assert required <= set(evidence) <= required | some
            assert [part for part in evidence.get("parts", ()) if part.get("path") == evidence["path"]] == []
    for step in verdict["actions"]:
        assert set(step) == {
            "id", "kind", "title", "instructions", "effort", "services", "owners", "roles", "criteria", "answers",
                "milestones", "unblocks", "excusable", "options",
            "recovers",
        }  # fmt: skip
        assert set(step["unblocks"]) == {"services", "milestones"}


def test_the_matrix_for_machines_has_every_cell(run: Run) -> None:
    matrix = json.loads(run("-C", ROOT, "matrix", "-f", "json").out)
    assert sum(len(cells) for cells in matrix["services"].values()) == 98
    identity = matrix["services"]["identity-service"]
    assert identity["M0"]["gates"]["G2"] == "auth endpoints"
    assert identity["M1"] == {
        "level": "L3",
        "gates": identity["M0"]["gates"],
        "adds": ["device binding", "offline-after-online cert reuse"],
    }
    assert set(matrix["earned"].values()) == {"L0"}


def test_summary_and_audit_for_machines(run: Run) -> None:
    summary = json.loads(run("-C", ROOT, "summary", "-f", "json").out)
    assert summary["schema_version"] == 2
    assert summary["milestones"]["M0"]["analytics-service"] == "L1"
    audit = json.loads(run("-C", ROOT, "audit", "-f", "json").out)
    for finding in audit["findings"]:
        assert set(finding) == {"rule", "milestone", "service", "message", "severity"}


def test_explain_for_machines(run: Run) -> None:
    ran = run("-C", PILOT, "explain", "G1.coverage", "-m", "M1", *AS_OF, "-f", "json")
    explained = json.loads(ran.out)
    assert (ran.code, explained["criterion"], explained["milestone"]) == (0, "G1.coverage", "M1")
    assert explained["decided_by"][0] == "domain_coverage: lines_pct at least 95"
    [service] = explained["services"]
    more = {"expected", "actual", "distance", "reasons", "findings", "evidence"}
    assert set(service) == CRITERION | more | {"service", "owner", "obligation", "mapped_by"}
    assert service["mapped_by"] == {"domain_coverage": "manifest"}
    assert service["evidence"]["domain_coverage"]["parts"][0]["format"] == "lcov"
    listed = json.loads(run("-C", PILOT, "obligations", "orders-service", *AS_OF, "-f", "json").out)
    [asked] = [
        of for of in listed["obligations"] if (of["family"], of["id"]) == ("milestone/M1", "G1.coverage")
    ]
    assert service["obligation"] == {key: asked[key] for key in ("family", "digest", "terms")}
    assert (service["service"], service["status"]) == ("orders-service", "fail")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("services/orders-service/reports/domain.xml", "ok", 0),
        ("services/pay*/reports/isolation.xml", "ok", 0),
        ("services/notifications-service/reports/use-cases.xml", "unreadable", 1),
        ("nowhere.xml", "missing", 1),
        (str(PILOT / "services/orders-service/reports/domain.xml"), "ok", 0),
    ],
)
def test_facts_for_machines(run: Run, path: str, status: str, code: int) -> None:
    ran = run("-C", PILOT, "facts", "tests", path, "-f", "json")
    facts = json.loads(ran.out)
    assert set(facts) == {
        "schema_version",
        "kind",
        "kinds",
        "format",
        "status",
        "reason",
        "parts",
        "facts",
    }
    assert (ran.code, facts["status"], facts["kind"]) == (code, status, "tests")
    assert (facts["reason"] is None) is (status == "ok")
    if status == "ok":
        assert facts["facts"]["total"] == len(facts["facts"]["passed"])


def test_facts_say_what_is_missing_and_what_was_not_understood(run: Run, tmp_path: Path) -> None:
    notification = {"level": "error", "message": {"text": "could not read go.sum"}}
    log = {
        "tool": {"driver": {"name": "lint"}},
        "invocations": [{"toolExecutionNotifications": [notification]}],
        "results": [],
    }
    file = tmp_path / "lint.sarif"
    file.write_text(json.dumps({"version": "2.1.0", "runs": [log]}))
    screen = run("facts", "vulnerabilities", str(file)).out
    assert "undated; subject unchecked; partial\n" in screen
    assert "- partial: lint reports an error: could not read go.sum" in screen
    assert "- not understood: nothing shows at what lint looked" in screen
    said = json.loads(run("facts", "vulnerabilities", str(file), "-f", "json").out)
    [part] = said["parts"]
    assert part["partial"] == ["lint reports an error: could not read go.sum"]
    assert [one["place"]["message"].partition(";")[0] for one in part["not_understood"]] == [
        "nothing shows at what lint looked"
    ]
    assert said["facts"]["critical"] is None


# audit, schema, init


def test_audit_fails_only_where_it_is_asked_to(run: Run) -> None:
    assert run("-C", ROOT, "audit").code == 0
    assert run("-C", ROOT, "audit", "--strict").code == 1
    assert run("-C", PILOT, "audit").out == "The plan does not contradict itself.\n"
    assert run("-C", PILOT, "audit", "--strict").code == 0


def test_every_manifest_fits_its_schema(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "schema", "--out", "schemas")
    assert (ran.code, ran.out) == (0, "wrote 10 schemas to schemas\n")
    manifests = {
        "service": [*ROOT.glob("services/*.yaml"), *PILOT.glob("services/*.yaml")],
        "milestone": [*ROOT.glob("milestones/*.yaml"), *PILOT.glob("milestones/*.yaml")],
        "exception": list(PILOT.glob("milestones/risk-register/*.yaml")),
        "gate": list(ROOT.glob("gates/G*.yaml")),
        "levels": [ROOT / "gates/levels.yaml"],
        "governance": [ROOT / "gates/governance.yaml", PILOT / "governance.yaml"],
        "cases": list(ROOT.glob("**/gates/tests/*.yaml")),
        "format": [*ROOT.glob("src/gatekeeper/collectors/quality_gate/*.yaml")],
        "gatekeeper": [PILOT / "gatekeeper.yaml"],
    }
    for name, files in manifests.items():
        schema = json.loads((tmp_path / f"schemas/{name}.schema.json").read_text(encoding="utf-8"))
        assert run("schema", name).out == json.dumps(schema, indent=2) + "\n"
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        assert files
        for file in files:
            document = load(file.read_bytes()).value
            assert [error.message for error in validator.iter_errors(document)] == [], file
            assert list(validator.iter_errors({**document, "nonsense": 1}))


def test_a_new_workspace_is_the_reference_plan(run: Run, tmp_path: Path) -> None:
    ran = run("-C", tmp_path, "init", "readiness")
    assert ran.code == 0
    assert f"next: gatekeeper -C {tmp_path}/readiness check\n" in ran.out
    written = tmp_path / "readiness"
    for part in ("gates", "services", "milestones"):
        for file in (ROOT / part).rglob("*"):
            if file.is_file():
                assert (written / file.relative_to(ROOT)).read_bytes() == file.read_bytes()
    assert "/gates/" in (written / "CODEOWNERS").read_text(encoding="utf-8")
    assert run("-C", written, "validate").out == "valid: 8 gates, 19 services, 6 milestones\n"
    assert run("-C", written, "check", "-m", "M0").code == 1


def test_init_overwrites_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "gates").mkdir()
    (tmp_path / "gates/G3.yaml").write_text("mine", encoding="utf-8")
    ran = run("-C", tmp_path, "init")
    assert ran.code == 2
    assert "has gates/G3.yaml already; nothing was written" in ran.err
    assert [path.name for path in tmp_path.rglob("*")] == ["gates", "G3.yaml"]
    (tmp_path / "gates/G3.yaml").unlink()
    assert run("-C", tmp_path, "init").code == 0
    assert "more already; nothing was written" in run("-C", tmp_path, "init").err


def test_init_says_where_it_cannot_write(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    ran = run("-C", tmp_path, "init", "file/inside")
    assert ran.code == 2
    assert "cannot be written: Not a directory" in ran.err


def test_a_new_service_is_valid_and_not_overwritten(run: Run, workspace: Path) -> None:
    ran = run("-C", workspace, "init", "--service", "basket-service")
    assert ran.out == (
        f"wrote services/basket-service.yaml: fill in its plan\nnext: gatekeeper -C {workspace} validate\n"
    )
    assert "owner: team-basket" in (workspace / "services/basket-service.yaml").read_text(encoding="utf-8")
    assert run("-C", workspace, "validate").code == 0
    edit(workspace / "services/basket-service.yaml", "team-basket", "team-mine")
    again = run("-C", workspace, "init", "--service", "basket-service", "--owner", "x")
    assert again.code == 2
    assert "team-mine" in (workspace / "services/basket-service.yaml").read_text(encoding="utf-8")


# The screen


@pytest.mark.long
def test_a_pipe_gets_no_colour() -> None:
    done = process(*CHECK, env=environment(COLUMNS="80"))
    assert b"\x1b" not in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("variable", [("NO_COLOR", "1"), ("TERM", "dumb")], ids="=".join)
def test_nor_does_it_if_colours_are_refused(
    variable: tuple[str, str], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(*variable)
    ran = run(*CHECK)
    assert (ran.code, "\x1b" in ran.out) == (1, False)


@pytest.mark.long
def test_a_screen_without_unicode_gets_ascii() -> None:
    done = process(*CHECK, env=environment(COLUMNS="80", PYTHONIOENCODING="ascii"))
    assert done.returncode == 1, done.stderr
    text = done.stdout.decode("ascii")
    assert "x orders-service" in text
    assert "L1->L2" in text
    assert "?" not in text.replace("? ", "")


# The list of commands


def test_the_list_says_of_each_command_what_it_says_of_itself() -> None:
    group = typer.main.get_command(main.app)
    assert isinstance(group, Commands)
    context = group.make_context("gatekeeper", ["check"])
    told = {name: group.get_command(context, name).get_short_help_str(100) for name in commands()}
    assert told == {name: command.summary for name, command in commands().items()}
    assert {command.heading for command in commands().values()} == set(HEADINGS)


def test_a_command_is_one_file(tmp_path: Path) -> None:
    """Its name is the file's, its help the docstring's."""
    text = '"""`gatekeeper {}`: Do a thing.\n\nMore.\n\nHeading: Plan\n"""\n'
    write(tmp_path / "do_it_.py", text.format("do-it"))
    write(tmp_path / "_private.py", text.format("private"))
    write(tmp_path / "group/__init__.py", text.format("group"))
    found = commands(tmp_path, "there")
    assert {name: (one.module, one.summary, one.help, one.heading) for name, one in found.items()} == {
        "do-it": ("there.do_it_", "Do a thing.", "Do a thing.\n\nMore.", "Plan"),
        "group": ("there.group", "Do a thing.", "Do a thing.\n\nMore.", "Plan"),
    }
    assert found["group"].folder == tmp_path / "group"


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys; from gatekeeper.cli.main import run; run(['validate', '-f', 'x']); "
        "print(sorted(name for name in sys.modules if name.startswith('gatekeeper.cli.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, env=environment()
    )
    loaded = done.stdout.decode().strip()
    shared = (
        "arguments",
        "cache_folder",
        "command_list",
        "commands",
        "commands.validate",
        "completion_words",
        "log",
    )
    assert loaded == str([f"gatekeeper.cli.{name}" for name in (*shared, "main", "output", "streams")])


@pytest.mark.parametrize(
    "more", [["--gate", "bogus"], ["--fail-on", "bogus"], ["--fail-on", "bogus", "--watch"]]
)
@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_what_cannot_be_asked_for_is_refused_before_anything_is_written(
    run: Run, quiet: list[str], more: list[str]
) -> None:
    ran = run("-C", PILOT, "check", "-m", "M1", *AS_OF, *quiet, *more)
    assert (ran.code, ran.out) == (2, "")
    assert "bogus" in ran.err


def test_a_command_without_its_help_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "helper.py", '"""Help."""\n')
    with pytest.raises(ValueError, match=r"helper\.py: the docstring of a command begins with"):
        commands(tmp_path, "there")


def test_explain_of_a_service_takes_a_milestone_at_which_it_has_a_target(run: Run) -> None:
    command = ("-C", PILOT, "explain", "G4.chaos", "-s", "ledger-service", *AS_OF)
    assert run(*command).out.startswith("✓ G4.chaos  ledger-service  M2 L4 (Feature-complete)  pass\n")
    refused = run(*command, "-m", "M1")
    assert (refused.code, refused.err) == (2, "ledger-service has no target at M1; it has at M2\n")


def test_explain_shows_all_terms_if_asked(run: Run) -> None:
    peak = ("-C", PILOT, "explain", "G7.peak-load", "-m", "M1", "-s", "orders-service", *AS_OF)
    assert "obligation" not in run(*peak).out
    shown = run(*peak, "--all").out
    assert "\n  terms   obligation sha256:" in shown
    assert "\n          load_test.p95_ms at most target p95_ms, value 250\n" in shown
    assert "\n          commit: c0ffee1\n" in shown
    keys = ("-C", PILOT, "explain", "G8.tenant-keys", "-m", "M2", "--all", *AS_OF, "-s")
    assert "obligation sha256:" in run(*keys, "payments-service").out
    left_out = run(*keys, "catalogue-service").out
    assert "obligation" not in left_out
    unasked = run("-C", PILOT, "explain", "G1.coverage", "-m", "M1", "-s", "catalogue-service", *AS_OF).out
    assert "catalogue-service is not asked for it at M1 (Internal preview)" in unasked


def test_explain_without_a_service_gives_the_reason_for_each(run: Run) -> None:
    shown = " ".join(run("-C", PILOT, "explain", "G1.coverage", "-m", "M1", *AS_OF).out.split())
    assert (
        "✗ fail in 1 service orders-service team-orders L2 (Internal MVP) lines_pct is 71.4286; required:"
        in shown
    )


def test_explain_gives_the_place_of_what_decides(run: Run) -> None:
    shown = run("-C", PILOT, "explain", "G1.coverage", "-m", "M1", "-s", "orders-service", *AS_OF).out
    for file, line, words in (
        (ROOT / "gates/G1.yaml", r"pct at least 95  gates/G1\.yaml:(\d+)", "domain_coverage.lines_pct: "),
        (PILOT / "services/orders-service.yaml", r"orders-service\.yaml:(\d+)\n", "domain_coverage: "),
    ):
        found = re.search(line, shown)
        assert found
        assert words in file.read_text(encoding="utf-8").splitlines()[int(found[1]) - 1]


def test_explain_says_once_what_many_services_answer(run: Run) -> None:
    shown = run("-C", ROOT, "explain", "G1.coverage", "-m", "M0", *AS_OF).out
    assert shown.count("no artefact is mapped") == 1
    assert "? missing in 6 services  ai-gateway-service, " in shown
    named = run("-C", ROOT, "explain", "G1.coverage", "-m", "M0", *AS_OF, "--all").out
    assert ("and 2 more" in shown, "and 2 more" in named) == (True, False)


@pytest.mark.parametrize(
    ("arguments", "last"),
    [
        ("-m M1", "one service: check -m M1 -s NAME"),
        (
            "-m M1 -s orders-service",
            "all 4 actions: gatekeeper -C {pilot} next -m M1 --service orders-service",
        ),
        (
            "-m M1 --owner team-orders",
            "all 4 actions: gatekeeper -C {pilot} next -m M1 --owner team-orders",
        ),
        ("-m M0", "✓ payments-service L3→L1  ·  ·  ·  ·  ·  ·  ·  ·   ✓    ✓"),
        ("-m M1 --quiet", "✗ M1 (Internal preview) is blocked by 3 of 4 services."),
    ],
)
def test_a_blocked_check_names_the_next_command_once(run: Run, arguments: str, last: str) -> None:
    shown = run("-C", PILOT, "check", *arguments.split(), *AS_OF).out
    assert shown.splitlines()[-1] == last.format(pilot=PILOT)
    assert shown.count("next: ") <= 1


@pytest.mark.parametrize("format_", ["json", "markdown", "github"])
def test_other_formats_name_no_command(run: Run, format_: str) -> None:
    assert "next: gatekeeper" not in run("-C", PILOT, "check", "-m", "M1", *AS_OF, "-f", format_).out
