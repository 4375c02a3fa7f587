"""The interface between readers and judging: facts with provenance, findings with locations."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from types import MappingProxyType
from typing import Any, BinaryIO, Generic, NamedTuple, get_type_hints

from typing_extensions import TypeVar

from gatekeeper.model.moment import latest
from gatekeeper.model.service import EvidencePointer
from gatekeeper.model.statement import RunStatement
from gatekeeper.model.status import Basis, ReasonCode


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
    stream: Callable[[], BinaryIO] | None = None
    """Open it to read it piece by piece; None: `read` is the only way."""
    digest: Callable[[], tuple[str, int]] | None = None
    """The sha256 of its content and its size in bytes, if whoever reads it keeps them."""


class Artefact(NamedTuple):
    """The files of one slot sorted by name: one file, or those of a folder or glob."""

    path: str
    """The path from the manifest, relative to the repository."""
    files: tuple[ArtefactFile, ...]


T = TypeVar("T")
FactsT_co = TypeVar("FactsT_co", covariant=True, default=Any)


class SubjectType(StrEnum):
    """What a machine identifier names."""

    SERVICE = "service"
    REPOSITORY = "repository"
    IMAGE = "image"
    PACKAGE = "package"


class Subject(NamedTuple):
    """Something that an artefact states it is about, by a machine identifier; titles are none."""

    type: SubjectType
    name: str
    """As it is written."""


Places = Mapping[str, frozenset[str]]
"""Kinds of places that a reader may not understand, such as `query`, with the facts that depend on each."""


class NotUnderstood(NamedTuple):
    """A place that a reader met and could not interpret."""

    place: Finding
    """What it is, and where."""
    touches: frozenset[str] = frozenset()
    """The facts that depend on it: none of them passes."""


class Origin(NamedTuple):
    """What a file of an artefact states about itself."""

    format: str
    file: str | None = None
    """Its name; None: this is about all files of the artefact."""
    producer: str | None = None
    """The tool that wrote it, with its version if that is stated: `vitest 3.2.1`."""
    produced_at: datetime | None = None
    """The time of the oldest content. None if any content has no time."""
    commit: str | None = None
    subjects: tuple[Subject, ...] = ()
    """What it is about; empty if it does not state that."""
    partial: tuple[str, ...] = ()
    """Why something is missing from it, a sentence each; empty if nothing shows that."""
    not_understood: tuple[NotUnderstood, ...] = ()
    items: int | None = None
    """How many test cases, files, results or samples it holds; None if its format has none."""


class Collected(NamedTuple, Generic[FactsT_co]):
    """The result of reading an artefact: the facts of its kind, and what its files state about themselves."""

    facts: FactsT_co
    origins: tuple[Origin, ...]

    @property
    def format(self) -> str:
        """The formats of the files, sorted."""
        return formats_of(self.origins)

    @property
    def produced_at(self) -> datetime | None:
        """The time of the oldest file; None if any is undated."""
        return oldest(origin.produced_at for origin in self.origins)


def touched(parts: "Iterable[Origin | Part]") -> frozenset[str]:
    """Return the facts that depend on a place which was not understood."""
    return frozenset([name for part in parts for one in part.not_understood for name in one.touches])


def known(facts: Facts, parts: "Iterable[Origin | Part]") -> Facts:
    """Return what is known of facts: of those that are touched, lists and counts that are not empty.

    Such a list has some of its items, and such a count is at most the true one. Everything else that is
    touched is null.
    """
    names = touched(parts)
    if isinstance(facts, Mapping):
        return {name: None if name in names else value for name, value in facts.items()}
    of: type = type(facts)
    grows = _growing(of) if names else frozenset()
    null = [name for name in names.intersection(facts._fields)
            if name not in grows or not getattr(facts, name)]  # fmt: skip
    return facts._replace(**dict.fromkeys(null)) if null else facts


@cache
def _growing(facts: type) -> frozenset[str]:
    """Return the facts that are lists or counts."""
    return frozenset(name for name, shape in get_type_hints(facts).items() if shape in _GROWING)


_GROWING = (int | None, tuple[str, ...] | None, tuple[Finding, ...] | None)


def formats_of(parts: "Iterable[Origin | Part]") -> str:
    """Return the formats of parts as text, each once, sorted."""
    return ", ".join(sorted({name for part in parts if part.format for name in part.format.split(", ")}))


def shared(values: Iterable[T | None]) -> T | None:
    """Return the value that all of these are; None if they differ, or without any."""
    different = set(values)
    return different.pop() if len(different) == 1 else None


def oldest(times: Iterable[datetime | None]) -> datetime | None:
    """Return the oldest time; None if one is unknown, or without any."""
    known = list(times)
    dated = [time for time in known if time is not None]
    return min(dated) if dated and len(dated) == len(known) else None


class Unreadable(Exception):  # noqa: N818 - an outcome, distinct from our own errors
    """The artefact is invalid or unsupported; the message says why in a sentence."""


class Unrecognised(Unreadable):
    """The file has no mark of a format of its kind, or does not parse: it may be evidence of another kind."""

    def __init__(self, reason: str, file: str | None = None) -> None:
        super().__init__(reason)
        self.file = file
        """The name of the file; None until `in_file` adds it."""


class Absent(Exception):  # noqa: N818 - likewise
    """The artefact is readable but contains no evidence, such as a test report without tests."""


Options = Mapping[str, Any]
FORMATS_OPTION = "formats"
"""The option in which a reader gets the formats that the workspace describes: their descriptions by name."""


def stated(options: Options) -> dict[str, Any]:
    """Return the options of a slot as they are compared and recorded: own formats by their digests."""
    own = options.get(FORMATS_OPTION)
    if not own:
        return dict(options)
    digests = {name: f"sha256:{sha256(text.encode()).hexdigest()}" for name, text in own.items()}
    return {**options, FORMATS_OPTION: digests}


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
    amounts: tuple[str, ...] = ()
    """The facts that say how much was measured; `items` are those of the parts."""
    measures: bool = False
    """Whether it is a measurement, which ages, and not a definition, which is as old as its tree."""
    places: Places = MappingProxyType({})
    proves: bool = False
    """Whether its reader can run what it reads, with the option `prove`, which no slot has."""
    languages: frozenset[str] = frozenset()
    """The names that its fact `languages` may have; empty if any."""


class EvidenceStatus(StrEnum):
    """Whether reading an artefact returned facts."""

    OK = "ok"
    MISSING = "missing"
    UNREADABLE = "unreadable"


_CLOCKS_DIFFER_BY = timedelta(hours=1)


class Part(NamedTuple):
    """One of the files that fill a slot, or all of them if the reader does not distinguish them.

    What is stated about it has the strongest basis that states it: the artefact itself, a record, or what is
    typed in the manifest. A value that nothing states is None, and so is its basis.
    """

    path: str | None = None
    sha256: str | None = None
    size: int | None = None
    """In bytes."""
    format: str | None = None
    producer: str | None = None
    produced_at: datetime | None = None
    produced_at_basis: Basis | None = None
    commit: str | None = None
    commit_basis: Basis | None = None
    committed_at: datetime | None = None
    """When the commit was made, if a record states that."""
    subjects: tuple[Subject, ...] = ()
    subjects_basis: Basis | None = None
    partial: tuple[str, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    items: int | None = None

    @property
    def is_older_than_commit(self) -> bool:
        """Whether it was certainly made before the commit that it is said to be of; clocks may differ."""
        if self.produced_at is None or self.committed_at is None:
            return False
        return self.committed_at - latest(self.produced_at) > _CLOCKS_DIFFER_BY


class Attempt(NamedTuple):
    """An earlier run of a pipeline on the same commit, whose evidence a later one replaced."""

    collected_at: datetime
    run: str | None = None
    sha256: str | None = None
    failed: int | None = None
    """How many tests failed; None if the evidence has no such figure."""


class Evidence(NamedTuple):
    """The evidence of one slot of one service: facts and the parts behind them, or why there are none."""

    slot: str
    status: EvidenceStatus
    reason: str | None = None
    path: str | None = None
    facts: Facts = None
    sha256: str | None = None
    """The digest of the file; for a folder or glob, of the sorted list of names and digests."""
    parts: tuple[Part, ...] = ()
    basis: Basis = Basis.ARTEFACT
    signed: RunStatement | None = None
    """What the run that recorded it states and how that is signed; None for an artefact, or unsigned."""
    code: ReasonCode | None = None
    """Why it is missing, if that has a code."""
    pipeline: str | None = None
    """The pipeline whose record it is from."""
    age: tuple[datetime, datetime] | None = None
    """Of a record: when the commit was made, and when it was collected. The oldest record sorts first."""
    recorded_in: tuple[str, str] | None = None
    """The file of that record and its SHA-256."""
    others: "tuple[Evidence, ...]" = ()
    """What other pipelines recorded of the same commit; each of them counts, too. They have no others."""
    attempts: tuple[Attempt, ...] = ()
    """The earlier runs of the same pipeline on the same commit that had other bytes."""

    @property
    def is_flaky(self) -> bool:
        """Whether nothing failed, and something did in an earlier attempt on the same commit."""
        return not getattr(self.facts, "failed", True) and any(one.failed for one in self.attempts)

    def is_attempt_after(self, other: "Evidence") -> bool:
        """Return whether it is a later attempt than other evidence, whatever the clocks said."""
        return other.sha256 in {one.sha256 for one in self.attempts}

    @property
    def records(self) -> "tuple[Evidence, ...]":
        """The evidence by each pipeline that recorded it of this commit, each with the others beside it."""
        every = (self._replace(others=()), *self.others)
        return tuple(one._replace(others=every[:at] + every[at + 1 :]) for at, one in enumerate(every))

    @property
    def is_recorded(self) -> bool:
        """Whether it is known from a record, without the artefact."""
        return self.basis in (Basis.RECORD, Basis.SIGNED_RECORD)

    @property
    def format(self) -> str | None:
        """The formats of the parts, sorted; None without facts."""
        return formats_of(self.parts) or None

    @property
    def produced_at(self) -> datetime | None:
        """The time of the oldest part; None if any is undated."""
        return oldest(part.produced_at for part in self.parts)

    @property
    def commit(self) -> str | None:
        """The commit of the parts; None if one states none, or they differ."""
        return shared(part.commit for part in self.parts)


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
    is_found: bool = True
    """Whether there is a file, even one without evidence."""
