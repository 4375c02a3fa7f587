"""JSON within limits."""

from typing import Any

import pytest

from gatekeeper.syntax import SyntaxProblem, json


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2.5, null, true, "x"]}', {"a": [1, 2.5, None, True, "x"]}),
        ("\ufeff{}", {}),
        ('[{"a": 1}, {"a": {"a": ":"}}]', [{"a": 1}, {"a": {"a": ":"}}]),
        (r'{"a\u003a": "\\u003a", "b": "\u003A"}', {"a:": r"\u003a", "b": ":"}),
        ('"\\u00e9 1e999"', "é 1e999"),
        ('["1e999", {"a": [1, null, "x"]}]', ["1e999", {"a": [1, None, "x"]}]),
        ('{"digest": "4e123a7", "b": "7e4004e100"}', {"digest": "4e123a7", "b": "7e4004e100"}),
        ("1e300", 1e300),
        ("1" * 300, int("1" * 300)),
        ("[" * 100 + "]" * 100, None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_read(text: str, value: Any) -> None:
    parsed = json.load(text.encode())
    assert value is None or parsed == value


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"", "not JSON: EOF while parsing a value", 1),
        (b'{"a":\n 1,}', "not JSON: trailing comma", 2),
        (b"{} {}", "not JSON: trailing characters", 1),
        (b"[NaN]", "not JSON: expected value", 1),
        (b"[-Infinity]", "not JSON: invalid number", 1),
        (b"[1e999]", "not JSON: a number out of range", None),
        (b"1e400", "not JSON: a number out of range", None),
        (b'{"a": 1.5e+0000400 }', "not JSON: a number out of range", None),
        (b'{"a": [-1E400]}', "not JSON: a number out of range", None),
        (b"1" * 400, "not JSON: a number of more than 300 digits", None),
        (b"1" * 5000, "not JSON: number out of range", 1),
        (b'"\xff"', "not JSON: invalid unicode code point", 1),
        ("{}".encode("utf-16"), "not JSON: expected value", 1),
        (b"[" * 50_000, "not JSON: nested too deep", 1),
        (b'{"a":' * 50_000, "not JSON: nested too deep", 1),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_refused(data: bytes, message: str, line: int | None) -> None:
    with pytest.raises(SyntaxProblem) as refused:
        json.load(data)
    assert (refused.value.message, refused.value.line) == (message, line)


def test_the_column_is_told() -> None:
    with pytest.raises(SyntaxProblem) as refused:
        json.load(b'{"a":\n "b" 1}')
    assert (refused.value.line, refused.value.column) == (2, 6)


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "MAX_BYTES", 10)
    assert json.load(b"[1, 2, 33]") == [1, 2, 33]
    with pytest.raises(SyntaxProblem, match="the file has 11 bytes; at most 10 are read"):
        json.load(b"[1, 2, 333]")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1, "a": 2}', 1, 10),
        ('[{"b": {"a": 1}},\n {"x": [{"a": 1}], "c":\n  {"a": ":", "\\u0061": 2}}]', 3, 14),
        ('{"a": "\\\\u003a", "a": 1}', 1, 18),
    ],
)
def test_a_key_that_hides_another_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(SyntaxProblem, match="duplicate key 'a'") as refused:
        json.load(text.encode())
    assert (refused.value.line, refused.value.column) == (line, column)
