"""The keys that the tools of a KMS list."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json, Object

_FURTHER = ("NextMarker", "NextToken", "nextLink", "nextPageToken")
_ENABLED = (None, "ENABLED")


class Key(NamedTuple):
    """A key, or an alias of one."""

    id: str
    """Two aliases of one key have the same."""
    names: tuple[str, ...]
    """What a list of tenants may call it."""
    words_of: str
    """The name that people gave it; empty if it has only an id."""
    is_enabled: bool = True


def is_listing(value: Json) -> bool:
    """Return whether a document has the marks of a listing; a plain list of names, as Vault's, has none."""
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(isinstance(row, dict) and _is_marked(row) for row in rows)


def is_names(value: Json) -> bool:
    """Return whether a document is a plain list of names."""
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_marked(row: Object) -> bool:
    data, name = row.get("data"), row.get("name")
    of_vault = isinstance(data, dict) and isinstance(data.get("keys"), list)
    of_aws = isinstance(row.get("Aliases"), list) or isinstance(row.get("Keys"), list)
    return of_aws or of_vault or "kid" in row or (isinstance(name, str) and "/cryptoKeys/" in name)


def has_more(value: Json) -> bool:
    """Return whether a listing says that it goes on elsewhere."""
    return isinstance(value, dict) and (value.get("Truncated") is True or any(map(value.get, _FURTHER)))


def keys(root: Node) -> Iterator[Key]:
    """Yield the keys of a listing."""
    if isinstance(root.value, list):
        for row in root.listed():
            yield _named(row) if isinstance(row.value, str) else _of_cloud(row)
        return
    for alias in root.list_of("Aliases"):
        name, target = _text(alias, "AliasName"), alias.text("TargetKeyId")
        # Those of AWS are for its own services; some have no key yet.
        if target and not name.startswith("alias/aws/"):
            names = (name, name.removeprefix("alias/"), alias.text("AliasArn") or name)
            yield Key(target, names, name.removeprefix("alias/"))
    for key in root.list_of("Keys"):
        yield Key(_text(key, "KeyId"), (_text(key, "KeyId"), key.text("KeyArn") or ""), "")
    for name_ in ((data := root.get("data")) and data.list_of("keys")) or ():
        yield _named(name_)
    if "kid" in root.object() or "name" in root.object():
        yield _of_cloud(root)


def _named(name: Node) -> Key:
    if not isinstance(name.value, str):
        raise name.flaw("is not the name of a key")
    return Key(name.value, (name.value,), name.value)


def _of_cloud(row: Node) -> Key:
    """Return a key of Azure, or of Google, whose folder is the key ring."""
    if "kid" in row.object():
        kid = _text(row, "kid")
        name = kid.partition("/keys/")[2].partition("/")[0]
        attributes = row.get("attributes")
        return Key(kid, (kid, name), name, not attributes or attributes.flag("enabled") is not False)
    path, primary = _text(row, "name"), row.get("primary")
    name = path.partition("/keyRings/")[2].replace("/cryptoKeys/", "/")
    state = primary.text("state") if primary else None
    return Key(path, (path, name, name.rpartition("/")[2]), name, state in _ENABLED)


def _text(row: Node, key: str) -> str:
    text = row.text(key)
    if not text:
        raise row.flaw(f"has no {key}")
    return text
