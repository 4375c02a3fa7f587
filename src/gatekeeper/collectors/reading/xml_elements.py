"""The elements of an XML report: a tree of those that a format reads, without the rest of the file."""

from collections.abc import Iterator, Set
from typing import Self

from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax import xml


class XmlElement:
    """An element with what was kept of it."""

    __slots__ = ("attributes", "children", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        """Without the prefix of its namespace."""
        self.attributes = attributes
        self.children: list[Self] = []
        self.texts: list[str] = []
        """The pieces of its own text."""

    @property
    def text(self) -> str:
        """Its own text, without whitespace around it, and without that of elements inside of it."""
        return "".join(self.texts).strip()

    @property
    def namespace(self) -> str:
        """The first namespace that it declares; empty without one."""
        return next((value for key, value in self.attributes.items() if key.startswith("xmlns")), "")

    def each(self, name: str) -> Iterator[Self]:
        """Yield the children of a name."""
        return (child for child in self.children if child.name == name)

    def at(self, *path: str) -> list[Self]:
        """Return the descendants at a path of names."""
        found = [self]
        for name in path:
            found = [child for one in found for child in one.each(name)]
        return found

    def text_at(self, *path: str) -> str:
        """Return the first text that is not blank of the descendants at a path; empty without one."""
        return next((one.text for one in self.at(*path) if one.text), "")

    def within(self, name: str) -> Iterator[Self]:
        """Yield the descendants of a name in document order, those within each other too."""
        for child in self.children:
            if child.name == name:
                yield child
            yield from child.within(name)

    def unknown(self, *known: str) -> list[str]:
        """Return the names of the children that have another name, one for each."""
        return [child.name for child in self.children if child.name not in known]

    def others(self, file: str, *known: str) -> Iterator[tuple[str, Finding]]:
        """Yield a doubt for each child of another name: it may hold findings."""
        for name in self.unknown(*known):
            what = one_line(f"<{name}> in <{self.name}> is not known: it may hold findings")
            yield "list", Finding(what, file)


def parse(data: bytes, kept: Set[str]) -> XmlElement:
    """Return the root of a document; of an element whose name is not in `kept`, only the start is kept.

    Raises:
        SyntaxProblem: The document is not well-formed XML.
    """
    builder = _Builder(kept)
    xml.parse(data, builder)
    return builder.root


class _Builder:
    """A listener that builds the tree."""

    def __init__(self, kept: Set[str]) -> None:
        self._kept = kept
        self._open: list[XmlElement] = []
        self._skipped = 0
        """How many elements are open below one that is not kept."""
        self.root = XmlElement("", {})

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if self._skipped or (self._open and self._open[-1].name not in self._kept):
            self._skipped += 1
            return False
        element = XmlElement(tag.rpartition(":")[2], attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        return True

    def text(self, text: str) -> None:
        if not self._skipped and self._open[-1].name in self._kept:
            self._open[-1].texts.append(text)

    def end(self, tag: str) -> bool:  # noqa: ARG002 - the tree has its name
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()
        return not self._open
