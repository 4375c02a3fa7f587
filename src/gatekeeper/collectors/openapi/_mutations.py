"""The operations of an OpenAPI description that change an existing resource."""

import re
from collections.abc import Iterable

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation

_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
_HAS_TEMPLATE = re.compile(r"\{[^{}]+\}")
_DEEPEST = 50


class Mutations:
    """The operations of one description that change an existing resource."""

    def __init__(self, api: Description) -> None:
        self._parents = _parents(path for path, _ in api.paths())

    def __contains__(self, operation: Operation) -> bool:
        """Return whether a write changes an existing resource.

        PUT, PATCH and DELETE do. A POST does if its path is that of a single resource (`/orders/{id}`), or of
        an action on one (`/orders/{id}/cancel`, `/orders/{id}:cancel`). A POST that creates is not an action:
        it answers 201, or its path also has a GET, or there are single resources below the path. For a POST,
        `x-mutation: true` or `false` overrides this.
        """
        if operation.method != "POST":
            return operation.method in _CHANGES
        override = None
        with operation.api.noting("marker", ("mutations", "mutations_without_if_match")):
            override = operation.override("x-mutation")
        if override is not None:
            return override
        return operation.ends_in_parameter or self._is_action(operation)

    def _is_action(self, operation: Operation) -> bool:
        resource, _, action = operation.path.rstrip("/").rpartition("/")
        if _HAS_TEMPLATE.search(action):
            return True  # /orders/{id}:cancel
        below_one = _HAS_TEMPLATE.fullmatch(resource.rpartition("/")[2]) is not None
        return below_one and not self._creates(operation)

    def _creates(self, operation: Operation) -> bool:
        is_read_too = any("get" in item.object() for item in operation.items)
        return "201" in operation.codes or is_read_too or operation.path.rstrip("/") in self._parents


def _parents(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths that have a single resource below them: `/orders` for `/orders/{id}`."""
    return frozenset(
        "/".join(steps[:number])
        for steps in (path.split("/")[:_DEEPEST] for path in paths)
        for number, step in enumerate(steps)
        if step.startswith("{")
    )
