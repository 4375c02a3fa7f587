"""The manifests of a new workspace: how levels, milestones and criteria are spread."""

from itertools import product
from typing import Any

import pytest

from gatekeeper.manifests.starter import EMPTY, MINIMAL, Starter, workspace
from gatekeeper.syntax.yaml import load


def data(starter: Starter, file: str) -> dict[str, Any]:
    """Return a manifest of a new workspace, parsed."""
    found: dict[str, Any] = load(workspace(starter)[file].encode()).value
    return found


def targets(starter: Starter) -> list[str]:
    return [cell["level"] for cell in data(starter, "services/example.yaml")["plan"].values()]


@pytest.mark.parametrize(
    ("levels", "milestones", "expected"),
    [
        ("0 1 2", "a b", "1 2"),
        ("0 1", "a b", "1 1"),
        ("0 1 2", "a", "2"),
        ("0 1 2", "a b c", "1 2 2"),
        ("0 1 2 3 4 5 6", "a b", "3 6"),
    ],
)
def test_the_levels_are_spread_over_the_milestones(levels: str, milestones: str, expected: str) -> None:
    starter = MINIMAL._replace(levels=tuple(levels.split()), milestones=tuple(milestones.split()))
    assert targets(starter) == expected.split()


def test_targets_never_fall_and_end_at_the_highest_level() -> None:
    for above, count in product(range(1, 7), range(1, 6)):
        levels = tuple(f"l{place}" for place in range(above + 1))
        found = targets(MINIMAL._replace(levels=levels, milestones=tuple("abcde"[:count])))
        assert found == sorted(found)
        assert (found[0] > "l0", found[-1]) == (True, levels[-1])


@pytest.mark.parametrize(
    ("levels", "errors", "coverage"),
    [("0 1", None, None), ("0 1 2", None, "2"), ("0 1 2 3", "2", "3"), ("0 1 2 3 4 5 6", "3", "6")],
)
def test_harder_criteria_begin_at_higher_levels(
    levels: str, errors: str | None, coverage: str | None
) -> None:
    starter = MINIMAL._replace(levels=tuple(levels.split()))
    begins = {
        criterion["id"]: criterion.get("from")
        for gate in starter.gates
        for criterion in data(starter, f"gates/{gate}.yaml")["criteria"]
    }
    assert [begins[easy] for easy in ("build.tests", "api.described", "run.runbook")] == [None] * 3
    assert (begins["api.errors"], begins["build.coverage"]) == (errors, coverage)


def test_nobody_is_on_the_roster() -> None:
    for starter in (MINIMAL, EMPTY, MINIMAL._replace(sign_off=None)):
        assert data(starter, "gates/governance.yaml")["roster"] == {}


def test_without_sign_offs_the_owner_attests() -> None:
    starter = MINIMAL._replace(sign_off=None, gates=("legal",))
    governance = data(starter, "gates/governance.yaml")
    assert governance["upgrade_sign_offs"] == []
    assert governance["roles"]["owner"]["of_service"] is True
    assert data(starter, "gates/legal.yaml")["criteria"][0]["attested_by"] == "owner"
