"""The operations of an OpenAPI description, with their parameters and responses."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from gatekeeper.collectors.formats.openapi.description import Description
from gatekeeper.collectors.formats.openapi.fields import METHODS
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_reason
from gatekeeper.model.evidence import Finding

_CODE = re.compile(r"default|[1-5](XX|xx|[0-9][0-9])")
_TEMPLATE = re.compile(r"[^{}/]*\{[^{}/]+\}")
_LOCATIONS = frozenset({"path", "query", "header", "cookie"})
_LITERAL = re.compile(r"\^(?:[\w -]|\\\W)*\$")
"""A regular expression that matches one text."""


def is_fixed(api: Description, schema: Node) -> bool:
    """Return whether a schema allows only values that it lists, or none: nobody can choose another one."""
    parts = api.parts(schema, "allOf")
    choices = (part.list_of(keyword) for part in parts for keyword in ("oneOf", "anyOf"))
    return (
        schema.value is False
        or any(map(_is_fixed, parts))
        or any(some and all(any(map(_is_fixed, api.parts(one, "allOf"))) for one in some) for some in choices)
    )


def _is_fixed(schema: Node) -> bool:
    value = schema.object()
    least, pattern = value.get("minimum"), value.get("pattern")
    return (
        not value.keys().isdisjoint(("enum", "const"))
        or value.get("type") in ("null", "boolean")
        or 0 in (value.get("maxLength"), value.get("maxItems"))
        or value.get("not") in ({}, True)
        or (least is not None and least == value.get("maximum"))
        or (isinstance(pattern, str) and _LITERAL.fullmatch(pattern) is not None)
    )


class Parameter:
    """A parameter: the place where it is used, and its definition with references resolved."""

    def __init__(self, api: Description, place: Node) -> None:
        self.api = api
        self.place = place
        self.node = node = api.resolve(place)
        self.name = node.text("name") or ""
        self.location = node.text("in") or ""
        if not self.name or not self.location:
            raise node.flaw("is not a parameter: it has no `name` or no `in`")
        if self.location not in _LOCATIONS:
            raise node.flaw(
                f"is a parameter in {self.location!r}, not in one of {', '.join(sorted(_LOCATIONS))}"
            )
        api.check(node, "parameter")
        if api.is_strict and self.location == "query" and self.schema is None:
            raise node.flaw("has no schema, so its parts are not known")
        self.required = node.flag("required") or False
        """Whether the parameter is required; the default is optional."""

    @property
    def schema(self) -> Node | None:
        """The schema of its value, also if it is serialised as a media type; None without one."""
        if (schema := self.node.get("schema")) is not None:
            return schema
        media = next(iter(self.api.media_types(self.node).values()), None)
        return media.get("schema") if media else None

    @property
    def is_fixed(self) -> bool:
        """Whether its schema lists the values that it allows, such as the `*` of If-Match."""
        return self.schema is not None and is_fixed(self.api, self.schema)

    @property
    def key(self) -> tuple[str, str]:
        """The identity of a parameter of an operation; header names ignore case (RFC 9110, 5.1)."""
        return self.location, self.name.lower() if self.location == "header" else self.name


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

    def __init__(self, api: Description, method: str, path: str, written: Node, items: list[Node]) -> None:
        self.api = api
        self.method = method
        """In upper case."""
        self.path = path
        self.written = written
        """The operation, or the reference to it."""
        self.node = api.resolve(written)
        self.node.object()
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
            own: dict[tuple[str, str], Parameter] = {}
            with self.api.noting("parameter"):
                for place in self.api.listed(owner, "parameters"):
                    with self.api.noting("parameter"):
                        parameter = Parameter(self.api, place)
                        if own.setdefault(parameter.key, parameter) is not parameter:
                            raise place.flaw(f"is a second parameter {parameter.name} of the same place")
            found |= own
        return found

    @property
    def takes_input(self) -> bool:
        """Whether a request may be wrong: it has parameters, a body, or must be authenticated."""
        stated = any(
            owner.get("parameters") or owner.get("requestBody") for owner in (*self.items, self.node)
        )
        return stated or "{" in self.path or bool(self._security)

    @property
    def _security(self) -> list[Node]:
        """The security requirements that are not empty, of the operation or else of the document."""
        owner = self.node if "security" in self.node.object() else self.api.root
        return [node for node in self.api.listed(owner, "security") if node.object()]

    @property
    def query(self) -> list[Parameter]:
        """The parameters of the query, and headers of the API's own, such as `X-Cursor`."""
        return [
            parameter
            for (location, name), parameter in self.parameters.items()
            if location == "query" or (location == "header" and name.startswith("x-"))
        ]

    def requires_header(self, name: str) -> bool:
        """Return whether a request without this header is invalid, and its value is the client's choice."""
        parameter = self.parameters.get(("header", name.lower()))
        if parameter is not None and parameter.required:
            with self.api.noting("parameter"):
                return not parameter.is_fixed
        return False

    @cached_property
    def _declared(self) -> Mapping[str, Node]:
        """The responses as written, by status."""
        found: dict[str, Node] = {}
        with self.api.noting("responses"):
            for code, place in self.api.entries(self.node, "responses", "responses"):
                with self.api.noting("responses"):
                    if not _CODE.fullmatch(code):
                        raise place.flaw("is not a response: its key is neither a status nor default")
                    if code.endswith("xx") and self.api.is_strict:
                        raise place.flaw(f"is not a response: write {code.upper()}")
                    found[code if code == "default" else code.upper()] = place
            if not found and self.api.is_strict:
                raise self.node.flaw("declares no response")
        return found

    @property
    def codes(self) -> frozenset[str]:
        """The statuses of the declared responses, readable or not."""
        return frozenset(self._declared)

    @cached_property
    def responses(self) -> list[Response]:
        """The declared responses."""
        found = []
        for code, place in self._declared.items():
            response = Response(code, place, place)
            with self.api.noting("error response" if response.is_error else "list"):
                response.node = self.api.resolve(place)
                response.node.object()
                self.api.check(response.node, "response")
                found.append(response)
        return found

    @property
    def errors(self) -> list[Response]:
        """The error responses; none for HEAD, whose responses have no body."""
        return [] if self.method == "HEAD" else [response for response in self.responses if response.is_error]

    @property
    def _owners(self) -> tuple[Node, ...]:
        """The objects that may have an extension for the operation, the nearest first."""
        return self.written, self.node, *reversed(self.items)

    def extension(self, name: str) -> Node | None:
        """Return an extension of the operation, or of its path item; None if neither has it."""
        return next((node for owner in self._owners if (node := owner.get(name)) is not None), None)

    def marker(self, name: str, touches: Iterable[str], *, excuses: bool) -> bool | None:
        """Return the value of an extension that is true or false; None if it is not set or not understood.

        Args:
            name: The extension, such as `x-collection`.
            touches: The facts that depend on it.
            excuses: The value that takes the operation out of a rule. It counts with a reason beside it only.
        """
        with self.api.noting("marker", touches):
            for owner in self._owners:
                value = owner.flag(name)
                if value is excuses and not is_reason(owner.text(f"{name}-reason") or ""):
                    says = f"has {name}: {str(value).lower()} without a reason in {name}-reason"
                    raise owner.flaw(f"{says}; a reason has two words or more")
                if value is not None:
                    return value
        return None

    def finding(self, message: str) -> Finding:
        """Return a finding about the operation."""
        return self.node.finding(f"{self.name}: {message}")


def operations(api: Description) -> Iterator[Operation]:
    """Yield the operations of all paths; webhooks and callbacks are calls that the service makes itself."""
    for path, written in api.paths():
        yield from operations_of(api, path, written)


def operations_of(api: Description, path: str, written: Node) -> Iterator[Operation]:
    """Yield the operations of a path item: its own fields prevail over those of the target of its `$ref`."""
    items: list[Node] = []
    declared: dict[str, Node] = {}
    with api.noting("path"):
        written.object()
        target = api.target(written)
        found = [written] if target is None else [api.resolve(target), written]
        for item in found:
            api.check(item, "path item")
        items = found
    for item in items:
        declared |= {key.upper(): node for key, node in item.items() if key in (*METHODS, "query")}
        with api.noting("path"):
            declared |= {key.upper(): node for key, node in api.entries(item, "additionalOperations")}
    for method, node in declared.items():
        operation = None
        with api.noting("path"):
            operation = Operation(api, method, path, node, items)
        if operation is not None:
            with api.noting("operation"):
                api.check(operation.node, "operation")
            yield operation
