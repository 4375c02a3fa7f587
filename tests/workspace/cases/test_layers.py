"""Layers of what a case is given are merged as JSON Merge Patch (RFC 7386) says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.judging.places import Place
from gatekeeper.workspace.cases.layers import Layers, merge

APPENDIX_A: list[tuple[Any, Any, Any]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    (["a", "b"], ["c", "d"], ["c", "d"]),
    ({"a": "b"}, ["c"], ["c"]),
    ({"a": "foo"}, None, None),
    ({"a": "foo"}, "bar", "bar"),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""The examples of RFC 7386, appendix A: original, patch, result."""

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(("original", "patch", "result"), APPENDIX_A)
def test_the_examples_of_the_rfc_hold(original: Any, patch: Any, result: Any) -> None:
    assert merge(original, patch) == result


def merge_patch(target: Any, patch: Any) -> Any:
    """The pseudocode of RFC 7386, section 2."""
    if not isinstance(patch, dict):
        return patch
    target = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merge_patch(target.get(name), value)
    return target


@given(VALUES, VALUES)
def test_any_data_is_merged_as_the_pseudocode_of_the_rfc_does(target: Any, patch: Any) -> None:
    before = repr(target), repr(patch)
    assert merge(target, patch) == merge_patch(target, patch)
    assert (repr(target), repr(patch)) == before


def test_a_plan_is_replaced_and_keeps_its_nulls() -> None:
    plan = {"M3": {"level": "L2", "gates": {"G1": None}}}
    layers = Layers((), {"service": {"plan": {"M1": {}}, "labels": ["x"]}})
    assert layers.with_layer(Place(""), {"service": {"plan": plan}}).merged == {
        "service": {"plan": plan, "labels": ["x"]}
    }


def test_a_value_is_found_in_the_topmost_layer_that_says_it() -> None:
    base, file, case = Place("a", ("given",)), Place("b", ("given",)), Place("b", ("criteria", "x", 0))
    layers = (
        Layers((), {})
        .with_layer(base, {"facts": {"s": {"n": 1, "m": 2}}, "level": "L1"})
        .with_layer(file, {"facts": {"s": {"n": 2}}})
        .with_layer(case, {"facts": {"t": {}}})
    )
    assert layers.find(("facts", "s", "n")) == file / "facts" / "s" / "n"
    assert layers.find(("facts", "s", "m")) == base / "facts" / "s" / "m"
    assert layers.find(("level",)) == base / "level"
    assert layers.find(("service", "plan")) == case / "service" / "plan"
