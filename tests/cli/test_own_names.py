"""A workspace with names of its own: what asks for less blocks, exits are recorded, obligations and words are its own."""

import json
from pathlib import Path

import pytest

from builders.program import AS_OF
from builders.repositories import commit, committed_quarters
from builders.workspaces import Run, edit
from gatekeeper.manifests.name_search import names

LEVELS, GOVERNANCE, SETTINGS = "gates/levels.yaml", "gates/governance.yaml", "gatekeeper.yaml"
PLATINUM = "  - {level: platinum, name: Beyond, meaning: More than gold., audience: Everyone}\n"


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    return committed_quarters(tmp_path / "quarters")


def blocking(run: Run, quarters: Path) -> list[str]:
    """Return the messages of the changes that block; the exit code fits them."""
    ran = run("-C", quarters, "diff", "HEAD", "--format", "json", *AS_OF)
    assert ran.err == ""
    found = [change["message"] for change in json.loads(ran.out)["changes"] if change["blocks"]]
    assert ran.code == int(bool(found))
    return found


def test_a_level_on_top_that_moves_the_default_of_exceptions_blocks(run: Run, quarters: Path) -> None:
    edit(quarters / GOVERNANCE, "exceptions: {excuse: gold, ship_at: silver}\n", "")
    commit(quarters, "by default")
    (quarters / "milestones/risk-register/KITE-1.yaml").unlink()
    commit(quarters, "without the entry")
    with (quarters / LEVELS).open("a", encoding="utf-8") as file:
        file.write(PLATINUM)
    assert blocking(run, quarters) == [
        "exceptions excuse platinum and ship at gold instead of gold and silver"
    ]


def test_a_level_on_top_asks_for_nothing_less_where_exceptions_are_named(run: Run, quarters: Path) -> None:
    with (quarters / LEVELS).open("a", encoding="utf-8") as file:
        file.write(PLATINUM)
    assert blocking(run, quarters) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            SETTINGS,
            "2026Q4, 2027Q1",
            "2027Q1, 2026Q4",
            "the milestones are not those of the base; their order is",
        ),
        (GOVERNANCE, "ship_at: silver", "ship_at: bronze", "exceptions excuse gold and ship at bronze"),
        (GOVERNANCE, ", of_service: true", "", "the role lead may be held by people outside the team"),
        (LEVELS, "ships_to: [lab]\n", "ships_to: [lab, everyone]\n", "bronze may now ship to everyone"),
    ],
)
def test_what_asks_for_less_blocks(
    run: Run, quarters: Path, file: str, old: str, new: str, message: str
) -> None:
    edit(quarters / file, old, new)
    assert [told for told in blocking(run, quarters) if told.startswith(message)]


def test_a_raised_cell_that_defines_a_level_with_less_does_not_heal_a_regression(
    run: Run, quarters: Path
) -> None:
    shop = quarters / "services/kite-shop.yaml"
    ship = ("can-ship", "kite-shop", "--to", "pilot-customers", *AS_OF)
    assert run("-C", quarters, *ship).code == 1
    edit(
        shop,
        "plan:\n",
        "plan:\n  2026Q3: {level: silver, gates: {run: {scope: alerts, only: [run.alerts]}}}\n",
    )
    assert run("-C", quarters, *ship).code == 0, "this is what the change is for"
    assert any("no longer asks for" in told for told in blocking(run, quarters))


def test_lowering_a_claim_without_sign_offs_is_a_note(run: Run, quarters: Path) -> None:
    edit(quarters / "services/kite-shop.yaml", "level: silver\n", "level: bronze\n")
    assert blocking(run, quarters) == []


def test_an_exception_needs_a_level_to_ship_at(run: Run, quarters: Path) -> None:
    edit(quarters / GOVERNANCE, "ship_at: silver", "ship_at: none")
    ran = run("-C", quarters, "validate")
    assert ran.code == 3
    assert "nothing may ship at none, which requires nothing; name a level above it" in ran.err


def test_nobody_signs_twice(run: Run, quarters: Path) -> None:
    edit(quarters / GOVERNANCE, "upgrade_sign_offs: []", "upgrade_sign_offs: [lead, lead]")
    ran = run("-C", quarters, "validate")
    assert "lead signs twice, and signers are different people; list it once" in ran.err


def test_a_closed_exception_is_history(run: Run, quarters: Path) -> None:
    with (quarters / "milestones/risk-register/KITE-1.yaml").open("a", encoding="utf-8") as file:
        file.write("closed: 2026-11-19\n")
    edit(quarters / GOVERNANCE, "exceptions: {excuse: gold, ship_at: silver}\n", "")
    with (quarters / LEVELS).open("a", encoding="utf-8") as file:
        file.write(PLATINUM)
    assert run("-C", quarters, "validate").code == 0


def test_a_weakened_rule_fails_the_check_of_the_change(run: Run, quarters: Path) -> None:
    assert run("-C", quarters, "check", "--base", "HEAD", "-m", "2026Q4", *AS_OF).code == 0
    edit(quarters / "gates/build.yaml", "at_least: 80", "at_least: 8")
    ran = run("-C", quarters, "check", "--base", "HEAD", "-m", "2026Q4", *AS_OF)
    assert (ran.code, "Weakened without approval" in ran.out) == (1, True)


def test_an_exit_is_recorded_once_the_milestone_is_not_blocked(run: Run, quarters: Path) -> None:
    refused = run("-C", quarters, "exit", "2026Q4", "--by", "platform-desk", *AS_OF)
    assert (refused.code, "2026Q4 is blocked by kite-catalogue, kite-shop" in refused.err) == (1, True)
    with (quarters / "milestones/2026Q4.yaml").open("a", encoding="utf-8") as file:
        file.write("exited: {on: 2026-11-19, by: platform-desk}\n")
    commit(quarters, "2026Q4 has exited")
    assert run("-C", quarters, "exit", "2027Q1", "--by", "platform-desk", *AS_OF).code == 0
    assert "2027Q1 Rentals for everyone exited" in " ".join(
        run("-C", quarters, "exit", "--list", *AS_OF).out.split()
    )
    assert blocking(run, quarters) == []


def test_obligations_of_a_level_of_a_workspace_s_own(run: Run, quarters: Path) -> None:
    shown = run("-C", quarters, "obligations", "--level", "bronze").out
    assert shown.startswith("level/bronze")
    assert "build.tests" in shown
    ran = run("-C", quarters, "obligations", "kite-shop", "--format", "json")
    families = {one["family"] for one in json.loads(ran.out)["obligations"]}
    assert families == {
        "service",
        "level/bronze",
        "level/silver",
        "level/gold",
        "milestone/2026Q4",
        "milestone/2027Q2",
    }


def test_a_shell_completes_the_workspace_s_own_names(quarters: Path) -> None:
    found = {noun: list(names(quarters, noun)) for noun in ("levels", "gates", "milestones")}
    assert found == {
        "levels": ["bronze", "silver", "gold"],
        "gates": ["api", "build", "run"],
        "milestones": ["2026Q3", "2026Q4", "2027Q1", "2027Q2"],
    }
    assert set(names(quarters, "destinations")) == {"lab", "pilot-customers", "everyone"}
