"""`next`: the work by owner, what it helps, and the forecast."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from builders.program import AS_OF, PILOT
from builders.workspaces import ROOT, Run, copy_of_pilot, edit

NEXT = ("next", *AS_OF)


def told(run: Run, *more: object, folder: Path = PILOT) -> dict[str, Any]:
    """Return what `next` says in JSON; it never fails for what it finds."""
    ran = run("-C", folder, *NEXT, "-f", "json", *more)
    assert (ran.code, ran.err) == (0, "")
    document: dict[str, Any] = json.loads(ran.out)
    return document


def test_it_has_exactly_the_keys_of_the_contract(run: Run) -> None:
    document = told(run, "-m", "M2")
    assert set(document) == {
        "schema_version", "milestone", "as_of", "exit_date", "verdict", "rulebook_digest", "tool_version", "commit",
        "filter", "blocked_by", "owners", "actions", "forecast", "milestone_name",
    }  # fmt: skip
    assert (document["schema_version"], document["milestone"], document["exit_date"]) == (
        2,
        "M2",
        "2027-02-26",
    )
    assert document["owners"] == [
        {"owner": "team-notifications", "actions": 1, "services": {"notifications-service": 1}},
        {"owner": "team-catalogue", "actions": 7, "services": {"catalogue-service": 7}},
        {"owner": "team-basket", "actions": 55, "services": {"basket-service": 55}},
    ]
    for action in document["actions"]:
        assert set(action) == {
            "id", "kind", "title", "instructions", "effort", "services", "owners", "roles", "criteria", "answers",
            "milestones", "unblocks", "excusable", "options", "recovers",
        }  # fmt: skip
        for option in action["options"]:
            assert {"way"} <= set(option) <= {"way", "by", "services"}
    for lapse in document["forecast"]:
        assert set(lapse) == {
            "rests_on", "criterion", "exception", "service", "owner", "holds_until", "lapses_on", "days_before_exit",
            "due", "remedy", "effort",
        }  # fmt: skip


def test_a_step_says_which_milestones_it_helps(run: Run) -> None:
    [mend] = [step for step in told(run, "-m", "M1")["actions"] if step["criteria"] == ["L2.use-cases"]]
    assert mend["milestones"] == ["M1", "M2"]
    assert mend["unblocks"] == {"services": ["notifications-service"], "milestones": []}


def test_a_milestone_that_was_exited_is_not_helped(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    with (pilot / "milestones/M2.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-01, by: dana}\n")
    steps = told(run, "-m", "M1", folder=pilot)["actions"]
    assert {name for step in steps for name in step["milestones"]} == {"M1"}


def test_a_single_step_may_unblock_milestones(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    for name in ("orders-service", "catalogue-service"):
        (pilot / f"services/{name}.yaml").unlink()
    [mend] = told(run, "-m", "M1", folder=pilot)["actions"]
    assert mend["unblocks"]["milestones"] == ["M1", "M2"]


@pytest.mark.parametrize(
    ("option", "name", "filtered"),
    [("--owner", "team-orders", "owners"), ("--service", "orders-service", "services")],
)
def test_a_filter_narrows_what_is_shown_and_not_what_is_true(
    option: str, name: str, filtered: str, run: Run
) -> None:
    whole = told(run, "-m", "M1")
    narrowed = told(run, "-m", "M1", option, name)
    assert narrowed["filter"] == {"owners": [], "services": [], filtered: [name]}
    assert narrowed["blocked_by"] == whole["blocked_by"]
    assert narrowed["actions"] == [one for one in whole["actions"] if name in one[filtered]]
    assert [of["owner"] for of in narrowed["owners"]] == ["team-orders"]


def test_an_owner_gets_its_part_of_an_action(run: Run) -> None:
    narrowed = told(run, "-m", "M3", "--owner", "team-sync", folder=ROOT)
    [part] = [one for one in narrowed["actions"] if one["id"] == "map:domain_source"]
    assert (part["services"], part["owners"]) == (["sync-service"], ["team-sync"])
    [instruction] = part["instructions"]
    assert "services" not in instruction, "it is for all services of the action"


def test_the_forecast_tells_the_day(run: Run) -> None:
    forecast = told(run, "-m", "M3")["forecast"]
    assert [(lapse["criterion"] or lapse["exception"], lapse["lapses_on"]) for lapse in forecast] == [
        ("G7.peak-load", "2026-12-19"),
        ("G8.isolation", "2026-12-19"),
        ("L2.use-cases", "2026-12-19"),
        ("capability:refunds", "2026-12-19"),
        ("G7.cold-and-warm", "2027-02-17"),
        ("L3.slo-targets", "2027-02-17"),
        ("RR-1", "2027-08-28"),
    ]
    assert forecast[0]["holds_until"] == "2026-12-18"
    assert forecast[-1]["due"] == "M4"


@pytest.mark.parametrize(("as_of", "status"), [("2026-12-18", "pass"), ("2026-12-19", "stale")])
def test_the_forecast_comes_true(run: Run, as_of: str, status: str) -> None:
    command = ("check", "-m", "M2", "-s", "payments-service", "--as-of", as_of, "-f", "json")
    [service] = json.loads(run("-C", PILOT, *command).out)["services"]
    [gate] = [gate for gate in service["gates"] if gate["gate"] == "G7"]
    found = {found["criterion"]: found["status"] for found in gate["criteria"]}
    assert found["G7.peak-load"] == status


def test_check_tells_the_forecast_where_it_tells_all(run: Run) -> None:
    sentence = "G7.cold-and-warm, L3.slo-targets of payments-service lapse on 2027-02-17, 9 days before M2's"
    in_full = run("-C", PILOT, "check", "-m", "M2", "--details", *AS_OF).out
    assert sentence in " ".join(in_full.split())
    assert "forecast" not in run("-C", PILOT, "check", "-m", "M2", *AS_OF).out


def test_check_promises_no_exit_for_a_part_of_it(run: Run) -> None:
    command = ("check", "-m", "M1", *AS_OF, "-f", "json")
    for narrowed in (("--owner", "team-notifications"), ("--service", "notifications-service")):
        [step] = json.loads(run("-C", PILOT, *command, *narrowed).out)["actions"]
        assert step["unblocks"] == {"services": ["notifications-service"], "milestones": []}


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("next -m M9", "unknown milestone 'M9'"),
        ("next --owner team-order", "unknown owner 'team-order'; did you mean 'team-orders'?"),
        ("next -m M1 --service basket-service", "basket-service has no target at M1; it has at M2"),
        ("next -f xml", "unknown format 'xml'; known: table, json, issues, issues-md"),
        ("next --as-of soon", "--as-of soon: write a date as"),
    ],
)
def test_wrong_usage_is_told(run: Run, command: str, message: str) -> None:
    ran = run("-C", PILOT, *command.split())
    assert ran.code == 2
    assert message in ran.err


def test_foreign_text_is_shown_as_text(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    edit(pilot / "services/orders-service.yaml", "owner: team-orders", r'owner: "[red]team\e[31m"')
    out = run("-C", pilot, "next", "-m", "M1", *AS_OF).out
    assert "[red]team" in out
    assert "\x1b" not in out


def test_the_plan_of_the_reference_is_a_page_of_actions(run: Run) -> None:
    screen = run("-C", ROOT, "next", "-m", "M3", *AS_OF).out
    numbered = re.findall(r"^ +(\d+) ([A-Z].+)$", screen, re.MULTILINE)
    assert [int(number) for number, _ in numbered] == [*range(1, 31)]
    lines = [title for _, title in numbered] + [line for line in screen.splitlines() if line.endswith(".")]
    assert len(set(lines)) == len(lines)
    [left_out] = re.findall(r"^(\d+) more actions", screen, re.MULTILINE)
    in_full = run("-C", ROOT, "next", "-m", "M3", "--all", *AS_OF).out
    assert len(re.findall(r"^ +\d+ [A-Z]", in_full, re.MULTILINE)) == 30 + int(left_out)
    assert in_full.startswith(screen[: screen.index(f"\n{left_out} more")])


def test_a_milestone_without_services_has_not_nothing_to_do(run: Run, tmp_path: Path) -> None:
    pilot = copy_of_pilot(tmp_path)
    (pilot / "milestones/M9.yaml").write_text("milestone: M9\nmust_be_green: []\n", encoding="utf-8")
    ran = run("-C", pilot, "next", "-m", "M9", *AS_OF)
    assert ran.out.startswith("✗ M9 is blocked: no service is in scope.\n  no exit date is set")


def test_a_wide_screen_has_an_action_on_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert "Map `alerts`   " in run("-C", ROOT, "next", "-m", "M3", *AS_OF).out
