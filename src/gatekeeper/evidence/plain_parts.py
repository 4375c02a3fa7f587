"""Parts of evidence, and what a record states about all of them, to plain data and back."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gatekeeper.evidence.plain_facts import as_plain
from gatekeeper.model.evidence import Part, Unreadable
from gatekeeper.model.moment import UNSTATED
from gatekeeper.model.status import Basis
from gatekeeper.syntax.json import Object

T = TypeVar("T", bound=tuple[Any, ...])
_adapter = cache(TypeAdapter)
_STATED = {"produced_at": "produced_at_basis", "commit": "commit_basis", "subjects": "subjects_basis"}


def as_plain_part(part: Part) -> dict[str, object]:
    """Return a part as values that JSON can hold, without what it does not state."""
    return {name: as_plain(value) for name, value in part._asdict().items() if value not in (None, ())}


def part_from_plain(written: Object, where: str) -> Part:
    """Return the part that plain data states.

    Raises:
        Unreadable: A value is of the wrong type, or a time, a commit or a subject has no basis.
    """
    part = named_tuple(Part, written, where)
    for flaw in _flaws(part):
        raise Unreadable(f"{where}: {flaw}")
    return part


def named_tuple(of: type[T], written: Object, where: str) -> T:
    """Return the named tuple that plain data states; other keys are passed over.

    Raises:
        Unreadable: A value is of the wrong type.
    """
    known = {name: written[name] for name in of._fields if name in written}  # type: ignore[attr-defined]
    try:
        value = _adapter(of).validate_json(to_json(known), strict=True)
        moments = {name: at for name, at in value._asdict().items() if isinstance(at, datetime)}
        found: T = value._replace(**{name: _zoned(at) for name, at in moments.items()})
    except ValidationError as error:
        flaw = error.errors()[0]
        raise Unreadable(f"{where}: {'.'.join(map(str, flaw['loc']))}: {flaw['msg']}") from None
    except OverflowError:
        raise Unreadable(f"{where}: a time is beyond the calendar") from None
    return found


def _zoned(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UNSTATED) if moment.tzinfo is None else moment.astimezone(UTC)


def is_digest(value: str | None) -> bool:
    """Return whether a value is a SHA-256 as it is written here, or none."""
    return value is None or re.fullmatch("[0-9a-f]{64}", value) is not None


def _flaws(part: Part) -> Iterator[str]:
    if not is_digest(part.sha256):
        yield "sha256 is not a digest of 64 hexadecimal digits"
    for name in ("size", "items"):
        if (getattr(part, name) or 0) < 0:
            yield f"{name} is below 0"
    for name, basis in _STATED.items():
        if getattr(part, name) and getattr(part, basis) in (None, Basis.ATTESTATION):
            yield f"{basis} says neither artefact nor record nor typed"
