"""Values as text."""

from typing import Any

import pytest

from gatekeeper.model.evidence import Finding
from gatekeeper.model.values import describe_value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "true"),
        (False, "false"),
        (71.428571, "71.4286"),
        (1234567.8, "1,234,568"),
        (3, "3"),
        ("text", "text"),
        ((), "empty"),
        ([], "empty"),
        ({}, "empty"),
        ({"a": 1, "b": 2}, "a, b"),
        ((Finding("flaw"), Finding("other")), "flaw, other"),
        (("a", "b", "c", "d"), "a, b, c and 1 more"),
        (None, "None"),
    ],
)
def test_a_value_in_words(value: Any, words: str) -> None:
    assert describe_value(value) == words
