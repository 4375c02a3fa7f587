"""A Markdown document (CommonMark), with or without YAML front matter: a runbook, a threat model, a plan."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class DocumentFacts(NamedTuple):
    """Facts about a document."""

    front_matter: Mapping[str, Any] | None = None
    """The front matter; null without one. Values that are to be written (`TBD`, `n/a`) are left out."""
    sections: tuple[str, ...] | None = None
    """Headings with text below them, directly or in a section within."""
    empty_sections: tuple[str, ...] | None = None
    """The others: nothing, only comments, or only what is to do (`TODO`, `To be written`) is below them."""
    words: int | None = None
    """How many words the text has, without headings, comments, addresses and what is to do."""
    links: tuple[str, ...] | None = None
    """The targets of links, autolinks and bare http(s) addresses, in their order, each once."""
    dashboards: tuple[str, ...] | None = None
    """The uids of Grafana dashboards that links lead to (`/d/UID`, `/d-solo/UID`), in order, each once."""


FACTS = DocumentFacts
