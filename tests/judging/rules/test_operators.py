"""The operators: what holds, how far off, and what cannot be compared."""

from typing import Any

import pytest

from gatekeeper.judging.rules.operators import Comparison, NotComparable, compare
from gatekeeper.model.evidence import Finding
from gatekeeper.model.rule import Operator

FLAW = Finding("broken", "a.ts", 3)


@pytest.mark.parametrize(
    ("operator", "actual", "operand", "expected"),
    [
        ("equals", "3.1", "3.1", Comparison(holds=True)),
        ("equals", "3.0", "3.1", Comparison(holds=False)),
        ("equals", 1, True, Comparison(holds=False)),
        ("equals", 1, 1.0, Comparison(holds=True)),
        ("one_of", "b", ("a", "b"), Comparison(holds=True)),
        ("one_of", "c", ("a", "b"), Comparison(holds=False)),
        ("at_least", 95, 95, Comparison(holds=True)),
        ("at_least", 91.2, 95, Comparison(holds=False, distance=3.8)),
        ("at_most", 250, 250.0, Comparison(holds=True)),
        ("at_most", 300, 250, Comparison(holds=False, distance=50)),
        ("empty", (), True, Comparison(holds=True)),
        ("empty", (FLAW,), True, Comparison(holds=False, distance=1, offenders=("broken",))),
        ("empty", (), False, Comparison(holds=False, distance=1)),
        ("empty", ("a",), False, Comparison(holds=True)),
        ("empty", "text", False, Comparison(holds=True)),
        ("empty", {}, True, Comparison(holds=True)),
        ("includes", ("a", "b"), ("a",), Comparison(holds=True)),
        ("includes", ("a",), ("a", "b", "c"), Comparison(holds=False, distance=2, offenders=("b", "c"))),
        ("includes", {"p95": 1}, ("p95",), Comparison(holds=True)),
        ("within", ("a",), ("a", "b"), Comparison(holds=True)),
        ("within", ("a", "c", "c"), ("a", "b"), Comparison(holds=False, distance=1, offenders=("c",))),
        ("within", (), ("a",), Comparison(holds=True)),
        ("within", ("src/a.ts",), ("/ci/build/src/a.ts",), Comparison(holds=True)),
        ("within", ("repo/src/a.ts",), ("src/a.ts",), Comparison(holds=True)),
        ("within", ("src/a.ts",), ("other/a.ts",), Comparison(holds=False, distance=1, offenders=("src/a.ts",))),
        ("within", ("xsrc/a.ts",), ("src/a.ts",), Comparison(holds=False, distance=1, offenders=("xsrc/a.ts",))),
        ("within", ("not_found",), ("user/not_found",), Comparison(holds=False, distance=1, offenders=("not_found",))),
        ("mentions", ("Push > survives  a DROP",), ("survives a drop",), Comparison(holds=True)),
        ("mentions", ("Email > create works",), ("email create",), Comparison(holds=True)),
        ("mentions", ("partial", "push"), ("partial push",), Comparison(holds=False, distance=1, offenders=("partial push",))),
        ("mentions", ("uses abc1 here",), "abc1", Comparison(holds=True)),
    ],
)  # fmt: skip
def test_an_operator_compares(operator: str, actual: Any, operand: Any, expected: Comparison) -> None:
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
