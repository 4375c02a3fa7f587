"""Which operations of an OpenAPI description change a resource that exists."""

import re
from collections.abc import Iterable

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.operations import Operation

_CHANGES = frozenset({"PUT", "PATCH", "DELETE"})
_HAS_TEMPLATE = re.compile(r"\{[^{}]+\}")
_DEEPEST = 50


class Mutations:
    """Answers for the operations of one description."""

    def __init__(self, api: Description) -> None:
        self._parents = _parents(path for path, _ in api.paths())

    def __contains__(self, operation: Operation) -> bool:
        """Tell whether a write changes what exists.

        PUT, PATCH and DELETE do. A POST does where it goes to a single resource (`/orders/{id}`), or is an
        action on one (`/orders/{id}/cancel`, `/orders/{id}:cancel`). What creates is no action: it answers
        201, or its path can also be read, or has single resources below it. For a POST `x-mutation: true` or
        `false` overrules this.
        """
        if operation.method != "POST":
            return operation.method in _CHANGES
        overruled = operation.overruled("x-mutation")
        if overruled is not None:
            return overruled
        return operation.ends_in_parameter or self._is_action(operation)

    def _is_action(self, operation: Operation) -> bool:
        resource, _, action = operation.path.rstrip("/").rpartition("/")
        if _HAS_TEMPLATE.search(action):
            return True  # /orders/{id}:cancel
        below_one = _HAS_TEMPLATE.fullmatch(resource.rpartition("/")[2]) is not None
        return below_one and not self._creates(operation)

    def _creates(self, operation: Operation) -> bool:
        answers_created = any(response.code == "201" for response in operation.responses)
        is_read_too = any("get" in item.object() for item in operation.items)
        return answers_created or is_read_too or operation.path.rstrip("/") in self._parents


def _parents(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths below which there is a single resource: `/orders`, of `/orders/{id}`."""
    return frozenset(
        "/".join(steps[:number])
        for steps in (path.split("/")[:_DEEPEST] for path in paths)
        for number, step in enumerate(steps)
        if step.startswith("{")
    )
