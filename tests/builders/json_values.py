"""JSON documents with any values, as strategies of hypothesis."""

from collections.abc import Iterator
from json import dumps, loads
from typing import Any

from hypothesis import strategies as st

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
"""Any small JSON value."""


@st.composite
def with_other_values(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return a strategy of a JSON document in which any one value is replaced by any other."""
    document = loads(seed)
    container = draw(st.sampled_from(list(containers(document))))
    keys = list(container) if isinstance(container, dict) else range(len(container))
    container[draw(st.sampled_from(keys))] = draw(JSON_VALUES)
    return dumps(document).encode()


def containers(value: Any) -> Iterator[Any]:
    """Yield every object and array of a JSON document that is not empty."""
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)
