"""A readiness document as it was read: what it says, and in which line."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Published
from gatekeeper.model.service import Capability, Scope


class DocumentProblem(NamedTuple):
    """Something in a document that could not be understood."""

    line: int
    """1-based."""
    message: str


class DocumentLevel(NamedTuple):
    """A row of the table of levels."""

    line: int
    level: Level
    meaning: str
    audience: str | None
    """Who may use a service of it; None where the document does not say."""


class DocumentGate(NamedTuple):
    """A row of the table of gates."""

    line: int
    gate: str
    name: str
    definition: str
    artefact: str


class DocumentCriterion(NamedTuple):
    """A line of a list of acceptance criteria."""

    line: int
    text: str
    id: str | None = None
    """Where the document names it."""


class DocumentCriteria(NamedTuple):
    """The acceptance criteria of a gate or a level."""

    line: int
    group: str
    """`G1` or `L2`."""
    name: str
    criteria: tuple[DocumentCriterion, ...]


class DocumentCell(NamedTuple):
    """A cell of the matrix."""

    line: int
    milestone: str
    level: Level
    gates: Mapping[str, Scope | None] | None
    """As listed; None where none is."""
    adds: tuple[Capability, ...]


class DocumentService(NamedTuple):
    """A service and its row of the matrix."""

    line: int
    service: str
    about: str | None
    cells: Mapping[str, DocumentCell]


class DocumentTargets(NamedTuple):
    """A row of an exit summary."""

    line: int
    milestone: str
    is_cumulative: bool
    """It adds to the row before, rather than to replace it."""
    targets: tuple[Published, ...]


class ReadinessDocument(NamedTuple):
    """A readiness document; where it has no such section, that part is empty."""

    levels: Mapping[Level, DocumentLevel]
    gates: Mapping[str, DocumentGate]
    criteria: Mapping[str, DocumentCriteria]
    services: Mapping[str, DocumentService]
    published: Mapping[str, DocumentTargets]
    """The published exit summary, by milestone."""
    derived: Mapping[str, DocumentTargets]
    """Who is in scope by the matrix, where the document repeats it."""
    policy: Mapping[str, str]
    """The sentences about governance, by their subject."""
    states_effects: bool
    """It says which scope notes demand more and which name criteria."""
    remarks: tuple[DocumentProblem, ...]
    """What could not be understood, from top to bottom."""


class Part(StrEnum):
    """What a disagreement is about."""

    UNCLEAR = "unclear"
    LEVELS = "levels"
    GATES = "gates"
    CRITERIA = "criteria"
    MATRIX = "matrix"
    PUBLISHED = "published"
    DERIVED = "derived"


class Disagreement(NamedTuple):
    """Where a document and the workspace say different things."""

    line: int
    """In the document; where it lacks something, the line below which that is missing."""
    part: Part
    message: str
    service: str | None = None
    milestone: str | None = None
