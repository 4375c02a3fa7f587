"""The evidence that a case is given: facts as plain data, or an artefact that a reader reads."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from gatekeeper import collectors
from gatekeeper.errors import nearest
from gatekeeper.evidence.artefacts import Bounds, open_artefact
from gatekeeper.evidence.plain import from_plain
from gatekeeper.evidence.reader import collect
from gatekeeper.judging.places import Place
from gatekeeper.model.cases import CollectedAs
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Evidence,
    EvidenceStatus,
    Finding,
    NotUnderstood,
    Origin,
    Part,
    Request,
    Shape,
    Unreadable,
    known,
)
from gatekeeper.model.rule import BoundSlot
from gatekeeper.model.status import Basis
from gatekeeper.workspace.cases.layers import Plain, WrongCase


class GivenEvidence:
    """The evidence of a slot: facts, or an artefact that is read once for each kind and options.

    How a plan narrows what is read does not change facts.
    """

    def __init__(self, given: Evidence, artefact: Artefact | None = None) -> None:
        self._given = given
        self._artefact = artefact
        self._read: dict[str, Evidence] = {}

    def evidence(self, request: Request) -> Evidence:
        """Return the evidence. A flaw of the artefact becomes a status and a reason."""
        if self._artefact is None:
            return self._given
        key = f"{request.kind} {request.options}"
        if key not in self._read:
            self._read[key] = self._evidence(request, self._artefact)
        return self._read[key]

    def _evidence(self, request: Request, artefact: Artefact) -> Evidence:
        try:
            collected: Collected = collect(request.kind, artefact, request.options)
        except Absent as lack:
            return self._given._replace(status=EvidenceStatus.MISSING, reason=str(lack))
        except Unreadable as flaw:
            return self._given._replace(status=EvidenceStatus.UNREADABLE, reason=str(flaw))
        (part,) = self._given.parts
        of_origin = (_part(part, origin) for origin in collected.origins)
        return self._given._replace(facts=known(collected.facts, collected.origins), parts=tuple(of_origin))


def _part(given: Part, origin: Origin) -> Part:
    """Return a part of an artefact: what it states about itself, else what is given."""
    stated = origin._asdict()
    del stated["file"]
    return given._replace(**{name: value for name, value in stated.items() if value is not None})


def given_facts(slot: BoundSlot, written: Plain, made: Plain, place: Place) -> GivenEvidence:
    """Return evidence with these facts; `place` is where they are in what is given."""
    facts = _typed(slot, written, place)
    data = json.dumps([slot.name, written], sort_keys=True).encode()
    return GivenEvidence(
        _unread(slot.name, slot.name, data, made)._replace(facts=known(facts, made["parts"]))
    )


def given_artefact(
    slot: BoundSlot, written: str | Mapping[str, str], made: Plain, folder: str, bounds: Bounds
) -> GivenEvidence:
    """Return an artefact in files, or one whose files are written in the case.

    Args:
        slot: Its slot.
        written: A path relative to the folder, or the content of each file by name.
        made: When, of which commit and by whom it was collected.
        folder: The folder of the files of cases.
        bounds: The repository.

    Raises:
        Absent: There is no file at the path.
        Unreadable: A file is outside the bounds.
    """
    if isinstance(written, str):
        artefact = open_artefact(folder, written, bounds)
    else:
        artefact = Artefact(slot.name, tuple(_file(name, written[name].encode()) for name in sorted(written)))
    data = b"\0".join(file.read() for file in artefact.files)
    return GivenEvidence(_unread(slot.name, artefact.path, data, made), artefact)


def _file(name: str, data: bytes) -> ArtefactFile:
    return ArtefactFile(name, lambda: data)


def _unread(slot: str, path: str, data: bytes, made: Plain) -> Evidence:
    digest = hashlib.sha256(data).hexdigest()
    parts = tuple(part._replace(sha256=digest) for part in made["parts"])
    return Evidence(slot, EvidenceStatus.OK, path=path, sha256=digest, **{**made, "parts": parts})


def made_as(collected: Plain | None, as_of: date, place: Place) -> dict[str, Any]:
    """Return the fields of evidence that say when, of which commit and by whom it was collected.

    Args:
        collected: What is given about it.
        as_of: The day of the verdict.
        place: Where that is in what is given.
    """
    written = CollectedAs.model_validate(collected or {})
    at = None
    if written.age_days is not None:
        try:
            at = datetime.combine(as_of, time(12), UTC) - timedelta(days=written.age_days)
        except OverflowError:
            raise WrongCase(
                [(place / "age_days").mistake("is before the first day of the calendar")]
            ) from None
    touched = frozenset(written.not_understood)
    doubts = (NotUnderstood(Finding("a place"), touched),) if touched else ()
    return {
        "parts": (Part(produced_at=at, commit=written.commit, not_understood=doubts),),
        "basis": Basis(written.basis or Basis.ARTEFACT),
    }


def _typed(slot: BoundSlot, written: Plain, place: Place) -> Any:
    """Return the facts of a slot from plain data; a finding may be written as its message alone."""
    kind = collectors.find(slot.kind)
    if kind is None:
        raise TypeError(f"the kind {slot.kind!r} of a bound slot is unknown")
    fields = kind.fields or dict.fromkeys(slot.options["select"], Shape.ANY)
    unknown = [name for name in written if name not in fields]
    if unknown:
        message = f"the kind {slot.kind!r} has no fact"
        raise WrongCase(
            (place / name).wrong_key(f"{message} {name!r}", nearest(name, fields)) for name in unknown
        )
    try:
        return from_plain(kind, dict(_with_findings(written, fields)), slot.name)
    except Unreadable as flaw:
        # The message names the fact behind the slot.
        name = str(flaw).removeprefix(f"{slot.name}: ").partition(" ")[0].rstrip(":")
        raise WrongCase([(place / name).mistake(str(flaw))]) from None


def _with_findings(written: Plain, fields: Mapping[str, Shape]) -> Iterator[tuple[str, Any]]:
    for name, value in written.items():
        if fields[name] is Shape.FINDINGS and isinstance(value, list):
            yield name, [{"message": item} if isinstance(item, str) else item for item in value]
        else:
            yield name, value
