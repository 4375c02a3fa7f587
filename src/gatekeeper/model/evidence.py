"""What collectors hand to judging: facts with their provenance, and findings with locations."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.status import Basis


class Finding(NamedTuple):
    """One concrete flaw in an artefact."""

    message: str
    file: str | None = None
    line: int | None = None
    pointer: str | None = None
    """A JSON pointer, where the flaw sits in a structured file."""


class Shape(StrEnum):
    """The kinds of values a fact may have; operators are checked against them."""

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
"""Which annotation of a facts type means which shape; every fact may be null: the file does not say."""

Facts = Any
"""A kind's facts: its NamedTuple, or a plain mapping for the kind `json`."""


class ArtefactFile(NamedTuple):
    """One file of an artefact, read on demand."""

    name: str
    """Relative to the repository, with forward slashes."""
    read: Callable[[], bytes]
    identity: Callable[[], str] | None = None
    """The id that git gives its content; a revision knows it without reading the file."""


class Artefact(NamedTuple):
    """The files behind one slot, in the order of their names: one file, or those of a folder or glob."""

    path: str
    """As the manifest writes it, made relative to the repository."""
    files: tuple[ArtefactFile, ...]


class Collected(NamedTuple):
    """What a collector made of an artefact that it could read."""

    format: str
    facts: Facts
    produced_at: datetime | None = None
    """The artefact's own timestamp, where it has one."""


class Unreadable(Exception):  # noqa: N818 - it is an outcome, told apart from our own errors
    """The artefact is not what it claims to be; the message says why in a sentence."""


class Absent(Exception):  # noqa: N818 - likewise
    """The artefact is readable but holds no evidence, such as a test report without a test."""


Options = Mapping[str, Any]
Collect = Callable[[Artefact, Options], Collected]


class Kind(NamedTuple):
    """A kind of evidence: what its facts look like, its options, and the collector that reads it."""

    name: str
    facts: Callable[..., Facts] | None
    """The type of its facts. None: a plain mapping of what the slot's `select` names."""
    fields: Mapping[str, Shape] | None
    """What its facts are named, and of which shape they are. None, as `facts` is."""
    options: frozenset[str]
    collect: Collect


class EvidenceStatus(StrEnum):
    """Whether an artefact gave facts."""

    OK = "ok"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Evidence(NamedTuple):
    """What is known of one artefact of one service: facts, or the reason why there are none."""

    slot: str
    status: EvidenceStatus
    reason: str | None = None
    path: str | None = None
    format: str | None = None
    facts: Facts = None
    sha256: str | None = None
    """Of the file; of a folder or glob: of the sorted list of names and digests."""
    collected_at: datetime | None = None
    commit: str | None = None
    basis: Basis = Basis.EVIDENCE


Narrowing = tuple[tuple[str, tuple[str, ...]], ...]
"""The options by which a plan's scope narrows what is read, sorted by name; empty where it does not."""

EvidenceKey = tuple[str, Narrowing]
"""A slot, and how it is narrowed."""


class Request(NamedTuple):
    """An artefact that judging will want, named before anything is read."""

    service: str
    slot: str
    narrowing: Narrowing
    kind: str
    options: Options
    """The slot's options with the plan's narrowing applied."""
    pointer: EvidencePointer


class Recorded(NamedTuple):
    """One artefact as it was read for a record, and what was asked of it."""

    request: Request
    evidence: Evidence
    size: int
    """Bytes of all its files; 0 where there are none."""
