"""The keys that the tools of a KMS list."""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.reading.node import Node
from gatekeeper.syntax.json import Json, Object

_FURTHER = ("NextMarker", "NextToken", "nextLink", "nextPageToken")
_LISTS = ("Aliases", "Keys", "cryptoKeys", "value")
_OWN = ("Aliases", "cryptoKeys")
"""Names of lists that only a KMS has, so that an empty one is a listing, too."""
_OF_A_KEY = frozenset({"AliasName", "TargetKeyId", "KeyId"})
_OF_VAULT = frozenset({"keys", "key_info"})
_DELETED = ("deletedDate", "recoveryId", "scheduledPurgeDate", "DeletionDate")


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
    data, name, value = row.get("data"), row.get("name"), row.get("value")
    if isinstance(value, list):  # Azure's page of keys
        return bool(value) and all(isinstance(key, dict) and _is_of_azure(key) for key in value)
    is_listed = any(_are_marked(row.get(key)) for key in _LISTS) or any(row.get(key) == [] for key in _OWN)
    of_vault = isinstance(data, dict) and data.keys() <= _OF_VAULT and is_names(data.get("keys"))
    is_key = not row.keys().isdisjoint({"AliasName", "KeyMetadata"}) or _is_of_azure(row)
    return is_listed or of_vault or is_key or (isinstance(name, str) and "/cryptoKeys/" in name)


def _are_marked(listed: Json) -> bool:
    rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    return any(not _OF_A_KEY.isdisjoint(row) or _is_marked(row) for row in rows)


def _is_of_azure(row: Object) -> bool:
    """Return whether a key is named by its address; a JSON Web Key has a `kid` of any form."""
    return "/keys/" in str(row.get("kid"))


def has_more(value: Json) -> bool:
    """Return whether a listing says that it goes on elsewhere."""
    return isinstance(value, dict) and (value.get("Truncated") is True or any(map(value.get, _FURTHER)))


def keys(root: Node) -> Iterator[Key]:
    """Yield the keys of a listing."""
    for row in _rows(root):
        if not isinstance(row.value, dict):
            yield _named(row)
        elif "AliasName" in row.value or "TargetKeyId" in row.value:
            yield from _of_alias(row)
        elif "kid" in row.value or "name" in row.value:
            yield _of_cloud(row)
        else:
            id_, is_enabled = _text(row, "KeyId"), row.flag("Enabled") is not False
            arn = row.text("KeyArn") or row.text("Arn") or id_
            yield Key(id_, (id_, arn), "", is_enabled and not _is_deleted(row))


def _rows(root: Node) -> Iterator[Node]:
    if isinstance(root.value, list):
        yield from root.listed()
    elif data := root.get("data"):
        mount = root.text("mount_type")
        if mount not in (None, "", "transit", "keymgmt"):
            raise root.flaw(f"lists a mount of Vault of the type {mount}, which holds no keys")
        yield from data.list_of("keys")
    elif metadata := root.get("KeyMetadata"):
        yield metadata
    elif lists := [key for key in _LISTS if key in root.object()]:
        for key in lists:
            yield from root.list_of(key)
    else:
        yield root


def _named(name: Node) -> Key:
    text = name.value
    if not isinstance(text, str) or text.endswith("/"):
        raise name.flaw("is not the name of a key")
    if text.startswith("alias/"):
        raise name.flaw("does not show its key: write `aws kms list-aliases` without `--query`")
    return Key(text, (text,), text)


def _of_alias(row: Node) -> Iterator[Key]:
    name, target = _text(row, "AliasName"), row.text("TargetKeyId")
    # Those of AWS are for its own services; some have no key yet.
    if target and not name.startswith("alias/aws/"):
        bare = name.removeprefix("alias/")
        yield Key(target, (name, bare, row.text("AliasArn") or name), bare)


def _of_cloud(row: Node) -> Key:
    """Return a key of Azure, or of Google, whose folder is the key ring."""
    if "kid" in row.object():
        kid = _text(row, "kid")
        name = kid.partition("/keys/")[2].partition("/")[0]
        attributes = row.get("attributes")
        is_enabled = not attributes or attributes.flag("enabled") is not False
        return Key(kid, (kid, name), name, is_enabled and not _is_deleted(row))
    path, primary = _text(row, "name"), row.get("primary")
    name = path.partition("/keyRings/")[2].replace("/cryptoKeys/", "/")
    # Only a key that encrypts has a primary version; those that sign have none.
    state = primary.text("state") if primary else None
    is_enabled = state == "ENABLED" or (not primary and row.text("purpose") != "ENCRYPT_DECRYPT")
    return Key(path, (path, name, name.rpartition("/")[2]), name, is_enabled)


def _is_deleted(row: Node) -> bool:
    return any(row.get(key) for key in _DELETED)


def _text(row: Node, key: str) -> str:
    text = row.text(key)
    if not text:
        raise row.flaw(f"has no {key}")
    return text
