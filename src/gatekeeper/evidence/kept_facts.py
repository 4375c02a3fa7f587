"""What readers collected before, found again by the kind, the options and the digests of the files.

An answer is kept only if these alone decide it: not that of a plugin, not one with a secret, and no refusal
after an error of the machine. It is decoded and compared before it is kept, so what comes out of the cache is
exactly what was collected.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from gatekeeper.collectors import KINDS, find
from gatekeeper.evidence.plain import as_plain, from_plain, named_tuple
from gatekeeper.evidence.redaction import redacted
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Kind,
    Options,
    Origin,
    Unreadable,
    Unrecognised,
    stated,
)
from gatekeeper.model.moment import is_zoned
from gatekeeper.syntax.json import Json
from gatekeeper.trees import LARGE, sha256_of

if TYPE_CHECKING:
    from gatekeeper.cache.store import Store

SMALLEST = 2_000
"""Bytes of the smallest artefact whose facts are kept: those of a smaller one are read faster."""
_TABLE = "facts"
_REFUSALS: Mapping[str, type[Absent | Unreadable]] = {"absent": Absent, "unreadable": Unreadable}
_OF_THE_MACHINE = (OSError, MemoryError, RecursionError, ImportError)


def collected(
    store: "Store | None",
    kind_name: str,
    artefact: Artefact,
    digests: Mapping[str, str],
    options: Options,
    read: Callable[[], Collected],
) -> Collected:
    """Return what a reader collects from an artefact: out of the cache, or read now and kept.

    Args:
        store: The cache; None: read.
        kind_name: The kind.
        artefact: The artefact.
        digests: The SHA-256 of each file, by name.
        options: The options of the slot.
        read: Reads the artefact.

    Raises:
        Absent: The artefact holds no evidence.
        Unreadable: The artefact is not what it claims to be, or the reader crashed.
        BrokenPlugin: A plugin cannot be used.
    """
    if store is None or kind_name not in KINDS.names:
        return read()
    kind, key = find(kind_name), _key(kind_name, artefact, digests, options)
    if kind is None or key is None:
        return read()
    kept = store.get(_TABLE, [key]).get(key)
    if kept is not None:
        return decoded(kind, kept)
    from gatekeeper.collectors.reading.recognition import PluginFormat

    asked = PluginFormat.asked

    def keep(outcome: Collected | Absent | Unreadable) -> None:
        value = encoded(kind, outcome)
        if value is not None and PluginFormat.asked == asked and _is_unchanged(artefact, digests):
            store.put(_TABLE, {key: value})

    try:
        outcome = read()
    except (Absent, Unreadable) as reason:
        keep(reason)
        raise
    keep(outcome)
    return outcome


def _key(kind: str, artefact: Artefact, digests: Mapping[str, str], options: Options) -> str | None:
    """Return what decides the answer; None if an option has no text."""
    try:
        text = json.dumps([kind, stated(options), artefact.path, digests], ensure_ascii=False)
    except (TypeError, ValueError):
        return None
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _is_unchanged(artefact: Artefact, digests: Mapping[str, str]) -> bool:
    """Return whether the files that are read piece by piece have the digests they had before."""
    try:
        return all(_digest(file) in (None, digests[file.name]) for file in artefact.files)
    except Unreadable:
        return False


def _digest(file: ArtefactFile) -> str | None:
    """Return the digest of a large file; None for a small one, which is read once."""
    if file.stream is None:
        return None
    with file.stream() as stream:
        digest, size = sha256_of(stream)
    return digest if size >= LARGE else None


def encoded(kind: Kind, outcome: Collected | Absent | Unreadable) -> bytes | None:
    """Return an outcome as it is kept; None if it may not be kept, or would not come back as it is."""
    try:
        if isinstance(outcome, Collected):
            return _facts_encoded(kind, outcome)
        return None if any(map(_is_of_elsewhere, _chain(outcome))) else _refusal_encoded(outcome)
    except (TypeError, ValueError, OverflowError, Absent, Unreadable):
        return None


def _facts_encoded(kind: Kind, outcome: Collected) -> bytes | None:
    if redacted(outcome) != outcome:
        return None
    origins = [_stated_by(origin) for origin in outcome.origins]
    plain = {"facts": as_plain(outcome.facts, None), "origins": origins}
    values = (json.dumps({**plain, "is_listed": is_listed}).encode() for is_listed in (False, True))
    return next((value for value in values if is_same(decoded(kind, value), outcome)), None)


def _stated_by(origin: Origin) -> dict[str, object]:
    stated_by = {name: value for name, value in origin._asdict().items() if value not in (None, ())}
    return {name: as_plain(value, None) for name, value in stated_by.items()}


def _refusal_encoded(outcome: Absent | Unreadable) -> bytes | None:
    name, reason = "absent" if isinstance(outcome, Absent) else "unreadable", str(outcome)
    return json.dumps({name: reason}).encode() if redacted(reason) == reason else None


def decoded(kind: Kind, value: bytes) -> Collected:
    """Return what was collected.

    Raises:
        Absent: That was the outcome.
        Unreadable: Likewise.
    """
    kept = json.loads(value)
    for name, refusal in _REFUSALS.items():
        if name in kept:
            raise refusal(kept[name])
    origins = tuple(named_tuple(Origin, one, "the cache") for one in kept["origins"])
    # Most readers return a list of texts as a tuple, some as it is written.
    value_of = _as_it_is if kept["is_listed"] else None
    return Collected(from_plain(kind, kept["facts"], "the cache", value_of), origins)


def _as_it_is(value: Json) -> Json:
    return value


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and those that it was raised after."""
    following: BaseException | None = error
    while following is not None:
        yield following
        following = following.__cause__ or following.__context__


def _is_of_elsewhere(error: BaseException) -> bool:
    """Return whether an error has other reasons than the content of an artefact of the kind."""
    return error.__cause__ is not None or isinstance(error, (Unrecognised, *_OF_THE_MACHINE))


def is_same(one: object, other: object) -> bool:
    """Return whether two values are equal, with all types, the order of names, and the zones of times."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return is_same(tuple(one.items()), tuple(other.items()))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one == other and one.utcoffset() == other.utcoffset() and is_zoned(one) == is_zoned(other)
    if isinstance(one, float):
        return repr(one) == repr(other)
    return one == other
