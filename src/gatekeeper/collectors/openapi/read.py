"""Read evidence of the kind `openapi`."""

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from gatekeeper.collectors.formats.openapi.description import Description, describe, is_description
from gatekeeper.collectors.formats.openapi.operations import Operation, Response, is_fixed, operations
from gatekeeper.collectors.formats.openapi.schemas import types_of
from gatekeeper.collectors.openapi._effects import Effects
from gatekeeper.collectors.openapi._errors import ErrorCodes
from gatekeeper.collectors.openapi._paging import Paging
from gatekeeper.collectors.openapi.facts import PLACES, OpenapiFacts
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin

ABOUT = About(
    tool="OpenAPI",
    seen="3.0, 3.1, 3.2",
    source="https://spec.openapis.org/oas/v3.1.1.html",
    command=None,
    recognised="the key `openapi`",
    models="operations, responses, headers, parameters and schemas, with `$ref` across files",
    not_modelled="Swagger 2.0, which is refused; links, XML, encodings",
)

_TEMPLATE = re.compile(r"\{([^{},/]*)\}")
_AUDIENCES = {
    **dict.fromkeys(("customer", "public", "external", "external-public"), True),
    **dict.fromkeys(
        (
            "internal", "private", "partner", "admin", "operator", "operations", "support", "staff", "team",
            "component-internal", "business-unit-internal", "company-internal", "external-partner",
        ),
        False,
    ),
}  # fmt: skip
"""Whether customers are among an audience; the compound names are those of Zalando's guidelines."""
_PROBLEM_JSON = "application/problem+json"
_RATE_LIMIT = re.compile(
    r"ratelimit|(x-)?rate-?limit-([a-z0-9-]+-)?(limit|policy|remaining|reset|used)(-[a-z0-9-]+)?"
)
"""Names of draft-ietf-httpapi-ratelimit-headers, and those in use before: `X-RateLimit-Limit-Minute`."""
_PUBLISHED_AT = ("$self", "x-oai-$self", "x-openapi-path", "x-published-at")
"""`$self` came with OpenAPI 3.2; `x-oai-$self` is registered for earlier versions."""
_SAFE, _MUTATION, _COLLECTION = ("x-safe", True), ("x-mutation", False), ("x-collection", False)
"""Markers, with the value that takes an operation out."""


def recognises(content: Content) -> bool:
    """Return whether a document claims to be an OpenAPI description."""
    return is_description(content.fields)


def is_distinct(content: Content) -> bool:
    """Return whether the root has more than its version: settings of frameworks have that key."""
    return not {"info", "paths", "webhooks", "components"}.isdisjoint(content.fields)


def collect(artefact: Artefact, options: Options) -> Collected[OpenapiFacts]:
    """Read the description, and count the operations that `paths` selects."""
    ledger = Ledger(PLACES)
    api = describe(artefact.files, artefact.path, ledger)
    everything = list(operations(api))
    facts = _facts(api, everything, _selected(api, everything, options.get("paths")))
    return Collected(facts, (Origin(f"openapi-{api.series}", not_understood=ledger.places()),))


def _selected(
    api: Description, everything: list[Operation], paths: str | list[str] | None
) -> Sequence[Operation]:
    """Return the operations whose path matches one of the globs; without globs, all operations."""
    if not paths:
        return everything
    globs = [paths] if isinstance(paths, str) else paths
    chosen = chooser([choice for glob in globs for choice in _with_what_is_below(_plain(glob))])
    if not any(chosen(_plain(path)) for path, _ in api.paths()):
        raise Absent(f"{api.root.document.file}: the description has no path that matches {paths}")
    return [operation for operation in everything if chosen(_plain(operation.path))]


def _plain(path: str) -> str:
    """Return a path, or a glob of paths, in which the braces of `/users/{id}` are literal."""
    return _TEMPLATE.sub(r"<\1>", path)


def _with_what_is_below(glob: str) -> tuple[str, ...]:
    folder = glob.removesuffix("/**").rstrip("/") if glob.endswith("/**") else glob.rstrip("/")
    if glob.endswith("/**") or not set("*?{") & set(glob):
        return folder or "/", f"{folder}/**"
    return (glob,)


def _facts(api: Description, everything: Sequence[Operation], chosen: Sequence[Operation]) -> OpenapiFacts:
    effects = Effects(api)
    paging = Paging(api, effects)
    writes = [operation for operation in chosen if effects.writes(operation)]
    mutations = [operation for operation in writes if effects.mutates(operation)]
    collections = [operation for operation in chosen if paging.is_collection(operation)]
    throttled = [
        (operation, response)
        for operation in chosen
        for response in operation.responses
        if response.code == "429"
    ]
    errors = _Errors(api, chosen)
    return OpenapiFacts(
        spec_version=api.version,
        spec_series=api.series,
        api_version=_api_version(api),
        published_path=_published_path(api, everything),
        operations=len(chosen),
        customer_operations=_customer_operations(api, everything, chosen),
        writes=len(writes),
        mutations=len(mutations),
        collections=len(collections),
        throttled=len(throttled),
        error_responses=len(errors.declared) + len(errors.undeclared),
        errors_without_problem_json=(*errors.undeclared, *errors.without_problem_json),
        writes_without_idempotency_key=_without_header(writes, "Idempotency-Key"),
        mutations_without_if_match=_without_header(mutations, "If-Match"),
        collections_without_cursor=tuple(
            operation.finding(lack) for operation in collections if (lack := paging.lack(operation))
        ),
        offset_parameters=tuple(found for operation in chosen for found in paging.offsets(operation)),
        error_codes=errors.codes,
        errors_without_code=(*errors.undeclared, *errors.without_code),
        throttled_without_headers=tuple(
            response.place.finding(f"{operation.name}: 429 has no rate-limit header such as RateLimit")
            for operation, response in throttled
            if not _has_rate_limit(api, response)
        ),
        excused_writes=_excused(chosen, _SAFE),
        excused_mutations=_excused(chosen, _SAFE, _MUTATION),
        excused_collections=_excused(chosen, _COLLECTION),
    )


