"""Records: the evidence that a pipeline of a service read from its artefacts, a file for each pipeline.

A record holds facts, not artefacts, so it is small enough to be committed. Each entry belongs to the run that
made it, which states when, where and of which commit. Every value is checked when a record is read: a record
that is truncated or has values of the wrong type is unreadable. A fact that is not in the record, because an
older version of the program wrote it, is null.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from pydantic_core import to_json

from gatekeeper.collectors import find
from gatekeeper.collectors.reading.figures import count, listing, mapping, text
from gatekeeper.evidence.plain import (
    as_plain,
    as_plain_part,
    from_plain,
    is_digest,
    named_tuple,
    optional_text,
    part_from_plain,
)
from gatekeeper.evidence.signed_runs import is_signed, replaced_by, statement_of, with_replaced
from gatekeeper.model.evidence import (
    Attempt,
    Evidence,
    EvidenceKey,
    EvidenceStatus,
    Facts,
    Narrowing,
    Part,
    Recorded,
    Request,
    Subject,
    SubjectType,
    Unreadable,
    known,
    stated,
)
from gatekeeper.model.moment import as_written
from gatekeeper.model.statement import RunStatement
from gatekeeper.model.status import Basis
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Json, Object

DEFAULT = "default"
"""The pipeline of a record for which no pipeline is named."""
SCHEMA_VERSION = 3
"""The version that is written. Version 2 has one run, and version 1 also one part for each slot."""


class Stamp(NamedTuple):
    """What a run states about all of its artefacts: when, where and by what they were collected."""

    collected_at: datetime
    commit: str | None = None
    committed_at: datetime | None = None
    """When the commit was made."""
    repository: str | None = None
    """The host and path of the repository's remote: `forge.example/acme/basket`."""
    rulebook: str | None = None
    """`sha256:` and the digest of the rulebook that defines the slots."""
    tool_version: str | None = None
    run: str | None = None
    """The run of the CI."""


