"""Formats that a workspace describes: part of its rulebook, of its digests and of what `diff` compares."""

import json
from pathlib import Path

import pytest

from builders.repositories import commit, commit_all, git
from builders.workspaces import Run, edit, write
from gatekeeper import open as open_workspace
from gatekeeper.errors import ExitCode

DESCRIPTION = """format: acme-scan
kind: vulnerabilities
about: {tool: Acme Scan, seen: "1.0", source: "https://scan.acme.example", models: findings}
reads: json
recognise:
  all: [acme_scan_version]
items:
  issue: issues
fields:
  id: issue.key
  severity: {path: issue.rank, map: {P1: critical, P2: high, P3: low}}
  title: issue.text
produced_at: at
looks_at: [code]
example: {in: acme_scan.json, facts: {critical: 1, high: 0, findings: 2}}
"""
SCAN = {
    "acme_scan_version": "1.2",
    "at": "2026-11-20T10:00:00Z",
    "issues": [{"key": "A-1", "rank": "P1", "text": "bad"}, {"key": "A-2", "rank": "P3", "text": "minor"}],
}
FOLDER = "gates/formats/vulnerabilities"
FILE = f"{FOLDER}/acme_scan.yaml"
SLOTS = ("  tests: {kind", "  scan: {kind: vulnerabilities, about: a scan}\n  tests: {kind")
CRITERION = (
    "criteria:\n",
    """criteria:
  - id: build.scan
    question: Has the scan found nothing critical?
    why: w
    requires: {scan.critical: {at_most: 0}}
    remedy: Fix it.
    effort: small
""",
)


@pytest.fixture
def workspace(run: Run, tmp_path: Path) -> Path:
    """Return a repository with a workspace, a slot for a scan, and a service that maps one."""
    folder = tmp_path / "ws"
    assert run("init", folder, "--minimal", "--yes").code == 0
    for old, new in (SLOTS, CRITERION):
        edit(folder / "gates/build.yaml", old, new)
    scan = dict(SCAN, issues=SCAN["issues"][1:])
    write(folder / "services/example/scan.json", json.dumps(scan))
    service = folder / "services/example.yaml"
    write(service, service.read_text().partition("# evidence")[0] + "evidence:\n  scan: scan.json\n")
    commit_all(folder)
    return folder


def describe(folder: Path, text: str = DESCRIPTION, example: object = SCAN) -> None:
    write(folder / FILE, text)
    write(folder / f"{FOLDER}/acme_scan.json", json.dumps(example))


def status(folder: Path) -> str:
    judged = open_workspace(folder).judge("beta", as_of="2026-11-27")
    [service] = judged.result.services
    [found] = [of for gate in service.gates for of in gate.criteria if of.rule.id == "build.scan"]
    return str(found.status)


def weakenings(run: Run, folder: Path) -> list[str]:
    changes = json.loads(run("-C", folder, "diff", "HEAD", "-f", "json").out)["changes"]
    return [one["message"] for one in changes if one["kind"] == "rule-weakened"]


def test_a_described_format_is_read_for_the_slots_of_its_kind(workspace: Path) -> None:
    assert status(workspace) == "unreadable"
    describe(workspace)
    assert status(workspace) == "pass"
    write(workspace / "services/example/scan.json", json.dumps(SCAN))
    assert status(workspace) == "fail"


def test_a_file_of_a_described_format_is_recognised(run: Run, workspace: Path) -> None:
    describe(workspace)
    found = json.loads(run("-C", workspace, "facts", "services/example/scan.json", "-f", "json").out)
    assert (found["kind"], found["format"], found["facts"]["low"]) == ("vulnerabilities", "acme-scan", 1)


def test_a_new_a_changed_and_a_dropped_format_need_an_approval(run: Run, workspace: Path) -> None:
    describe(workspace)
    assert weakenings(run, workspace) == [
        "the own format vulnerabilities/acme_scan is new: a file that was unreadable may count"
    ]
    commit(workspace)
    assert weakenings(run, workspace) == []
    edit(workspace / FILE, "P1: critical", "P1: low")
    edit(workspace / FILE, "critical: 1, high: 0", "critical: 0, high: 0")
    assert weakenings(run, workspace) == [
        "the own format vulnerabilities/acme_scan reads files in another way"
    ]
    git(workspace, "rm", "-rqf", "gates/formats")
    assert weakenings(run, workspace) == ["the own format vulnerabilities/acme_scan is gone"]