def _excused(chosen: Iterable[Operation], *markers: tuple[str, bool]) -> tuple[Finding, ...]:
    """Return the operations that a marker takes out, with the reason that is beside it."""
    return tuple(
        reason.finding(f"{operation.name}, {name}: {one_line(str(reason.value))}")
        for operation in chosen
        for name, value in markers
        if (marker := operation.extension(name)) is not None and marker.value is value
        if (reason := operation.extension(f"{name}-reason")) is not None
    )


def _api_version(api: Description) -> str | None:
    version = info.text("version") if (info := api.root.get("info")) else None
    return None if version is None or (version and is_unwritten(version)) else version


def _published_path(api: Description, everything: Iterable[Operation]) -> str | None:
    """Return the path relative to the server's own; None if the description does not state it."""
    if any(operation.method == "GET" and operation.path == "/openapi.json" for operation in everything):
        return "/openapi.json"
    stated = next((uri for key in _PUBLISHED_AT if (uri := api.root.text(key))), None)
    path = _path_of(stated) if stated else None
    if path is None:
        return None
    path = f"/{path.removeprefix('/')}"
    bases = ((_path_of(server.text("url") or "") or "").rstrip("/") for server in api.root.list_of("servers"))
    return next((path.removeprefix(base) for base in bases if base and path.startswith(f"{base}/")), path)


def _path_of(uri: str) -> str | None:
    try:
        return urlsplit(uri).path
    except ValueError:
        return None


class _Errors:
    """The error responses of operations; what cannot be read of them is noted."""

    def __init__(self, api: Description, chosen: Sequence[Operation]) -> None:
        self._api = api
        self._codes = ErrorCodes(api)
        self.undeclared: list[Finding] = []
        """Operations that may refuse a request, and declare no error response."""
        self.declared = [(operation, response) for operation in chosen for response in operation.errors]
        self.without_problem_json = [*self._plain()]
        self.without_code: list[Finding] = []
        for operation in chosen:
            with api.noting("responses"):
                if operation.method != "HEAD" and not operation.errors and operation.takes_input:
                    self.undeclared.append(operation.finding("declares no error response"))
        self.codes = self._all_codes()

    def _plain(self) -> Iterator[Finding]:
        for operation, response in self.declared:
            with self._api.noting("error response"):
                media = self._api.media_types(response.node).get(_PROBLEM_JSON)
                if media is None:
                    message = f"{operation.name}: {response.code} is not application/problem+json"
                    yield response.place.finding(message)
                elif (schema := media.get("schema")) and not self._may_be_object(schema):
                    message = (
                        f"{operation.name}: {response.code} is application/problem+json without an object"
                    )
                    yield schema.finding(message)

    def _may_be_object(self, schema: Node) -> bool:
        types = [types_of(part.object()) for part in self._api.parts(schema, "allOf")]
        return schema.value is not False and all(not stated or "object" in stated for stated in types)

    def _all_codes(self) -> tuple[str, ...]:
        # Responses share sets of codes, so each set is added once.
        different: dict[int, frozenset[str]] = {}
        for operation, response in self.declared:
            with self._api.noting("error schema"):
                found = self._codes.of(operation, response)
                different |= {id(codes): codes for codes in found}
                if not found:
                    self._codes.must_be_here(response)
                    message = f"{operation.name}: {response.code} declares no error code"
                    self.without_code.append(response.place.finding(message))
        return tuple(sorted(set[str]().union(*different.values())))


def _customer_operations(
    api: Description, everything: Iterable[Operation], chosen: Sequence[Operation]
) -> int:
    info = api.root.get("info")
    outer = api.root.get("x-audience") or (info.get("x-audience") if info else None)
    markers = [operation.extension("x-audience") or outer for operation in chosen]
    said = [operation.extension("x-audience") for operation in everything]
    # If customers are named nowhere, the unmarked operations may be theirs.
    unmarked = not any(_is_for_customers(api, marker) for marker in (outer, *said) if marker)
    return sum(_is_for_customers(api, marker) if marker else unmarked for marker in markers)


def _is_for_customers(api: Description, marker: Node) -> bool:
    audiences = marker.value if isinstance(marker.value, list) else [marker.value]
    with api.noting("marker", ("customer_operations",)):
        for audience in audiences or [None]:
            if not isinstance(audience, str) or audience not in _AUDIENCES:
                raise marker.flaw(
                    f"is {shown(audience)}, not an audience such as customer, internal or partner"
                )
        return any(_AUDIENCES[str(audience)] for audience in audiences)
    return False


def _has_rate_limit(api: Description, response: Response) -> bool:
    with api.noting("header"):
        for name, header in api.entries(response.node, "headers"):
            if _RATE_LIMIT.fullmatch(name.lower()):
                written = api.resolve(header)
                schema = written.get("schema")
                if api.media_types(written) or (schema and not is_fixed(api, schema)):
                    return True
    return False


def _without_header(chosen: Iterable[Operation], name: str) -> tuple[Finding, ...]:
    return tuple(
        operation.finding(f"does not require the header {name}")
        for operation in chosen
        if not operation.requires_header(name)
    )
