"""The ids that the names of tests carry: `[G4.push]` or `@G4.push`, with an aspect `[G4.chaos:drop]`."""

import re
from collections.abc import Iterable

from gatekeeper.model.manifest import ID

_MARK = re.compile(r"\[([^\[\]]*)\]|(?<![^\s\[(,;])@([^\s\[\](),;@]+)")
_ID = re.compile(rf"(?:{ID}\.[a-z][a-z0-9-]*|capability:[\w-]+)(?::[\w-]+)?", re.IGNORECASE)


def marks(text: str) -> tuple[str, ...]:
    """Return the words of a text in brackets or after `@`, without these."""
    if "[" not in text and "@" not in text:
        return ()
    found = (
        word for match in _MARK.finditer(text) for word in re.split(r"[\s,;]+", match[1] or match[2] or "")
    )
    return tuple(word for mark in found if (word := mark.strip("@.:")))


def carries(name: str, id_: str) -> bool:
    """Return whether the name of a test carries an id, with or without an aspect; ignores case."""
    wanted = id_.casefold()
    words = (word.casefold() for word in marks(name))
    return any(word == wanted or word.startswith(wanted + ":") for word in words)


def without_id(name: str, id_: str) -> str:
    """Return the name of a test without an id, whose aspect stays: `[G4.chaos:drop]` becomes `[:drop]`."""
    if not carries(name, id_):
        return name
    own = re.compile(rf"(?<![\w.:-]){re.escape(id_)}(?![\w-])", re.IGNORECASE)
    return _MARK.sub(lambda mark: own.sub("", mark[0]), name)


def ids_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that have the form of an id, each once; `@` and brackets around one are left out."""
    words = (text.strip().strip("@[]") for text in texts)
    return tuple(dict.fromkeys(word for word in words if _ID.fullmatch(word)))


def with_ids(name: str, ids: Iterable[str]) -> str:
    """Return the name of a test with ` [id]` for each id that it does not carry."""
    own = {word.casefold() for word in marks(name)}
    return name + "".join(f" [{id_}]" for id_ in ids if id_.casefold() not in own)
