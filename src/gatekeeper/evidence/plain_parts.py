"""Parts of evidence to plain data and back, for records; what a part does not state is left out."""

import re
from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.reading.figures import count, entries, mapping, text
from gatekeeper.evidence.plain_facts import as_plain, finding, optional_text
from gatekeeper.model.evidence import NotUnderstood, Part, Subject, SubjectType, Unreadable
from gatekeeper.model.moment import as_written, from_written
from gatekeeper.model.status import Basis
from gatekeeper.syntax.json import Json, Object

_STATED = (Basis.ARTEFACT, Basis.RECORD, Basis.TYPED)
"""What a time, a commit or a subject may rest on."""


def as_plain_part(part: Part) -> dict[str, object]:
    """Return a part as values that JSON can hold."""
    written = {
        **part._asdict(),
        "produced_at": part.produced_at and as_written(part.produced_at),
        "committed_at": part.committed_at and as_written(part.committed_at),
        "subjects": [one._asdict() for one in part.subjects],
        "partial": list(part.partial),
        "not_understood": [
            {"place": as_plain(one.place), "touches": sorted(one.touches)} for one in part.not_understood
        ],
    }
    return {name: value for name, value in written.items() if value is not None and value != []}


def part_from_plain(written: Object, where: str) -> Part:
    """Return the part that plain data states.

    Raises:
        Unreadable: A value is of the wrong type, or a time, a commit or a subject has no basis.
    """

    def optional_count(name: str) -> int | None:
        return None if written.get(name) is None else count(written[name], f"{where}: {name}")

    return Part(
        path=optional_text(written, "path", where),
        sha256=digest(written, where),
        size=optional_count("size"),
        format=optional_text(written, "format", where),
        producer=optional_text(written, "producer", where),
        produced_at=optional_moment(written, "produced_at", where),
        produced_at_basis=_basis(written, "produced_at", where),
        commit=optional_text(written, "commit", where),
        commit_basis=_basis(written, "commit", where),
        committed_at=optional_moment(written, "committed_at", where),
        subjects=tuple(_subject(*one) for one in _objects(written, "subjects", where)),
        subjects_basis=_basis(written, "subjects", where),
        partial=_texts(written, "partial", where),
        not_understood=tuple(_not_understood(*one) for one in _objects(written, "not_understood", where)),
        items=optional_count("items"),
    )


def moment(written: Json, where: str) -> datetime:
    """Return a time of a record.

    Raises:
        Unreadable: It is not a time in ISO 8601.
    """
    try:
        return from_written(text(written, f"{where}: its time"))
    except (ValueError, OverflowError):
        raise Unreadable(f"{where}: {written!r} is not a time in ISO 8601") from None


def optional_moment(written: Object, key: str, where: str) -> datetime | None:
    """Return the time under a key; None if it is absent or null."""
    return None if written.get(key) is None else moment(written[key], f"{where}: {key}")


def digest(written: Object, where: str) -> str | None:
    """Return the digest `sha256`; None if it is absent or null."""
    value = optional_text(written, "sha256", where)
    if value is not None and not re.fullmatch("[0-9a-f]{64}", value):
        raise Unreadable(f"{where}: sha256 is {value[:80]!r}, not a digest of 64 hexadecimal digits")
    return value


def _basis(written: Object, of: str, where: str) -> Basis | None:
    if not written.get(of):
        return None
    value = text(written.get(f"{of}_basis"), f"{where}: {of}_basis")
    if value not in _STATED:
        raise Unreadable(f"{where}: {of}_basis is {value!r}, not one of {', '.join(_STATED)}")
    return Basis(value)


def _objects(written: Object, key: str, where: str) -> Iterator[tuple[Object, str]]:
    """Yield the objects of a list, which may be missing, each with its place."""
    where = f"{where}: {key}"
    yield from ((mapping(one, where), where) for one in entries(written.get(key), where))


def _subject(written: Object, where: str) -> Subject:
    type_ = text(written.get("type"), f"{where}: type")
    if type_ not in set(SubjectType):
        raise Unreadable(f"{where}: unknown type {type_!r}")
    return Subject(SubjectType(type_), text(written.get("name"), f"{where}: name"))


def _not_understood(written: Object, where: str) -> NotUnderstood:
    place = finding(mapping(written.get("place"), f"{where}: place"), where)
    return NotUnderstood(place, frozenset(_texts(written, "touches", where)))


def _texts(written: Object, key: str, where: str) -> tuple[str, ...]:
    where = f"{where}: {key}"
    return tuple(text(one, where) for one in entries(written.get(key), where))
