"""Read evidence of the kind `openapi`."""

import re
from collections.abc import Iterable, Sequence

from gatekeeper.collectors.formats.openapi.description import (
    Description,
    describe,
    is_description,
    media_types,
)
from gatekeeper.collectors.formats.openapi.operations import Operation, operations
from gatekeeper.collectors.openapi._errors import ErrorCodes
from gatekeeper.collectors.openapi._mutations import Mutations
from gatekeeper.collectors.openapi._paging import Paging
from gatekeeper.collectors.openapi._published import published_path
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin

_TEMPLATE = re.compile(r"\{([^{},/]*)\}")
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CUSTOMER = "customer"
_PROBLEM_JSON = "application/problem+json"
_RATE_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")


def recognises(content: Content) -> bool:
    """Return whether a document claims to be an OpenAPI description."""
    return is_description(content.fields)


def collect(artefact: Artefact, options: Options) -> Collected[OpenapiFacts]:
    """Read the description, and count the operations that `paths` selects."""
    api = describe(artefact.files, artefact.path)
    everything = list(operations(api))
    facts = _facts(api, everything, _selected(api, everything, options.get("paths")))
    return Collected(facts, (Origin(f"openapi-{api.series}"),))


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
    paging, codes = Paging(api), ErrorCodes(api)
    writes = [operation for operation in chosen if operation.method in _WRITES]
    changing = Mutations(api)
    mutations = [operation for operation in writes if operation in changing]
    collections = [operation for operation in chosen if paging.is_collection(operation)]
    throttled = [
        (operation, response.place)
        for operation in chosen
        for response in operation.responses
        if response.code == "429"
    ]
    errors = [(operation, response) for operation in chosen for response in operation.errors]
    declared = [codes.of(operation, response) for operation, response in errors]
    # Responses share sets of codes, so each set is added once.
    different = {id(found): found for sets in declared for found in sets}
    return OpenapiFacts(
        spec_version=api.version,
        spec_series=api.series,
        api_version=info.text("version") if (info := api.root.get("info")) else None,
        published_path=published_path(api, everything),
        operations=len(chosen),
        customer_operations=_customer_operations(api, everything, chosen),
        writes=len(writes),
        mutations=len(mutations),
        collections=len(collections),
        throttled=len(throttled),
        error_responses=len(errors),
        errors_without_problem_json=tuple(
            response.place.finding(f"{operation.name}: {response.code} is not application/problem+json")
            for operation, response in errors
            if _PROBLEM_JSON not in media_types(response.node.get("content"))
        ),
        writes_without_idempotency_key=_without_header(writes, "Idempotency-Key"),
        mutations_without_if_match=_without_header(mutations, "If-Match"),
        collections_without_cursor=tuple(
            operation.finding("takes no cursor")
            for operation in collections
            if not paging.has_cursor(operation)
        ),
        offset_parameters=tuple(
            parameter.place.finding(f"{operation.name}: {parameter.name} pages by offset")
            for operation in chosen
            for parameter in paging.offsets(operation)
        ),
        error_codes=tuple(sorted(set[str]().union(*different.values()))),
        errors_without_code=tuple(
            response.place.finding(f"{operation.name}: {response.code} declares no error code")
            for (operation, response), found in zip(errors, declared, strict=True)
            if not found
        ),
        throttled_without_headers=tuple(
            answer.finding(f"{operation.name}: 429 has no rate-limit header")
            for operation, answer in throttled
            if not _has_rate_limit(api.resolve(answer))
        ),
    )


def _customer_operations(
    api: Description, everything: Iterable[Operation], chosen: Sequence[Operation]
) -> int:
    info = api.root.get("info")
    outer = api.root.get("x-audience") or (info.get("x-audience") if info else None)
    if outer is None and not any(operation.extension("x-audience") for operation in everything):
        return len(chosen)
    markers = [operation.extension("x-audience") or outer for operation in chosen]
    values = [marker.value for marker in markers if marker]
    return sum(_CUSTOMER in (value if isinstance(value, list) else [value]) for value in values)


def _has_rate_limit(answer: Node) -> bool:
    return any(name.lower().startswith(_RATE_LIMITS) for name, _ in answer.items_of("headers"))


def _without_header(chosen: Iterable[Operation], name: str) -> tuple[Finding, ...]:
    return tuple(
        operation.finding(f"does not require the header {name}")
        for operation in chosen
        if not operation.requires_header(name)
    )
