"""The second example: quarters, metals, no sign-offs. Every command works on ids that are all its own."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

import gatekeeper
from builders.judging import without_digest
from builders.program import AS_OF, Kept, criteria, criterion, environment, one_service
from builders.repositories import committed_quarters
from builders.workspaces import QUARTERS, Run, copy_of_quarters, edit, write
from gatekeeper import __version__, reporters
from gatekeeper.cli import command_list, main
from gatekeeper.syntax.yaml import load

MILESTONES = {
    "2026Q3": ("ready", {"kite-catalogue": "ready", "wind-worker": "ready"}),
    "2026Q4": (
        "blocked",
        {
            "kite-catalogue": "blocked",
            "kite-shop": "blocked",
            "rental-service": "ready",
            "wind-worker": "ready",
        },
    ),
    "2027Q1": ("ready_with_exceptions", {"rental-service": "excepted", "wind-worker": "ready"}),
    "2027Q2": ("blocked", {"kite-catalogue": "blocked", "kite-shop": "blocked", "rental-service": "blocked"}),
}
OPEN = {
    ("2026Q4", "kite-catalogue"): {
        "api.no-breaking-change": "fail",
        "run.load": "stale",
        "run.alerts": "missing",
    },
    ("2026Q4", "kite-shop"): {"build.dependencies": "fail"},
    ("2026Q4", "rental-service"): {},
    ("2027Q1", "wind-worker"): {},
    ("2027Q1", "rental-service"): {
        "gold.capabilities": "excepted",
        "gold.restore": "excepted",
        "capability:insurance": "excepted",
    },
    ("2027Q2", "rental-service"): {
        "gold.capabilities": "missing",
        "gold.restore": "missing",
        "capability:insurance": "missing",
    },
}
REASONS = {
    ("2026Q4", "kite-catalogue"): {"gate-red", "level-not-reached", "level-not-claimed"},
    ("2026Q4", "kite-shop"): {"regression", "gate-red", "level-not-reached"},
    ("2027Q2", "rental-service"): {
        "overdue-exception",
        "level-criteria-open",
        "capabilities-open",
        "level-not-reached",
        "level-not-claimed",
    },
}
SCREENS = {
    "check-2026q3": "check -m 2026Q3",
    "check-2026q4": "check",
    "check-2026q4-details": "check -m 2026Q4 --details",
    "check-2027q1": "check -m 2027Q1",
    "check-2027q2": "check -m 2027Q2",
    "check-one-gate": "check -m 2026Q4 --gate run --owner team-string",
    "next": "next",
    "next-overdue": "next -m 2027Q2 --owner team-knot",
    "explain-a-failure": "explain api.no-breaking-change -s kite-catalogue",
    "explain-an-attestation": "explain run.runbook -s kite-shop",
    "explain-a-demand": "explain run.scope",
    "explain-same-as": "explain bronze.tests -m 2026Q3",
    "explain-a-waiver": "explain gold.restore -m 2027Q2",
    "explain-an-exception": "explain capability:insurance -m 2027Q1",
    "can-ship": "can-ship wind-worker --to pilot-customers",
    "can-ship-no-level": "can-ship rental-service --to everyone",
    "can-ship-regression": "can-ship kite-shop --to lab",
    "matrix": "matrix",
    "matrix-markdown": "matrix -f markdown",
    "except-list": "except list -m 2027Q1",
    "except-list-overdue": "except list -m 2027Q2",
}
DATELESS = {"summary": "summary", "audit": "audit", "validate": "validate"}


def quarters(run: Run, *arguments: object, folder: Path = QUARTERS) -> Any:
    """Run a command as of the example's day."""
    return run("-C", folder, *arguments, *AS_OF)


def asked(run: Run, *arguments: object, folder: Path = QUARTERS) -> Any:
    """Return what a command says in JSON."""
    ran = quarters(run, *arguments, "-f", "json", folder=folder)
    assert ran.err == ""
    return json.loads(ran.out)