class RecordedRun(NamedTuple):
    """The entries of one run that are in force; an entry is checked when it is requested."""

    stamp: Stamp
    entries: Mapping[EvidenceKey, Object]
    fields: Mapping[str, Json]
    """What the file states about the run, besides its entries: it is carried forward unchanged."""
    signed: RunStatement | None = None
    """What it states, if it is signed."""

    def contents(self) -> Iterator[tuple[str, Object]]:
        """Yield the name and the content of each entry, as it is written."""
        return ((name_of(key), entry) for key, entry in self.entries.items())

    def without(self, slots: Collection[str]) -> "RecordedRun":
        """Return the run without the entries of some slots, which a later run replaces."""
        kept = {key: entry for key, entry in self.entries.items() if key[0] not in slots}
        replaced = ((name_of(key), entry) for key, entry in self.entries.items() if key[0] in slots)
        return self._replace(entries=kept, fields=with_replaced(self.fields, replaced))

    def states(self, service: str, pipeline: str) -> RunStatement:
        """Return what the run states, as part of the record of a service and pipeline.

        Raises:
            Unreadable: A field that belongs to the signature has a value of the wrong type.
        """
        return statement_of(service, pipeline, self.stamp.collected_at, self.fields, self.contents())

    def with_signature(self, signature: str) -> "RecordedRun":
        """Return the run with a signature of what it states."""
        return self._replace(fields={**self.fields, "signature": signature})

    def with_bundle(self, bundle: Object) -> "RecordedRun":
        """Return the run with a Sigstore bundle of what it states."""
        return self._replace(fields={**self.fields, "bundle": bundle})

    def evidence(self, request: Request) -> Evidence:
        """Return the recorded evidence for a request that the run has an entry for.

        Raises:
            Unreadable: The entry is of another definition of the slot, or has a value of the wrong type.
        """
        entry, where = self.entries[request.slot, request.narrowing], f"`{request.slot}`"
        if (entry.get("kind"), entry.get("options")) != (request.kind, as_plain(stated(request.options))):
            raise Unreadable(f"{where} was recorded with another definition of the slot: collect it again")
        status = text(entry.get("status"), f"{where}: status")
        if status not in set(EvidenceStatus):
            raise Unreadable(f"{where}: unknown status {status!r}")
        parts, digest = self._parts(entry, where), optional_text(entry, "sha256", where)
        if not is_digest(digest):
            raise Unreadable(f"{where}: sha256 is not a digest of 64 hexadecimal digits")
        path = optional_text(entry, "path", where)
        if any(part.sha256 not in (None, digest) for part in parts if part.path == path):
            raise Unreadable(f"{where}: sha256 is not that of its part {path}: collect it again")
        return Evidence(
            slot=request.slot,
            status=EvidenceStatus(status),
            reason=optional_text(entry, "reason", where),
            path=path,
            facts=_facts(request.kind, entry, parts, where) if status == EvidenceStatus.OK else None,
            sha256=digest,
            parts=parts,
            basis=Basis.RECORD,
            signed=self.signed,
            attempts=tuple(
                named_tuple(Attempt, mapping(one, where), f"{where}: attempts")
                for one in listing(entry.get("attempts", []), f"{where}: attempts")
            ),
        )

    def parts(self) -> Iterator[Part]:
        """Yield the parts of all entries.

        Raises:
            Unreadable: An entry has a value of the wrong type.
        """
        for (slot, _), entry in self.entries.items():
            yield from self._parts(entry, f"`{slot}`")

    def statement(self, key: EvidenceKey) -> object:
        """Return all that the run states about an entry, except in which run that was collected, and when.

        An undated part is dated by the run all the same.

        Raises:
            Unreadable: The entry has a value of the wrong type.
        """
        entry = self.entries[key]
        is_read = entry.get("status") == EvidenceStatus.OK
        parts = self._parts(entry, key[0]) if is_read else entry.get("parts")
        return self.stamp[1:-1], {**entry, "parts": parts, "attempts": None}

    def after(self, earlier: "RecordedRun") -> "RecordedRun":
        """Return the run with the attempts that an earlier run on the same commit had at its entries."""
        if self.stamp.commit is None or self.stamp.commit != earlier.stamp.commit:
            return self
        before = {key: _attempts(entry, key, earlier) for key, entry in self.entries.items()}
        entries = {
            key: {**entry, "attempts": before[key]} if before[key] else entry
            for key, entry in self.entries.items()
        }
        return self._replace(entries=entries)

    def _parts(self, entry: Object, where: str) -> tuple[Part, ...]:
        parts = listing(entry.get("parts"), f"{where}: parts")
        if not parts:
            raise Unreadable(f"{where}: parts is empty")
        return tuple(
            stamped(part_from_plain(mapping(part, place), place), self.stamp)
            for place, part in ((f"{where}: parts[{index}]", part) for index, part in enumerate(parts))
        )


def stamped(part: Part, stamp: Stamp) -> Part:
    """Return a part with what its record states; nothing of it rests on more than the record.

    What the artefact states about itself comes before what the record states. An undated part is as old as
    the record, or as the first one that had its bytes; that does not show that it is older than its commit.
    A time that was typed in the manifest is not later than the record; a commit is not taken from there.
    """
    is_typed = part.produced_at_basis is Basis.TYPED
    if part.produced_at is None or (is_typed and part.produced_at > stamp.collected_at):
        part = part._replace(produced_at=stamp.collected_at, produced_at_basis=Basis.RECORD)
    if part.commit_basis is not Basis.ARTEFACT:
        part = part._replace(
            commit=stamp.commit,
            commit_basis=Basis.RECORD if stamp.commit else None,
            committed_at=stamp.committed_at,
        )
    if part.produced_at_basis is Basis.RECORD:
        part = part._replace(committed_at=None)
    if stamp.repository and all(one.type is not SubjectType.REPOSITORY for one in part.subjects):
        part = part._replace(subjects=(*part.subjects, Subject(SubjectType.REPOSITORY, stamp.repository)))
    return part._replace(
        produced_at_basis=_at_most_recorded(part.produced_at_basis),
        commit_basis=_at_most_recorded(part.commit_basis),
        subjects_basis=Basis.RECORD if part.subjects else None,
    )


