"""JSON by pydantic_core's parser, within limits: only strict JSON with finite numbers is accepted.

The parser limits nesting to about 200 levels, and takes the last of two duplicate keys. The first is hidden
from us and not from another reader (RFC 8259, 4), so such a document is refused: it has more colons than what
was parsed of it. Only then its text is searched.
"""

import re
from collections.abc import Iterator
from json import JSONDecoder, loads
from math import isfinite

from pydantic_core import from_json, to_json

from gatekeeper.syntax import SyntaxProblem, decode

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""A parsed value, of JSON or of YAML."""
Object = dict[str, Json]
"""A parsed object."""

MAX_BYTES = 200_000_000

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_BLANK = re.compile(r"\s*")
_POSITION = re.compile(r" at line (\d+) column (\d+)$")
# A number can only be out of range if the text contains such an exponent or that many digits in a row. A
# search for them is faster than a walk over the data, and faster still if all digits are the same. The end of
# the number after the exponent distinguishes it from a hexadecimal digest.
_LARGE_EXPONENT = re.compile(rb"0e\+?000+(?:[\s,\]}]|\Z)")
_ALIKE = bytes.maketrans(b"0123456789E", b"0000000000e")
_MANY_DIGITS = b"0" * 300
_HUGE = 10**300
_ESCAPED_COLON = re.compile(rb"\\u003[aA]")
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}:]')


def load(data: bytes) -> Json:
    """Parse one JSON document.

    Raises:
        SyntaxProblem: The data is not JSON, or exceeds a limit.
    """
    if len(data) > MAX_BYTES:
        raise SyntaxProblem(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    data = data.removeprefix(_BYTE_ORDER_MARK)
    try:
        value: Json = from_json(data, allow_inf_nan=False)
    except ValueError as error:
        raise _explain(str(error)) from None
    alike = data.translate(_ALIKE)
    if _LARGE_EXPONENT.search(alike) or _MANY_DIGITS in alike:
        _refuse_huge(value)
    if data.count(b":") + len(_ESCAPED_COLON.findall(data)) > to_json(value).count(b":"):
        _refuse_duplicates(data)
    return value


def load_all(data: bytes) -> list[Json]:
    """Parse one JSON document, or several one after another, with or without line breaks between them.

    Raises:
        SyntaxProblem: The data is not JSON, or exceeds a limit.
    """
    try:
        return [load(data)]
    except SyntaxProblem as problem:
        pieces = list(_pieces(decode(data)))
        if len(pieces) < 2:
            raise
        try:
            return [load(piece.encode()) for piece in pieces]
        except SyntaxProblem:
            raise problem from None


def _pieces(text: str) -> Iterator[str]:
    """Yield the text of each document that parses; the rest of the text is the last piece."""
    decoder, at = JSONDecoder(), len(text) - len(text.lstrip())
    while at < len(text):
        try:
            end = decoder.raw_decode(text, at)[1]
        except (ValueError, RecursionError):
            end = len(text)
        yield text[at:end]
        at = _BLANK.match(text, end).end()  # type: ignore[union-attr] # it matches nothing, too


def _explain(message: str) -> SyntaxProblem:
    position = _POSITION.search(message)
    if position is None:
        return SyntaxProblem(f"not JSON: {message}")
    reason = message[: position.start()]
    if reason == "recursion limit exceeded":
        reason = "nested too deep"
    return SyntaxProblem(f"not JSON: {reason}", int(position[1]), int(position[2]))


def _refuse_duplicates(data: bytes) -> None:
    """Check that no object of a valid document has two equal keys."""
    objects: list[set[str]] = []
    text = b""
    start = 0
    for token in _TOKEN.finditer(data):
        match token[0]:
            case b"{":
                objects.append(set())
            case b"}":
                objects.pop()
            case b":":
                key = loads(text)
                if key in objects[-1]:
                    line, column = data.count(b"\n", 0, start) + 1, start - data.rfind(b"\n", 0, start)
                    hint = "remove one of the two: the second value hides the first"
                    raise SyntaxProblem(f"duplicate key {key!r}", line, column, hint)
                objects[-1].add(key)
            case _:
                text, start = token[0], token.start()


def _refuse_huge(value: Json) -> None:
    match value:
        case dict():
            for item in value.values():
                _refuse_huge(item)
        case list():
            for item in value:
                _refuse_huge(item)
        case float() if not isfinite(value):
            raise SyntaxProblem("not JSON: a number out of range")
        case int() if abs(value) > _HUGE:
            raise SyntaxProblem("not JSON: a number of more than 300 digits")
