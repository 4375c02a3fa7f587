"""XML as a stream of elements, within limits."""

import pytest

from gatekeeper.syntax import SyntaxProblem, xml


class Told:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        self.events.append(("start", tag, attributes))
        return tag != "mute"

    def end(self, tag: str) -> bool:
        self.events.append(("end", tag))
        return tag == "last"

    def text(self, text: str) -> None:
        self.events.append(("text", text))


def told(data: bytes) -> list[tuple[object, ...]]:
    listener = Told()
    xml.parse(data, listener)
    return listener.events


A: list[tuple[object, ...]] = [("start", "a", {}), ("end", "a")]


@pytest.mark.parametrize(
    ("data", "events"),
    [
        (b"<a/>", A),
        (
            b'<a b="&lt;1&#10;"><![CDATA[<c>]]> d&amp;e</a>',
            [("start", "a", {"b": "<1\n"}), ("text", "<c> d&e"), ("end", "a")],
        ),
        (b'<?xml version="1.0"?>\n<!DOCTYPE a SYSTEM "http://dtd.example/a.dtd">\n<a/>', A),
        (b"<!DOCTYPE a [<!ELEMENT a ANY>]><a/>", A),
        (
            b"<mute>0<a>1</a>2<last>3</last>4</mute>",
            [
                ("start", "mute", {}),
                *(("start", "a", {}), ("text", "1"), ("end", "a"), ("text", "2")),
                *(("start", "last", {}), ("text", "3"), ("end", "last")),
                ("end", "mute"),
            ],
        ),
        (b"\xef\xbb\xbf<a/>", A),
        ('<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"), A),
        (
            b'<?xml version="1.0" encoding="windows-1252"?><a b="\xe9"/>',
            [("start", "a", {"b": "é"}), ("end", "a")],
        ),
        (b"<a>" * 64 + b"</a>" * 64, None),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_is_read(data: bytes, events: list[tuple[object, ...]] | None) -> None:
    heard = told(data)
    assert events is None or heard == events


OWN = "entity declarations are not supported"


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        (b"", "not XML: no element found", 1),
        (b"text", "not XML: syntax error", 1),
        (b"<a>\n<b></a>", "not XML: mismatched tag", 2),
        (b"<a>\n\x07</a>", "not XML: not well-formed (invalid token)", 2),
        (b'<a b="\xe9"/>', "not XML: not well-formed (invalid token)", 1),
        (b"<a/><a/>", "not XML: junk after document element", 1),
        (b"<a>&x;</a>", "not XML: undefined entity", 1),
        (b'<!DOCTYPE a [\n<!ENTITY x "y">]><a>&x;</a>', OWN, 2),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', OWN, 1),
        (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://dtd.example/x">%x;]><a/>', OWN, 1),
        (b'<!DOCTYPE a SYSTEM "a.dtd">\n<a>&x;</a>', OWN, 2),
        (b"<a>" * 65, "elements nested more than 64 deep", 1),
        (
            b'<?xml version="1.0" encoding="x-none"?><a/>',
            "not XML: its encoding cannot be read: unknown encoding: x-none",
            1,
        ),
        (
            b'<?xml version="1.0" encoding="gbk"?><a/>',
            "not XML: its encoding cannot be read: multi-byte encodings are not supported",
            1,
        ),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_what_is_refused(data: bytes, message: str, line: int) -> None:
    with pytest.raises(SyntaxProblem) as refused:
        told(data)
    assert (refused.value.message, refused.value.line) == (message, line)


def test_nothing_expands() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 30))
    with pytest.raises(SyntaxProblem, match=OWN):
        told(f'<!DOCTYPE a [<!ENTITY e0 "x">{entities}]><a>&e29;</a>'.encode())


def test_size_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_BYTES", 5)
    with pytest.raises(SyntaxProblem, match="the file has 6 bytes; at most 5 are read"):
        told(b"<a></>")


@pytest.mark.parametrize("error", [LookupError, ValueError, SyntaxProblem])
def test_what_the_listener_raises_comes_through(error: type[Exception]) -> None:
    class Refusing(Told):
        def start(self, tag: str, attributes: dict[str, str]) -> bool:
            raise error(tag, *attributes)

    with pytest.raises(error, match="a"):
        xml.parse(b"<a/>", Refusing())
