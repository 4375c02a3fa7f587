"""Parts of evidence: what they say about their time and their commit."""

from datetime import UTC, datetime, timedelta

import pytest

from gatekeeper.model.evidence import Part
from gatekeeper.model.moment import UNSTATED

COMMITTED = datetime(2026, 11, 19, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "is_older"),
    [(timedelta(minutes=60), False), (timedelta(minutes=61), True), (timedelta(minutes=-1), False)],
)
def test_a_part_is_older_than_its_commit_beyond_what_clocks_differ_by(
    before: timedelta, is_older: bool
) -> None:
    assert Part(produced_at=COMMITTED - before, committed_at=COMMITTED).is_older_than_commit is is_older


def test_a_time_without_zone_is_as_late_as_it_can_be() -> None:
    made = COMMITTED.replace(tzinfo=UNSTATED)
    assert not Part(produced_at=made - timedelta(hours=13), committed_at=COMMITTED).is_older_than_commit
    assert Part(produced_at=made - timedelta(hours=14), committed_at=COMMITTED).is_older_than_commit


def test_nothing_is_older_than_an_unknown_time() -> None:
    assert not Part(produced_at=COMMITTED).is_older_than_commit
    assert not Part(committed_at=COMMITTED).is_older_than_commit
