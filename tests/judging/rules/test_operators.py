"""The operators: what holds, how far off, and what cannot be compared."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.judging.obligations.conditions import implied
from gatekeeper.judging.rules.operators import NotComparable, OperatorResult, compare, stays_violated
from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Operator

FLAW = Finding("broken", "a.ts", 3)


@pytest.mark.parametrize(
    ("operator", "actual", "operand", "expected"),
    [
        ("equals", "3.1", "3.1", OperatorResult(holds=True)),
        ("equals", "3.0", "3.1", OperatorResult(holds=False)),
        ("equals", 1, True, OperatorResult(holds=False)),
        ("equals", 1, 1.0, OperatorResult(holds=True)),
        ("one_of", "b", ("a", "b"), OperatorResult(holds=True)),
        ("one_of", "c", ("a", "b"), OperatorResult(holds=False)),
        ("at_least", 95, 95, OperatorResult(holds=True)),
        ("at_least", 91.2, 95, OperatorResult(holds=False, distance=3.8)),
        ("at_most", 250, 250.0, OperatorResult(holds=True)),
        ("at_most", 300, 250, OperatorResult(holds=False, distance=50)),
        ("empty", (), True, OperatorResult(holds=True)),
        ("empty", (FLAW,), True, OperatorResult(holds=False, distance=1, offenders=("broken",))),
        ("empty", (), False, OperatorResult(holds=False, distance=1)),
        ("empty", ("a",), False, OperatorResult(holds=True)),
        ("empty", "text", False, OperatorResult(holds=True)),
        ("empty", {}, True, OperatorResult(holds=True)),
        ("includes", ("a", "b"), ("a",), OperatorResult(holds=True)),
        ("includes", ("a",), ("a", "b", "c"), OperatorResult(holds=False, distance=2, offenders=("b", "c"))),
        ("includes", {"p95": 1}, ("p95",), OperatorResult(holds=True)),
        ("within", ("a",), ("a", "b"), OperatorResult(holds=True)),
        ("within", ("a", "c", "c"), ("a", "b"), OperatorResult(holds=False, distance=1, offenders=("c",))),
        ("within", (), ("a",), OperatorResult(holds=True)),
        ("within", ("src/a.ts",), ("/ci/build/src/a.ts",), OperatorResult(holds=True)),
        ("within", ("domain/a.go", "shop/domain/b.go"), ("example.org/shop/domain/a.go", "example.org/shop/domain/b.go"), OperatorResult(holds=True)),
        ("within", ("domain/a.go", "domain/a.ts"), ("old/domain/a.go", "example.org/shop/domain/a.ts"), OperatorResult(holds=False, distance=2, offenders=("domain/a.go", "domain/a.ts"))),
        ("within", ("repo/src/a.ts",), ("src/a.ts",), OperatorResult(holds=True)),
        ("within", ("in/a.go", "shop/in/a.go", "in/b.go"), ("github.com/a/b/v2/in/a.go", "corp.dev/b/in/b.go"), OperatorResult(holds=True)),
        ("within", ("in/a.ts", "in/b.go"), ("github.com/a/b/in/a.ts", "old/in/b.go"), OperatorResult(holds=False, distance=2, offenders=("in/a.ts", "in/b.go"))),
        ("within", ("src/a.ts",), ("other/a.ts",), OperatorResult(holds=False, distance=1, offenders=("src/a.ts",))),
        ("within", ("xsrc/a.ts",), ("src/a.ts",), OperatorResult(holds=False, distance=1, offenders=("xsrc/a.ts",))),
        ("within", ("not_found",), ("user/not_found",), OperatorResult(holds=False, distance=1, offenders=("not_found",))),
        ("mentions", ("Push > survives  a DROP",), ("survives a drop",), OperatorResult(holds=True)),
        ("mentions", ("Email > create works",), ("email create",), OperatorResult(holds=True)),
        ("mentions", ("partial", "push"), ("partial push",), OperatorResult(holds=False, distance=1, offenders=("partial push",))),
        ("mentions", ("uses abc1 here",), "abc1", OperatorResult(holds=True)),
        ("mentions", ("droplet",), ("drop",), OperatorResult(holds=False, distance=1, offenders=("drop",))),
        ("mentions", ("takes one giftCard",), ("gift cards",), OperatorResult(holds=False, distance=1, offenders=("gift cards",))),
        ("mentions", ("takesGiftCards",), ("gift cards",), OperatorResult(holds=True)),
        ("mentions", ("AI_provenance-header is set",), ("AIProvenance",), OperatorResult(holds=True)),
        ("mentions", ("without aiprovenance nothing is kept",), ("AIProvenance",), OperatorResult(holds=True)),
        ("mentions", ("hasMoreThanOne",), ("hasMore",), OperatorResult(holds=True)),
        ("mentions", ("hasmorethanone",), ("hasMore",), OperatorResult(holds=False, distance=1, offenders=("hasMore",))),
        ("mentions", ("lists URLs",), ("urls",), OperatorResult(holds=True)),
        ("mentions", ("Bestellung: größe wählen",), ("GRÖSSE wählen",), OperatorResult(holds=True)),
        ("mentions", ("/d/shop-overview/shop",), ("shop_overview",), OperatorResult(holds=True)),
        ("mentions", ("...",), ("...",), OperatorResult(holds=False, distance=1, offenders=("...",))),
        ("mentions", ("todo: gift cards",), ("gift cards",), OperatorResult(holds=False, distance=1, offenders=("gift cards",))),
        ("mentions", ("gift cards (TBD)",), ("gift cards",), OperatorResult(holds=False, distance=1, offenders=("gift cards",))),
        ("mentions", ("gift cards are not implemented",), ("gift cards",), OperatorResult(holds=False, distance=1, offenders=("gift cards",))),
        ("mentions", ("gift cards > FIXME", "gift cards"), ("gift cards",), OperatorResult(holds=True)),
        ("mentions", ("gift cards do not expire",), ("gift cards",), OperatorResult(holds=True)),
        ("mentions", ("shows pending orders",), ("pending orders",), OperatorResult(holds=True)),
        ("mentions", ("pending: shows pending orders",), ("pending orders",), OperatorResult(holds=False, distance=1, offenders=("pending orders",))),
        ("mentions", ("notSupported: drop",), ("drop",), OperatorResult(holds=False, distance=1, offenders=("drop",))),
        ("mentions", ("survives drop, retry, partial push",), ("drop", "retry", "partial push"), OperatorResult(holds=False, distance=2, offenders=("retry", "partial push"))),
        ("mentions", ("a drop", "a DROP!"), ("drop", "a"), OperatorResult(holds=False, distance=1, offenders=("a",))),
        ("mentions", ("a drop", "a drop and a retry"), ("drop", "Drop", "retry"), OperatorResult(holds=True)),
        ("mentions", ("cursor has_more", "cursor"), ("cursor", "hasMore"), OperatorResult(holds=True)),
        ("mentions", ("todo: drop", "drop and retry"), ("drop", "retry"), OperatorResult(holds=False, distance=1, offenders=("retry",))),
        ("mentions", ("not\nimplemented drop",), ("drop",), OperatorResult(holds=False, distance=1, offenders=("drop",))),
    ],
)  # fmt: skip
def test_an_operator_compares(operator: str, actual: Any, operand: Any, expected: OperatorResult) -> None:
    assert compare(Operator(operator), actual, operand) == expected


@pytest.mark.parametrize(
    ("operator", "actual", "operand"),
    [
        ("at_least", "96", 95),
        ("at_most", True, 1),
        ("at_most", 5, "6"),
        ("empty", 3, True),
        ("includes", None, ("a",)),
        ("within", (1, 2), ("a",)),
        ("mentions", ("a",), (1,)),
    ],
)
def test_what_is_of_another_shape_cannot_be_compared(operator: str, actual: Any, operand: Any) -> None:
    with pytest.raises(NotComparable):
        compare(Operator(operator), actual, operand)


_FEW = st.lists(
    st.sampled_from(
        ("drop", "retry", "Retry!", "drop retry", "partial push", "push drop", "todo drop", "...")
    ),
    max_size=4,
)


@given(_FEW, _FEW)
def test_as_many_phrases_as_possible_have_a_name_of_their_own(phrases: list[str], names: list[str]) -> None:
    result = compare(Operator.MENTIONS, tuple(names), tuple(phrases))
    wanted, own = _different(phrases), _different(names)
    most = max(
        sum(
            compare(Operator.MENTIONS, (name,), (phrase,)).holds
            for phrase, name in zip(wanted, some, strict=True)
        )
        for some in permutations([*own, *[""] * len(wanted)], len(wanted))
    )
    assert len(result.offenders) == len(wanted) - most
    assert result.holds is (most == len(wanted))


@given(_FEW, _FEW, _FEW)
def test_what_meets_conditions_that_are_as_strict_meets_the_others(
    before: list[str], after: list[str], names: list[str]
) -> None:
    base, head = ({"fact": "a.b", "operator": "mentions", "operand": of} for of in (before, after))
    if implied([head], [base]) and compare(Operator.MENTIONS, tuple(names), tuple(after)).holds:
        assert compare(Operator.MENTIONS, tuple(names), tuple(before)).holds


def _different(texts: list[str]) -> list[str]:
    return list({"".join(filter(str.isalpha, text.casefold())): text for text in reversed(texts)}.values())


def test_many_phrases_are_found_among_many_names() -> None:
    phrases = tuple(f"order {number} is paid" for number in range(20_000))
    names = tuple(f"{phrase} once" for phrase in reversed(phrases))
    assert compare(Operator.MENTIONS, names, phrases).holds
    assert compare(Operator.MENTIONS, names[1:], phrases).offenders == phrases[-1:]


@given(
    st.sampled_from([operator for operator in Operator if operator is not Operator.MENTIONS]),
    st.one_of(
        st.tuples(st.just(()), *[st.sets(st.sampled_from("abcd")).map(sorted).map(tuple)] * 3),
        st.tuples(st.just(0), *[st.integers(0, 5)] * 3),
    ),
    st.booleans(),
)
def test_what_stays_violated_is_violated_by_everything_that_more_content_could_give(
    operator: Operator, drawn: tuple[Any, Any, Any, Any], empty: bool
) -> None:
    _, known, more, operand = drawn
    grown = known + more if isinstance(known, int) else tuple(sorted({*known, *more}))
    if operator is Operator.EMPTY:
        operand = empty
    elif operator is Operator.ONE_OF:
        operand = (operand,)
    try:
        violated = not compare(operator, known, operand).holds
        stays = violated and stays_violated(operator, known, operand)
        assert not (stays and compare(operator, grown, operand).holds)
    except NotComparable:
        return


@pytest.mark.parametrize(
    ("operator", "known", "operand"),
    [
        ("at_most", 3, 2),
        ("within", ("a", "c"), ("a", "b")),
        ("empty", (FLAW,), True),
        ("equals", 3, 2),
        ("one_of", 3, (1, 2)),
    ],
)
def test_what_was_found_may_be_enough_to_violate_a_condition(operator: str, known: Any, operand: Any) -> None:
    assert not compare(Operator(operator), known, operand).holds
    assert stays_violated(Operator(operator), known, operand)
