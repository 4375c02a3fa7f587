"""Documents within a document: an item of a list of objects, or the text of a field."""

from collections.abc import Sequence

from gatekeeper.collectors.reading.structured import Structured, parse_all
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Json
from gatekeeper.syntax.yaml import Step


class InnerObject(Structured):
    """An object within a document, as a document of its own; its places are those in the outer one."""

    def __init__(self, outer: Structured, path: tuple[Step, ...], value: Json) -> None:
        super().__init__(outer.file, outer.format, value, b"")
        self._outer = outer
        self._path = path

    def finding(self, message: str, *path: Step) -> Finding:
        """Return a finding about the value at `path` of the item."""
        return self._outer.finding(message, *self._path, *path)

    def line(self, path: Sequence[Step]) -> int | None:
        """Return the line of the value at `path` of the item, or of its nearest existing parent."""
        return self._outer.line((*self._path, *path))


class _Text(Structured):
    """A document in a text; every place in it is that of the text."""

    def __init__(self, outer: Structured, path: tuple[Step, ...], inner: Structured) -> None:
        super().__init__(outer.file, inner.format, inner.value, inner.data)
        self._outer = outer
        self._path = path

    def finding(self, message: str, *path: Step) -> Finding:  # noqa: ARG002 - the text has one place
        """Return a finding about the text."""
        return self._outer.finding(message, *self._path)

    def line(self, path: Sequence[Step]) -> int | None:  # noqa: ARG002 - likewise
        """Return the line at which the text begins."""
        return self._outer.line(self._path)


def documents_in(outer: Structured, text: str | bytes, *path: Step) -> list[Structured]:
    """Return the JSON document, or the YAML documents, in the text at a path of a document.

    Raises:
        SyntaxProblem: The text is neither.
    """
    data = text.encode() if isinstance(text, str) else text
    return [_Text(outer, path, inner) for inner in parse_all(outer.file, data)]
