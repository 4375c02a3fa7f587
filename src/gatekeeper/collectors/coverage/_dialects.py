"""Which format a report has whose root element is `coverage`: Cobertura, Clover and SonarQube's share it."""

from collections.abc import Mapping
from contextlib import suppress

from gatekeeper.collectors.reading.content import Content
from gatekeeper.syntax import xml

_OF_COBERTURA = frozenset({"line-rate", "branch-rate", "lines-valid", "lines-covered"})
_OF_CLOVER = frozenset({"clover", "generated"})
_BY_CHILD = {"sources": "cobertura", "packages": "cobertura", "project": "clover", "file": "sonarqube"}


class _Begun(Exception):  # noqa: N818 - it ends the parsing and does not report an error
    """Enough of the document is known."""


class _Beginning:
    """A listener that stops at the second element."""

    def __init__(self) -> None:
        self.root: Mapping[str, str] | None = None
        self.child = ""

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if self.root is not None:
            self.child = tag
            raise _Begun
        self.root = attributes
        return False

    def end(self, tag: str) -> bool:  # noqa: ARG002 - a `Listener`
        return False

    def text(self, text: str) -> None:
        """Ignore text: no mark is in it."""


def dialect(content: Content) -> str | None:
    """Return `cobertura`, `clover` or `sonarqube` by the root's attributes or its first child; else None."""
    if content.xml_root != "coverage":
        return None
    beginning = _Beginning()
    with suppress(_Begun):
        xml.parse(content.data, beginning)
    attributes = (beginning.root or {}).keys()
    if attributes & _OF_COBERTURA:
        return "cobertura"
    if attributes & _OF_CLOVER:
        return "clover"
    by_version = "sonarqube" if attributes == {"version"} and not beginning.child else None
    return _BY_CHILD.get(beginning.child, by_version)
