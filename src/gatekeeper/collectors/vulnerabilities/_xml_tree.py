"""Reports in XML that say what reports in JSON say: a tree of elements, and a document of their values."""

from collections.abc import Set
from typing import NamedTuple

from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax import xml
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step


class NestedElement(NamedTuple):
    """An element of a tree."""

    attributes: dict[str, str]
    children: dict[str, list["NestedElement"]]
    """By their names, without prefixes."""
    texts: list[str]
    """The pieces of its own text."""

    def all(self, name: str) -> list["NestedElement"]:
        """Return the children of a name."""
        return self.children.get(name, [])

    def one(self, name: str) -> "NestedElement":
        """Return the first child of a name; an empty element without one."""
        return next(iter(self.all(name)), NestedElement({}, {}, []))

    def text(self, *path: str) -> str:
        """Return the text of the first descendant at a path; empty without one."""
        element = self
        for name in path:
            element = element.one(name)
        return "".join(element.texts).strip()

    def others(self, *known: str) -> Object:
        """Return the names of the children that are not known, each with as many empty objects."""
        return {name: [{} for _ in found] for name, found in self.children.items() if name not in known}


class ElementTree:
    """A listener that builds the tree of the elements that are not skipped, with those within them."""

    def __init__(self, skipped: Set[str]) -> None:
        self._names = skipped
        self.root = NestedElement({}, {}, [])
        self.namespace = ""
        self._open = [self.root]
        self._skipped = 0

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        name = tag.rpartition(":")[2]
        if len(self._open) == 1:
            self.namespace = next((value for key, value in attributes.items() if key[:5] == "xmlns"), "")
        if self._skipped or name in self._names:
            self._skipped += 1
            return False
        element = NestedElement(attributes, {}, [])
        self._open[-1].children.setdefault(name, []).append(element)
        self._open.append(element)
        return True

    def text(self, text: str) -> None:
        if not self._skipped:
            self._open[-1].texts.append(text)

    def end(self, tag: str) -> bool:  # noqa: ARG002 - the tree has its name
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()
        return False


def parse(data: bytes, skipped: Set[str]) -> ElementTree:
    """Return the tree of a document; `SyntaxProblem` if it is not well-formed XML."""
    tree = ElementTree(skipped)
    xml.parse(data, tree)
    return tree


class AsJson(Structured):
    """The values of a document under the names of the JSON report; places in it are not those of the file."""

    def __init__(self, file: str, value: Object) -> None:
        super().__init__(file, "xml", value, b"")

    def finding(self, message: str, *_: Step) -> Finding:
        """Return a finding without a place."""
        return Finding(message, self.file)
