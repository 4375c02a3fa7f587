"""The interface between readers and judging: facts with provenance, findings with locations."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, NamedTuple

from typing_extensions import TypeVar

from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.status import Basis


class Finding(NamedTuple):
    """One flaw in an artefact."""

    message: str
    file: str | None = None
    line: int | None = None
    pointer: str | None = None
    """A JSON pointer to the flaw, for a structured file."""


class Shape(StrEnum):
    """The shapes of fact values, against which operators are checked."""

    NUMBER = "a number"
    TEXT = "text"
    FLAG = "true or false"
    NAMES = "a list of names"
    FINDINGS = "a list of findings"
    MAPPING = "a mapping"
    ANY = "any value"


SHAPES: Mapping[object, Shape] = {
    int | None: Shape.NUMBER,
    float | None: Shape.NUMBER,
    str | None: Shape.TEXT,
    bool | None: Shape.FLAG,
    tuple[str, ...] | None: Shape.NAMES,
    tuple[Finding, ...] | None: Shape.FINDINGS,
    Mapping[str, Any] | None: Shape.MAPPING,
}
"""The shape of each annotation in a facts type. Every fact may be null: the file does not state it."""

Facts = Any
"""A kind's facts: its NamedTuple, or a plain mapping for the kind `json`."""


class ArtefactFile(NamedTuple):
    """One file of an artefact, read on demand."""

    name: str
    """Relative to the repository, with forward slashes."""
    read: Callable[[], bytes]
    identity: Callable[[], str] | None = None
    """The Git object id of its content, available in a revision without reading the file."""


class Artefact(NamedTuple):
    """The files of one slot sorted by name: one file, or those of a folder or glob."""

    path: str
    """The path from the manifest, relative to the repository."""
    files: tuple[ArtefactFile, ...]


FactsT_co = TypeVar("FactsT_co", covariant=True, default=Any)


class Collected(NamedTuple, Generic[FactsT_co]):
    """The result of reading an artefact: the facts of its kind."""

    format: str
    facts: FactsT_co
    produced_at: datetime | None = None
    """The timestamp inside the artefact, if any."""


class Unreadable(Exception):  # noqa: N818 - an outcome, distinct from our own errors
    """The artefact is invalid or unsupported; the message says why in a sentence."""


class Absent(Exception):  # noqa: N818 - likewise
    """The artefact is readable but contains no evidence, such as a test report without tests."""


Options = Mapping[str, Any]
Collect = Callable[[Artefact, Options], Collected]


class Kind(NamedTuple):
    """A kind of evidence: its facts, its options, and its reader."""

    name: str
    facts: Callable[..., Facts] | None
    """The type of its facts; None for a plain mapping of the names in the slot's `select`."""
    fields: Mapping[str, Shape] | None
    """The shape of each fact by name; None if `facts` is None."""
    options: frozenset[str]
    collect: Collect


class EvidenceStatus(StrEnum):
    """Whether reading an artefact returned facts."""

    OK = "ok"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Evidence(NamedTuple):
    """The evidence of one slot of one service: facts, or the reason why there are none."""

    slot: str
    status: EvidenceStatus
    reason: str | None = None
    path: str | None = None
    format: str | None = None
    facts: Facts = None
    sha256: str | None = None
    """The digest of the file; for a folder or glob, of the sorted list of names and digests."""
    collected_at: datetime | None = None
    commit: str | None = None
    basis: Basis = Basis.EVIDENCE


Narrowing = tuple[tuple[str, tuple[str, ...]], ...]
"""The options by which a plan's scope narrows what is read, sorted by name; empty for no narrowing."""

EvidenceKey = tuple[str, Narrowing]
"""A slot and its narrowing."""


class Request(NamedTuple):
    """An artefact that judging may need, listed before anything is read."""

    service: str
    slot: str
    narrowing: Narrowing
    kind: str
    options: Options
    """The options of the slot, with the plan's narrowing applied."""
    pointer: EvidencePointer


class Recorded(NamedTuple):
    """One artefact read for a record, with its request."""

    request: Request
    evidence: Evidence
    size: int
    """The size of all its files in bytes."""
