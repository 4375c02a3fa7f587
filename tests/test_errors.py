"""Hints in messages: the nearest word, found in bounded time."""

import pytest

from gatekeeper.errors import UsageError, known, nearest


def test_the_nearest_word_is_suggested() -> None:
    assert nearest("chek", ["sign", "check"]) == "did you mean 'check'?"
    assert nearest("x", ["sign", "check"]) == "known: sign, check"
    assert nearest("x", []) == "none is defined"
    assert nearest("x", map(str, range(13))).endswith("10, 11, ...")
    with pytest.raises(UsageError, match="unknown noun 'x'; known: sign"):
        known("x", ["sign"], "noun")


def test_long_words_are_neither_compared_nor_listed() -> None:
    """Comparing takes the square of the length: hours for these."""
    long = "ab" * 500_000
    assert nearest(long, [f"{long}c", "check"]) == "known: check"
    assert nearest("check", [long, "sign"]) == "known: sign"
    assert nearest("chek", [*[long] * 100, "check"]) == "did you mean 'check'?"
    assert nearest(long, [long]) == "known: nothing short enough to be listed"


@pytest.mark.long
def test_a_long_list_is_compared_in_part() -> None:
    words = [f"service-{number:07}" for number in range(1_000_000)]
    assert nearest("service-0000007x", words) == "did you mean 'service-0000007'?"
    assert nearest("elsewhere", words).startswith("known: service-0000000, ")
