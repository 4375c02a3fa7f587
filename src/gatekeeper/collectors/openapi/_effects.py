"""Which operations of an OpenAPI description write, and which of those change an existing resource.

Methods decide, except where they mislead: a GET whose name is a command writes, and a POST that searches is
safe. The markers `x-safe` and `x-mutation` decide the rest; one that excuses needs a reason beside it.
"""

import re
from collections.abc import Iterable

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation
from gatekeeper.collectors.reading.words import words

_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
_HAS_TEMPLATE = re.compile(r"\{[^{}]+\}")
_DEEPEST = 50
_CREATE = frozenset({"create", "submit"})
_COMMANDS = _CREATE | {
    "activate", "approve", "assign", "cancel", "confirm", "deactivate", "delete", "disable", "enable",
    "publish", "reject", "remove", "reopen", "revoke", "suspend", "unassign", "unpublish", "update",
}  # fmt: skip
"""Verbs of commands; those that are nouns too, such as `order` and `refund`, are left out."""
_NOUNS_IN_A_PATH = frozenset({
    "archive", "close", "merge", "pause", "rename", "reset", "restore", "resume", "unlock", "void",
    "withdraw",
})  # fmt: skip
"""Verbs of commands that are read as nouns in the path of a GET: `/orders/archive`."""
_OF_MUTATIONS = ("mutations", "mutations_without_if_match")
_OF_WRITES = (
    "writes", "writes_without_idempotency_key", "collections", "collections_without_cursor",
    "offset_parameters", *_OF_MUTATIONS,
)  # fmt: skip


class Effects:
    """What the operations of one description do to its resources."""

    def __init__(self, api: Description) -> None:
        self._parents = _parents(path for path, _ in api.paths())

    def writes(self, operation: Operation) -> bool:
        """Return whether an operation writes.

        PUT, PATCH and DELETE do, a POST, and a GET that is named like a command. `x-safe` overrides the last
        two.
        """
        if operation.method in _CHANGES:
            return True
        safe = operation.marker("x-safe", _OF_WRITES, excuses=True)
        if safe is not None:
            return not safe
        return operation.method == "POST" or (operation.method == "GET" and _command(operation) is not None)

    def reads(self, operation: Operation) -> bool:
        """Return whether an operation is for reading: a GET, a QUERY, or a POST that does not write."""
        return operation.method in ("GET", "QUERY") or (
            operation.method == "POST" and not self.writes(operation)
        )

    def mutates(self, operation: Operation) -> bool:
        """Return whether a write changes an existing resource.

        PUT, PATCH and DELETE do. Another write does if its path is that of a single resource
        (`/orders/{id}`), of an action on one (`/orders/{id}/cancel`, `/orders/{id}:cancel`), or it is named
        like a command that does not create (`/orders/cancel`, `/orders/bulk-update`, `cancelOrder`). A POST
        that creates does not count: it answers 201, its path also has a GET, or there are single resources
        below the path; only a path that is the verb itself counts still. `x-mutation` overrides this.
        """
        if operation.method in _CHANGES:
            return True
        override = operation.marker("x-mutation", _OF_MUTATIONS, excuses=False)
        if override is not None:
            return override
        return (
            operation.ends_in_parameter
            or self._is_action(operation)
            or _command(operation, creates=self._creates(operation)) not in (None, *_CREATE)
        )

    def _is_action(self, operation: Operation) -> bool:
        resource, _, action = operation.path.rstrip("/").rpartition("/")
        if _HAS_TEMPLATE.search(action):
            return True  # /orders/{id}:cancel
        below_one = _HAS_TEMPLATE.fullmatch(resource.rpartition("/")[2]) is not None
        return below_one and not self._creates(operation)

    def _creates(self, operation: Operation) -> bool:
        is_read_too = operation.method == "POST" and any("get" in item.object() for item in operation.items)
        return "201" in operation.codes or is_read_too or operation.path.rstrip("/") in self._parents


def _command(operation: Operation, *, creates: bool = True) -> str | None:
    """Return the verb of a command that the end of the path is, as in `cancel` and `cancelOrder`.

    For a GET, the verb with which the `operationId` begins counts, too. `cancel-reasons` is a noun, unless a
    POST does not create one.
    """
    last = re.split(r"[/:]", operation.path.rstrip("/"))[-1]
    in_path, named = words(last), words(str(operation.node.object().get("operationId")))[:1]
    verbs = [] if re.search(r"[-_.]", last) else [*in_path[:1]]
    if operation.method == "GET":
        verbs = [verb for verb in verbs if verb not in _NOUNS_IN_A_PATH] + [*named]
    elif not creates:
        verbs += [*in_path[:1], *in_path[-1:], *named]
    return next((verb for verb in verbs if verb in _COMMANDS | _NOUNS_IN_A_PATH), None)


def _parents(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths that have a single resource below them: `/orders` for `/orders/{id}`."""
    return frozenset(
        "/".join(steps[:number])
        for steps in (path.split("/")[:_DEEPEST] for path in paths)
        for number, step in enumerate(steps)
        if step.startswith("{")
    )