def _at_most_recorded(basis: Basis | None) -> Basis | None:
    return Basis.RECORD if basis is Basis.ARTEFACT else basis


def _facts(kind_name: str, entry: Object, parts: Sequence[Part], where: str) -> Facts:
    """Return what is known of the facts of an entry."""
    kind = find(kind_name)
    if kind is None:
        raise Unreadable(f"{where}: unknown kind of evidence {kind_name!r}")
    return known(from_plain(kind, mapping(entry.get("facts"), f"{where}: facts"), where), parts)


class Record(NamedTuple):
    """What one pipeline recorded of a service, the earliest run first; no two runs have the same entry."""

    pipeline: str
    runs: tuple[RecordedRun, ...]

    @property
    def slots(self) -> frozenset[str]:
        """The slots that it has entries of."""
        return frozenset(slot for run in self.runs for slot, _ in run.entries)

    def run_of(self, key: EvidenceKey) -> RecordedRun | None:
        """Return the run that recorded a slot with this narrowing."""
        return next((run for run in self.runs if key in run.entries), None)

    def updated(
        self, new: RecordedRun, may_repeat: Callable[[RecordedRun], bool] = lambda _run: True
    ) -> "Record":
        """Return the record with a new run, which replaces every entry of its slots; the others are kept.

        It is this record if the new run repeats what is recorded of its slots, by runs that may be repeated.
        """
        slots = {slot for slot, _ in new.entries}
        recorded = {key: run for run in self.runs for key in run.entries if key[0] in slots}
        with suppress(Unreadable):
            if recorded.keys() == new.entries.keys() and all(
                may_repeat(run) and run.statement(key) == new.statement(key) for key, run in recorded.items()
            ):
                return self
        for run in self.runs:
            new = new.after(run)
        kept = (run.without(slots) for run in self.runs)
        return self._replace(runs=(*(run for run in kept if run.entries), new))

    def as_json(self, service: str) -> bytes:
        """Return the content of its file; the same runs give the same bytes."""
        runs = [{**run.fields, "evidence": list(run.entries.values())} for run in self.runs]
        head = {"schema_version": SCHEMA_VERSION, "service": service, "pipeline": self.pipeline}
        return to_json({**head, "runs": runs}, indent=1) + b"\n"


def run_of(recorded: Sequence[Recorded], stamp: Stamp) -> RecordedRun:
    """Return a new run with an entry for each artefact."""
    entries = [mapping(_plain(_entry(one)), "an entry") for one in recorded]
    fields = mapping(_plain(stamp), "the run")
    return RecordedRun(
        stamp, {one.request[1:3]: entry for one, entry in zip(recorded, entries, strict=True)}, fields
    )


MOST_ATTEMPTS = 20
"""How many attempts on a commit an entry keeps, the last ones."""


def _attempts(entry: Object, key: EvidenceKey, earlier: RecordedRun) -> list[Json]:
    """Return the attempts before an entry, an earlier run's among them if its bytes are others."""
    was = earlier.entries.get(key)
    known = entry.get("attempts") if was is None else was.get("attempts")
    attempts = known if isinstance(known, list) else []
    if was is None or was.get("sha256") == entry.get("sha256"):
        return attempts
    facts = was.get("facts")
    failed = facts.get("failed") if isinstance(facts, dict) else None
    stamp, count = earlier.stamp, len(failed) if isinstance(failed, list) else None
    digest = was.get("sha256")
    attempt = Attempt(stamp.collected_at, stamp.run, digest if isinstance(digest, str) else None, count)
    return [*attempts, _plain(attempt)][-MOST_ATTEMPTS:]


def _plain(value: object) -> Json:
    return json.load(to_json(as_plain(value)))


_KEYS = ("slot", "narrowing", "kind", "options", "path", "status", "reason", "sha256", "facts")


