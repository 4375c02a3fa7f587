"""The blocks of a readiness page in either form: headings, tables and list items."""

from collections.abc import Sequence
from typing import NamedTuple


class Heading(NamedTuple):
    """A heading."""

    line: int
    text: str


class TableRow(NamedTuple):
    """A row of a table, its cells in the order of the columns."""

    line: int
    cells: Sequence[str]


class DocumentTable(NamedTuple):
    """A table with its column titles."""

    line: int
    columns: Sequence[str]
    rows: Sequence[TableRow]


class ListItem(NamedTuple):
    """An item of a list."""

    line: int
    text: str


class Paragraph(NamedTuple):
    """A paragraph of text."""

    line: int
    text: str


class Broken(NamedTuple):
    """A malformed block."""

    line: int
    message: str


Block = Heading | DocumentTable | ListItem | Paragraph | Broken

LEVELS = ("Level", "Meaning", "Who may use it")
GATES = ("Gate", "Definition", "Test artefact")
MATRIX = ("Milestone", "Level", "Gates")
PUBLISHED = ("Milestone", "Must-green services (level target)")
DERIVED = ("Milestone", "Services in scope (target level)")
ROLES = ("Role", "Who that is")
OF_SERVICE = " Only for services of their team."
"""Ends the description of a role that belongs to the team of a service."""
SIGNED = "A level is signed off by"
APPROVED = "Weaker rules or a weaker plan are approved by"
