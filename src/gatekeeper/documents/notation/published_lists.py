"""The text of a published list, `identity L2, content L3 (bundle+HTML)`: `read_targets`, `write_targets`.

The level is the last word before the note in brackets. Whether it is one, the reader of the page decides.
"""

import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from gatekeeper.documents.notation.quoting import (
    DASHES,
    NOTHING,
    Unclear,
    bracket_at_end,
    is_plain,
    quoted,
    short,
    split,
    unquoted,
)
from gatekeeper.model.manifest import ID

_LEVEL = re.compile(rf"(.+)\s+({ID})", re.DOTALL)


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
    start = bracket_at_end(entry)
    found = _LEVEL.fullmatch(entry[:start].rstrip())
    if found is None:
        raise Unclear(f"{short(entry)} names no service with a level")
    note = None if start is None else unquoted(entry[start + 1 : -1].strip())
    return PublishedTarget(unquoted(found[1].rstrip()), found[2], note)


def _target_text(target: PublishedTarget) -> str:
    starts = [f"{whom} {target.level}" for whom in _forms(target.whom)]
    ends = [""] if target.note is None else [f" ({note})" for note in _forms(target.note)]
    texts = [start + end for start, end in product(starts, ends)]
    return next((text for text in texts if _is_read(text, target)), texts[-1])


def _forms(words: str) -> list[str]:
    """Return the ways to write words, the plainest first."""
    return [words, quoted(words)] if is_plain(words) else [quoted(words)]


def _is_read(text: str, meant: PublishedTarget) -> bool:
    try:
        return read_targets(f"{text}, z z") == (meant, PublishedTarget("z", "z"))
    except Unclear:
        return False
