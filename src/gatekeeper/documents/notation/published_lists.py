"""The text of a published list, `identity L2, content L3 (bundle+HTML)`: `read_targets`, `write_targets`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.documents.notation.quoting import (
    DASHES,
    NOTHING,
    Unclear,
    is_plain,
    quoted,
    short,
    split,
    unquoted,
)

_TARGET = re.compile(r"(.+?)\s+(L\d)(?:\s*\((.*)\))?", re.DOTALL)


class PublishedTarget(NamedTuple):
    """An entry of a published list: a service or label, the level, and the note in brackets."""

    whom: str
    level: str
    note: str | None = None


def read_targets(text: str) -> tuple[PublishedTarget, ...]:
    """Return the entries of a published list; raise `Unclear` at the first malformed one."""
    text = " ".join(text.split())
    if text in DASHES:
        return ()
    return tuple(map(_target, split(text, ",")))


def write_targets(targets: Sequence[PublishedTarget]) -> str:
    """Return the text that `read_targets` reads as these entries."""
    return ", ".join(map(_target_text, targets)) or NOTHING


def _target(entry: str) -> PublishedTarget:
    found = _TARGET.fullmatch(entry)
    if found is None:
        raise Unclear(f"{short(entry)} names no service with a level")
    return PublishedTarget(
        unquoted(found[1]), found[2], None if found[3] is None else unquoted(found[3].strip())
    )


def _target_text(target: PublishedTarget) -> str:
    whom = target.whom
    if not (is_plain(whom) and _is_read(f"{whom} {target.level}", PublishedTarget(whom, target.level))):
        whom = quoted(whom)
    text = f"{whom} {target.level}"
    if target.note is None:
        return text
    plain = f"{text} ({target.note})"
    is_kept = is_plain(target.note) and _is_read(plain, target)
    return plain if is_kept else f"{text} ({quoted(target.note)})"


def _is_read(text: str, meant: PublishedTarget) -> bool:
    try:
        return read_targets(f"{text}, z L1") == (meant, PublishedTarget("z", "L1"))
    except Unclear:
        return False