def judged(run: Run, milestone: str, service: str, folder: Path = QUARTERS) -> dict[str, Any]:
    ran = quarters(run, "check", "-m", milestone, "-s", service, "-f", "json", folder=folder)
    return one_service(ran.out)


def plain(text: str) -> str:
    """Return a screen without its line breaks."""
    return " ".join(text.split())


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return copy_of_quarters(tmp_path / "quarters")


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """Return a copy with one commit, of 2026-11-18."""
    copy = committed_quarters(tmp_path / "quarters")
    commit(copy, "2026-11-18", "--amend")
    return copy


def commit(folder: Path, on: str, *more: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    git = ["git", "-C", str(folder), *identity]
    subprocess.run([*git, "add", "-A"], check=True)
    dates = {"GIT_COMMITTER_DATE": f"{on}T12:00:00Z"}
    subprocess.run([*git, "commit", "-qm", "change", *more], check=True, env={**environment(), **dates})


# Verdicts


@pytest.mark.parametrize("milestone", MILESTONES)
def test_each_quarter_has_its_verdict(run: Run, milestone: str) -> None:
    expected, services = MILESTONES[milestone]
    verdict = asked(run, "check", "-m", milestone)
    assert (verdict["milestone"], verdict["verdict"]) == (milestone, expected)
    assert {service["service"]: service["verdict"] for service in verdict["services"]} == services


@pytest.mark.parametrize(("milestone", "service"), OPEN)
def test_exactly_these_criteria_are_open(run: Run, milestone: str, service: str) -> None:
    found = {
        found["criterion"]: found["status"]
        for found in criteria(judged(run, milestone, service))
        if found["status"] not in ("pass", "not_applicable")
        and found["criterion"] != "capability:gift-vouchers"
    }
    assert found == OPEN[milestone, service]


@pytest.mark.parametrize(("milestone", "service"), REASONS)
def test_each_blocked_service_says_why(run: Run, milestone: str, service: str) -> None:
    reasons = judged(run, milestone, service)["reasons"]
    assert {reason["code"] for reason in reasons} == REASONS[milestone, service]


def test_the_signed_level_is_the_one_that_the_manifest_claims(run: Run, copy: Path) -> None:
    edit(copy / "services/rental-service.yaml", "level: silver", "level: gold")
    service = judged(run, "2027Q1", "rental-service", copy)
    assert (service["signed_level"], service["verified_level"]) == ("gold", "silver")
    assert "regression" in {reason["code"] for reason in service["reasons"]}


# Screens


@pytest.mark.long
@pytest.mark.parametrize("name", [*SCREENS, *DATELESS])
def test_screen(name: str, run: Run, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(QUARTERS)
    command = [*SCREENS[name].split(), *AS_OF] if name in SCREENS else DATELESS[name].split()
    ran = run(*command)
    # What `validate` says of CODEOWNERS depends on the forge that the clone is from.
    assert [line for line in ran.err.splitlines() if "CODEOWNERS" not in line] == []
    assert snapshot(extension_class=Kept) == ran.out
    assert max(map(len, ran.out.splitlines())) <= 80 or name.endswith("markdown")


def test_alone_it_shows_the_next_quarter(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper.workspace.clock.today", lambda: date(2026, 11, 20))
    monkeypatch.chdir(QUARTERS)
    ran = run()
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.endswith("next: gatekeeper next --milestone 2026Q4\n")


# Formats


@pytest.mark.parametrize("milestone", MILESTONES)
def test_one_run_writes_every_format(run: Run, milestone: str, copy: Path, tmp_path: Path) -> None:
    names = [name for name in reporters.REPORTERS.names if name != "table"]
    sinks = [part for name in names for part in ("-o", f"{name}={tmp_path / name}")]
    ran = quarters(run, "check", "-m", milestone, *sinks, folder=copy)
    assert ran.code == (MILESTONES[milestone][0] == "blocked")
    for name in names:
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert milestone in text or name in LISTS, name
        assert all(each in text for each in _open(milestone)) or name in SUMMARIES, name


LISTS = {"datadog", "gitlab", "sarif", "tap"}
"""Formats that list what is open, without the milestone."""
SUMMARIES = {"badge-json", "ics", "intoto", "openmetrics"}
"""Formats that do not list what is open."""


def _open(milestone: str) -> set[str]:
    """Return the criteria that every format has to name."""
    blocked = milestone in ("2026Q4", "2027Q2")
    return {"api.no-breaking-change", "run.alerts", "run.load", "build.dependencies"} if blocked else set()


@pytest.mark.parametrize("name", ["comment", "github", "junit"])
def test_a_report_on_the_quarters(name: str, run: Run, copy: Path, snapshot: SnapshotAssertion) -> None:
    ran = quarters(run, "check", "-m", "2026Q4", "-f", name, folder=copy)
    assert (ran.code, ran.err) == (1, "")
    text = re.sub(r"sha256:[0-9a-f]{12,64}", "sha256:DIGEST", ran.out)
    assert snapshot(extension_class=Kept) == text.replace(f"gatekeeper {__version__}", "gatekeeper VERSION")


def test_remarks_are_where_they_are_fixed(run: Run, copy: Path) -> None:
    [result] = asked_sarif(run, copy)["runs"]
    places = {
        one["ruleId"]: (
            one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            one["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for one in result["results"]
    }
    assert places["regression"] == ("services/kite-shop.yaml", line_of(copy, "kite-shop", "level:"))
    assert places["run.load"] == (
        "services/kite-catalogue.yaml",
        line_of(copy, "kite-catalogue", "  load_test:"),
    )
    assert places["run.alerts"] == (
        "services/kite-catalogue.yaml",
        line_of(copy, "kite-catalogue", "      run:"),
    )
    assert places["api.no-breaking-change"] == ("services/kite-catalogue/api/openapi-current.yaml", 9)


def test_a_level_that_only_has_to_be_claimed_is_remarked(run: Run, copy: Path) -> None:
    edit(copy / "services/rental-service.yaml", "level: silver", "level: bronze")
    [result] = asked_sarif(run, copy)["runs"]
    [remark] = [one for one in result["results"] if one["properties"]["service"] == "rental-service"]
    assert (remark["ruleId"], remark["level"]) == ("level-not-claimed", "warning")
    [place] = remark["locations"]
    assert place["physicalLocation"]["region"]["startLine"] == line_of(copy, "rental-service", "level:")


def asked_sarif(run: Run, folder: Path) -> Any:
    return json.loads(quarters(run, "check", "-m", "2026Q4", "-f", "sarif", folder=folder).out)


def line_of(folder: Path, service: str, start: str) -> int:
    lines = (folder / f"services/{service}.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))


def test_a_signed_result_verifies(run: Run, committed: Path, tmp_path: Path) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    secret = write(tmp_path / "key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    secret.chmod(0o600)
    public = write(
        tmp_path / "pub", key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    file = tmp_path / "2027Q1.json"
    quarters(run, "check", "-m", "2027Q1", "-o", f"intoto={file}", "--sign", secret, folder=committed)
    verify = ("verify-report", file, "--key", public, "--passed", "-m")
    assert run(*verify, "2027Q1").code == 0
    other = run(*verify, "2027Q2")
    assert (other.code, "it is about 2027Q1, and --milestone asks for 2027Q2" in plain(other.out)) == (
        1,
        True,
    )


# What next, and may it ship


def test_the_next_steps_are_those_of_the_two_blocked_services(run: Run) -> None:
    steps = asked(run, "next")["actions"]
    assert {(*step["owners"], *step["criteria"]) for step in steps} == {
        ("team-string", "api.no-breaking-change"),
        ("team-string", "run.alerts"),
        ("team-string", "run.load"),
        ("team-string",),
        ("team-tail", "build.dependencies"),
    }


@pytest.mark.parametrize(
    ("service", "to", "reasons"),
    [
        ("wind-worker", "lab", []),
        ("wind-worker", "pilot-customers", []),
        ("wind-worker", "everyone", ["level-not-reached", "level-not-claimed"]),
        ("rental-service", "pilot-customers", []),
        ("rental-service", "everyone", []),
        ("kite-catalogue", "lab", []),
        ("kite-catalogue", "pilot-customers", ["level-not-reached", "level-not-claimed"]),
        ("kite-shop", "lab", ["regression"]),
    ],
)
def test_a_service_ships_where_its_level_allows(run: Run, service: str, to: str, reasons: list[str]) -> None:
    answer = asked(run, "can-ship", service, "--to", to)
    assert ([reason["code"] for reason in answer["reasons"]], answer["destination"]) == (reasons, to)


def test_a_destination_of_another_workspace_is_refused(run: Run) -> None:
    ran = quarters(run, "can-ship", "wind-worker", "--to", "production")
    assert (ran.code, ran.out) == (2, "")
    assert all(to in ran.err for to in ("production", "lab", "pilot-customers", "everyone"))


def test_gold_that_is_due_needs_an_open_exception_everywhere(run: Run, copy: Path) -> None:
    for milestone in ("2026Q4", "2027Q1"):
        with (copy / f"milestones/{milestone}.yaml").open("a", encoding="utf-8") as file:
            file.write("exited: {on: 2026-11-19, by: platform-desk}\n")
    to_lab = ("can-ship", "rental-service", "--to", "lab")
    assert asked(run, *to_lab, folder=copy)["held_level"] == "gold"
    (copy / "milestones/risk-register/KITE-1.yaml").unlink()
    [reason] = asked(run, *to_lab, folder=copy)["reasons"]
    assert (reason["code"], "gold is due since the exit of 2027Q1" in reason["message"]) == (
        "exception-missing",
        True,
    )


# Plan


def test_the_matrix_has_the_quarters_in_their_order(run: Run) -> None:
    rental = asked(run, "matrix")["services"]["rental-service"]
    assert {milestone: cell["level"] for milestone, cell in rental.items()} == {
        "2026Q4": "silver",
        "2027Q1": "gold",
        "2027Q2": "gold",
    }
    assert [*rental] == ["2026Q4", "2027Q1", "2027Q2"]


def test_the_order_is_the_list_and_not_the_name(run: Run, copy: Path) -> None:
    edit(copy / "gatekeeper.yaml", "[2026Q3, 2026Q4, 2027Q1, 2027Q2]", "[2026Q3, 2027Q1, 2026Q4, 2027Q2]")
    edit(copy / "services/rental-service.yaml", "  2026Q4:", "  2026Q4x:")
    edit(copy / "services/rental-service.yaml", "  2027Q1:", "  2026Q4:")
    edit(copy / "services/rental-service.yaml", "  2026Q4x:", "  2027Q1:")
    edit(copy / "milestones/risk-register/KITE-1.yaml", "opened_in: 2027Q1", "opened_in: 2026Q4")
    assert (
        run("-C", copy, "check", "-q", *AS_OF).out
        == "✓ 2027Q1 (Rentals for everyone) may exit: 2 of 2 ready.\n"
    )
    assert [*asked(run, "matrix", folder=copy)["services"]["rental-service"]] == [
        "2027Q1",
        "2026Q4",
        "2027Q2",
    ]


def test_the_lists_promise_what_the_plan_does_not(run: Run) -> None:
    ran = run("-C", QUARTERS, "audit", "--strict", "-f", "json")
    found = {(finding["milestone"], finding["service"]) for finding in json.loads(ran.out)["findings"]}
    assert found == {("2027Q1", "kite-catalogue"), ("2027Q1", "kite-shop"), ("2027Q2", "wind-worker")}
    assert ran.code == 1


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("services/wind-worker.yaml", "level: silver", "level: sliver", "services/wind-worker.yaml:5:8"),
        ("services/wind-worker.yaml", "      run:", "      ran:", "services/wind-worker.yaml:16:7"),
        ("services/wind-worker.yaml", "  2027Q1:", "  2027Q9:", "services/wind-worker.yaml:18:3"),
        ("gatekeeper.yaml", "2027Q1, ", "", "milestones/2027Q1.yaml"),
        ("gates/governance.yaml", "excuse: gold", "excuse: golden", "gates/governance.yaml:12:22"),
        ("gates/levels.yaml", "gold.restore", "golden.restore", "gates/levels.yaml:"),
    ],
)
def test_a_mistake_is_shown_where_it_is(
    run: Run, copy: Path, file: str, old: str, new: str, said: str
) -> None:
    edit(copy / file, old, new)
    ran = run("-C", copy, "validate")
    assert ran.code == 3
    assert said in ran.err


# Record


def test_a_sign_off_is_refused_because_there_are_none(run: Run, copy: Path) -> None:
    before = (copy / "services/rental-service.yaml").read_bytes()
    ran = quarters(run, "sign", "rental-service", "gold", "--role", "lead", "--by", "lead-knot", folder=copy)
    assert (ran.code, ran.out) == (2, "")
    assert "upgrade_sign_offs" in ran.err
    assert (copy / "services/rental-service.yaml").read_bytes() == before


def test_a_lead_attests_for_the_own_team_only(run: Run, copy: Path) -> None:
    for_shop = ("attest", "kite-shop", "silver.journeys", "--role", "lead", "--link", "https://example.org/7")
    refused = quarters(run, *for_shop, "--by", "lead-wind", folder=copy)
    assert (refused.code, "team-tail" in refused.err) == (2, True)
    (copy / "services/kite-shop/reports/playwright-ctrf.json").unlink()
    ran = quarters(run, *for_shop, "--by", "lead-tail", folder=copy)
    assert (ran.code, ran.err) == (0, "")
    journeys = criterion(judged(run, "2026Q4", "kite-shop", copy), "silver.journeys")
    assert (journeys["status"], journeys["basis"]) == ("pass", "attestation")


def test_a_capability_is_attested(run: Run, copy: Path) -> None:
    of = ("attest", "rental-service", "capability:insurance", "--link", "https://example.org/7")
    ran = quarters(run, *of, "--role", "lead", "--by", "lead-knot", folder=copy)
    assert (ran.code, ran.err) == (0, "")
    assert (
        criterion(judged(run, "2027Q1", "rental-service", copy), "capability:insurance")["status"] == "pass"
    )


def test_an_exception_is_closed_and_opened_again(run: Run, copy: Path) -> None:
    entry = copy / "milestones/risk-register/KITE-1.yaml"
    closed = quarters(run, "except", "close", "KITE-1", folder=copy)
    assert (closed.code, closed.err) == (0, "")
    assert "closed: 2026-11-20" in entry.read_text(encoding="utf-8")
    assert quarters(run, "check", "-m", "2027Q1", folder=copy).code == 1
    entry.unlink()
    command = (
        "except open rental-service -m 2027Q1 --delta gold.capabilities --delta gold.restore"
        " --delta capability:insurance --risk 'no restore yet' --approved-by platform-desk"
        " --link https://example.org/7"
    )
    opened = quarters(run, *shlex.split(command), folder=copy)
    assert (opened.code, opened.err) == (0, "")
    assert quarters(run, "check", "-m", "2027Q1", "-q", folder=copy).out.startswith(
        "~ 2027Q1 (Rentals for everyone) may exit"
    )


def test_the_delivery_of_the_last_item_blocks_nothing(run: Run, copy: Path) -> None:
    drill = "---\ndate: 2026-11-19\noutcome: passed\n---\n# Drill\n\nAll bookings were there.\n"
    write(copy / "services/rental-service/drill.md", drill)
    manifest = copy / "services/rental-service.yaml"
    edit(manifest, "evidence:\n", "evidence:\n  restore_drill: drill.md\n")
    for criterion_, role, by in (
        ("capability:insurance", "lead", "lead-knot"),
        ("gold.capabilities", "platform", "platform-desk"),
    ):
        attest = ("attest", "rental-service", criterion_, "--role", role, "--by", by)
        assert quarters(run, *attest, "--link", "https://example.org/7", folder=copy).code == 0
    assert judged(run, "2027Q1", "rental-service", copy)["verdict"] == "excepted"
    edit(manifest, "level: silver", "level: gold")
    service = judged(run, "2027Q1", "rental-service", copy)
    assert (service["verdict"], service["effective_level"]) == ("ready", "gold")


def test_an_exception_for_silver_is_refused(run: Run, copy: Path) -> None:
    command = (
        "except open kite-catalogue -m 2026Q4 --delta run.alerts --risk x --approved-by platform-desk"
        " --link https://example.org/7"
    )
    ran = quarters(run, *shlex.split(command), folder=copy)
    assert (ran.code, ran.out) == (2, "")
    assert "gold" in ran.err


def test_a_record_takes_the_place_of_the_artefacts(run: Run, copy: Path, tmp_path: Path) -> None:
    artefacts = copy / "services/wind-worker"
    artefacts.rename(tmp_path / "service")
    assert judged(run, "2026Q4", "wind-worker", copy)["verdict"] == "blocked"
    at = ("--at", "2026-11-18T10:00:00Z", "--commit", "3ad1f07", "--from", tmp_path / "service")
    ran = run("-C", copy, "collect", "wind-worker", *at)
    assert (ran.code, ran.err) == (0, "")
    service = judged(run, "2026Q4", "wind-worker", copy)
    assert (service["verdict"], criterion(service, "run.load")["basis"]) == ("ready", "record")


# Publish


@pytest.mark.long
@pytest.mark.parametrize("milestone", MILESTONES)
def test_the_report_of_a_quarter(run: Run, milestone: str, copy: Path) -> None:
    shown = quarters(run, "report", "-m", milestone, "-f", "markdown", folder=copy)
    assert (shown.code, shown.err) == (0, "")
    _, services = MILESTONES[milestone]
    assert all(service in shown.out for service in services)
    assert all(each in shown.out for each in _open(milestone))
    page = quarters(run, "report", "-m", milestone, "-f", "html", folder=copy).out
    assert all(service in page for service in services)
    assert "signed off" not in shown.out + page
    assert "Sign-offs" not in shown.out + page


def test_a_page_says_the_lowest_level_where_none_is_claimed(run: Run, copy: Path) -> None:
    edit(copy / "services/kite-catalogue.yaml", "level: bronze\n", "")
    page = quarters(run, "report", "-m", "2026Q4", "-f", "html", folder=copy).out
    assert (
        "Verified bronze (Runs in the lab), claims none (Not started), target silver (Ready for pilot customers)."
        in page
    )


def test_the_site_has_a_page_for_each_quarter_and_service(run: Run, tmp_path: Path) -> None:
    assert quarters(run, "site", "--out", tmp_path / "site").code == 0
    pages = {file.relative_to(tmp_path / "site").as_posix() for file in (tmp_path / "site").rglob("*.html")}
    services = {file.stem for file in (QUARTERS / "services").glob("*.yaml")}
    assert pages == {
        "index.html",
        *(f"milestones/{milestone}.html" for milestone in MILESTONES),
        *(f"services/{service}.html" for service in services),
    }
    badge = (tmp_path / "site/badges/services/rental-service/level.svg").read_text(encoding="utf-8")
    assert "silver" in badge


def test_the_document_agrees_with_the_plan_that_wrote_it(run: Run, copy: Path) -> None:
    for flavour in ("plain", "docusaurus"):
        assert run("-C", copy, "docs", "--flavour", flavour, "--out", f"{flavour}.md").code == 0
        checked = run("-C", copy, "docs", "--check", f"{flavour}.md")
        assert (checked.code, checked.err) == (0, "")
        assert "4 services, 11 cells, 3 gates" in plain(checked.out)
    edit(copy / "services/kite-shop.yaml", "    level: gold", "    level: silver")
    drifted = run("-C", copy, "docs", "--check", "plain.md")
    assert drifted.code == 1
    assert "gold here, and silver in the workspace" in plain(drifted.out)


def test_the_document_is_kept(run: Run, snapshot: SnapshotAssertion) -> None:
    assert snapshot(extension_class=Kept) == run("-C", QUARTERS, "docs").out


def test_an_imported_document_is_the_same_plan(run: Run, tmp_path: Path) -> None:
    page, again = tmp_path / "page.md", tmp_path / "again"
    run("-C", QUARTERS, "docs", "--out", page)
    made = run("docs", "import", page, "--out", again)
    assert (made.code, made.err) == (0, "")
    assert run("-C", again, "validate").code == 0
    plans = [
        json.loads(run("-C", folder, "matrix", *AS_OF, "-f", "json").out)["services"]
        for folder in (QUARTERS, again)
    ]
    assert plans[0] == plans[1]
    lists = [
        json.loads(run("-C", folder, "summary", "-f", "json").out)["milestones"]
        for folder in (QUARTERS, again)
    ]
    assert lists[0] == lists[1]
    governance = load((again / "gates/governance.yaml").read_bytes()).value
    assert (governance["upgrade_sign_offs"], [*governance["roles"]]) == ([], ["lead", "platform"])


# Changes


def test_a_change_that_loses_a_level_is_shown(run: Run, committed: Path) -> None:
    report = committed / "services/wind-worker/reports/gotestsum.xml"
    write(report, '<testsuite><testcase name="a"><failure message="b"/></testcase></testsuite>')
    ran = quarters(run, "diff", "HEAD", folder=committed)
    assert ran.code == 1
    assert all(said in plain(ran.out) for said in ("wind-worker", "silver", "build.tests"))


def test_a_weakening_needs_platform(run: Run, committed: Path) -> None:
    edit(committed / "gates/build.yaml", "at_least: 80", "at_least: 70")
    changes = asked(run, "diff", "HEAD", folder=committed)["changes"]
    [what] = [change["id"] for change in changes if change["blocks"]]
    assert without_digest(what) == "build.coverage"
    edit(
        committed / "gates/governance.yaml",
        "weakening_sign_off: platform\n",
        "weakening_sign_off: platform\nweakenings:\n"
        f'  - {{what: "{what}", by: platform-desk, on: 2026-11-19, link: "https://example.org/7"}}\n',
    )
    assert quarters(run, "diff", "HEAD", folder=committed).code == 0


def test_a_lower_plan_needs_platform_and_a_lower_claim_is_a_note(run: Run, committed: Path) -> None:
    edit(committed / "services/wind-worker.yaml", "level: silver", "level: bronze")
    edit(committed / "services/wind-worker.yaml", "    level: silver", "    level: bronze")
    changes = asked(run, "diff", "HEAD", folder=committed)["changes"]
    blocking = {(change["service"], without_digest(change["id"])) for change in changes if change["blocks"]}
    assert blocking == {("wind-worker", "wind-worker:plan.2026Q4")}
    assert "it claims bronze instead of silver" in {change["message"] for change in changes}


def test_the_trend_follows_the_quarters(run: Run, committed: Path) -> None:
    audit = committed / "services/kite-shop/reports/npm-audit.json"
    clean = json.loads(audit.read_text(encoding="utf-8")) | {"vulnerabilities": {}}
    clean["metadata"]["vulnerabilities"] |= {"high": 0, "total": 0}
    write(audit, json.dumps(clean))
    commit(committed, "2026-11-19")
    ran = run("-C", committed, "trend", "-f", "json")
    assert (ran.code, ran.err) == (0, "")
    said = json.loads(ran.out)
    assert said["milestones"] == [*MILESTONES]
    ready = [point["milestones"]["2026Q4"]["services"]["ready"] for point in said["points"]]
    assert ready == [2, 3]
    report = quarters(run, "report", "-m", "2027Q1", "--trend", "day", "-f", "markdown", folder=committed).out
    assert "| ~ ready with exceptions | 24 of 27 | 1 of 2 |" in report
    picture = run("-C", committed, "trend", "-m", "2026Q4", "-f", "svg")
    assert (picture.code, "2026Q4" in picture.out) == (0, True)


# Set up


def test_a_new_service_begins_in_the_quarter_that_has_not_exited(run: Run, copy: Path) -> None:
    made = run("-C", copy, "init", "--service", "string-shop", "--owner", "team-tail")
    assert (made.code, made.err) == (0, "")
    [cell] = asked(run, "matrix", folder=copy)["services"]["string-shop"].items()
    assert cell == ("2026Q4", {"level": "bronze", "gates": {"api": None}, "adds": []})
    assert run("-C", copy, "validate").out == "valid: 3 gates, 5 services, 4 milestones\n"


def evidence() -> Iterator[tuple[str, str, str]]:
    """Yield service, slot and path of everything that the example maps."""
    for file in sorted((QUARTERS / "services").glob("*.yaml")):
        for slot, pointer in yaml.safe_load(file.read_bytes())["evidence"].items():
            yield file.stem, slot, pointer if isinstance(pointer, str) else pointer["path"]


def slots() -> dict[str, dict[str, Any]]:
    files = [yaml.safe_load(file.read_bytes()) for file in (QUARTERS / "gates").glob("*.yaml")]
    return dict(chain.from_iterable(file.get("slots", {}).items() for file in files))


def test_every_artefact_is_read(run: Run) -> None:
    kinds = slots()
    for service, slot, path in evidence():
        select = [
            f"--select={name}={expression}" for name, expression in kinds[slot].get("select", {}).items()
        ]
        ran = run(
            "-C", QUARTERS, "facts", kinds[slot]["kind"], f"services/{service}/{path}", *select, "-f", "json"
        )
        assert (ran.code, ran.err) == (0, ""), (service, slot)


def test_the_facts_are_those_of_the_artefact(run: Run) -> None:
    ran = run("-C", QUARTERS, "facts", "coverage", "services/kite-catalogue/reports/coverage.xml")
    assert "catalogue/pages.py:15" in ran.out


MANIFESTS = {
    "service": "services/*.yaml",
    "milestone": "milestones/*.yaml",
    "exception": "milestones/risk-register/*.yaml",
    "gate": "gates/[abr]*.yaml",
    "levels": "gates/levels.yaml",
    "governance": "gates/governance.yaml",
    "gatekeeper": "gatekeeper.yaml",
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_schema_accepts_the_manifests(name: str, run: Run) -> None:
    schema = Draft202012Validator(json.loads(run("schema", name).out))
    files = sorted(QUARTERS.glob(MANIFESTS[name]))
    assert files
    for file in files:
        content = load(file.read_bytes()).value
        assert [error.message for error in schema.iter_errors(content)] == [], file


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("check -m ", [*MILESTONES]),
        ("check --gate ", ["api", "build", "run"]),
        ("explain gold.", ["gold.capabilities", "gold.restore"]),
        ("can-ship wind-worker --to ", ["everyone", "lab", "pilot-customers"]),
        ("sign kite-shop ", ["bronze", "gold", "silver"]),
        ("attest kite-shop run.runbook --role ", ["lead", "platform"]),
        ("attest kite-shop run.runbook --by p", ["platform-desk"]),
        ("except close ", ["KITE-1"]),
    ],
)
def test_words(
    line: str, words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = f"gatekeeper -C {QUARTERS} {line}"
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split(" ")) - 1))
    monkeypatch.setenv(command_list.COMPLETING, "complete_bash")
    main.run([])
    assert sorted(capsys.readouterr().out.split()) == sorted(words)


def test_it_opens_in_python() -> None:
    workspace = gatekeeper.open(QUARTERS)
    assert workspace.milestones == (*MILESTONES,)
    verdict = workspace.judge("2026Q4", as_of="2026-11-20")
    assert verdict.blocked_by == ("kite-catalogue", "kite-shop")
    assert str(verdict.services["kite-shop"].reasons[0].code) == "regression"


# The example itself


def test_the_readme_says_the_verdicts() -> None:
    text = (QUARTERS / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (20\d\dQ\d) \| (\w+) \|", text, re.MULTILINE)
    assert dict(rows) == {milestone: verdict for milestone, (verdict, _) in MILESTONES.items()}


def test_the_artefacts_are_small_and_name_no_machine() -> None:
    files = [file for file in QUARTERS.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 80_000
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"hostname|localhost|/tmp/|/home/|/root/|file://", text), file
