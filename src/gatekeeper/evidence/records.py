"""Records: the evidence that a service's own CI read from its artefacts, kept in `evidence.json`.

A record holds facts, not artefacts, so it is small enough to be committed. Every value is checked when a
record is read: a record that is truncated or has values of the wrong type is unreadable. A fact that is not
in the record, because an older version of the program wrote it, is null.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic_core import to_json

from gatekeeper.collectors import find
from gatekeeper.collectors.reading.figures import count, listing, mapping, text
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.plain import (
    as_plain,
    as_plain_part,
    from_plain,
    is_digest,
    named_tuple,
    optional_text,
    part_from_plain,
)
from gatekeeper.model.evidence import (
    Evidence,
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
)
from gatekeeper.model.status import Basis
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Object
from gatekeeper.trees import EntryKind

FILE = "evidence.json"
"""The name of the file, in the folder of the service."""
SCHEMA_VERSION = 2
"""The version that is written. Version 1 has one part for each slot, and states no repository and no run."""


class Stamp(NamedTuple):
    """What a record states about all of its artefacts: when, where and by what they were collected."""

    collected_at: datetime
    commit: str | None = None
    committed_at: datetime | None = None
    """When the commit was made."""
    repository: str | None = None
    """The host and path of the repository's remote: `forge.example/acme/basket`."""
    pipeline: str | None = None
    """The name of the CI's workflow or job."""
    run: str | None = None
    """The run of the CI."""


class Record(NamedTuple):
    """A record as read; an entry is checked when it is requested."""

    stamp: Stamp
    version: int
    entries: Mapping[tuple[str, Narrowing], Object]

    def evidence(self, request: Request) -> Evidence | None:
        """Return the recorded evidence for a request; None if the record has no entry for it.

        Raises:
            Unreadable: The entry is of another definition of the slot, or has a value of the wrong type.
        """
        entry = self.entries.get((request.slot, request.narrowing))
        if entry is None:
            return None
        where = f"`{request.slot}`"
        if (entry.get("kind"), entry.get("options")) != (request.kind, as_plain(request.options)):
            raise Unreadable(f"{where} was recorded with another definition of the slot: collect it again")
        status = text(entry.get("status"), f"{where}: status")
        if status not in set(EvidenceStatus):
            raise Unreadable(f"{where}: unknown status {status!r}")
        parts, digest = self._parts(entry, where), optional_text(entry, "sha256", where)
        if not is_digest(digest):
            raise Unreadable(f"{where}: sha256 is not a digest of 64 hexadecimal digits")
        return Evidence(
            slot=request.slot,
            status=EvidenceStatus(status),
            reason=optional_text(entry, "reason", where),
            path=optional_text(entry, "path", where),
            facts=_facts(request.kind, entry, parts, where) if status == EvidenceStatus.OK else None,
            sha256=digest,
            parts=parts,
            basis=Basis.RECORD,
        )

    def parts(self) -> Iterator[Part]:
        """Yield the parts of all entries.

        Raises:
            Unreadable: An entry has a value of the wrong type.
        """
        for (slot, _), entry in self.entries.items():
            yield from self._parts(entry, f"`{slot}`")

    def _parts(self, entry: Object, where: str) -> tuple[Part, ...]:
        if self.version == 1:
            dated = {**entry, "produced_at_basis": Basis.RECORD.value}
            return (stamped(part_from_plain(dated, where), self.stamp),)
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


def write(service: str, recorded: Sequence[Recorded], stamp: Stamp, tool_version: str) -> bytes:
    """Return the record of a service as JSON; the same evidence and stamp give the same bytes."""
    document = as_plain(
        {
            "schema_version": SCHEMA_VERSION,
            "service": service,
            **stamp._asdict(),
            "tool_version": tool_version,
            "evidence": [_entry(one) for one in recorded],
        }
    )
    return to_json(document, indent=1) + b"\n"


def _entry(one: Recorded) -> dict[str, object]:
    request, evidence = one.request, one.evidence
    return {
        "slot": request.slot,
        "narrowing": dict(request.narrowing),
        "kind": request.kind,
        "options": request.options,
        "path": evidence.path,
        "status": evidence.status,
        "reason": evidence.reason,
        "sha256": evidence.sha256,
        "parts": [as_plain_part(part) for part in evidence.parts],
        "facts": evidence.facts,
    }


def open_record(folder: str, service: str, bounds: Bounds) -> Record | None:
    """Return the record in the folder of a service, or None.

    Raises:
        Absent: It is an empty folder, or a link that leads nowhere.
        SyntaxProblem: It is not JSON.
        Unreadable: It is not a record of this service, or not a file inside the bounds.
    """
    if not bounds.tree.exists(f"{folder}/{FILE}"):
        return None
    artefact = open_artefact(folder, FILE, bounds)
    if bounds.tree.entry(f"{folder}/{FILE}") is not EntryKind.FILE:
        raise Unreadable(f"{artefact.path} is not a file")
    return read(artefact.files[0].read(), service)


def read(data: bytes, service: str) -> Record:
    """Read a record.

    Raises:
        SyntaxProblem: The data is not JSON.
        Unreadable: The data is not a record, or is the record of another service.
    """
    document = json.load(data)
    if not isinstance(document, dict):
        raise Unreadable("the document is not a JSON object")
    version = count(document.get("schema_version"), "schema_version")
    if not 1 <= version <= SCHEMA_VERSION:
        raise Unreadable(f"schema version {version}; this program reads versions up to {SCHEMA_VERSION}")
    if document.get("service") != service:
        raise Unreadable(f"the record is of the service {document.get('service')!r}, not of {service!r}")
    entries: dict[tuple[str, Narrowing], Object] = {}
    for listed in listing(document.get("evidence"), "evidence"):
        entry = mapping(listed, "an entry of evidence")
        key = text(entry.get("slot"), "slot"), _narrowing(entry)
        if key in entries:
            raise Unreadable(f"`{key[0]}` is recorded twice")
        entries[key] = entry
    return Record(named_tuple(Stamp, document, "the record"), version, entries)


def _narrowing(entry: Object) -> Narrowing:
    narrowing = mapping(entry.get("narrowing"), "narrowing")
    words = {name: listing(narrowing[name], name) for name in sorted(narrowing)}
    return tuple((name, tuple(text(word, name) for word in given)) for name, given in words.items())
