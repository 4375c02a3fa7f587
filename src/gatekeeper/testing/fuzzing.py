"""Damaged and random artefacts, as strategies of hypothesis."""

from collections.abc import Callable, Iterator

try:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
except ImportError as error:
    message = "fuzzing needs the package hypothesis: pip install 'readiness-gatekeeper[testing]'"
    raise ImportError(message) from error

TOKENS = [
    *(b"<", b">", b"{", b"}", b"[", b"]", b'"', b"'", b",", b":", b"\n", b"\x00", b"\xff"),
    *(b"null", b"true", b"-1", b"0", b"1e400", b"NaN", b"9" * 400, b"{}", b"[]", b'""'),
    *(b"---\n", b"<testcase/>", b"end_of_record\n"),
]
"""Pieces of text formats that parsers handle in their own way."""


def contents(*seeds: bytes) -> Iterator[st.SearchStrategy[bytes]]:
    """Yield every strategy that applies: any bytes, any tokens, and for each seed its damaged variants."""
    yield any_bytes()
    yield any_tokens()
    for seed in seeds:
        yield damaged(seed)


def any_bytes() -> st.SearchStrategy[bytes]:
    """Return a strategy of random bytes."""
    return st.binary(max_size=200)


def any_tokens() -> st.SearchStrategy[bytes]:
    """Return a strategy of random tokens of text formats."""
    return st.lists(st.sampled_from(TOKENS) | st.text(max_size=5).map(str.encode), max_size=30).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn, seed: bytes) -> bytes:
    """Return a strategy of the seed after one to three damages; never empty."""
    for _ in range(draw(st.integers(1, 3))):
        seed = draw(damages())(seed) or b" "
    return seed


@st.composite
def damages(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Return a strategy of ways to damage a file: cut, flip a bit, delete, insert or overwrite."""
    start, length, bit = draw(st.floats(0, 1)), draw(st.integers(0, 200)), draw(st.integers(0, 7))
    token = draw(st.sampled_from(TOKENS))
    way = draw(st.sampled_from(["cut", "flip", "delete", "insert", "overwrite"]))

    def damage(data: bytes) -> bytes:
        at = int(start * (len(data) - 1))
        match way:
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

    return damage


def run(check: Callable[[bytes], object], data: st.SearchStrategy[bytes], examples: int) -> None:
    """Call `check` with examples of a strategy; raises what it raises, with the smallest example."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=data)
    def property_(data: bytes) -> None:
        check(data)

    property_()
