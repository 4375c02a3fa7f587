"""The fields that an object of a format may have: another one may be one of them misspelt or disabled."""

from collections.abc import Collection, Set

from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Object

_NONE: Set[str] = frozenset()
_BESIDE = frozenset({
    "$schema", "about", "authors", "info", "labels", "links", "maintainers", "metadata", "owner", "owners",
    "references", "tags",
})  # fmt: skip
"""Keys of a list that people write whose lists and objects say nothing about its entries."""


def check_fields(
    node: Node, known: Set[str], what: str, *, hide: Set[str] = _NONE, may_be_null: Set[str] = _NONE
) -> None:
    """Check the names of the fields of an object; extensions begin with `x-`.

    Args:
        node: The object.
        known: The names that it may have.
        what: What it is, for the message: `operation of OpenAPI 3.1`.
        hide: Names that are not extensions after `x-`: someone disabled the field.
        may_be_null: Names whose value may be null.

    Raises:
        InvalidNode: It has another field, or one without a value.
    """
    for name, value in node.object().items():
        if name.startswith("x-"):
            if name[2:] in hide:
                raise node.flaw(f"has {name}, which may be a disabled field; remove it or rename it")
        elif name not in known:
            article = "an" if what[0] in "aeiouAEIOU" else "a"
            raise node.flaw(f"has the field {shown(name)}, which {article} {what} does not have")
        elif value is None and name not in may_be_null:
            raise node.flaw(f"has no value for {name}")


def has_others(fields: Object, *known: str) -> bool:
    """Return whether an object has a list or an object under an unknown key, as `check_keys` refuses it."""
    return any(isinstance(value, dict | list) and not _is_beside(key, known) for key, value in fields.items())


def _is_beside(key: str, known: Collection[str]) -> bool:
    return key in known or key in _BESIDE or (key.startswith("x-") and key[2:] not in known)


def check_keys(node: Node, *known: str) -> None:
    """Check that an object which people write has no list and no object under an unknown key.

    Entries there would go unseen. Texts and numbers under any key are notes.

    Raises:
        InvalidNode: It has one.
    """
    for key, value in node.items():
        if isinstance(value.value, dict | list) and not _is_beside(key, known):
            raise node.flaw(f"has the key {shown(key)}, which is not known; known are {', '.join(known)}")