def _entry(one: Recorded) -> dict[str, object]:
    request, evidence = one.request, one.evidence
    return {
        "slot": request.slot,
        "narrowing": dict(request.narrowing),
        "kind": request.kind,
        "options": stated(request.options),
        "path": evidence.path,
        "status": evidence.status,
        "reason": evidence.reason,
        "sha256": evidence.sha256,
        "parts": [as_plain_part(part) for part in evidence.parts],
        "facts": evidence.facts,
    }


def read(data: bytes, service: str, pipeline: str = DEFAULT) -> Record:
    """Read a record.

    Raises:
        SyntaxProblem: The data is not JSON.
        Unreadable: The data is not a record, or is the record of another service or pipeline.
    """
    document = json.load(data)
    if not isinstance(document, dict):
        raise Unreadable("the document is not a JSON object")
    version = count(document.get("schema_version"), "schema_version")
    if not 1 <= version <= SCHEMA_VERSION:
        raise Unreadable(f"schema version {version}; this program reads versions up to {SCHEMA_VERSION}")
    if document.get("service") != service:
        raise Unreadable(f"the record is of the service {document.get('service')!r}, not of {service!r}")
    # Before version 3, the only record had one run of any pipeline.
    runs = listing(document.get("runs"), "runs") if version == SCHEMA_VERSION else [_only_run(document)]
    if version == SCHEMA_VERSION and document.get("pipeline") != pipeline:
        raise Unreadable(f"the record is of the pipeline {document.get('pipeline')!r}, not of {pipeline!r}")
    read_runs = tuple(_run(mapping(run, f"runs[{at}]"), version) for at, run in enumerate(runs))
    read_runs = tuple(
        run._replace(signed=run.states(service, pipeline)) if is_signed(run.fields) else run
        for run in read_runs
    )
    keys = Counter(key for run in read_runs for key in run.entries)
    for slot, _ in (key for key, times in keys.items() if times > 1):
        raise Unreadable(f"`{slot}` is recorded twice")
    _check_replaced(read_runs)
    return Record(pipeline, read_runs)


def _check_replaced(runs: Sequence[RecordedRun]) -> None:
    """Check that each entry that was replaced has a later one of its slot: else it was only removed."""
    later = set[str]()
    for run in reversed(runs):
        for name in replaced_by(run.fields):
            if (slot := name.partition("?")[0]) not in later:
                when = as_written(run.stamp.collected_at)
                raise Unreadable(f"`{slot}` of the run of {when} is replaced, and no later run has it")
        later.update(slot for slot, _ in run.entries)


def _only_run(document: Object) -> Object:
    return {name: document[name] for name in (*Stamp._fields, "evidence") if name in document}


def _run(written: Object, version: int) -> RecordedRun:
    entries: dict[EvidenceKey, Object] = {}
    for listed in listing(written.get("evidence"), "evidence"):
        entry = mapping(listed, "an entry of evidence")
        key = text(entry.get("slot"), "slot"), _narrowing(entry)
        if key in entries:
            raise Unreadable(f"`{key[0]}` is recorded twice")
        entries[key] = entry if version > 1 else _with_part(entry)
    fields = {name: value for name, value in written.items() if name != "evidence"}
    return RecordedRun(named_tuple(Stamp, written, "the record"), entries, fields)


def _with_part(entry: Object) -> Object:
    """Return an entry of version 1 with its part."""
    part = {name: entry[name] for name in Part._fields if entry.get(name) is not None}
    dated = {"produced_at_basis": Basis.RECORD.value} if "produced_at" in part else {}
    kept = {name: value for name, value in entry.items() if name in _KEYS}
    return {**kept, "parts": [{**part, **dated}]}


def name_of(key: EvidenceKey) -> str:
    """Return the name of an entry: its slot, and after `?` its narrowing."""
    slot, narrowing = key
    words = "&".join(
        f"{name}={','.join(quote(word, safe='') for word in given)}" for name, given in narrowing
    )
    return f"{slot}?{words}" if words else slot


def _narrowing(entry: Object) -> Narrowing:
    narrowing = mapping(entry.get("narrowing"), "narrowing")
    words = {name: listing(narrowing[name], name) for name in sorted(narrowing)}
    return tuple((name, tuple(text(word, name) for word in given)) for name, given in words.items())
