"""Compare how clients reach an operation: security requirements and servers.

A client that fulfils one of the base's security requirements must fulfil one of the head's: the same schemes,
by what they are and not by their names, with no more scopes.
"""

from typing import NamedTuple
from urllib.parse import urlsplit

from gatekeeper.collectors.api_diff._change import Changes, breaks, harmless, unclear
from gatekeeper.collectors.api_diff._schema import as_json
from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation
from gatekeeper.collectors.reading.node import Node

_MOST_URLS = 1000
_TEXTS = {"description", "bearerFormat", "deprecated"}


class _Need(NamedTuple):
    """What a security requirement asks for by one scheme."""

    scheme: str
    """What it is, as JSON, without texts and flows."""
    flows: frozenset[str]
    scopes: frozenset[str]

    def asks_no_more(self, than: "_Need") -> bool:
        """Return whether a client that fulfils the other one fulfils this one."""
        return self.scheme == than.scheme and self.flows >= than.flows and self.scopes <= than.scopes


def security_changes(old: Operation, new: Operation) -> Changes:
    """Yield the changes of what a client needs to be let in."""
    before, after = (_requirements(operation) for operation in (old, new))
    place = _place(new, "security")
    for requirement in before:
        if not any(_asks_no_more(other, requirement) for other in after):
            yield breaks(
                "api-security-changed", "a client that was let in may be refused: security changed", place
            )
            return
    if any(not any(_asks_no_more(other, one) for other in before) for one in after):
        yield harmless("api-security-added", "clients may be let in by other security", place)


def _place(operation: Operation, field: str) -> Node:
    return operation.node.get(field) or operation.api.root.get(field) or operation.node


def _asks_no_more(requirement: list[_Need], than: list[_Need]) -> bool:
    return all(any(need.asks_no_more(other) for other in than) for need in requirement)


def _requirements(operation: Operation) -> list[list[_Need]]:
    owner = operation.node if operation.node.get("security") else operation.api.root
    listed = owner.list_of("security")
    return [[_need(operation.api, *one) for one in requirement.items()] for requirement in listed] or [[]]


def _need(api: Description, name: str, scopes: Node) -> _Need:
    components = api.root.get("components")
    schemes = api.child(components, "securitySchemes") if components else None
    found = schemes.get(name) if schemes else None
    asked = frozenset(str(scope.value) for scope in scopes.listed())
    if found is None:
        return _Need(name, frozenset(), asked)
    scheme = api.resolve(found)
    described = {key: value for key, value in scheme.object().items() if key not in {*_TEXTS, "flows"}}
    for key in ("scheme", "name") if described.get("in") == "header" else ("scheme",):
        if isinstance(described.get(key), str):
            described[key] = str(described[key]).lower()
    flows = {
        name: {key: one for key, one in flow.object().items() if key != "scopes" and not key.startswith("x-")}
        for name, flow in scheme.items_of("flows")
    }
    written = {key: value for key, value in described.items() if not key.startswith("x-")}
    return _Need(as_json(written), frozenset(as_json([name, flow]) for name, flow in flows.items()), asked)


def server_changes(old: Operation, new: Operation) -> Changes:
    """Yield the servers on which a client no longer finds the operation."""
    before, after = (_servers(operation) for operation in (old, new))
    paths = {_path_of(url) for url in after}
    place = next(
        (found for owner in (new.node, *new.items, new.api.root) if (found := owner.get("servers"))), new.node
    )
    for url in sorted(before - after):
        if _path_of(url) not in paths:
            yield breaks("server-removed", f"is no longer served below {url}", place)
        elif urlsplit(url).netloc and all(urlsplit(other).netloc for other in after):
            yield unclear("server-changed", f"is served by another host than {url}", place)


def _path_of(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _servers(operation: Operation) -> set[str]:
    owners = (operation.node, *reversed(operation.items), operation.api.root)
    listed = next((found for owner in owners if (found := owner.list_of("servers"))), [])
    return {url.rstrip("/") for server in listed for url in _urls(server)} or {""}


def _urls(server: Node) -> set[str]:
    """Return the URLs of a server, with each of the values that its variables may have."""
    urls = {server.text("url") or "/"}
    for name, variable in server.items_of("variables"):
        values = [one.value for one in variable.list_of("enum")] or [
            variable.object().get("default", f"{{{name}}}")
        ]
        urls = {url.replace(f"{{{name}}}", str(value)) for url in urls for value in values}
        if len(urls) > _MOST_URLS:
            raise server.flaw(f"has more than {_MOST_URLS:,} URLs")
    return urls
