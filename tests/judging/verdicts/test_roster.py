"""Who may sign and attest: roles, teams and dates."""

import pytest

from builders.judging import AS_OF, RULEBOOK, service
from gatekeeper.judging.verdicts.roster import objection, objection_to_person
from gatekeeper.model.milestone import ExitRecord
from gatekeeper.model.service import SignOff
from gatekeeper.model.statement import Statement, of_exit, of_sign_off


def sign_off_by(by: str, role: str, on: str) -> Statement:
    return of_sign_off("shop", "L1", role, SignOff.model_validate({"by": by, "on": on}))


@pytest.mark.parametrize(
    ("by", "role", "on", "expected"),
    [
        ("ada", "owner", "2026-11-01", None),
        ("cy", "security", "2026-11-20", None),
        ("CY", "security", "2026-11-20", None),
        ("Bo", "security", "2026-11-01", "Bo does not hold the role security"),
        ("cy", "security", "2026-11-22", "dated 2026-11-22, after the as-of date 2026-11-20"),
        ("zoe", "security", "2026-11-01", "zoe is not on the roster"),
        ("bo", "security", "2026-11-01", "bo does not hold the role security"),
        ("other", "owner", "2026-11-01", "other is not in team-shop"),
        ("cy", "owner", "2026-11-01", "cy is not in team-shop"),
    ],
)
def test_an_objection_says_why_a_word_does_not_count(
    by: str, role: str, on: str, expected: str | None
) -> None:
    assert objection(RULEBOOK, service(), sign_off_by(by, role, on), AS_OF) == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("cy", None),
        ("CY", None),
        ("Bo", "Bo does not hold the role security"),
        ("zoe", "zoe is not on the roster"),
    ],
)
def test_who_may_record_an_exit_is_on_the_roster_in_the_role(by: str, expected: str | None) -> None:
    record = ExitRecord.model_validate({"by": by})
    assert objection_to_person(RULEBOOK, of_exit("M1", AS_OF, record, "security"), AS_OF) == expected
