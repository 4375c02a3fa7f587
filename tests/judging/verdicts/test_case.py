"""The milestones for which a document or an attestation counts."""

import pytest

from builders.judging import case, roadmap, service
from gatekeeper.judging.obligations.asked import MilestoneSpan

SHOP = service()


@pytest.mark.parametrize(
    ("made_for", "alone", "open_ended"),
    [
        ("M2", True, True),
        ("M1", False, False),
        ("M3", False, True),
        ("M10", False, True),
        ("M2 ", False, False),
        ("soon", False, False),
        (2, False, False),
        (None, False, False),
    ],
)
def test_a_span_accepts_its_milestone_and_if_open_ended_all_later_ones(
    made_for: object, alone: bool, open_ended: bool
) -> None:
    assert MilestoneSpan("M2").accepts(made_for) is alone
    assert (
        case(SHOP, milestones=roadmap("M1", "M2", "M3", "M10")).span_from("M2").accepts(made_for)
        is open_ended
    )
