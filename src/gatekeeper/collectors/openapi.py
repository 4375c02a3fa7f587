"""An OpenAPI 3.0, 3.1 or 3.2 description in JSON or YAML, in one file or several.

Of several files the one with the key `openapi` is the root, and references lead into the others. The slot's
`paths`, a path or glob or a list of them, selects the paths whose operations count: `/auth/**` and `/auth`
both select `/auth` and everything below it.

A description of no operation is readable and counts 0 of everything: a skeleton says honestly that it offers
nothing. But `paths` that select nothing are absent evidence, for then it is the wrong document or glob.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors._node import Node
from gatekeeper.collectors._openapi import Description, describe
from gatekeeper.collectors._openapi_errors import ErrorCodes, is_problem_json
from gatekeeper.collectors._openapi_mutations import Mutations
from gatekeeper.collectors._openapi_operations import Operation, operations
from gatekeeper.collectors._openapi_paging import Paging
from gatekeeper.collectors._openapi_published import published_path
from gatekeeper.collectors._openapi_selection import selected
from gatekeeper.model.evidence import Artefact, Collected, Finding, Options

OPTIONS = frozenset({"paths"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CUSTOMER = "customer"
_RATE_LIMITS = ("ratelimit", "x-ratelimit", "x-rate-limit")


class OpenapiFacts(NamedTuple):
    """What an OpenAPI description says of the selected paths; null where it does not.

    Operations are those of `paths`; webhooks and callbacks are calls that the service makes itself.
    """

    spec_version: str | None = None
    """`3.1.0`."""
    spec_series: str | None = None
    """`3.1`."""
    api_version: str | None = None
    """`info.version`."""
    published_path: str | None = None
    """Where the description says it is served, below the server's own path.

    That is `/openapi.json` where this is a path with a GET; else the path of the URI in `$self` (OpenAPI
    3.2), `x-oai-$self` (the extension registered for earlier versions), `x-openapi-path` or `x-published-at`.
    The name of the artefact's file is no proof. `paths` does not narrow this.
    """
    operations: int | None = None
    customer_operations: int | None = None
    """Operations with `x-audience: customer`; all of them where no marker occurs anywhere.

    The nearest marker counts: that of the operation, else of the path item, else of the document (or `info`).
    """
    writes: int | None = None
    """POST, PUT, PATCH and DELETE operations."""
    mutations: int | None = None
    """Operations that change an existing resource: PUT, PATCH and DELETE, and a POST such as that of
    `/orders/{id}/cancel`: see `_openapi_mutations`; `x-mutation: true` or `false` overrules it for POST."""
    collections: int | None = None
    """Operations that return a list: see `_openapi_paging`; `x-collection: true` or `false` overrules it."""
    throttled: int | None = None
    """Operations that may answer 429; a `4XX` or `default` does not say so."""
    error_responses: int | None = None
    """Responses 400 to 599, `4XX`, `5XX` and `default`, of each operation; HEAD has no bodies to ask for."""
    errors_without_problem_json: tuple[Finding, ...] | None = None
    """Error responses that do not offer application/problem+json (RFC 9457)."""
    writes_without_idempotency_key: tuple[Finding, ...] | None = None
    """Writes without a required header Idempotency-Key; one that may be left out does not protect."""
    mutations_without_if_match: tuple[Finding, ...] | None = None
    """Mutations without a required header If-Match (RFC 9110, 13.1.1)."""
    collections_without_cursor: tuple[Finding, ...] | None = None
    """Collections without a query parameter such as `cursor`, `pageToken` or `after`."""
    offset_parameters: tuple[Finding, ...] | None = None
    """Query parameters such as `offset`, `skip` or `page`, wherever `x-collection: false` is not said."""
    error_codes: tuple[str, ...] | None = None
    """Codes that error responses declare, sorted: see `_openapi_errors`."""
    errors_without_code: tuple[Finding, ...] | None = None
    """Error responses that declare no code at all, so that they may answer with any."""
    throttled_without_headers: tuple[Finding, ...] | None = None
    """429 responses without a `RateLimit`, `RateLimit-*`, `X-RateLimit-*` or `X-Rate-Limit-*` header.

    draft-ietf-httpapi-ratelimit-headers and what was common before it. `Retry-After` alone is not enough: it
    comes when the budget is spent, and tells nothing of the budget.
    """


FACTS = OpenapiFacts


def collect(artefact: Artefact, options: Options) -> Collected:
    """Read the description and count what `paths` selects."""
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
            if not _tells_budget(api.resolve(answer))
        ),
    )


def _sorted_union(declared: Iterable[Iterable[frozenset[str]]]) -> tuple[str, ...]:
    """Return what is in any of the sets; most responses share theirs, so each is looked at once."""
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


def _tells_budget(answer: Node) -> bool:
    return any(name.lower().startswith(_RATE_LIMITS) for name, _ in answer.items_of("headers"))


def _without_header(chosen: Iterable[Operation], name: str) -> tuple[Finding, ...]:
    return tuple(
        operation.finding(f"does not require the header {name}")
        for operation in chosen
        if not operation.requires_header(name)
    )
