"""The names of the tests of pytest, from node ids such as `tests/test_order.py::TestTotal::test_sum[1-2]`."""

from typing import NamedTuple


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
