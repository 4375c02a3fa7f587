"""The entries of a prompt registry, in whichever of its forms they are written."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Unreadable
from gatekeeper.syntax.yaml import Step

DEFAULT = "*"
"""The tenant that stands for those without a pin."""
_PINS = ("pins", "pinned")
_LONGEST = 200
"""Names stand in every finding about what they name, so they are not to be of any length."""


class Pin(NamedTuple):
    """The version of a prompt that a tenant gets."""

    tenant: str
    version: object
    """Whatever is written there."""
    document: Structured
    path: tuple[Step, ...]

    def finding(self, message: str) -> Finding:
        """Return a finding about this pin."""
        return self.document.finding(message, *self.path)


class PromptEntry(NamedTuple):
    """One prompt."""

    id: str
    versions: frozenset[str] | None
    """None where they are not listed."""
    tenants: tuple[str, ...]
    pins: tuple[Pin, ...]
    document: Structured
    path: tuple[Step, ...]

    def finding(self, message: str) -> Finding:
        """Return a finding about this prompt."""
        return self.document.finding(message, *self.path)


class PromptRegistry(NamedTuple):
    """What one document holds."""

    format: str
    tenants: tuple[str, ...]
    """Those for which every prompt must be pinned."""
    entries: tuple[PromptEntry, ...]


def read(document: Structured) -> PromptRegistry:
    """Read a document; `Unreadable` where it is no registry."""
    value = document.value
    if isinstance(value, list):
        return PromptRegistry(document.format, (), tuple(_listed(document, value, ())))
    if not isinstance(value, dict) or value.keys().isdisjoint({"prompts", "id", "tenants"}):
        raise Unreadable("no prompt registry: there is neither a list of prompts nor `prompts` nor `id`")
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


def _listed(document: Structured, prompts: list[Any], path: tuple[Step, ...]) -> Iterator[PromptEntry]:
    for index, prompt in enumerate(prompts):
        if isinstance(prompt, str):
            yield _entry(document, prompt, None, (*path, index))
        else:
            entry = mapping(prompt, f"the prompt of index {index}")
            yield _entry(document, entry.get("id"), entry, (*path, index))


def _entry(document: Structured, id_: object, value: object, path: tuple[Step, ...]) -> PromptEntry:
    """Read an entry; a prompt that is only named pins nothing."""
    name = _name(id_, "the id of a prompt")
    entry = {} if value is None else mapping(value, f"the prompt {shown(name)}")
    if entry.get("id", id_) != id_:
        raise Unreadable(f"the prompt {shown(name)} calls itself {shown(entry['id'])}")
    return PromptEntry(
        name,
        _versions(entry.get("versions"), name),
        _tenants(entry.get("tenants"), f"the tenants of {name}"),
        tuple(_pins(document, entry, name, path)),
        document,
        path,
    )


def _versions(value: object, name: str) -> frozenset[str] | None:
    """Return the versions that a prompt has: keys, items, or the `version` (or `id`) of items."""
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
    """Return the version that stands here, as it is or in an object."""
    return value.get("version", value.get("id")) if isinstance(value, dict) else value


def _name(value: object, what: str) -> str:
    name = text(value, what)
    if not name.strip() or len(name) > _LONGEST:
        raise Unreadable(f"{what} is {shown(name)}, which is no name of 1 to {_LONGEST} characters")
    return name


def _tenants(value: object, what: str) -> tuple[str, ...]:
    """Return the tenants that a list gives, as texts or objects with an `id`, or an object as its keys."""
    items = [] if value is None else list(value) if isinstance(value, dict) else listing(value, what)
    names = (item.get("id") if isinstance(item, dict) else item for item in items)
    return tuple(name for name in (_name(name, f"one of {what}") for name in names) if name != DEFAULT)


def _pins(document: Structured, entry: Mapping[str, Any], name: str, path: tuple[Step, ...]) -> Iterator[Pin]:
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
