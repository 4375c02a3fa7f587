"""Who may sign and attest: roles, teams and dates."""

from datetime import date

import pytest

from builders.judging import AS_OF, RULEBOOK, service
from gatekeeper.judging.verdicts.roster import objection

GOVERNANCE = RULEBOOK.governance


@pytest.mark.parametrize(
    ("by", "role", "on", "expected"),
    [
        ("ada", "owner", "2026-11-01", None),
        ("cy", "security", "2026-11-20", None),
        ("CY", "security", "2026-11-20", None),
        ("Bo", "security", "2026-11-01", "Bo does not hold the role security"),
        ("cy", "security", "2026-11-21", "dated 2026-11-21, after the as-of date 2026-11-20"),
        ("zoe", "security", "2026-11-01", "zoe is not on the roster"),
        ("bo", "security", "2026-11-01", "bo does not hold the role security"),
        ("other", "owner", "2026-11-01", "other is not in team-shop"),
        ("cy", "owner", "2026-11-01", "cy is not in team-shop"),
    ],
)
def test_an_objection_says_why_a_word_does_not_count(
    by: str, role: str, on: str, expected: str | None
) -> None:
    assert objection(GOVERNANCE, service(), by, role, date.fromisoformat(on), AS_OF) == expected
