"""The entries of a prompt registry, in each of the forms that they may have."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Json, Object

DEFAULT = "*"
"""The tenant that means all tenants without a pin."""
_PINS = ("pins", "pinned")
_LONGEST = 200
"""The longest name: findings repeat names, so their length is limited."""


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


def read(document: Structured) -> PromptRegistry:
    """Return the content of a document."""
    root, value = Node.of(document), document.value
    if isinstance(value, list):
        return PromptRegistry((), tuple(map(_listed, root.children())))
    value = mapping(value, "the registry")
    if "prompts" not in value and "id" in value:
        return PromptRegistry((), (_entry(root, value["id"]),))
    tenants = _tenants(value.get("tenants"), "tenants")
    prompts = root.get("prompts")
    if prompts is None:
        return PromptRegistry(tenants, ())
    if not isinstance(prompts.value, list | dict):
        raise Unreadable(f"prompts is {shown(prompts.value)}, neither a list nor an object")
    by_id = isinstance(prompts.value, dict)
    entries = (_entry(node, node.path[-1]) if by_id else _listed(node) for node in prompts.children())
    return PromptRegistry(tenants, tuple(entries))


def _listed(node: Node) -> PromptEntry:
    if isinstance(node.value, str):
        return _entry(node._replace(value=None), node.value)
    return _entry(node, mapping(node.value, f"the prompt of index {node.path[-1]}").get("id"))


def _entry(place: Node, id_: object) -> PromptEntry:
    """Return an entry; a prompt that is only named has no pins."""
    name = _name(id_, "the id of a prompt")
    entry = {} if place.value is None else mapping(place.value, f"the prompt {shown(name)}")
    if entry.get("id", id_) != id_:
        raise Unreadable(f"the prompt {shown(name)} has the id {shown(entry['id'])}")
    return PromptEntry(
        name,
        _versions(entry.get("versions"), name),
        _tenants(entry.get("tenants"), f"the tenants of {name}"),
        tuple(_pins(place, entry, name)),
        place,
    )


def _versions(value: object, name: str) -> frozenset[str] | None:
    """Return the versions of a prompt: the keys, the items, or the `version` (or `id`) of the items."""
    match value:
        case None:
            return None
        case dict():
            return frozenset(value)
        case list():
            return frozenset(str(_version(item)) for item in value)
        case _:
            raise Unreadable(f"the versions of {name} are {shown(value)}, neither a list nor an object")


def _version(value: object) -> object:
    """Return a version, which may be written as an object with `version` or `id`."""
    return value.get("version", value.get("id")) if isinstance(value, dict) else value


def _name(value: object, what: str) -> str:
    name = text(value, what)
    if not name.strip() or len(name) > _LONGEST:
        raise Unreadable(f"{what} is {shown(name)}, not a name of 1 to {_LONGEST} characters")
    return name


def _tenants(value: object, what: str) -> tuple[str, ...]:
    """Return the tenants of a list of texts or of objects with an `id`, or the keys of an object."""
    items: list[Json] = [] if value is None else [*value] if isinstance(value, dict) else listing(value, what)
    names = (item.get("id") if isinstance(item, dict) else item for item in items)
    return tuple(name for name in (_name(name, f"one of {what}") for name in names) if name != DEFAULT)


def _pins(entry: Node, fields: Object, name: str) -> Iterator[Pin]:
    for key in _PINS:
        pins = None if fields.get(key) is None else Node(entry.document, (*entry.path, key), fields[key])
        if pins and not isinstance(pins.value, dict | list):
            raise Unreadable(f"the {key} of {name} are {shown(pins.value)}, not a version for each tenant")
        for pin in pins.children() if pins else ():
            if isinstance(fields[key], dict):
                yield Pin(_name(pin.path[-1], f"a tenant of {name}"), _version(pin.value), pin)
            else:
                listed = mapping(pin.value, f"a pin of {name}")
                tenant = _name(listed.get("tenant"), f"the tenant of a pin of {name}")
                yield Pin(tenant, listed.get("version"), pin)
