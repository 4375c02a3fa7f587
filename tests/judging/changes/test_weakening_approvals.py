"""Weakenings are signed in the change that brings them, by whoever the base names, and never again."""

import re
from datetime import date

import pytest

from builders.judging import AS_OF, GOVERNANCE, RULEBOOK, parsed
from gatekeeper.judging.changes.weakening_approvals import sign_off, weakening
from gatekeeper.model.changes import Cause, Change, ChangeKind
from gatekeeper.model.rulebook import Governance

NAMED = GOVERNANCE + "weakening_sign_off: architecture\n"
WEAKENED = weakening(ChangeKind.RULE_WEAKENED, "G1.coverage", "m", None, 95, 90)
ENTRY = '{{what: "{what}", by: {by}, on: {on}, link: l}}'


def governance(text: str = NAMED, *entries: str) -> Governance:
    return Governance.model_validate(parsed(text + f"weakenings: [{', '.join(entries)}]\n"))


def entry(what: str = WEAKENED.id, by: str = "bo", on: str = "2026-11-19") -> str:
    return ENTRY.format(what=what, by=by, on=on)


def signed(base: Governance, head: Governance, as_of: date = AS_OF) -> Change:
    [found] = sign_off([WEAKENED], RULEBOOK._replace(governance=base), head, as_of)
    return found


def test_an_id_holds_the_digest_of_what_it_was_and_what_it_becomes() -> None:
    assert re.fullmatch(r"G1\.coverage:sha256:[0-9a-f]{64}", WEAKENED.id)
    states = ((95, 80), (90, 95), (95, None), ("95", 90), ([95], 90))
    others = {weakening(ChangeKind.RULE_WEAKENED, "G1.coverage", "m", None, *state).id for state in states}
    assert len(others | {WEAKENED.id}) == len(states) + 1
    assert (WEAKENED.cause, WEAKENED.blocks) == (Cause.RULE, True)


def test_the_id_of_a_weakening_never_changes() -> None:
    """An approval is given to an id, in another run of the program."""
    digest = "fb4e12e47442"
    assert WEAKENED.id.startswith(f"G1.coverage:sha256:{digest}")


def test_whoever_may_can_sign() -> None:
    found = signed(governance(), governance(NAMED, entry()))
    assert (found.blocks, found.signed_by, found.lacks) == (False, "bo", ())


def test_people_are_compared_ignoring_case() -> None:
    assert not signed(governance(), governance(NAMED, entry(by="BO"))).blocks
    assert signed(governance(), governance(NAMED, entry(by="CY"))).blocks


def test_without_a_signature_it_blocks_and_says_whose_is_missing() -> None:
    found = signed(governance(), governance())
    assert (found.blocks, found.lacks) == (True, ("architecture",))


def test_where_the_base_names_no_role_nobody_can_sign() -> None:
    found = signed(governance(GOVERNANCE), governance(NAMED, entry()))
    assert (found.blocks, found.lacks) == (True, ())


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (entry(by="cy"), "cy does not hold the role architecture"),
        (entry(by="eve"), "eve is not on the roster of the base"),
        (entry(on="2026-11-21"), "dated 2026-11-21, after the as-of date 2026-11-20"),
    ],
)
def test_a_signature_that_does_not_count_says_why(given: str, why: str) -> None:
    found = signed(governance(), governance(NAMED + "", given))
    assert (found.blocks, found.lacks) == (True, (f"architecture ({why})",))


def test_nobody_joins_the_roster_and_signs_in_one_go() -> None:
    joined = NAMED.replace("roster:", "roster:\n  eve: {roles: [architecture]}")
    assert signed(governance(), governance(joined, entry(by="eve"))).blocks


def test_a_signature_of_another_weakening_or_another_change_does_not_count() -> None:
    assert signed(governance(), governance(NAMED, entry(what="G1.coverage:sha256:0"))).blocks
    assert signed(governance(NAMED, entry()), governance(NAMED, entry())).blocks
    assert not signed(governance(NAMED, entry()), governance(NAMED, entry(), entry(on="2026-11-20"))).blocks


def test_what_needs_no_signature_is_left_alone() -> None:
    note = Change(ChangeKind.NOTE, "n", "m", Cause.PLAN)
    assert list(sign_off([note], RULEBOOK, governance(), AS_OF)) == [note]


def test_a_sign_off_of_today_counts() -> None:
    assert not signed(governance(), governance(NAMED, entry(on=AS_OF.isoformat()))).blocks


def test_an_approval_of_the_base_that_is_edited_approves_nothing() -> None:
    assert signed(governance(NAMED, entry()), governance(NAMED, entry(on="2026-11-20"))).blocks
