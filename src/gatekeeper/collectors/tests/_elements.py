"""Read an XML report element by element, each with what is in it: only a part of it is in memory."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.collectors.tests._values import is_count
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax import xml

MOST_TAGS = 100
"""So many tags of one test or suite are kept."""


class Element(XmlElement):
    """An element, and the one around it."""

    __slots__ = ("failures", "outer", "tags", "taken")

    def __init__(self, name: str, attributes: dict[str, str], outer: "Element | None") -> None:
        super().__init__(name, attributes)
        self.outer = outer
        self.failures = 0
        """How many failures were noted within it, by `note_failure`."""
        self.taken = 0
        """How many elements directly inside of it were taken."""
        self.tags: tuple[str, ...] | None = None
        """The tags that hold for everything in it; None until they are looked for."""

    def get(self, name: str) -> str:
        """Return an attribute; an empty text if it is missing."""
        return self.attributes.get(name, "")

    def count(self, name: str) -> int:
        """Return an attribute that counts; 0 if it is missing. `Unreadable` if it is not a count."""
        text = self.attributes.get(name, "0")
        if not is_count(text):
            raise Unreadable(f'<{self.name}> has {name}="{text[:40]}", not a count')
        return int(text)

    def tags_by(self, tags_of: "Callable[[Element], Iterable[str]]") -> tuple[str, ...]:
        """Return its tags and those of the elements around it, each once, at most so many of each element.

        Those of an element are looked for once, so a large suite with many tests takes linear time.
        """
        for element in (self, *self.outers()):
            if element.tags is None:
                element.tags = tuple(islice(tags_of(element), MOST_TAGS))
        return tuple(dict.fromkeys(tag for of in (self, *self.outers()) for tag in of.tags or ()))

    def outers(self) -> "Iterator[Element]":
        """Yield the elements around it, from the inside out."""
        outer = self.outer
        while outer is not None:
            yield outer
            outer = outer.outer

    def note_failure(self) -> None:
        """Note in all elements around it that something within them failed."""
        for outer in self.outers():
            outer.failures += 1


class _Reader:
    """A listener that builds elements, and forgets those that are taken."""

    def __init__(self, take: Callable[[Element], bool], without: Collection[str], root: str) -> None:
        self._take, self._without, self._expected = take, without, root
        self._open: Element | None = None
        self._skipped = 0
        self.root: Element | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if self._skipped or (name := tag.rpartition(":")[2]) in self._without:
            self._skipped += 1
            return False
        if self.root is None and name != self._expected:
            raise Unreadable(f"XML with the root <{tag[:60]}>; expected <{self._expected}>")
        self._open = Element(name, attributes, self._open)
        self.root = self.root or self._open
        return True

    def text(self, text: str) -> None:
        if self._open is not None and not self._skipped:
            self._open.texts.append(text)

    def end(self, tag: str) -> bool:  # noqa: ARG002 - a `Listener`
        if self._skipped:
            self._skipped -= 1
            return False
        element = self._open
        assert element is not None  # noqa: S101 - the XML is well-formed
        self._open = element.outer
        is_taken = self._take(element)
        if outer := element.outer:
            outer.taken += is_taken
            if not is_taken:
                outer.children.append(element)
        return False


def read(data: bytes, root: str, take: Callable[[Element], bool], without: Collection[str] = ()) -> Element:
    """Return the root element, without the elements that were taken.

    Args:
        data: The document.
        root: The name that the root must have; otherwise the file is `Unreadable`.
        take: Is called with each element when it ends; if it returns true, the element is forgotten.
        without: The names of elements that are left out, with everything in them.
    """
    reader = _Reader(take, without, root)
    xml.parse(data, reader)
    assert reader.root is not None  # noqa: S101 - well-formed XML has a root
    return reader.root
