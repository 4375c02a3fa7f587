"""Sentences that say the same are found by the words that they share."""

from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.documents.similarity import match_sentences


def test_the_likest_are_partners_whatever_the_order() -> None:
    lines = [
        "Every incoming event validated on consume.",
        "Every outgoing event has schema in registry.",
        "Cats.",
    ]
    others = ["Does each outgoing event have a schema?", "Is each incoming event validated?", "Is it fast?"]
    assert match_sentences(lines, others) == {0: 1, 1: 0}


def test_a_partner_is_had_once() -> None:
    assert match_sentences(["pact verified", "pact verified"], ["Is the pact verified?"]) == {0: 0}


@given(st.lists(st.text(alphabet="ab cd", max_size=20)), st.lists(st.text(alphabet="ab cd", max_size=20)))
def test_pairs_are_of_one_and_one(lines: list[str], others: list[str]) -> None:
    pairs = match_sentences(lines, others)
    assert len(set(pairs.values())) == len(pairs)
    assert all(here < len(lines) and there < len(others) for here, there in pairs.items())
