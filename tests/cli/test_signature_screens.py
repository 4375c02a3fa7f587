"""How each statement was signed, where verdicts show it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, PILOT, environment
from builders.signed_workspaces import require, sign, with_keys
from builders.workspaces import QUARTERS, Run, copy_of_pilot, edit

ORDERS = "services/orders-service.yaml"
CHANGED = (
    "sign-off of L1 of orders-service as owner by ada, 2026-10-05, does not count: its signature is invalid"
)


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    root = with_keys(copy_of_pilot(tmp_path / "repository"))
    sign(root)
    return root


@pytest.fixture
def changed(signed: Path) -> Path:
    """Return a workspace in which one sign-off was changed after it was signed."""
    edit(signed / ORDERS, "on: 2026-10-06", "on: 2026-10-05")
    return signed


def said(run: Run, root: Path, command: str, *arguments: object) -> str:
    return " ".join(run("-C", root, command, "-m", "M1", *AS_OF, *arguments).out.split())


def service(run: Run, root: Path, name: str) -> dict[str, Any]:
    ran = run("-C", root, "check", "-m", "M1", *AS_OF, "-s", name, "-f", "json")
    [found] = json.loads(ran.out)["services"]
    assert isinstance(found, dict)
    return found


def test_a_signature_that_does_not_fit_shows_after_the_verdict(run: Run, changed: Path) -> None:
    assert "✗ 1 signature does not count: gatekeeper verify-signatures" in said(run, changed, "check")
    assert CHANGED in said(run, changed, "check", "--details")
    assert "does not count" not in said(run, changed, "check", "-s", "payments-service")
    status = " ".join(run("-C", changed).out.split())
    assert "1 signature does not count" in status


def test_the_register_shows_how_an_exception_was_approved(run: Run, signed: Path) -> None:
    def shown() -> list[str]:
        reports = (
            run("-C", signed, "report", "-m", "M3", *AS_OF, "-f", of).out for of in ("html", "markdown")
        )
        listed = run("-C", signed, "except", "list", "-m", "M3", *AS_OF).out
        return [" ".join(text.split()) for text in (listed, *reports)]

    assert all("approved by dana, signed with SHA256:" in text for text in shown())
    edit(signed / "milestones/risk-register/RR-1.yaml", "opened_on: 2026-11-19", "opened_on: 2026-11-18")
    assert all("approved by dana, which does not count" in text for text in shown())
    check = said(run, signed, "check", "-s", "payments-service", "-m", "M3")
    assert check.count("its signature is invalid") == 1, "the reason is told once"


@pytest.mark.parametrize("format_", ["markdown", "comment"])
def test_it_shows_in_summaries(run: Run, changed: Path, format_: str) -> None:
    assert "1 signature does not count" in said(run, changed, "check", "-f", format_)


@pytest.mark.parametrize("format_", ["html", "markdown"])
def test_it_shows_on_top_of_the_exit_report(run: Run, changed: Path, format_: str) -> None:
    report = said(run, changed, "report", "--format", format_)
    assert CHANGED in report[: report.index("Do first")]


@pytest.mark.parametrize("format_", ["sarif", "github", "gitlab"])
def test_it_is_a_diagnostic_on_its_line(run: Run, changed: Path, format_: str) -> None:
    report = run("-C", changed, "check", "-m", "M1", *AS_OF, "-f", format_).out
    assert "invalid-signature" in report
    assert "examples/pilot/services/orders-service.yaml" in report
    if format_ == "sarif":
        results = json.loads(report)["runs"][0]["results"]
        [one] = [one for one in results if one["ruleId"] == "invalid-signature"]
        line = one["locations"][0]["physicalLocation"]["region"]["startLine"]
        assert (changed / ORDERS).read_text("utf-8").splitlines()[line - 1].startswith("    owner:")


def test_the_exit_report_says_how_each_sign_off_was_made(run: Run, signed: Path) -> None:
    for format_ in ("html", "markdown"):
        report = said(run, signed, "report", "--format", format_)
        assert ", 2026-11-18, signed" in report
        assert "typed" not in report.rpartition("Forecast")[0].rpartition("Sign-offs")[2]


def test_machines_get_each_statement_and_its_key(run: Run, changed: Path) -> None:
    found = service(run, changed, "orders-service")
    states = {(of["act"], of["by"]): of["signature"]["state"] for of in found["statements"]}
    assert states["sign-off", "ada"] == "invalid"
    assert states["sign-off", "dana"] == "signed"
    rows = {row["criterion"]: row for row in found["level_criteria"]}
    seen = rows["L1.scaffold"]["signature"]
    assert (seen["state"], "why" in seen) == ("signed", False)
    assert seen["key"].startswith("SHA256:")
    assert "signature" not in rows["L1.scaffold"]["attestation"]


def test_without_signatures_no_statement_is_listed(run: Run) -> None:
    assert "statements" not in service(run, PILOT, "orders-service")


def test_explain_shows_the_key_behind_a_statement(run: Run, signed: Path) -> None:
    of = ("-s", "orders-service")
    assert "attested by ada, owner, on 2026-10-01, signed with SHA256:" in said(
        run, signed, "explain", "L1.scaffold", *of
    )
    waived = " ".join(
        run(
            "-C", signed, "explain", "G8.tenant-keys", "-m", "M3", *AS_OF, "-s", "payments-service"
        ).out.split()
    )
    assert "the declaration is signed with SHA256:" in waived


def test_an_attestation_that_was_changed_is_restored_or_signed_again(run: Run, signed: Path) -> None:
    edit(signed / "services/orders-service.yaml", "orders/scaffold", "orders/other")
    explained = said(run, signed, "explain", "L1.scaffold", "-s", "orders-service")
    assert "Restore it as it was signed, or have it signed again: `gatekeeper sign --by ada" in explained


def test_what_must_be_signed_says_who_signs_it(run: Run, tmp_path: Path) -> None:
    root = with_keys(copy_of_pilot(tmp_path / "repository"))
    require(root, "owner")
    explained = said(run, root, "explain", "L1.scaffold", "-s", "orders-service")
    assert "? L1.scaffold orders-service M1 L2 (Internal MVP) missing (unsigned) binding" in explained
    assert "do Have it signed: `gatekeeper sign --by ada --key FILE`." in explained
    row = {one["criterion"]: one for one in service(run, root, "orders-service")["level_criteria"]}[
        "L1.scaffold"
    ]
    assert (row["status"], row["reason_code"]) == ("missing", "unsigned")
    actions = said(run, root, "next")
    assert actions.count("Sign the entries of cy") == 1, "one action, not one for each criterion or owner"


@pytest.mark.long
def test_a_workspace_without_signatures_loads_no_cryptography() -> None:
    heavy = ("cryptography", "rfc8785")
    script = (
        "import sys; from gatekeeper.cli import main; "
        f"main.run(['-C', {str(PILOT)!r}, 'check', '-m', 'M1', '--as-of', '2026-11-20']); "
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & set({heavy!r})), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment()
    )
    assert ran.stderr.splitlines()[-1] == "[]"


def test_explain_of_a_level_shows_each_sign_off_and_its_key(run: Run, changed: Path) -> None:
    told = " ".join(run("-C", changed, "explain", "L1", *AS_OF, "-s", "orders-service").out.split())
    assert "orders-service team-orders signed off L0" in told
    assert "✗ owner ada, 2026-10-05, does not count: its signature is invalid" in told
    assert "✓ security eli, 2026-10-07, signed with SHA256:" in told
    found = json.loads(run("-C", changed, "explain", "L1", *AS_OF, "-f", "json").out)
    services = {of["service"]: of for of in found["services"]}
    rows = {one["role"]: one for one in services["orders-service"]["sign_offs"]}
    assert (rows["owner"]["counts"], rows["owner"]["signature"]["state"]) == (False, "invalid")
    assert (rows["security"]["counts"], rows["security"]["signature"]["state"]) == (True, "signed")
    assert services["payments-service"]["signed_level"] == "L3"


def test_explain_of_a_level_shows_what_is_typed_and_what_is_missing(run: Run) -> None:
    told = " ".join(run("-C", PILOT, "explain", "L2", *AS_OF, "-s", "catalogue-service").out.split())
    assert "✓ owner cy, 2026-11-19, typed ? architecture not signed off ? security not signed off" in told
    above = " ".join(run("-C", PILOT, "explain", "L2", *AS_OF, "-s", "payments-service").out.split())
    assert "signed off L3 (Customer-facing MVP) · owner none, and needs none" in above
    quarters = run("-C", QUARTERS, "explain", "silver", *AS_OF).out
    assert "no level is signed off here" in quarters
