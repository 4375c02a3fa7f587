"""The operations of an OpenAPI description, with their parameters and responses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Finding

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_CODE = re.compile(r"default|[1-5](XX|xx|[0-9][0-9])")
_TEMPLATE = re.compile(r"[^{}/]*\{[^{}/]+\}")


class Parameter:
    """A parameter: the place where it is used, and its definition with references resolved."""

    def __init__(self, place: Node, node: Node) -> None:
        self.place = place
        self.node = node
        self.name = node.text("name") or ""
        self.location = node.text("in") or ""
        if not self.name or not self.location:
            raise node.flaw("is not a parameter: it has no `name` or no `in`")

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a parameter of an operation; header names ignore case (RFC 9110, 5.1)."""
        return self.location, self.name.lower() if self.location == "header" else self.name

    @property
    def required(self) -> bool:
        """Whether the parameter is required; the default is optional."""
        return self.node.flag("required") or False


class Response:
    """A response of an operation."""

    def __init__(self, code: str, place: Node, node: Node) -> None:
        self.code = code
        """As written, in upper case: `404`, `4XX`; or `default`."""
        self.place = place
        self.node = node

    @property
    def is_error(self) -> bool:
        """Whether it is an error, 400 to 599; `default` covers undeclared statuses, so it is an error too."""
        return self.code == "default" or self.code[0] in "45"

    @property
    def is_success(self) -> bool:
        """Whether it is a success, 200 to 299."""
        return self.code[0] == "2"


class Operation:
    """An operation of a path."""

    def __init__(self, api: Description, method: str, path: str, node: Node, items: list[Node]) -> None:
        self.api = api
        self.method = method
        """In upper case."""
        self.path = path
        self.node = node
        self.items = items
        """The path item, after the target of its own `$ref`."""

    @property
    def name(self) -> str:
        """Method and path, as findings show them; characters that would break the line are escaped."""
        name = f"{self.method} {self.path}"
        return name if name.isprintable() else repr(name)[1:-1]

    @property
    def ends_in_parameter(self) -> bool:
        """Whether the path names one resource of many, as `/orders/{id}` does."""
        return _TEMPLATE.fullmatch(self.path.rstrip("/").rpartition("/")[2]) is not None

    @cached_property
    def parameters(self) -> Mapping[tuple[str, str], Parameter]:
        """The parameters of the path item and of the operation; those of the operation prevail."""
        found: dict[tuple[str, str], Parameter] = {}
        for owner in (*self.items, self.node):
            for place in owner.list_of("parameters"):
                parameter = Parameter(place, self.api.resolve(place))
                found[parameter.key] = parameter
        return found

    @property
    def query(self) -> list[Parameter]:
        """The parameters of the query."""
        return [parameter for parameter in self.parameters.values() if parameter.location == "query"]

    def requires_header(self, name: str) -> bool:
        """Return whether a request without this header is invalid."""
        parameter = self.parameters.get(("header", name.lower()))
        return parameter is not None and parameter.required

    @cached_property
    def responses(self) -> list[Response]:
        """The declared responses."""
        found = []
        for code, place in self.node.fields_of("responses"):
            if not _CODE.fullmatch(code):
                raise place.flaw("is not a response: its key is neither a status nor default")
            node = self.api.resolve(place)
            node.object()
            found.append(Response(code if code == "default" else code.upper(), place, node))
        return found

    @property
    def errors(self) -> list[Response]:
        """The error responses; none for HEAD, whose responses have no body."""
        return [] if self.method == "HEAD" else [response for response in self.responses if response.is_error]

    @property
    def _owners(self) -> tuple[Node, ...]:
        """The objects that may have an extension for the operation, the nearest first."""
        return self.node, *reversed(self.items)

    def extension(self, name: str) -> Node | None:
        """Return an extension of the operation, or of its path item; None if neither has it."""
        return next((node for owner in self._owners if (node := owner.get(name)) is not None), None)

    def override(self, name: str) -> bool | None:
        """Return the value of an extension that is true or false; None if it is not set."""
        return next((value for owner in self._owners if (value := owner.flag(name)) is not None), None)

    def finding(self, message: str) -> Finding:
        """Return a finding about the operation."""
        return self.node.finding(f"{self.name}: {message}")


def operations(api: Description) -> Iterator[Operation]:
    """Yield the operations of all paths; webhooks and callbacks are calls that the service makes itself."""
    for path, written in api.paths():
        written.object()
        # The target of a path item's `$ref` comes first, because its own fields prevail.
        target = api.target(written)
        items = [written] if target is None else [api.resolve(target), written]
        for method, node in _declared(api, items):
            node.object()
            yield Operation(api, method, path, node, items)


def _declared(api: Description, items: list[Node]) -> Iterable[tuple[str, Node]]:
    found: dict[str, Node] = {}
    methods = (*_METHODS, "query") if api.series == "3.2" else _METHODS
    for item in items:
        found |= {method.upper(): node for method, node in item.items() if method in methods}
        if api.series == "3.2":
            found |= {method.upper(): node for method, node in item.items_of("additionalOperations")}
    return found.items()
