"""XML as a stream of elements, by expat, within limits.

A document type declaration is tolerated, as Cobertura writes one; entity declarations are refused, so
nothing can be expanded, and nothing outside the file is ever read.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, Protocol
from xml.parsers import expat

from gatekeeper.syntax import SyntaxProblem

MAX_BYTES = 200_000_000
MAX_DEPTH = 64


class Listener(Protocol):
    """What wants to hear of the elements of a document, in their order."""

    def start(self, tag: str, attributes: dict[str, str]) -> bool | None:
        """Hear of the start of an element; return True to hear its text as well."""

    def end(self, tag: str) -> bool | None:
        """Hear of the end of an element; return True to hear no more text."""

    def text(self, text: str) -> None:
        """Hear of text, maybe in several pieces."""


def parse(data: bytes, listener: Listener) -> None:
    """Tell `listener` what the document holds; raise `SyntaxProblem` where it is not well-formed XML."""
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
        # Python, not expat, decodes the rarer encodings, and refuses them in its own words.
        raise SyntaxProblem(f"not XML: its encoding cannot be read: {error}", 1) from None
    finally:
        # The handlers know the parser: without this, each parser's buffers would wait for the collector.
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.EntityDeclHandler = parser.SkippedEntityHandler = None


class _RootFound(Exception):  # noqa: N818 - it ends the parsing and is no error
    """The first element has begun."""


def root_of(data: bytes) -> str:
    """Return the name of the root element without its prefix; `SyntaxProblem` if there is none."""
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
        """Ignore text: there is none before the first element."""


def _connect(parser: expat.XMLParserType, listener: Listener) -> Callable[[], bool]:
    """Let the parser tell the listener; return whether an element has been told of."""
    depth, begun = 0, False
    hear_start, hear_end = listener.start, listener.end

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begun
        begun = True
        depth += 1
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"elements nested more than {MAX_DEPTH} deep", parser.CurrentLineNumber)
        if hear_start(tag, attributes):
            parser.CharacterDataHandler = listener.text

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        if hear_end(tag):
            parser.CharacterDataHandler = None

    def refuse_entity(*_: object) -> NoReturn:
        raise SyntaxProblem("entities of its own are not expanded", parser.CurrentLineNumber)

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = refuse_entity
    # With a declaration that stands in another file, expat passes over an unknown entity in silence.
    parser.SkippedEntityHandler = refuse_entity
    return lambda: begun
