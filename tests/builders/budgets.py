"""Which cases of a slow test the fast suite runs."""

from collections.abc import Iterable
from typing import Any

import pytest


def few(cases: Iterable[Any], fast: int = 1) -> list[Any]:
    """Return the cases of a parametrised test; the fast suite runs the first ones only, `-m long` the others."""
    found = list(cases)
    return [*found[:fast], *(_long(case) for case in found[fast:])]


def _long(case: Any) -> Any:
    values, marks, id_ = case if isinstance(case, type(pytest.param())) else (case, (), None)
    values = values if isinstance(values, tuple) else (values,)
    return pytest.param(*values, marks=(*marks, pytest.mark.long), id=id_)
