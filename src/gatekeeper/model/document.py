"""A readiness document after parsing, with the line of each part."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Self

from gatekeeper.model.milestone import Published
from gatekeeper.model.rulebook import RoleDefinition
from gatekeeper.model.service import Capability, Scope
from gatekeeper.model.workspace import Manifests


class PageIds(NamedTuple):
    """The ids that a page may use, each kind in order."""

    levels: tuple[str, ...]
    """Lowest first."""
    gates: tuple[str, ...]
    milestones: tuple[str, ...] = ()

    @classmethod
    def of(cls, workspace: Manifests) -> Self:
        """Return the ids of a workspace."""
        levels = tuple(workspace.levels.scale)
        return cls(levels, tuple(workspace.gates), tuple(workspace.milestones))


class DocumentProblem(NamedTuple):
    """A part of a document that could not be parsed."""

    line: int
    """1-based."""
    message: str


class DocumentUnit(NamedTuple):
    """A sentence, an item of a list, or a cell with prose: the smallest part of a document that is cited."""

    line: int
    group: str
    """The gate, level or service that it is about; empty for everything else."""
    text: str


class DocumentLevel(NamedTuple):
    """A row of the levels table."""

    line: int
    level: str
    meaning: str
    audience: str | None
    """Who may use a service at this level; None if the document does not say."""


class DocumentGate(NamedTuple):
    """A row of the gates table."""

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
    """The id, if the document states it."""


class DocumentCriteria(NamedTuple):
    """The acceptance criteria of a gate or a level."""

    line: int
    group: str
    """The id of the gate or level."""
    name: str
    criteria: tuple[DocumentCriterion, ...]


class DocumentPolicy(NamedTuple):
    """A rule of governance: an item that begins with its subject."""

    line: int
    text: str
    """What follows the subject."""
    item: str
    """The whole item."""


class DocumentCell(NamedTuple):
    """A cell of the matrix."""

    line: int
    milestone: str
    level: str
    gates: Mapping[str, Scope | None] | None
    """The listed gates with their scopes; None if the cell lists none."""
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
    """Whether it adds to the previous row instead of replacing it."""
    targets: tuple[Published, ...]


class DocumentRoles(NamedTuple):
    """The table of roles, and who signs."""

    line: int
    roles: Mapping[str, RoleDefinition]
    upgrade_sign_offs: tuple[str, ...] = ()
    weakening_sign_off: str | None = None


class ReadinessDocument(NamedTuple):
    """A readiness document; parts of missing sections are empty."""

    levels: Mapping[str, DocumentLevel]
    """In the order of the page, as the gates are."""
    gates: Mapping[str, DocumentGate]
    criteria: Mapping[str, DocumentCriteria]
    services: Mapping[str, DocumentService]
    published: Mapping[str, DocumentTargets]
    """The published exit summary, by milestone."""
    derived: Mapping[str, DocumentTargets]
    """The services in scope by the matrix, if the document repeats them."""
    policy: Mapping[str, DocumentPolicy]
    """The rules of governance by subject."""
    states_effects: bool
    """Whether it says which scope notes demand more and which name criteria."""
    remarks: tuple[DocumentProblem, ...]
    """The parts that could not be parsed, from top to bottom."""
    roles: DocumentRoles | None = None
    units: tuple[DocumentUnit, ...] = ()
    """Everything that is prose, from top to bottom."""


class DocumentPart(StrEnum):
    """The topic of a disagreement."""

    UNCLEAR = "unclear"
    LEVELS = "levels"
    GATES = "gates"
    CRITERIA = "criteria"
    PROSE = "prose"
    MATRIX = "matrix"
    PUBLISHED = "published"
    DERIVED = "derived"


class Disagreement(NamedTuple):
    """A difference between a document and the workspace."""

    line: int
    """The line in the document; for something missing, the line after which it belongs."""
    part: DocumentPart
    message: str
    service: str | None = None
    milestone: str | None = None
