"""Ways to damage an artefact."""

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

TOKENS = [
    *(b"<", b">", b"{", b"}", b"[", b"]", b'"', b"'", b",", b":", b"\n", b"\x00", b"\xff"),
    *(b"null", b"true", b"-1", b"0", b"1e400", b"NaN", b"9" * 400, b"{}", b"[]", b'""'),
    *(b"---\n", b"<testcase/>", b"end_of_record\n"),
]


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """A way to damage a file: cut it short, flip a bit, take a slice out, put something in or over."""
    start, length = draw(st.floats(0, 1)), draw(st.integers(0, 200))
    token, kind = (
        draw(st.sampled_from(TOKENS)),
        draw(st.sampled_from(["cut", "flip", "delete", "insert", "put"])),
    )
    bit = draw(st.integers(0, 7))

    def damaged(data: bytes) -> bytes:
        at = int(start * (len(data) - 1))
        match kind:
            case "cut":
                return data[:at]
            case "flip":
                return data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
            case "delete":
                return data[:at] + data[at + length :]
            case "insert":
                return data[:at] + token + data[at:]
            case _:
                return data[:at] + token + data[at + len(token) :]

    return damaged


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def containers(value: Any) -> Iterator[Any]:
    """Every object and array that holds something."""
    if isinstance(value, dict | list) and value:
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)
