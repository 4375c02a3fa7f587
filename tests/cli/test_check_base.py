"""`check --base` in real repositories: the verdict by the rules of the base, and what the change does."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from builders.judging import without_digest
from builders.program import AS_OF, Kept
from builders.repositories import (
    FAILING,
    LOWERED_SOURCE,
    REPORT,
    commit,
    committed_pilot,
    git,
    id_of,
    refused,
    rules,
    sign,
    weaken,
)
from builders.workspaces import Ran, Run, edit, write

Check = Callable[..., Ran]


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return committed_pilot(tmp_path / "repository")


@pytest.fixture
def check(run: Run, pilot: Path, monkeypatch: pytest.MonkeyPatch) -> Check:
    """Return `check` on a branch of the pilot, with `auto` as in a clone that no CI made."""
    for name in ("CI", "TF_BUILD", "GITHUB_BASE_REF", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    root = pilot.parents[1]
    git(root, "update-ref", "refs/remotes/origin/main", "main")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    git(root, "switch", "-qc", "topic")
    return lambda *arguments: run("-C", pilot, "check", "-m", "M1", *AS_OF, *arguments)


def told(ran: Ran) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ran.out)
    assert document["exit_code"] == ran.code
    return document


def test_an_honest_change_passes_although_the_milestone_is_blocked(check: Check, pilot: Path) -> None:
    write(pilot / "README.md", "more")
    ran = check("--base", "main")
    assert ran.code == 0
    assert "✗ M1 (Internal preview) is blocked by 3 of 4 services." in ran.out
    assert "--fail-on change: only what the change does counts, exit 0." in ran.out
    assert ran.out.startswith(
        "✓ The change may be merged: no regression and no weakening without approval.\n"
    )


def test_rules_that_the_change_weakens_do_not_judge_it(check: Check, pilot: Path) -> None:
    weaken(pilot)
    before, after = told(check("--format", "json")), told(check("--format", "json", "--base", "main"))
    assert (before["fail_on"], after["fail_on"], after["exit_code"]) == ("blocked", "change", 1)
    assert before["rulebook_digest"] != after["rulebook_digest"]
    assert "comparison" not in before
    [change] = after["comparison"]["changes"]
    assert (without_digest(change["id"]), change["blocks"]) == (LOWERED_SOURCE, True)
    git(pilot, "stash", "-q")
    assert told(check("--format", "json"))["rulebook_digest"] == after["rulebook_digest"]


def test_sarif_says_what_is_new_and_what_only_the_base_had(check: Check, pilot: Path) -> None:
    orders = pilot / "services/orders-service.yaml"
    edit(orders, "collected_at: 2026-10-05T09:00:00Z", "collected_at: 2026-11-15T09:00:00Z")
    write(pilot / REPORT, FAILING)
    run = json.loads(check("--format", "sarif", "--base", "main").out)["runs"][0]
    states = {(of["properties"]["service"], of["ruleId"]): of["baselineState"] for of in run["results"]}
    assert states["orders-service", "G7.peak-load"] == "absent"
    assert states["orders-service", "G1.coverage"] == "unchanged"
    assert "new" in states.values()


def test_the_comparison_is_that_of_diff(check: Check, run: Run, pilot: Path) -> None:
    weaken(pilot)
    write(pilot / REPORT, FAILING)
    of_check = told(check("--format", "json", "--base", "main"))["comparison"]
    of_diff = json.loads(run("-C", pilot, "diff", "main", *AS_OF, "--format", "json").out)
    assert of_diff == {"schema_version": 2, **of_check}


def test_a_person_who_joins_the_roster_in_the_change_signs_nothing(check: Check, pilot: Path) -> None:
    edit(pilot / "governance.yaml", "\nroster:", "\nroster:\n  eve: {roles: [security]}")
    edit(pilot / "services/payments-service.yaml", "G8.isolation: {by: eli", "G8.isolation: {by: eve")
    by_own = told(check("--format", "json", "-s", "payments-service"))
    by_base = told(check("--format", "json", "-s", "payments-service", "--base", "main"))
    assert (by_own["verdict"], by_base["verdict"]) == ("ready", "blocked")


def test_a_signed_weakening_passes(check: Check, pilot: Path) -> None:
    weaken(pilot)
    sign(
        pilot,
        id_of(told(check("--format", "json", "--base", "main"))["comparison"]["changes"], LOWERED_SOURCE),
    )
    assert check("--base", "main").code == 0


@pytest.mark.parametrize(
    ("fail_on", "is_weakened", "code"),
    [
        ("change", False, 0),
        ("change", True, 1),
        ("regression", False, 1),
        ("blocked", False, 1),
        ("blocked", True, 1),
    ],
)
def test_a_change_that_must_not_be_merged_fails_whatever_else_counts(
    check: Check, pilot: Path, fail_on: str, is_weakened: bool, code: int
) -> None:
    if is_weakened:
        weaken(pilot)
    assert check("--base", "main", "--fail-on", fail_on).code == code


def test_a_filter_narrows_the_verdict_and_never_the_comparison(check: Check, pilot: Path) -> None:
    weaken(pilot)
    write(pilot / REPORT, FAILING)
    ran = check("--base", "main", "-s", "orders-service", "--fail-on", "regression", "--format", "json")
    document = told(ran)
    assert [service["service"] for service in document["services"]] == ["orders-service"]
    assert {change["service"] for change in document["comparison"]["changes"]} >= {None, "payments-service"}
    assert ran.code == 1


def test_auto_is_the_merge_base_and_says_that_the_rules_have_moved_on(check: Check, pilot: Path) -> None:
    write(pilot / "README.md", "more")
    commit(pilot)
    git(pilot, "switch", "-q", "main")
    edit(rules(pilot) / "G1.yaml", "{at_least: 95}", "{at_least: 99}")
    commit(pilot)
    git(pilot, "update-ref", "refs/remotes/origin/main", "main")
    git(pilot, "switch", "-q", "topic")
    base = git(pilot, "rev-parse", "topic~1")[:9]
    comparison = told(check("--base", "auto", "--format", "json"))["comparison"]
    assert comparison["base"] == f"{base} (merge base with origin/HEAD)"
    assert comparison["changes"] == []
    [note] = comparison["notes"]
    assert "the rules or the people of origin/HEAD have changed since the base" in note
    assert "the rules or the people" in check("--base", "auto").out
    blamed = told(check("--base", "main", "--format", "json"))["comparison"]
    assert blamed["changes"], "compared with the branch itself, the change undoes what the branch did"
    of_range = told(check("--base", "main...", "--format", "json"))["comparison"]
    assert of_range["base"] == f"{base} (merge base of main and HEAD)"
    assert of_range["changes"] == []


def test_evidence_that_came_to_the_target_is_no_change_of_its_rules(check: Check, pilot: Path) -> None:
    git(pilot, "switch", "-q", "main")
    write(pilot / "README.md", "more")
    edit(pilot / "services/orders-service.yaml", "about:", "# more\nabout:")
    commit(pilot)
    git(pilot, "update-ref", "refs/remotes/origin/main", "main")
    git(pilot, "switch", "-q", "topic")
    assert told(check("--base", "auto", "--format", "json"))["comparison"]["notes"] == []


def test_a_gate_that_only_the_change_has_does_not_judge_it_yet(check: Check, pilot: Path) -> None:
    text = (rules(pilot) / "G8.yaml").read_text(encoding="utf-8").replace("G8", "G9")
    head, _, rest = text.partition("slots:")
    write(rules(pilot) / "G9.yaml", head + rest[rest.index("criteria:") :])
    service = pilot / "services/orders-service.yaml"
    edit(
        service,
        "      G1: {scope: coverage first",
        "      G9: {scope: isolation, only: [G9.isolation]}\n      G1: {scope: coverage first",
    )
    ran = check("--base", "main")
    assert ran.code == 0, ran.out + ran.err
    verdict, _, own = ran.out.partition("By the rules of the change itself")
    assert "G9" not in verdict
    assert "G9.isolation is new and turns 1 service red: orders-service" in own


def test_a_base_without_a_workspace_leaves_the_head_to_its_own_rules(check: Check, pilot: Path) -> None:
    git(pilot, "switch", "-q", "--orphan", "empty")
    git(pilot.parents[1], "commit", "-q", "--allow-empty", "-m", "nothing")
    git(pilot.parents[1], "switch", "-q", "topic")
    ran = check("--base", "empty")
    assert "empty has no workspace: everything is new" in " ".join(ran.out.split())
    assert ran.code == 1, "a level is claimed without its sign-offs"


@pytest.mark.parametrize("place", ["ready", "."])
def test_a_workspace_that_moves_is_compared_with_what_it_was(
    check: Check, run: Run, pilot: Path, place: str
) -> None:
    """Otherwise everything would be new, and the weakened rules would judge."""
    weaken(pilot)
    root = pilot.parents[1]
    (root / place).mkdir(exist_ok=True)
    for part in ("services", "milestones", "gatekeeper.yaml", "governance.yaml"):
        git(root, "mv", f"examples/pilot/{part}", place)
    edit(root / place / "gatekeeper.yaml", "../../gates", "gates" if place == "." else "../gates")
    commit(root)
    ran = run("-C", root / place, "check", "-m", "M1", *AS_OF, "--base", "main", "--format", "json")
    comparison = told(ran)["comparison"]
    assert comparison["base"] == "main in examples/pilot"
    assert id_of([change for change in comparison["changes"] if change["blocks"]], LOWERED_SOURCE)


def test_quiet_shows_the_verdict_and_the_conclusion(check: Check, pilot: Path) -> None:
    weaken(pilot)
    ran = check("--base", "main", "--quiet")
    assert ran.out.splitlines() == [
        "✗ M1 (Internal preview) is blocked by 3 of 4 services.",
        "✗ The change must not be merged: 1 weakening without approval.",
    ]


def test_only_services_that_the_change_touches_are_listed(check: Check, pilot: Path) -> None:
    write(pilot / REPORT, FAILING)
    ran = check("--base", "main", "--changed")
    assert "\n↓ payments-service L1→L2 " in ran.out
    assert "orders-service L" not in ran.out
    assert "3 services not touched by the change" in ran.out
    alone = check("--changed")
    assert (alone.code, "--changed: name what the change is compared with" in alone.err) == (2, True)


def test_the_screen(check: Check, pilot: Path, snapshot: SnapshotAssertion) -> None:
    weaken(pilot)
    write(pilot / REPORT, FAILING)
    edit(pilot / "services/orders-service.yaml", "\nlevel: L1", "\nlevel: L2")
    ran = check("--base", "main")
    assert snapshot(extension_class=Kept) == ran.out
    [copied] = [line for line in ran.out.splitlines() if len(line) > 80]
    assert copied.startswith('      - {what: "G1.coverage:sha256:'), "only a line to copy may be longer"


# Bad input


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--base", "mian"), "unknown revision 'mian'; did you mean 'main'?"),
        (("--base", ""), "is not a Git revision"),
        (("--base", "main...nowhere"), "unknown revision 'nowhere'"),
        (("--base", "main..topic"), "write BASE...HEAD"),
        (("--base=-h",), "looks like an option"),
        (("--fail-on", "change"), "--fail-on change: name what the change is compared with"),
        (("--base", "main", "--fail-on", "red"), "unknown --fail-on 'red'"),
        (("--base", "main", "--output", "intoto=a.json"), "leave --base out"),
    ],
)
def test_what_cannot_be_asked_is_refused(check: Check, arguments: tuple[str, ...], said: str) -> None:
    refused(check(*arguments), 2, said)


def test_an_invalid_base_cannot_judge(check: Check, pilot: Path) -> None:
    edit(pilot / "services/orders-service.yaml", "owner:", "onwer:")
    commit(pilot)
    edit(pilot / "services/orders-service.yaml", "onwer:", "owner:")
    refused(check("--base", "HEAD"), 2, "the workspace of HEAD is invalid")


def test_an_invalid_head_is_an_invalid_workspace(check: Check, pilot: Path) -> None:
    edit(pilot / "services/orders-service.yaml", "owner:", "onwer:")
    refused(check("--base", "main"), 3, "did you mean 'owner'?")


def test_a_shallow_clone_is_reported(run: Run, pilot: Path, tmp_path: Path) -> None:
    write(pilot / "README.md", "more")
    commit(pilot)
    git(tmp_path, "clone", "-q", "--depth", "1", pilot.parents[1].as_uri(), "shallow")
    shallow = tmp_path / "shallow/examples/pilot"
    refused(run("-C", shallow, "check", "--base", "HEAD~1", *AS_OF), 2, "run `git fetch --unshallow`")


SHOP = """\
service: {name}
owner: team-catalog
level: L0
plan: {{M1: {{level: L2, gates: {{G4: {{scope: conformance, only: [G4.conformance]}}}}}}}}
evidence: {{conformance_tests: {{path: report.xml, whole: true}}}}
"""
RUN = """\
<testsuite name="s" tests="1" timestamp="2026-11-20T10:00:00Z"><testcase name="{name} sums up"/></testsuite>
"""


@pytest.mark.parametrize("end", ["", " \n"])
def test_a_copied_report_is_a_regression_of_the_service_that_it_is_of(
    run: Run, pilot: Path, end: str
) -> None:
    for name in ("one", "two"):
        write(pilot / "services" / f"{name}.yaml", SHOP.format(name=name))
        write(pilot / "services" / name / "report.xml", RUN.format(name=name))
    commit(pilot.parents[1], "Add two services")
    write(pilot / "services/two/report.xml", RUN.format(name="one") + end)
    ran = run("-C", pilot, "diff", "HEAD", *AS_OF)
    assert ran.code == 1
    assert "`conformance_tests` is the same measurement as that of two" in ran.out
    assert "`conformance_tests` is the same measurement as that of one" in ran.out
