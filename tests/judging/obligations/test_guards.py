"""What evidence must show is compared term by term: only a loss is named."""

from typing import Any

import pytest

from gatekeeper.judging.obligations.guards import guard_losses, validity_loss
from gatekeeper.model.obligation import Terms

FLOOR = {"fact": "passed", "at_least": 2}


def is_as_early(now: str | None, was: str | None) -> bool:
    return now is None or (was is not None and now <= was)


def losses(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return list(guard_losses(Terms(before), Terms(after), is_as_early))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"parts": 3}, {"parts": 2}, ["accepts evidence of 2 parts instead of 3"]),
        ({"parts": 3}, {}, ["accepts evidence of any number of parts instead of 3"]),
        ({"parts": 2}, {"parts": 3}, []),
        ({"by_id": True}, {}, ["counts tests that do not carry the id of the criterion"]),
        ({}, {"by_id": True}, []),
        ({"accepts": ["cached"]}, {"accepts": ["cached"]}, []),
        ({"accepts": ["cached"]}, {"accepts": ["cached", "partial"]}, ["accepts evidence that is partial"]),
        ({"shared": True}, {"shared": True}, []),
        ({"floors": [FLOOR]}, {"floors": [FLOOR]}, []),
        (
            {"floors": [FLOOR]},
            {"floors": [{**FLOOR, "effective": "M2"}]},
            ["asks for passed at least 2 from M2 on instead of always"],
        ),
    ],
)
def test_only_a_loss_is_named(before: dict[str, Any], after: dict[str, Any], expected: list[str]) -> None:
    assert losses(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, {"days": 9}, None),
        ({"days": 9}, {"days": 9}, None),
        ({"days": 9}, None, "accepts attestations of any age instead of up to 9 days old"),
        (
            {"days": 9},
            {"days": 9, "effective": "M1"},
            "lets attestations end from M1 on instead of always",
        ),
    ],
)
def test_attestations_that_count_for_longer_are_a_loss(
    before: dict[str, Any] | None, after: dict[str, Any] | None, expected: str | None
) -> None:
    was, now = (None if of is None else Terms(of) for of in (before, after))
    assert validity_loss(was, now, is_as_early) == expected
