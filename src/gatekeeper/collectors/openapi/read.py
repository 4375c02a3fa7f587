"""Read evidence of the kind `openapi`."""

from collections.abc import Iterable, Sequence

from gatekeeper.collectors.formats.openapi.description import Description, describe
from gatekeeper.collectors.formats.openapi.operations import Operation, operations
from gatekeeper.collectors.openapi._errors import ErrorCodes, is_problem_json
from gatekeeper.collectors.openapi._mutations import Mutations
from gatekeeper.collectors.openapi._paging import Paging
from gatekeeper.collectors.openapi._published import published_path
from gatekeeper.collectors.openapi._selection import selected
from gatekeeper.collectors.openapi.facts import OpenapiFacts
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Artefact, Collected, Finding, Options

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CUSTOMER = "customer"
_RATE_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")


def collect(artefact: Artefact, options: Options) -> Collected[OpenapiFacts]:
    """Read the description, and count the operations that `paths` selects."""
    api = describe(artefact.files, artefact.path)
    everything = list(operations(api))
    facts = _facts(api, everything, selected(api, everything, options.get("paths")))
    return Collected(f"openapi-{api.series}", facts)


def _facts(api: Description, everything: Sequence[Operation], chosen: Sequence[Operation]) -> OpenapiFacts:
    paging, codes = Paging(api), ErrorCodes(api)
    writes = [operation for operation in chosen if operation.method in _WRITES]
    changing = Mutations(api)
    mutations = [operation for operation in writes if operation in changing]
    collections = [operation for operation in chosen if paging.is_collection(operation)]
    throttled = [(operation, answer) for operation in chosen if (answer := _too_many(operation))]
    errors = [(operation, response) for operation in chosen for response in operation.errors]
    declared = [codes.of(operation, response) for operation, response in errors]
    return OpenapiFacts(
        spec_version=api.version,
        spec_series=api.series,
        api_version=_api_version(api),
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
            if not is_problem_json(response)
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
        error_codes=_sorted_union(declared),
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


def _sorted_union(declared: Iterable[Iterable[frozenset[str]]]) -> tuple[str, ...]:
    """Return the union of the sets, sorted; responses share sets, so each set is added once."""
    different = {id(codes): codes for found in declared for codes in found}
    return tuple(sorted(frozenset[str]().union(*different.values())))


def _api_version(api: Description) -> str | None:
    info = api.root.get("info")
    return info.text("version") if info else None


def _customer_operations(
    api: Description, everything: Iterable[Operation], chosen: Sequence[Operation]
) -> int:
    info = api.root.get("info")
    outer = api.root.get("x-audience") or (info.get("x-audience") if info else None)
    if outer is None and not any(operation.extension("x-audience") for operation in everything):
        return len(chosen)
    return sum(_is_for_customers(operation.extension("x-audience") or outer) for operation in chosen)


def _is_for_customers(marker: Node | None) -> bool:
    if marker is None:
        return False
    return _CUSTOMER in (marker.value if isinstance(marker.value, list) else [marker.value])


def _too_many(operation: Operation) -> Node | None:
    return next((response.place for response in operation.responses if response.code == "429"), None)


def _has_rate_limit(answer: Node) -> bool:
    return any(name.lower().startswith(_RATE_LIMITS) for name, _ in answer.items_of("headers"))


def _without_header(chosen: Iterable[Operation], name: str) -> tuple[Finding, ...]:
    return tuple(
        operation.finding(f"does not require the header {name}")
        for operation in chosen
        if not operation.requires_header(name)
    )
