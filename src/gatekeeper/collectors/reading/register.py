"""The entries of a register that people write: a mapping by name, or a list of names or of objects with one.

aggregates: [Note, {name: Page, replicable: false}]
registrations: {Note: {conflictPolicy: merge}}
"""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading import placeholders
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.words import words

_LONGEST = 200
"""The longest name: findings repeat names, so their length is limited."""
_ON = frozenset({"active", "enabled", "in force"})
_OFF = frozenset({
    "archived", "deleted", "disabled", "ignore", "ignored", "inactive", "off", "removed", "retired", "skip",
    "skipped",
})  # fmt: skip
_ENDS = frozenset({"ends", "expired", "expires", "expires at", "until", "valid to", "valid until"})
_STATES = _OFF | {"draft", "pending", "planned", "proposed", "rejected", "tbd", "todo", "upcoming"}


class Entry(NamedTuple):
    """One entry of a register."""

    name: str
    node: Node
    """Its place, and its value: null if it is only named."""


def entries(of: Node | None, what: str, *keys: str) -> Iterator[Entry]:
    """Yield the entries of a mapping by name, or of a list of names or of objects with one.

    Args:
        of: The mapping or list; None if the register has none.
        what: What an entry is, for messages: `tenant`.
        keys: The keys of an object that mean its name; it must have exactly one of them.

    Raises:
        InvalidNode: It is neither, or an entry has no name, an empty one, or two that differ.
    """
    if of is None:
        return
    if not isinstance(of.value, dict | list):
        raise of.flaw(f"is {shown(of.value)}, neither a list nor an object")
    if isinstance(of.value, list):
        for node in of.listed():
            is_name = isinstance(node.value, str)
            yield Entry(_text(node, what), node._replace(value=None)) if is_name else named(node, what, *keys)
        return
    for key, node in of.items():
        name = _text(node._replace(value=key), what)
        stated = field(node, *keys) if isinstance(node.value, dict) else None
        if stated is not None and stated.value != key:
            raise stated.flaw(f"is {shown(stated.value)}, and its key is {shown(key)}")
        yield Entry(name, node)


def named(node: Node, what: str, *keys: str) -> Entry:
    """Return an object as an entry."""
    name = field(node, *keys)
    if name is None:
        raise node.flaw(f"has no {keys[0]}")
    return Entry(_text(name, what), node)


def field(node: Node, *keys: str) -> Node | None:
    """Return the value under the one of some keys that an object has and that is not null.

    Raises:
        InvalidNode: It has two of them.
    """
    found = [value for key in keys if (value := node.get(key)) is not None]
    if len(found) > 1:
        raise node.flaw(f"has {' and '.join(one.name for one in found)}, which mean the same; keep one")
    return found[0] if found else None


def check_in_force(node: Node) -> None:
    """Check that nothing in an entry says that it does not count: `enabled: false`, `status: draft`, `until`.

    Raises:
        InvalidNode: A field says so.
    """
    for key, value in node.items() if isinstance(node.value, dict) else ():
        name, state = " ".join(words(key.removeprefix("x-"))), value.value
        is_off = (name in _ON and state is False) or (name in _OFF and state is True)
        is_off = is_off or (name in _ENDS and state not in (None, False))
        is_state = name in ("state", "status") and isinstance(state, str)
        if is_off or (is_state and not _STATES.isdisjoint(words(str(state)))):
            raise value.flaw(f"is {shown(state)}, so it may not be in force; remove the entry or the field")


def _text(node: Node, what: str) -> str:
    if not isinstance(node.value, str):
        raise node.flaw(f"is {shown(node.value)}, not the name of a {what}")
    name = " ".join(node.value.split())
    is_to_do = placeholders.is_to_do(name) and any(map(str.isalnum, name))
    if not name or is_to_do or len(name) > _LONGEST:
        raise node.flaw(f"is {shown(node.value)}, not a name of 1 to {_LONGEST} characters")
    return name
