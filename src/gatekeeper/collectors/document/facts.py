"""A Markdown document (CommonMark), with or without YAML front matter: a runbook, a threat model, a plan."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DocumentFacts(NamedTuple):
    """Facts about a document."""

    front_matter: Mapping[str, Any] | None = None
    """The front matter; null without one."""
    sections: tuple[str, ...] | None = None
    """Headings with text below them, directly or in a section within."""
    empty_sections: tuple[str, ...] | None = None
    """Headings with nothing, only comments, or only a mark such as `TODO` below them."""
    links: tuple[str, ...] | None = None
    """The targets of links, autolinks and bare http(s) addresses, in their order, each once."""


FACTS = DocumentFacts
