"""Records: the evidence that a service's own CI read from its artefacts, kept in `evidence.json`.

A record holds facts, not artefacts, so it is small enough to be committed. Every value is checked when a
record is read: a record that is truncated or has values of the wrong type is unreadable. A fact that is not
in the record, because an older version of the program wrote it, is null.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic_core import to_json

from gatekeeper.collectors import find
from gatekeeper.collectors.reading.figures import count, listing, mapping, text
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.plain_facts import as_plain, from_plain, optional_text
from gatekeeper.model.evidence import (
    Evidence,
    EvidenceStatus,
    Facts,
    Narrowing,
    Part,
    Recorded,
    Request,
    Unreadable,
)
from gatekeeper.model.status import Basis
from gatekeeper.syntax import json
from gatekeeper.syntax.json import Json, Object
from gatekeeper.trees import EntryKind

FILE = "evidence.json"
"""The name of the file, in the folder of the service."""
SCHEMA_VERSION = 1


class Record(NamedTuple):
    """A record as read; an entry is checked when it is requested."""

    collected_at: datetime
    commit: str | None
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
        return Evidence(
            slot=request.slot,
            status=EvidenceStatus(status),
            reason=optional_text(entry, "reason", where),
            path=optional_text(entry, "path", where),
            facts=_facts(request.kind, entry, where) if status == EvidenceStatus.OK else None,
            sha256=optional_text(entry, "sha256", where),
            parts=(self._part(entry, where),),
            basis=Basis.RECORD,
        )

    def _part(self, entry: Object, where: str) -> Part:
        produced_at = entry.get("produced_at")
        return Part(
            path=optional_text(entry, "path", where),
            sha256=optional_text(entry, "sha256", where),
            format=optional_text(entry, "format", where),
            produced_at=_moment(produced_at, where) if produced_at else self.collected_at,
            produced_at_basis=Basis.RECORD,
            commit=self.commit,
            commit_basis=Basis.RECORD if self.commit else None,
        )


def _facts(kind_name: str, entry: Object, where: str) -> Facts:
    kind = find(kind_name)
    if kind is None:
        raise Unreadable(f"{where}: unknown kind of evidence {kind_name!r}")
    return from_plain(kind, mapping(entry.get("facts"), f"{where}: facts"), where)


def write(
    service: str, recorded: Sequence[Recorded], at: datetime, commit: str | None, tool_version: str
) -> bytes:
    """Return the record of a service as JSON; the same evidence and time give the same bytes."""
    document = {
        "schema_version": SCHEMA_VERSION,
        "service": service,
        "collected_at": _timestamp(at),
        "commit": commit,
        "tool_version": tool_version,
        "evidence": [_entry(one) for one in recorded],
    }
    return to_json(document, indent=1) + b"\n"


def _entry(one: Recorded) -> dict[str, object]:
    request, evidence = one.request, one.evidence
    return {
        "slot": request.slot,
        "narrowing": {name: list(words) for name, words in request.narrowing},
        "kind": request.kind,
        "options": as_plain(request.options),
        "path": evidence.path,
        "status": evidence.status,
        "reason": evidence.reason,
        "format": evidence.format,
        "sha256": evidence.sha256,
        "size": one.size,
        "produced_at": _timestamp(evidence.produced_at) if evidence.produced_at else None,
        "facts": None if evidence.facts is None else as_plain(evidence.facts),
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
    entries = {}
    for listed in listing(document.get("evidence"), "evidence"):
        entry = mapping(listed, "an entry of evidence")
        entries[text(entry.get("slot"), "slot"), _narrowing(entry)] = entry
    collected_at = _moment(document.get("collected_at"), "collected_at")
    return Record(collected_at, optional_text(document, "commit", "the record"), entries)


def _narrowing(entry: Object) -> Narrowing:
    narrowing = mapping(entry.get("narrowing"), "narrowing")
    words = {name: listing(narrowing[name], name) for name in sorted(narrowing)}
    return tuple((name, tuple(text(word, name) for word in given)) for name, given in words.items())


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(written: Json, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text(written, f"{where}: its time"))
    except ValueError:
        raise Unreadable(f"{where}: {written!r} is not a time in ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
