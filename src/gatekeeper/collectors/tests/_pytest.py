"""What the reports of pytest have in common: node ids of tests, and stages of a test.

A node id is `tests/test_order.py::TestTotal::test_sum[1-2]`.
"""

from collections.abc import Iterable
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import amount
from gatekeeper.syntax.json import Object


class NodeId(NamedTuple):
    """A test by its node id."""

    file: str | None
    suites: tuple[str, ...]
    """As in the JUnit XML of pytest: `tests.test_order.TestTotal`."""
    name: str


def node(id_: str) -> NodeId:
    """Return the test with a node id; the parameters in its name may contain `::`."""
    path, bracket, parameters = id_.partition("[")
    file, *classes, name = path.split("::") if "::" in path else ("", path)
    module = file.removesuffix(".py").replace("/", ".")
    suite = ".".join([module, *classes]) if module else ""
    return NodeId(file or None, (suite,) if suite else (), name + bracket + parameters)


def seconds_of(stages: Iterable[Object]) -> float | None:
    """Return how long the stages of a test took: setup, call and teardown; None if none states it."""
    stated = [amount(of["duration"], "a duration") for of in stages if of.get("duration") is not None]
    return sum(stated) if stated else None
