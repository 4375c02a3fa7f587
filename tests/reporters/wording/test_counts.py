"""Numbers with their nouns."""

import pytest

from gatekeeper.reporters.wording.counts import counted, first_few


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 steps"), (1, "1 step"), (-1, "-1 step"), (1234, "1,234 steps")]
)
def test_a_noun_follows_its_number(number: int, words: str) -> None:
    assert counted(number, "step") == words


def test_a_plural_may_be_irregular() -> None:
    assert counted(2, "criterion", "criteria") == "2 criteria"


def test_a_long_list_is_shortened() -> None:
    assert first_few(["a", "b"], 2) == "a, b"
    assert first_few(["a", "b", "c"], 2) == "a, b and 1 more"
