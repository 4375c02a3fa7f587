"""Compiled expressions agree with jmespath, and stay within their budget."""

from typing import Any

import jmespath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gatekeeper.collectors.reading.expression_compiler import Compiler, is_true
from gatekeeper.collectors.reading.expression_syntax import check, path_of, paths_in, tree_of
from gatekeeper.collectors.reading.expressions import LONGEST, TooMuchWork

NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "b", "12"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
LITERALS = st.sampled_from(["`1`", "`0`", "`true`", "`null`", "'a'", "`[]`"])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, NAMES).map(".".join),
        st.tuples(inner, st.sampled_from(["[0]", "[-1]", "[]", "[*]", "[1:]", "[*].a", "[].b", "[?a]"])).map(
            "".join
        ),
        st.tuples(inner, st.sampled_from([" || ", " && ", " == ", " != ", " < ", " >= ", " | "]), inner).map(
            "".join
        ),
        inner.map("!({})".format),
        inner.map("({})".format),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]}[?{pair[1]}]"),
        st.tuples(st.sampled_from(["length", "type", "not_null", "keys", "to_number"]), inner).map(
            lambda pair: f"{pair[0]}({pair[1]})"
        ),
        st.tuples(inner, inner).map(lambda pair: f"contains({pair[0]}, {pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"[{pair[0]}, {pair[1]}]"),
    )


EXPRESSIONS = st.recursive(NAMES | LITERALS | st.just("@"), _wider, max_leaves=5)


def _by_jmespath(expression: str, value: Any) -> Any:
    try:
        return jmespath.search(expression, value)
    except (jmespath.exceptions.JMESPathError, TypeError, ValueError, AttributeError):
        return "failed"


@example(expression="'a' < 'b'", value=None)
@example(expression="a >= '2026-03'", value={"a": "2026-04"})
@given(expression=EXPRESSIONS, value=VALUES)
def test_a_compiled_expression_has_the_value_that_jmespath_has(expression: str, value: Any) -> None:
    try:
        jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError:
        with pytest.raises(ValueError, match="jmespath"):
            check(expression)
        return
    expected = _by_jmespath(expression, value)
    found = Compiler().compile(expression)(value)
    if expected == "failed":
        return  # a part that fails is null here: null may have a value where the whole has none
    assert repr(found) == repr(expected)


@pytest.mark.parametrize(
    "expression",
    ["a | type(@)", "a | 'x'", "a | !@", "a[0] | type(@)", "a.b | not_null(@, 'y')", "a | [b, c]"],
)
@pytest.mark.parametrize("value", [{}, {"a": None}, {"a": [1]}])
def test_what_follows_a_pipe_gets_null_too(expression: str, value: Any) -> None:
    assert repr(Compiler().compile(expression)(value)) == repr(jmespath.search(expression, value))


@given(value=VALUES)
def test_a_value_is_true_if_jmespath_takes_it_for_true(value: Any) -> None:
    assert is_true(value) is not jmespath.search("!@", value)


def test_an_expression_that_multiplies_exceeds_the_budget() -> None:
    doubling = "@" + " | [@, @][]" * 40
    with pytest.raises(TooMuchWork):
        Compiler(10_000).compile(doubling)(["a"])


def test_many_small_walks_together_exceed_the_budget_that_a_new_file_refills() -> None:
    compiler = Compiler(100)
    walk = compiler.compile("a[*].b")
    value = {"a": [{"b": 1}] * 60}
    assert walk(value) == [1] * 60
    with pytest.raises(TooMuchWork):
        walk(value)
    compiler.refill()
    assert walk(value) == [1] * 60


LONG = list(range(2000))


@pytest.mark.parametrize(
    "expression", ["contains(a, `-1`)", "sum(a)", "a == b", "t == u", "contains(t, 'y')"]
)
def test_what_looks_through_a_long_value_counts(expression: str) -> None:
    get = Compiler(10_000).compile(expression)
    text = "x" * 2_000_000
    value = {"a": LONG, "b": list(LONG), "t": text, "u": text[:-1] + "z"}
    for _ in range(4):
        get(value)
    with pytest.raises(TooMuchWork):
        list(map(get, [value] * 2))


def test_a_function_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="there is no function 'lenght'"):
        check("items[?lenght(tags) > `0`]")


def test_a_mark_in_the_first_value_does_not_cost_the_size_of_the_document() -> None:
    first = Compiler(100).compile("type(values(@)[0].a)")
    assert first({"x": {"a": ["b"] * 1000}, "y": {}}) == "array"


def test_a_long_expression_is_refused() -> None:
    with pytest.raises(TooMuchWork, match="characters"):
        check("a" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("a.b.c", {("a", "b", "c")}),
        ("a.b[?x > `1`].y || c", {("a", "b"), ("c",)}),
        ("not_null(a.b, c)", {("a", "b"), ("c",)}),
        ("[a, b.c][]", {("a",), ("b", "c")}),
        ("a[0].b | c", {("a",)}),
        ("'text'", set()),
    ],
)
def test_the_paths_that_an_expression_begins_with(expression: str, paths: set[tuple[str, ...]]) -> None:
    assert set(paths_in(expression)) == paths


def test_what_is_not_a_path_has_none() -> None:
    assert path_of(tree_of("a[0].b")) == ()
