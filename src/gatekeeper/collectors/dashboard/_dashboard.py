"""The type into which every format of dashboard is read."""

from typing import NamedTuple


class Query(NamedTuple):
    """A query of a panel to a data source."""

    expression: str | None = None
    """PromQL or LogQL."""
    text: str = ""
    """A query in another language, or the texts of a form."""


class Panel(NamedTuple):
    """A panel or a row."""

    title: str
    units: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


class Dashboard(NamedTuple):
    """A dashboard in any model."""

    format: str
    title: str | None
    uid: str | None
    panels: tuple[Panel, ...]
