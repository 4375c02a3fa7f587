"""A Markdown document (CommonMark), maybe with YAML front matter: a runbook, a threat model, a plan."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    pass


class DocumentFacts(NamedTuple):
    """What a document says; null where it does not."""

    front_matter: Mapping[str, Any] | None = None
    """Null where there is none."""
    sections: tuple[str, ...] | None = None
    """Headings with text below them, their own or that of a section within."""
    empty_sections: tuple[str, ...] | None = None
    """Headings with nothing below them but comments."""
    links: tuple[str, ...] | None = None
    """Link targets in their order, each once: links, autolinks and bare http(s) addresses."""


FACTS = DocumentFacts
