"""XML as a stream of elements, by expat, within limits.

A document type declaration is tolerated, as Cobertura writes one; entity declarations are refused, so
nothing can be expanded, and nothing outside the file is ever read.
"""

from typing import NoReturn, Protocol
from xml.parsers import expat

from gatekeeper.syntax import SyntaxProblem

MAX_BYTES = 200_000_000
MAX_DEPTH = 64


class Listener(Protocol):
    """What wants to hear of the elements of a document, in their order."""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Hear of the start of an element."""

    def end(self, tag: str) -> None:
        """Hear of the end of an element."""

    def text(self, text: str) -> None:
        """Hear of text, maybe in several pieces."""


def parse(data: bytes, listener: Listener) -> None:
    """Tell `listener` what the document holds; raise `SyntaxProblem` where it is not well-formed XML."""
    if len(data) > MAX_BYTES:
        raise SyntaxProblem(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = 0
    begun = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth, begun
        begun = True
        depth += 1
        if depth > MAX_DEPTH:
            raise SyntaxProblem(f"elements nested more than {MAX_DEPTH} deep", parser.CurrentLineNumber)
        listener.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(tag)

    def refuse_entity(*_: object) -> NoReturn:
        raise SyntaxProblem("entities of its own are not expanded", parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = listener.text
    parser.EntityDeclHandler = refuse_entity
    # With a declaration that stands in another file, expat passes over an unknown entity in silence.
    parser.SkippedEntityHandler = refuse_entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        message = expat.ErrorString(error.code) or "not well-formed"
        raise SyntaxProblem(f"not XML: {message}", error.lineno, error.offset + 1) from None
    except (LookupError, ValueError) as error:
        if begun:
            raise
        # Python, not expat, decodes the rarer encodings, and refuses them in its own words.
        raise SyntaxProblem(f"not XML: its encoding cannot be read: {error}", 1) from None
    finally:
        # The handlers know the parser: without this, each parser's buffers would wait for the collector.
        parser.StartElementHandler = parser.EntityDeclHandler = parser.SkippedEntityHandler = None
