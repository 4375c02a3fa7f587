"""Parse XML as a stream of elements, within limits, by expat.

A document type declaration is accepted, because Cobertura writes one. Entity declarations are refused, so
nothing is expanded and nothing outside the file is read.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, Protocol
from xml.parsers import expat

from gatekeeper.syntax import SyntaxProblem

MAX_BYTES = 200_000_000
MAX_DEPTH = 64


class Listener(Protocol):
    """A handler of the elements of a document, in document order."""

    def start(self, tag: str, attributes: dict[str, str]) -> bool | None:
        """Handle the start of an element. Return True to also receive its text."""

    def end(self, tag: str) -> bool | None:
        """Handle the end of an element. Return True to receive no more text."""

    def text(self, text: str) -> None:
        """Handle text, which may arrive in several pieces."""


def parse(data: bytes, listener: Listener) -> None:
    """Parse a document and pass its elements to `listener`.

    Raises:
        SyntaxProblem: The document is not well-formed XML, or exceeds a limit.
    """
    if len(data) > MAX_BYTES:
        raise SyntaxProblem(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    parser = expat.ParserCreate()
    has_begun = _connect(parser, listener)
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code) or "not well-formed"
        raise SyntaxProblem(f"not XML: {message}", error.lineno, error.offset + 1) from None
    except (LookupError, ValueError) as error:
        if has_begun():
            raise
        # Python, not expat, decodes the rarer encodings, and raises its own errors.
        raise SyntaxProblem(f"not XML: its encoding cannot be read: {error}", 1) from None
    finally:
        # The handlers refer to the parser: without this, the buffers stay until the garbage collection.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.EntityDeclHandler = parser.SkippedEntityHandler = None


class _RootFound(Exception):  # noqa: N818 - it ends the parsing and does not report an error
    """The first element has begun."""


def root_of(data: bytes) -> str:
    """Return the name of the root element without its prefix.

    Raises:
        SyntaxProblem: The document has no root element.
    """
    found = _Root()
    with suppress(_RootFound):
        parse(data, found)
    return found.tag.rpartition(":")[2]


class _Root:
    """A listener that stops at the first element."""

    tag = ""

    def start(self, tag: str, attributes: dict[str, str]) -> bool:  # noqa: ARG002 - a `Listener`
        self.tag = tag
        raise _RootFound

    def end(self, tag: str) -> bool:  # noqa: ARG002 - a `Listener`
        return False

    def text(self, text: str) -> None:
        """Ignore text: no text comes before the first element."""


def _connect(parser: expat.XMLParserType, listener: Listener) -> Callable[[], bool]:
    """Connect a listener to a parser; return a function that reports whether an element has begun."""
    depth, begun = 0, False
    on_start, on_end = listener.start, listener.end

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begun
        begun = True
        depth += 1
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"elements nested more than {MAX_DEPTH} deep", parser.CurrentLineNumber)
        if on_start(tag, attributes):
            parser.CharacterDataHandler = listener.text

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if on_end(tag):
            parser.CharacterDataHandler = None

    def refuse_entity(*_: object) -> NoReturn:
        raise SyntaxProblem("entity declarations are not supported", parser.CurrentLineNumber)

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = refuse_entity
    # If the declaration is in another file, expat skips an unknown entity without an error.
    parser.SkippedEntityHandler = refuse_entity
    return lambda: begun
