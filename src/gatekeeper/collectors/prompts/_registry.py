"""The entries of a prompt registry, in each of the forms that they may have."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

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
    document: Structured
    path: tuple[Step, ...]

    def finding(self, message: str) -> Finding:
        """Return a finding about this pin."""
        return self.document.finding(message, *self.path)


class PromptEntry(NamedTuple):
    """One prompt."""

    id: str
    versions: frozenset[str] | None
    """None if they are not listed."""
    tenants: tuple[str, ...]
    pins: tuple[Pin, ...]
    document: Structured
    path: tuple[Step, ...]

    def finding(self, message: str) -> Finding:
        """Return a finding about this prompt."""
        return self.document.finding(message, *self.path)


class PromptRegistry(NamedTuple):
    """The content of one document."""

    format: str
    tenants: tuple[str, ...]
    """The tenants for which every prompt must be pinned."""
    entries: tuple[PromptEntry, ...]


def read(document: Structured) -> PromptRegistry:
    """Return the content of a document.

    Raises:
        Unreadable: It is not a registry.
    """
    value = document.value
    if isinstance(value, list):
        return PromptRegistry(document.format, (), tuple(_listed(document, value, ())))
    if not isinstance(value, dict) or value.keys().isdisjoint({"prompts", "id", "tenants"}):
        raise Unreadable("not a prompt registry: neither a list of prompts nor `prompts` nor `id`")
    if "prompts" not in value and "id" in value:
        return PromptRegistry(document.format, (), (_entry(document, value["id"], value, ()),))
    tenants = _tenants(value.get("tenants"), "tenants")
    match value.get("prompts"):
        case None:
            return PromptRegistry(document.format, tenants, ())
        case list(prompts):
            return PromptRegistry(document.format, tenants, tuple(_listed(document, prompts, ("prompts",))))
        case dict(prompts):
            entries = (_entry(document, id_, prompts[id_], ("prompts", id_)) for id_ in prompts)
            return PromptRegistry(document.format, tenants, tuple(entries))
        case other:
            raise Unreadable(f"prompts is {shown(other)}, neither a list nor an object")


def _listed(document: Structured, prompts: list[Json], path: tuple[Step, ...]) -> Iterator[PromptEntry]:
    for index, prompt in enumerate(prompts):
        if isinstance(prompt, str):
            yield _entry(document, prompt, None, (*path, index))
        else:
            entry = mapping(prompt, f"the prompt of index {index}")
            yield _entry(document, entry.get("id"), entry, (*path, index))


def _entry(document: Structured, id_: object, value: object, path: tuple[Step, ...]) -> PromptEntry:
    """Return an entry; a prompt that is only named has no pins."""
    name = _name(id_, "the id of a prompt")
    entry = {} if value is None else mapping(value, f"the prompt {shown(name)}")
    if entry.get("id", id_) != id_:
        raise Unreadable(f"the prompt {shown(name)} has the id {shown(entry['id'])}")
    return PromptEntry(
        name,
        _versions(entry.get("versions"), name),
        _tenants(entry.get("tenants"), f"the tenants of {name}"),
        tuple(_pins(document, entry, name, path)),
        document,
        path,
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


def _pins(document: Structured, entry: Object, name: str, path: tuple[Step, ...]) -> Iterator[Pin]:
    for key in _PINS:
        match entry.get(key):
            case None:
                continue
            case dict(pins):
                for tenant, version in pins.items():
                    yield Pin(
                        _name(tenant, f"a tenant of {name}"),
                        _version(version),
                        document,
                        (*path, key, tenant),
                    )
            case list(pins):
                for index, item in enumerate(pins):
                    pin = mapping(item, f"a pin of {name}")
                    tenant = _name(pin.get("tenant"), f"the tenant of a pin of {name}")
                    yield Pin(tenant, pin.get("version"), document, (*path, key, index))
            case other:
                raise Unreadable(f"the {key} of {name} are {shown(other)}, not a version for each tenant")
