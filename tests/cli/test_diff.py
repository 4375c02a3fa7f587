"""`diff` in real repositories: what is lost, claimed and weakened, and every way to ask for nonsense."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.judging import without_digest
from builders.program import AS_OF, Kept
from builders.repositories import (
    FAILED_CASE,
    FAILING,
    LOWERED,
    LOWERED_SOURCE,
    PAYMENTS,
    REPORT,
    commit,
    committed_pilot,
    git,
    id_of,
    refused,
    rules,
    sign,
)
from builders.workspaces import Ran, Run, copy_of_pilot, edit, write

ODD = "it's-$(touch${IFS}x)-`id`;&|\"é"
USE_CASES = f"{PAYMENTS}/reports/use-cases.xml"


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    """Return the pilot, committed to the branch `main` of a repository of its own."""
    return committed_pilot(tmp_path / "repository")


@pytest.fixture
def diff(run: Run, pilot: Path) -> Callable[..., Ran]:
    return lambda *arguments: run("-C", pilot, "diff", *arguments, *AS_OF)


@pytest.fixture
def changes(diff: Callable[..., Ran]) -> Callable[..., list[dict[str, Any]]]:
    """Return the changes as JSON tells them; the exit code fits them."""

    def told(*arguments: str) -> list[dict[str, Any]]:
        ran = diff(*(arguments or ("HEAD",)), "--format", "json")
        assert ran.err == ""
        document = json.loads(ran.out)
        found: list[dict[str, Any]] = document["changes"]
        assert ran.code == document["exit_code"] == int(any(change["blocks"] for change in found))
        return found

    return told


Changes = Callable[..., list[dict[str, Any]]]
Diff = Callable[..., Ran]


def ids(found: list[dict[str, Any]]) -> set[str]:
    return {change["id"] for change in found}


def test_nothing_changed(diff: Diff) -> None:
    ran = diff("HEAD")
    assert ran.code == 0
    assert "0 services touched, 4 unchanged" in ran.out
    assert "may be merged" in ran.out


def test_a_regression_names_its_cause_its_milestones_and_its_file(pilot: Path, changes: Changes) -> None:
    write(pilot / REPORT, FAILING)
    [found] = [change for change in changes() if change["criterion"] == "G8.isolation"]
    assert (found["kind"], found["cause"], found["status"]) == ("regression", "artefact", "fail")
    assert found["milestones"] == ["M1", "M2", "M3", "M4"]
    assert found["file"] == f"examples/pilot/{PAYMENTS}.yaml"
    line = (pilot / f"{PAYMENTS}.yaml").read_text(encoding="utf-8").splitlines()[found["line"] - 1]
    assert line.strip().startswith("isolation_tests:")
    assert found["findings"][0]["message"] == "a: b"
    assert "payments-service:signed-level:L3" in ids(changes())


def test_two_revisions_are_compared_without_the_working_tree(pilot: Path, changes: Changes) -> None:
    write(pilot / REPORT, FAILING)
    commit(pilot)
    write(pilot / REPORT, "<broken")
    [found] = [change for change in changes("HEAD~1", "HEAD") if change["criterion"] == "G8.isolation"]
    assert found["status"] == "fail"
    [found] = [change for change in changes("HEAD", "HEAD~1") if change["criterion"] == "G8.isolation"]
    assert (found["kind"], found["blocks"]) == ("improvement", False)
    [found] = [change for change in changes("HEAD~1") if change["criterion"] == "G8.isolation"]
    assert found["status"] == "unreadable"


def test_revisions_say_the_same_as_folders(pilot: Path, tmp_path: Path, changes: Changes) -> None:
    git(pilot, "worktree", "add", "-q", "--detach", str(tmp_path / "before"))
    write(pilot / REPORT, FAILING)
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    by_revision = changes("HEAD")
    assert len(by_revision) > 2
    assert changes(str(tmp_path / "before/examples/pilot")) == by_revision
    assert changes("../../../before/examples/pilot", ".") == by_revision


def test_a_threshold_that_is_lowered_in_the_same_change_is_seen_and_does_not_help(
    pilot: Path, changes: Changes, diff: Diff
) -> None:
    """Coverage of orders-service is 71: by its own rules the change would be better off."""
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    [found] = changes()
    assert (without_digest(found["id"]), found["cause"]) == (LOWERED_SOURCE, "rule")
    assert found["lacks"] == ["architecture"]
    assert found["file"] == "gates/G1.yaml"
    assert "71.4286" not in diff("HEAD").out, "it was open before and is open now"


def test_a_weakening_may_be_merged_once_whoever_may_has_signed_it_in_the_same_change(
    pilot: Path, changes: Changes
) -> None:
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    what = id_of(changes(), LOWERED_SOURCE)
    sign(pilot, what, by="eli")
    [found] = changes()
    assert found["lacks"] == ["architecture (eli does not hold the role architecture)"]
    sign(pilot, what)
    [found] = changes()
    assert (found["blocks"], found["signed_by"]) == (False, "dana")
    commit(pilot)
    edit(rules(pilot) / "G1.yaml", LOWERED[1], LOWERED[0])
    commit(pilot)
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    [found] = changes()
    assert found["blocks"], "a signature counts in the change that brings it, and never again"


def test_nobody_signs_by_the_roster_of_the_change(pilot: Path, changes: Changes) -> None:
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    edit(pilot / "governance.yaml", "\nroster:", "\nroster:\n  eve: {roles: [architecture]}")
    what = id_of(changes(), LOWERED_SOURCE)
    sign(pilot, what, by="eve")
    told = {change["id"]: change for change in changes()}
    assert told[what]["lacks"] == ["architecture (eve is not on the roster of the base)"]
    assert not told["roster:eve:gained"]["blocks"]


def test_the_own_rules_of_a_change_are_told_and_do_not_count(pilot: Path, diff: Diff) -> None:
    edit(pilot / USE_CASES, "</testsuite>", f"{FAILED_CASE}</testsuite>")
    edit(rules(pilot) / "levels.yaml", "          use_case_tests.failed: {empty: true}\n", "")
    ran = diff("HEAD", "--format", "json")
    document = json.loads(ran.out)
    found = ids(document["changes"])
    assert id_of(document["changes"], "L2.use-cases")
    assert "payments-service:L2.use-cases" in found
    assert ran.code == 1
    assert {
        "service": "payments-service",
        "owner": "team-payments",
        "milestone": "M1",
        "before": "blocked",
        "after": "ready",
        "because": ["L2.use-cases"],
    } in document["own_rules"]
    table = " ".join(diff("HEAD").out.split())
    assert "payments-service would be ready instead of blocked at M0, M1, M2" in table


def test_an_upgrade_lacks_its_sign_offs_until_they_are_given(pilot: Path, changes: Changes) -> None:
    service = pilot / "services/orders-service.yaml"
    edit(service, "\nlevel: L1", "\nlevel: L2")
    [found] = changes()
    assert (found["kind"], found["lacks"]) == ("upgrade", ["owner", "architecture", "security"])
    assert found["line"] == service.read_text(encoding="utf-8").splitlines().index("level: L2") + 1


def test_a_lapse_is_caused_by_the_calendar(run: Run, pilot: Path) -> None:
    ran = run(
        "-C", pilot, "diff", "HEAD", "--as-of", "2027-01-15", "--base-as-of", "2026-11-20", "-f", "json"
    )
    document = json.loads(ran.out)
    assert (ran.code, document["base_as_of"]) == (1, "2026-11-20")
    assert {change["cause"] for change in document["changes"] if change["blocks"]} == {"calendar"}


def test_exceptions_and_declarations_and_evidence_are_told(pilot: Path, changes: Changes) -> None:
    entry = pilot / "milestones/risk-register/RR-1.yaml"
    (pilot / USE_CASES).unlink()
    write(entry, entry.read_text(encoding="utf-8") + "closed: 2026-11-19\n")
    told = {change["id"]: change for change in changes()}
    assert not told["RR-1:closed"]["blocks"]
    assert told["payments-service:evidence.use_case_tests:removed"]["kind"] == "evidence-removed"
    assert told["payments-service:L2.use-cases"]["status"] == "missing"


def test_evidence_that_holds_less_is_told_and_blocks_until_signed_where_it_must_not(
    pilot: Path, diff: Callable[..., Ran], changes: Changes
) -> None:
    report = pilot / USE_CASES
    lines = report.read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = "".join((*lines[:5], *lines[7:])).replace('tests="3"', 'tests="2"')
    write(report, fewer)
    [found] = changes()
    assert (found["kind"], found["blocks"]) == ("evidence-shrunk", False)
    assert found["amounts"]["passed"] == {"before": 3, "after": 2}
    git(pilot, "checkout", "-q", ".")
    edit(
        rules(pilot) / "levels.yaml",
        "effort: medium\n      - id: L2.contracts",
        "must_not_shrink: true\n        effort: medium\n      - id: L2.contracts",
    )
    commit(pilot.parents[1])
    write(report, fewer)
    [found] = changes()
    assert found["lacks"] == ["architecture"]
    told = " ".join(diff("HEAD").out.split())
    assert "for `capability_tests`, `use_case_tests`: total 3 → 2, passed 3 → 2; still met: L2.use" in told
    assert "Run all of it, or have architecture approve it in examples/pilot/governance.yaml." in told
    sign(pilot, found["id"])
    assert {change["signed_by"] for change in changes() if change["kind"] == "evidence-shrunk"} == {"dana"}


def test_an_exception_that_closes_too_early_loses_what_it_covered(pilot: Path, changes: Changes) -> None:
    entry = pilot / "milestones/risk-register/RR-1.yaml"
    write(entry, entry.read_text(encoding="utf-8") + "closed: 2026-11-19\n")
    [found] = [change for change in changes() if change["criterion"] == "L4.chaos"]
    assert (found["kind"], found["cause"], found["milestones"]) == ("regression", "exception", ["M3"])


def test_findings_of_a_revision_are_located_in_its_tree(pilot: Path, changes: Changes) -> None:
    source = write(pilot / PAYMENTS / "src/cart.test.ts", "")
    ran_at = f"/ci/job-7/{source.relative_to(pilot.parents[1])}"
    write(pilot / REPORT, FAILING.replace("<testcase", f'<testcase file="{ran_at}"'))
    commit(pilot.parents[1])
    source.unlink()
    [found] = [change for change in changes("HEAD~", "HEAD") if change["criterion"] == "G8.isolation"]
    located = {finding["file"] for finding in found["findings"]}
    assert located == {f"examples/pilot/{PAYMENTS}/src/cart.test.ts"}


def test_artefacts_are_read_as_the_rules_of_the_base_have_it(pilot: Path, changes: Changes) -> None:
    levels = rules(pilot) / "levels.yaml"
    edit(levels, "use_case_tests: {kind: tests, by: id", "use_case_tests: {kind: document")
    asked = (
        "          use_case_tests.passed: {empty: false}\n          use_case_tests.failed: {empty: true}\n"
    )
    edit(levels, asked, "          use_case_tests.sections: {empty: false}\n")
    edit(pilot / f"{PAYMENTS}.yaml", "about: >-\n  ", "about: >-\n  Changed. ")
    told = changes()
    assert "payments-service:L2.use-cases" not in ids(told)
    assert "slot use_case_tests" in {without_digest(change["id"]) for change in told}


def test_a_register_that_forgets_has_to_be_signed(pilot: Path, changes: Changes) -> None:
    (pilot / "milestones/risk-register/RR-1.yaml").unlink()
    [found] = [change for change in changes() if change["kind"] == "exception"]
    assert found["needs_sign_off"]
    assert found["blocks"]


def test_a_renamed_service_is_the_same_service(pilot: Path, changes: Changes) -> None:
    entry = pilot / "milestones/risk-register/RR-1.yaml"
    for old, new in ((f"{PAYMENTS}.yaml", "services/paying.yaml"), (PAYMENTS, "services/paying")):
        git(pilot, "mv", old, new)
    edit(pilot / "services/paying.yaml", "service: payments-service", "service: paying")
    edit(pilot / "services/paying/slos.yaml", "service: payments", "service: paying")
    edit(entry, "service: payments-service", "service: paying")
    told = changes()
    assert "paying:name" in ids(told)
    assert not any(change["blocks"] for change in told)
    assert not [change for change in told if change["kind"] == "regression"]
    write(pilot / "services/paying/reports/isolation.xml", FAILING)
    assert "paying:G8.isolation" in ids(changes())


@pytest.mark.parametrize("place", ["reports/old.xml", "reports/copy.xml"], ids=["mapped", "copied first"])
def test_a_slot_that_is_read_from_bytes_of_the_base_closes_by_a_weakening(
    pilot: Path, changes: Changes, place: str
) -> None:
    """Whatever the path: otherwise the good report of last year would close what fails today."""
    good = (pilot / REPORT).read_text(encoding="utf-8")
    write(pilot / f"{PAYMENTS}/reports/old.xml", good)
    write(pilot / REPORT, FAILING)
    commit(pilot)
    write(pilot / f"{PAYMENTS}/{place}", good)
    edit(pilot / f"{PAYMENTS}.yaml", "reports/isolation.xml", place)
    found = changes()
    [closed] = [change for change in found if change["criterion"] == "G8.isolation"]
    assert (closed["kind"], closed["cause"]) == ("improvement", "weakening")
    [weaker] = [change for change in found if change["blocks"]]
    assert without_digest(weaker["id"]) == "payments-service:evidence.isolation_tests"
    write(pilot / f"{PAYMENTS}/{place}", good.replace("<testsuite", "<!-- run again --><testsuite", 1))
    assert not [change for change in changes() if change["blocks"]], "new bytes"


@pytest.mark.parametrize(
    ("before", "after"),
    [("parts: 2", ""), ("select: {name: 'none*'}", "select: {name: '*'}"), ("select: {name: 'none*'}", "")],
)
def test_a_mapping_that_asks_for_less_closes_by_one_weakening(
    pilot: Path, changes: Changes, before: str, after: str
) -> None:
    mapping = "use_case_tests: {path: reports/use-cases.xml, commit: 5b1c7e9"
    edit(pilot / f"{PAYMENTS}.yaml", mapping, f"{mapping}, {before}")
    commit(pilot)
    edit(pilot / f"{PAYMENTS}.yaml", f", {before}", f", {after}" if after else "")
    found = changes()
    assert {one["cause"] for one in found if one["kind"] == "improvement"} == {"weakening"}
    [weaker] = [one for one in found if one["blocks"]]
    assert without_digest(weaker["id"]) == "payments-service:evidence.use_case_tests"
    assert before.startswith("parts") or "with select name none* instead of" not in weaker["message"]


def test_a_removed_service_has_to_be_signed(pilot: Path, changes: Changes) -> None:
    (pilot / "services/catalogue-service.yaml").unlink()
    [found] = changes()
    assert (without_digest(found["id"]), found["blocks"]) == ("catalogue-service", True)


def test_a_base_without_a_workspace_makes_everything_new(pilot: Path, diff: Diff, changes: Changes) -> None:
    root = pilot.parents[1]
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", "--cached", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "nothing")
    git(root, "symbolic-ref", "HEAD", "refs/heads/main")
    ran = diff("empty")
    assert "empty has no workspace: everything is new, and is judged by its own rules" in " ".join(
        ran.out.split()
    )
    blocking = {change["id"] for change in changes("empty") if change["blocks"]}
    assert blocking == {"catalogue-service:level:L0->L2", "notifications-service:signed-level:L2"}


# Bad input


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("mian",), "unknown revision 'mian'; did you mean 'main'? else run `git fetch origin mian`"),
        (("HEAD", "topic"), "unknown revision 'topic'; run `git fetch origin topic`"),
        (("HEAD~7",), "the history of HEAD has no such commit"),
        (("",), "is not a Git revision"),
        (("a\nb",), "unknown revision"),
        (("./nowhere",), "there is no folder ./nowhere"),
        (("HEAD", "./nowhere"), "there is no folder ./nowhere"),
        (("HEAD", "./services"), "has no workspace at"),
        (("HEAD", "--format", "xml"), "unknown format 'xml'"),
        (("HEAD", "--base-as-of", "soon"), "write a date as 2026-11-02"),
    ],
)
def test_what_cannot_be_compared_is_told(
    diff: Diff, pilot: Path, arguments: tuple[str, ...], told: str
) -> None:
    refused(diff(*arguments), 2, told)


@pytest.mark.parametrize("revision", ["--output=x", "-h", "--upload-pack=touch x"])
def test_a_revision_that_looks_like_an_option_is_refused(run: Run, pilot: Path, revision: str) -> None:
    refused(run("-C", pilot, "diff", *AS_OF, "--", revision), 2, "looks like an option")
    assert not list(pilot.parents[1].rglob("x"))


def test_a_shallow_clone_is_told(run: Run, pilot: Path, tmp_path: Path) -> None:
    write(pilot / "README.md", "more")
    commit(pilot)
    git(tmp_path, "clone", "-q", "--depth", "1", pilot.parents[1].as_uri(), "shallow")
    shallow = tmp_path / "shallow/examples/pilot"
    refused(run("-C", shallow, "diff", "HEAD~1", *AS_OF), 2, "run `git fetch --unshallow`")
    assert run("-C", shallow, "diff", "HEAD", *AS_OF).code == 0


def test_without_a_repository_folders_can_be_compared(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path / "one")
    refused(run("-C", pilot, "diff", "HEAD", *AS_OF), 2, "compare two folders instead")
    copy_of_pilot(tmp_path / "two")
    assert run("-C", pilot, "diff", "../../../two/examples/pilot", *AS_OF).code == 0
    assert run("-C", tmp_path / "one/examples", "diff", "./pilot", "./pilot", *AS_OF).code == 0


def test_without_git_it_is_said(run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    refused(run("-C", pilot, "diff", "HEAD", *AS_OF), 2, "git is not installed")


def test_a_detached_head_is_compared_like_any(pilot: Path, changes: Changes) -> None:
    git(pilot, "checkout", "-q", "--detach")
    write(pilot / REPORT, FAILING)
    commit(pilot)
    assert "payments-service:G8.isolation" in ids(changes("main"))


def test_a_merge_commit_is_compared_like_any(pilot: Path, changes: Changes) -> None:
    git(pilot, "checkout", "-qb", "topic")
    write(pilot / REPORT, FAILING)
    commit(pilot)
    git(pilot, "checkout", "-q", "main")
    write(pilot / "README.md", "more")
    commit(pilot)
    git(pilot, "merge", "-q", "--no-edit", "topic")
    assert "payments-service:G8.isolation" in ids(changes("HEAD^1", "HEAD"))
    assert changes("HEAD^2", "HEAD") == []


def test_conflict_markers_in_a_manifest_are_an_invalid_workspace(pilot: Path, diff: Diff) -> None:
    service = pilot / "services/orders-service.yaml"
    text = service.read_text(encoding="utf-8")
    write(service, f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> topic\n")
    refused(diff("HEAD"), 3, "services/orders-service.yaml:")
    commit(pilot)
    refused(diff("HEAD~1", "HEAD"), 3, "services/orders-service.yaml:")
    write(service, text)
    refused(
        diff("HEAD"),
        2,
        "the workspace of HEAD is invalid and cannot be compared with: services/orders",
    )


def test_binaries_and_odd_names_in_the_tree_are_no_matter(pilot: Path, changes: Changes) -> None:
    names = [ODD, "a b\nc\td", "-rf", "[x]*?", "\\"]
    for name in names:
        write(pilot / f"services/orders-service/{name.replace('/', '_')}.bin", bytes(range(256)))
    edit(
        pilot / f"{PAYMENTS}.yaml",
        "isolation_tests: {path: reports/isolation.xml, commit: 5b1c7e9}",
        f"isolation_tests: {{path: {json.dumps(ODD)}, commit: 5b1c7e9}}",
    )
    write(pilot / PAYMENTS / ODD / "a b\n.xml", (pilot / REPORT).read_bytes())
    commit(pilot)
    assert changes("HEAD") == []
    (pilot / PAYMENTS / ODD / "a b\n.xml").write_text(FAILING, encoding="utf-8")
    assert "payments-service:G8.isolation" in ids(changes("HEAD"))
    commit(pilot)
    assert "payments-service:G8.isolation" in ids(changes("HEAD~1", "HEAD"))


def test_a_branch_with_an_odd_name_is_compared_like_any(pilot: Path, changes: Changes, diff: Diff) -> None:
    git(pilot, "branch", ODD)
    write(pilot / REPORT, FAILING)
    assert "payments-service:G8.isolation" in ids(changes(ODD))
    assert diff(ODD, "-f", "github").out.startswith("::error ")
    assert not list(pilot.rglob("x"))


def test_a_name_that_is_not_text_is_no_matter(pilot: Path, changes: Changes) -> None:
    odd = os.fsdecode(os.fsencode(pilot / "services/orders-service") + b"/\xff.bin")
    write(Path(odd), b"\0")
    commit(pilot)
    assert changes("HEAD~1", "HEAD") == []


def test_a_revision_comes_before_a_folder_of_the_same_name(pilot: Path, diff: Diff) -> None:
    git(pilot, "branch", "services")
    assert diff("services").code == 0
    assert "has no workspace: everything is new" in " ".join(diff("./services").out.split())


def test_a_link_in_a_revision_is_followed_within_it_only(pilot: Path, changes: Changes) -> None:
    write(pilot.parents[2] / "outside.xml", (pilot / USE_CASES).read_bytes())
    (pilot / USE_CASES).rename(pilot / PAYMENTS / "real.xml")
    (pilot / USE_CASES).symlink_to("../real.xml")
    commit(pilot)
    assert changes("HEAD~1", "HEAD") == changes("HEAD~1") == []
    (pilot / USE_CASES).unlink()
    (pilot / USE_CASES).symlink_to("../../../../../../outside.xml")
    commit(pilot)
    [found] = [change for change in changes("HEAD~1", "HEAD") if change["criterion"] == "L2.use-cases"]
    assert (found["kind"], found["status"]) == ("regression", "missing")
    [found] = [change for change in changes("HEAD~1") if change["criterion"] == "L2.use-cases"]
    assert (found["kind"], found["status"]) == ("regression", "unreadable")


# Screens


@pytest.fixture
def told(pilot: Path, changes: Changes) -> Path:
    """Return a pilot of which much has changed at once."""
    write(pilot / REPORT, FAILING)
    edit(pilot / "services/orders-service.yaml", "\nlevel: L1", "\nlevel: L2")
    edit(rules(pilot) / "G1.yaml", *LOWERED)
    edit(pilot / "services/catalogue-service.yaml", "\nlevel: L2", "\nlevel: L1")
    sign(pilot, id_of(changes(), "catalogue-service:level"))
    return pilot


@pytest.mark.parametrize("format_", ["table", "json", "markdown", "github"])
def test_screen(format_: str, told: Path, diff: Diff, snapshot: SnapshotAssertion) -> None:
    ran = diff("main", "--format", format_)
    assert (ran.code, ran.err) == (1, "")
    assert snapshot(extension_class=Kept) == ran.out
    if format_ == "table":
        lines = ran.out.splitlines()
        assert lines == [line.rstrip() for line in lines]
        [copied] = [line for line in lines if len(line) > 80]
        assert copied.startswith('      - {what: "G1.coverage:sha256:'), "only a line to copy may be longer"


def test_help(run: Run, snapshot: SnapshotAssertion) -> None:
    assert snapshot(extension_class=Kept) == run("diff", "--help").out


HOSTILE = "| a @dana #12 <img src=x> `b` [l](u) \x1b[31m ::error::x %0A,:"


def test_hostile_words_stay_words(pilot: Path, diff: Diff) -> None:
    edit(pilot / "services/orders-service.yaml", "owner: team-orders", f"owner: {json.dumps(HOSTILE)}")
    table, markdown, github = (diff("HEAD", "-f", format_).out for format_ in ("table", "markdown", "github"))
    assert "\x1b" not in table + markdown + github
    [row] = [line for line in markdown.splitlines() if "the owner is" in line]
    assert "@dana" not in row
    assert "#12" not in row
    assert "<img" not in row
    assert row.replace("\\|", "").count("|") == 7
    for line in github.splitlines()[:-1]:
        assert line.startswith(("::error ", "::warning ", "::notice "))
        assert "\x1b" not in line


def test_there_are_at_most_ten_annotations_of_a_severity(pilot: Path, diff: Diff) -> None:
    service = pilot / f"{PAYMENTS}.yaml"
    text = service.read_text(encoding="utf-8")
    write(service, text[: text.index("\nevidence:")] + "\n")
    out = diff("HEAD", "-f", "github").out
    errors = [line for line in out.splitlines() if line.startswith("::error")]
    assert len(errors) == 10
    assert "more: see `gatekeeper diff`" in errors[-1]