def test_the_formats_of_the_base_read_the_evidence_of_a_change(run: Run, workspace: Path) -> None:
    describe(workspace)
    write(workspace / "services/example/scan.json", json.dumps(SCAN))
    commit(workspace)
    edit(workspace / FILE, "P1: critical", "P1: low")
    edit(workspace / FILE, "critical: 1, high: 0", "critical: 0, high: 0")
    assert status(workspace) == "pass"
    judged = json.loads(run("-C", workspace, "check", "--base", "HEAD", "-m", "beta", "-f", "json").out)
    [scan] = [
        one
        for service in judged["services"]
        for gate in service["gates"]
        for one in gate.get("criteria", ())
        if one["criterion"] == "build.scan"
    ]
    assert scan["status"] == "fail"


def test_a_format_is_part_of_the_digest_of_the_rulebook_and_of_what_is_signed(workspace: Path) -> None:
    describe(workspace)
    before = open_workspace(workspace)
    digests = before.loaded.rulebook.digest, {one.digest for one in before.obligations()}
    edit(workspace / FILE, "title: issue.text", "title: issue.rank")
    after = open_workspace(workspace)
    assert after.loaded.rulebook.digest != digests[0]
    assert {one.digest for one in after.obligations()} != digests[1]


@pytest.mark.parametrize(
    ("edited", "line", "message"),
    [
        (("kind: vulnerabilities", "kind: tests"), 2, "the folder is vulnerabilities, and the kind tests"),
        (("reads: json", "reads: xml"), 4, "'xml' is not one of 'json', 'jsonl', 'yaml' or 'csv'"),
        (("issue.key", "issue.key["), 10, "'issue.key[' is not JMESPath"),
        (("issue.key", "isue.key"), 10, "'isue.key' begins with 'isue'"),
        (("  title:", "  titel:"), 12, "the kind vulnerabilities has no field 'titel'"),
        (("critical: 1", "critical: 7"), 15, "the example does not come out: critical is 1, not 7"),
        (("P3: low", "P4: low"), 15, "the example does not come out: the `map` of severity has no word 'P3'"),
        (("issue.text", "issue.what || split(issue.text, ' ')"), 12, "there is no function 'split'"),
        (("issue.text", "join(issue.text)"), 12, "join takes 2 arguments, not 1"),
        (("issue.key", "issue.id"), 15, "/issues/0: id is missing: `issue.id` finds nothing"),
        (("issue: issues", "issue: found"), 15, "there is no list `found` of items 'issue'"),
        (("critical: 1", "critcal: 1"), 15, "the kind vulnerabilities has no fact 'critcal'"),
        (("in: acme_scan.json", "in: gone.json"), 15, "gone.json: cannot be read: No such file or directory"),
        (("[acme_scan_version]", "[other]"), 15, "no supported format"),
        (("example:", "# example:"), 1, "has no example"),
        (("format: acme-scan", "format: acme-scan\nodd: 1"), 2, "unknown field 'odd'"),
    ],
)
def test_what_is_wrong_with_a_description_is_told_with_its_place(
    run: Run, workspace: Path, edited: tuple[str, str], line: int, message: str
) -> None:
    describe(workspace, DESCRIPTION.replace(*edited))
    ran = run("-C", workspace, "validate")
    assert ran.code == ExitCode.INVALID_WORKSPACE
    assert any(text.startswith(f"{FILE}:{line}:") and message in text for text in ran.err.splitlines()), (
        ran.err
    )


def test_a_format_that_the_program_reads_itself_cannot_be_described_again(run: Run, workspace: Path) -> None:
    trivy = {"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Target": "t", "Class": "lang-pkgs"}]}
    text = DESCRIPTION.replace("[acme_scan_version]", "[SchemaVersion]")
    describe(workspace, text, {**trivy, "issues": [], "acme_scan_version": "1"})
    assert "acme_scan.json is read as trivy, not as acme-scan" in run("-C", workspace, "validate").err


def test_a_file_that_two_described_formats_recognise_is_unreadable(run: Run, workspace: Path) -> None:
    describe(workspace)
    write(workspace / f"{FOLDER}/other.yaml", DESCRIPTION.replace("format: acme-scan", "format: other"))
    assert "the file matches two formats: acme_scan and other" in run("-C", workspace, "validate").err


