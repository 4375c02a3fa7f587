"""The cases of the reference rulebook hold, and every criterion has one that passes, one that fails, one that is missing."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from builders.reference_criteria import CRITERIA, OURS
from builders.workspaces import ROOT, Run

FILES = sorted(file.stem for file in (ROOT / "gates/tests").glob("*.yaml"))
REFUSED = {"fail", "unproven", "stale", "unreadable"}
CANNOT_FAIL = {
    "G8.review": "a person attests it, or nobody does",
    "G8.pen-test-scope": "the list of another milestone is stale, which is not wrong",
}
"""Criteria that nothing fails, and why."""


@cache
def cases(name: str) -> dict[str, Any]:
    """Return a file of cases as it is written."""
    written: dict[str, Any] = yaml.safe_load((ROOT / f"gates/tests/{name}.yaml").read_text(encoding="utf-8"))
    return written


def of_criterion(name: str, criterion: str) -> list[dict[str, Any]]:
    """Return the cases of a criterion in a file."""
    return list(cases(name).get("criteria", {}).get(criterion, ()))


def expected_of(criterion: str) -> Iterator[str]:
    """Yield the statuses that the cases of a criterion expect, without those of loopholes."""
    for file in FILES:
        for case in of_criterion(file, criterion):
            if not case.get("loophole"):
                yield case["expect"] if isinstance(case["expect"], str) else case["expect"].get("status")


@pytest.mark.long
def test_all_cases_hold(run: Run) -> None:
    ran = run("-C", ROOT, "test")
    assert (ran.code, ran.err) == (0, ""), ran.out


@pytest.mark.long
@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_criterion_has_a_case_that_passes_it_and_one_without_evidence(criterion: str) -> None:
    without = "not_applicable" if criterion in OURS else "missing"
    assert {"pass", without} <= set(expected_of(criterion))


@pytest.mark.long
def test_a_criterion_has_a_case_that_fails_it_unless_nothing_does() -> None:
    assert {name for name in CRITERIA if "fail" not in expected_of(name)} == set(CANNOT_FAIL)


@pytest.mark.long
@pytest.mark.parametrize("criterion", CRITERIA)
def test_a_criterion_has_a_case_that_fails_it_and_two_that_try_to_cheat(criterion: str) -> None:
    """What cheats is refused in some way, or is a loophole."""
    refused = [status for status in expected_of(criterion) if status in REFUSED]
    loopholes = [case for file in FILES for case in of_criterion(file, criterion) if case.get("loophole")]
    assert len(refused) + len(loopholes) >= 3


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_laid_out_to_be_read(name: str) -> None:
    lines = (ROOT / f"gates/tests/{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 110 or line != line.rstrip()] == []


@pytest.mark.long
def test_a_new_workspace_of_the_reference_has_the_cases_and_they_hold(run: Run, tmp_path: Path) -> None:
    assert run("init", tmp_path / "new", "--reference").code == 0
    ran = run("-C", tmp_path / "new", "test")
    assert (ran.code, ran.err) == (0, ""), ran.out
