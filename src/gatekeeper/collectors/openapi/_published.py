"""The path at which an OpenAPI description states that it is served."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation

_DOCUMENT = "/openapi.json"
_PUBLISHED_AT = ("$self", "x-oai-$self", "x-openapi-path", "x-published-at")
"""`$self` came with OpenAPI 3.2; `x-oai-$self` is registered for earlier versions."""


def published_path(api: Description, everything: Iterable[Operation]) -> str | None:
    """Return the path relative to the server's own; None if the description does not state it."""
    if any(operation.method == "GET" and operation.path == _DOCUMENT for operation in everything):
        return _DOCUMENT
    stated = next((uri for key in _PUBLISHED_AT if (uri := api.root.text(key))), None)
    return _below_server(api, stated) if stated else None


def _below_server(api: Description, uri: str) -> str | None:
    """Return the path of a URI relative to the server's, as the paths of operations are written."""
    path = _path_of(uri)
    if path is None:
        return None
    path = path if path.startswith("/") else f"/{path}"
    bases = [_path_of(server.text("url") or "") for server in api.root.list_of("servers")]
    for base in bases:
        if base and base.strip("/") and path.startswith(f"{base.rstrip('/')}/"):
            return path.removeprefix(base.rstrip("/"))
    return path


def _path_of(uri: str) -> str | None:
    try:
        return urlsplit(uri).path
    except ValueError:
        return None