def test_an_expression_that_takes_too_much_work_makes_the_file_unreadable(run: Run, workspace: Path) -> None:
    doubling = "issue.key" + " | [@, @][]" * 30
    describe(workspace, DESCRIPTION.replace("title: issue.text", f'title: "{doubling}"'))
    err = run("-C", workspace, "validate").err
    assert "the format acme-scan: it needs more than" in err


def test_a_description_out_of_the_repository_is_refused(run: Run, workspace: Path, tmp_path: Path) -> None:
    describe(tmp_path)
    (workspace / FOLDER).mkdir(parents=True)
    (workspace / FILE).symlink_to(tmp_path / FILE)
    assert run("-C", workspace, "validate").code == ExitCode.INVALID_WORKSPACE


def test_a_record_of_a_service_holds_for_the_formats_that_read_it(run: Run, workspace: Path) -> None:
    describe(workspace)
    commit(workspace)
    ran = run("-C", workspace, "collect", "example", "--at", "2026-11-20T12:00:00Z")
    assert ran.code == 0, ran.err
    (workspace / "services/example/scan.json").unlink()
    assert status(workspace) == "pass"
    edit(workspace / FILE, "title: issue.text", "title: issue.rank")
    assert status(workspace) == "unreadable"


def problem(run: Run, folder: Path) -> str:
    ran = run("-C", folder, "validate")
    assert ran.code == ExitCode.INVALID_WORKSPACE
    return " ".join(ran.err.split())


def test_a_description_in_another_place_or_with_another_name_is_a_mistake(run: Run, workspace: Path) -> None:
    describe(workspace)
    for elsewhere, message in {
        "gates/formats/acme_scan.yaml": "a description is in a folder named after its kind",
        f"{FOLDER}/acme_scan.yml": "the name of a description ends in .yaml",
        f"{FOLDER}/more/acme_scan.yaml": f"descriptions are read directly in {FOLDER}/ only",
    }.items():
        write(workspace / elsewhere, DESCRIPTION)
        assert f"{elsewhere}:1:1: is not read: {message}" in problem(run, workspace)
        (workspace / elsewhere).unlink()
    write(workspace / f"{FOLDER}/notes.yml", "format: of an example")
    assert run("-C", workspace, "validate").code == 0


def test_a_list_of_the_example_that_the_description_does_not_name_is_a_mistake(
    run: Run, workspace: Path
) -> None:
    describe(workspace, example=SCAN | {"more": [{"key": "A-3"}]})
    assert "not understood: 'more' is not known" in problem(run, workspace)
    describe(workspace, f"{DESCRIPTION}beside: {{document: [more]}}\n", SCAN | {"more": [{"key": "A-3"}]})
    assert run("-C", workspace, "validate").code == 0


def test_a_time_without_its_unit_is_a_mistake(run: Run, workspace: Path) -> None:
    describe(workspace, example=SCAN | {"at": 1_772_445_600})
    assert "at is 1772445600, not a time; a number since 1970 needs its unit: `unit: s`" in problem(
        run, workspace
    )
    describe(
        workspace,
        DESCRIPTION.replace("produced_at: at", "produced_at: {path: at, unit: s}"),
        SCAN | {"at": 1_772_445_600_000},
    )
    assert "needs its unit: `unit: ms`" in problem(run, workspace)


def test_only_a_kind_that_can_be_described_is_suggested(run: Run, workspace: Path) -> None:
    for folder, hint in (("tests", ", or write `kind: tests`"), ("test", "")):
        write(workspace / f"gates/formats/{folder}/acme_scan.yaml", DESCRIPTION)
        assert problem(run, workspace).count("`kind: ") == bool(hint)
        (workspace / f"gates/formats/{folder}/acme_scan.yaml").unlink()


def test_the_formats_of_a_workspace_are_listed(run: Run, workspace: Path) -> None:
    describe(workspace)
    assert "- acme_scan: Acme Scan" in run(
        "-C", workspace, "facts", "--formats", "vulnerabilities"
    ).out.replace("acme scan", "acme_scan")


def test_a_file_that_is_not_recognised_names_the_description_with_a_mistake(
    run: Run, workspace: Path
) -> None:
    describe(workspace, DESCRIPTION.replace("issue.key", "isue.key"))
    said = " ".join(run("-C", workspace, "facts", "services/example/scan.json").out.split())
    assert f"{FILE} has a mistake: `gatekeeper validate` shows it" in said
