"""The entries of a prompt registry, in each of the forms that they may have."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.prompts._versions import moves
from gatekeeper.collectors.reading.fields import check_keys
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.register import Entry, check_in_force, entries, named
from gatekeeper.syntax.json import Json

DEFAULT = "*"
"""The tenant that means all tenants without a pin."""
PINS = ("pins", "pinned")
_INSTEAD = frozenset({"canary", "fallback", "override", "overrides", "rollout"})
OF_AN_ENTRY = (*PINS, "versions")


class Pin(NamedTuple):
    """The version of a prompt that a tenant gets."""

    tenant: str
    version: object
    """As written."""
    place: Node


class PromptEntry(NamedTuple):
    """One prompt."""

    id: str
    versions: frozenset[str] | None
    """None if they are not listed."""
    tenants: tuple[str, ...]
    pins: tuple[Pin, ...]
    place: Node


class PromptRegistry(NamedTuple):
    """The content of one document."""

    tenants: tuple[str, ...]
    """The tenants for which every prompt must be pinned."""
    entries: tuple[PromptEntry, ...]


def read(root: Node, ledger: Ledger) -> PromptRegistry:
    """Return the content of a document; what may not be in force is noted."""
    is_list = isinstance(root.value, list)
    if not is_list and "prompts" not in root.object() and "id" in root.object():
        return PromptRegistry((), (_entry(named(root, "prompt", "id"), ledger),))
    listed = entries(root if is_list else root.get("prompts"), "prompt", "id")
    found = tuple(_entry(entry, ledger) for entry in listed)
    return PromptRegistry(() if is_list else _tenants(root.get("tenants")), found)


def _entry(entry: Entry, ledger: Ledger) -> PromptEntry:
    """Return an entry; a prompt that is only named has no pins."""
    name, place = entry
    if place.value is None:
        return PromptEntry(name, None, (), (), place)
    pins = tuple(_pins(place))
    for node in (place, *(pin.place for pin in pins)):
        with ledger.noting("key"):
            check_in_force(node)
            _must_decide(node)
    with ledger.noting("key"):
        check_keys(place, *OF_AN_ENTRY, "tenants")
    return PromptEntry(name, _versions(place.get("versions")), _tenants(place.get("tenants")), pins, place)


def _must_decide(pin: Node) -> None:
    """Check that nothing beside a pin says that a tenant may get another version: `fallback: latest`."""
    for key, value in pin.items() if isinstance(pin.value, dict) else ():
        if moves(value.value) or key.lower() in _INSTEAD:
            raise value.flaw(
                f"is {shown(value.value)}, so a tenant may get another version than the pinned one"
            )


def _versions(of: Node | None) -> frozenset[str] | None:
    """Return the versions of a prompt: the keys, the items, or the `version` (or `id`) of the items."""
    if of is None:
        return None
    items = of.object() if isinstance(of.value, dict) else [_version(item.value) for item in of.listed()]
    return frozenset(map(str, items))


def _version(value: Json) -> Json:
    """Return a version, which may be written as an object with `version` or `id`."""
    return value.get("version", value.get("id")) if isinstance(value, dict) else value


def _tenants(of: Node | None) -> tuple[str, ...]:
    return tuple(name for name, _ in entries(of, "tenant", "id") if name != DEFAULT)


def _pins(entry: Node) -> Iterator[Pin]:
    for key in PINS:
        for tenant, place in entries(entry.get(key), "tenant", "tenant"):
            yield Pin(tenant, _version(place.value), place)
