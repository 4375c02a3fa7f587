"""The criteria that come from the plan: their remedies name only what the workspace has."""

import pytest

from builders.judging import GOVERNANCE, LEVELS, rulebook
from gatekeeper.judging.plans.questions import capability, demand
from gatekeeper.model.service import Capability

WITHOUT_SLOTS = LEVELS.replace("  capability_tests: {kind: tests}\n  scope_tests: {kind: tests}\n", "")
WITHOUT_TEAMS = GOVERNANCE.replace(", of_service: true", "")


@pytest.mark.parametrize(
    ("levels", "governance", "remedy"),
    [
        (LEVELS, GOVERNANCE, "Map tests that mention refunds to `capability_tests`, or have it attested by owner."),
        (LEVELS, WITHOUT_TEAMS, "Map tests that mention refunds to `capability_tests`."),
        (
            WITHOUT_SLOTS, GOVERNANCE,
            "Have it attested by owner, or add a slot `capability_tests` to the rulebook for tests that mention refunds.",
        ),
        (
            WITHOUT_SLOTS, WITHOUT_TEAMS,
            "Add a slot `capability_tests` to the rulebook for tests that mention refunds.",
        ),
    ],
)  # fmt: skip
def test_the_remedy_of_a_capability_names_what_the_workspace_has(
    levels: str, governance: str, remedy: str
) -> None:
    book = rulebook(levels=levels, governance=governance)
    assert capability(book, Capability(capability="refunds"), book.scale.highest).remedy == remedy


def test_a_demand_without_a_slot_for_tests_is_attested() -> None:
    book = rulebook(levels=WITHOUT_SLOTS)
    rule = demand(book, book.gates["G8"], ("PCI",))
    assert rule.attested_by == "security"
    assert rule.remedy.startswith("Have it attested by security, or add a slot `scope_tests`")
