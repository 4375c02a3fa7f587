"""`diff` of changes to the ids themselves: levels and milestones added, dropped, moved and renamed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders.judging import without_digest
from builders.program import AS_OF
from builders.repositories import commit, committed_quarters
from builders.workspaces import Run, edit, write

LEVELS, GOVERNANCE, SETTINGS = "gates/levels.yaml", "gates/governance.yaml", "gatekeeper.yaml"
ROADMAP = "roadmap: [2026Q3, 2026Q4, 2027Q1, 2027Q2]"
NEW = """\
  - level: {}
    name: Between
    meaning: Something between two levels.
    audience: Somebody
    ships_to: [{}]
"""

Blocking = Callable[[], list[str]]


@pytest.fixture
def quarters(tmp_path: Path) -> Path:
    """Return the example with levels and milestones of its own, committed."""
    return committed_quarters(tmp_path / "quarters")


@pytest.fixture
def changes(run: Run, quarters: Path) -> Callable[[], list[dict[str, Any]]]:
    """Return the changes since the last commit; the exit code fits them."""

    def compare() -> list[dict[str, Any]]:
        ran = run("-C", quarters, "diff", "HEAD", "-f", "json", *AS_OF)
        assert ran.code in (0, 1), ran.err
        found: list[dict[str, Any]] = json.loads(ran.out)["changes"]
        assert ran.code == int(any(change["blocks"] for change in found))
        return found

    return compare


@pytest.fixture
def blocking(changes: Callable[[], list[dict[str, Any]]]) -> Blocking:
    return lambda: [without_digest(change["id"]) for change in changes() if change["blocks"]]


def add_level(quarters: Path, name: str, before: str | None, ships_to: str) -> None:
    text = (quarters / LEVELS).read_text(encoding="utf-8")
    new = NEW.format(name, ships_to)
    old = f"  - level: {before}\n"
    assert before is None or old in text
    write(quarters / LEVELS, text.replace(old, new + old) if before else text + new)


def rename(quarters: Path, old: str, new: str) -> None:
    """Rename an id everywhere."""
    for file in quarters.rglob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        write(file, re.sub(rf"\b{old}\b", new, text))
    for file in quarters.rglob(f"{old}.yaml"):
        file.rename(file.with_name(f"{new}.yaml"))


@pytest.mark.parametrize("before", ["none", "bronze", "silver", "gold", None])
def test_a_new_level_weakens_nothing_if_it_ships_no_further(
    quarters: Path, blocking: Blocking, before: str | None
) -> None:
    add_level(quarters, "steel", before, "")
    assert blocking() == []


@pytest.mark.parametrize(
    ("before", "ships_to", "expected"),
    [
        ("silver", "lab", []),
        ("silver", "lab, everyone", ["steel.ships_to"]),
        ("gold", "lab, pilot-customers", []),
        (None, "everyone", []),
    ],
)
def test_a_new_level_that_ships_further_than_those_above_has_to_be_signed(
    quarters: Path, blocking: Blocking, before: str | None, ships_to: str, expected: list[str]
) -> None:
    add_level(quarters, "steel", before, ships_to)
    assert blocking() == expected


def test_a_level_that_is_dropped_has_to_be_signed(run: Run, quarters: Path, blocking: Blocking) -> None:
    add_level(quarters, "steel", "silver", "lab")
    commit(quarters)
    edit(quarters / LEVELS, NEW.format("steel", "lab"), "")
    assert blocking() == ["steel"]


def test_by_default_a_new_top_level_is_the_one_that_exceptions_excuse(
    quarters: Path, changes: Callable[[], list[dict[str, Any]]]
) -> None:
    edit(quarters / GOVERNANCE, "exceptions: {excuse: gold, ship_at: silver}\n", "")
    (quarters / "milestones/risk-register/KITE-1.yaml").unlink()
    commit(quarters)
    add_level(quarters, "steel", None, "everyone")
    found = changes()
    [message] = [change["message"] for change in found if change["blocks"]]
    assert message == "exceptions excuse steel and ship at gold instead of gold and silver"
    assert not [change for change in found if change["kind"] in ("regression", "improvement")]


def test_a_level_that_is_renamed_is_another_level(quarters: Path, blocking: Blocking) -> None:
    rename(quarters, "gold", "platinum")
    found = blocking()
    assert "gold" in found
    assert "gold.capabilities" in found


def test_milestones_in_another_order_have_to_be_signed(quarters: Path, blocking: Blocking) -> None:
    edit(quarters / SETTINGS, ROADMAP, "roadmap: [2026Q3, 2027Q1, 2026Q4, 2027Q2]")
    assert blocking() == ["roadmap"], "once, and not again by each service"


def test_a_milestone_between_two_has_to_be_signed(quarters: Path, blocking: Blocking) -> None:
    """Exceptions would last longer."""
    write(quarters / "milestones/beta.yaml", "milestone: beta\n")
    edit(quarters / SETTINGS, ROADMAP, ROADMAP.replace("2027Q1", "beta, 2027Q1"))
    assert blocking() == ["roadmap"]


def test_a_milestone_that_is_renamed_is_another_milestone(quarters: Path, blocking: Blocking) -> None:
    rename(quarters, "2027Q2", "later")
    assert blocking() == ["roadmap"]
