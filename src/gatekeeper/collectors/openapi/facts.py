"""An OpenAPI 3.0, 3.1 or 3.2 description in JSON or YAML, in one file or several.

Of several files, the one with the key `openapi` is the root; its references may lead into the others. The
slot's `paths`, a path or glob or a list of them, selects the paths whose operations count: `/auth/**` and
`/auth` both select `/auth` and everything below it.

A description without operations is readable, and counts 0 of everything: a skeleton offers nothing. `paths`
that match nothing are absent evidence, because the document or the glob is the wrong one.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"paths"})


class OpenapiFacts(NamedTuple):
    """Facts about the selected paths of an OpenAPI description; null if it does not state them.

    Operations are those of `paths`. Webhooks and callbacks are calls that the service makes itself.
    """

    spec_version: str | None = None
    """`3.1.0`."""
    spec_series: str | None = None
    """`3.1`."""
    api_version: str | None = None
    """`info.version`; null if it is a placeholder such as `TODO`."""
    published_path: str | None = None
    """The path at which the description states that it is served, relative to the server's own path.

    It is `/openapi.json` if that is a path with a GET; otherwise the path of the URI in `$self` (OpenAPI
    3.2), `x-oai-$self` (the extension registered for earlier versions), `x-openapi-path` or `x-published-at`.
    The name of the artefact's file proves nothing. `paths` does not narrow this.
    """
    operations: int | None = None
    customer_operations: int | None = None
    """Operations with `x-audience: customer`; if no marker names customers, also those without a marker.

    The nearest marker counts: of the operation, then of the path item, then of the document (or `info`).
    `public`, `external` and `external-public` mean customers, too.
    """
    writes: int | None = None
    """POST, PUT, PATCH and DELETE operations, but a POST with `x-safe: true`, such as a search.

    A GET counts too if its `operationId`, or the last word of its path, begins with the verb of a command,
    such as `cancel`, and it has no `x-safe: true`.
    """
    mutations: int | None = None
    """Operations that change an existing resource: PUT, PATCH, DELETE, and some POSTs.

    A POST counts if its path is that of a single resource (`/orders/{id}`) or of an action on one
    (`/orders/{id}/cancel`, `/orders/{id}:cancel`). It does not count if it creates: it answers 201, its path
    also has a GET, or there are single resources below the path. A write whose path ends in the verb of a
    command that does not create, such as `/orders/cancel`, counts, too, and so does a POST that does not
    create and is named like one (`/orders/bulk-update`, `cancelOrder`). `x-mutation` on a POST or GET
    overrides this.
    """
    collections: int | None = None
    """Operations that only read, GET, QUERY and safe POST, and return a list.

    The JSON is an array; or, unless the path names a single resource (`/orders/{id}`), the query has
    parameters for paging, the JSON is a sequence such as NDJSON, or an object with an array under a name such
    as `items` or `data`, or under the last word of the path. `x-collection` overrides this, but `false` does
    not excuse an array without `maxItems`.

    Null if it is not known of one: it declares no successful response, no content, or a schema without a
    type or without properties. Redirects, 204, texts, images, other files and `/openapi.json`
    are not lists.
    """
    throttled: int | None = None
    """Operations that declare the response 429; `4XX` or `default` is not enough."""
    error_responses: int | None = None
    """Responses 400 to 599, `4XX`, `5XX` and `default` of all operations but HEAD, which has no bodies.

    An operation that takes a parameter, a body or credentials may refuse a request. If it declares no error
    response, it counts as one, without Problem+JSON and without a code.
    """
    errors_without_problem_json: tuple[Finding, ...] | None = None
    """Error responses that do not offer application/problem+json (RFC 9457), or not with an object."""
    writes_without_idempotency_key: tuple[Finding, ...] | None = None
    """Writes without a required header Idempotency-Key whose value the client chooses."""
    mutations_without_if_match: tuple[Finding, ...] | None = None
    """Mutations without a required header If-Match whose value the client chooses (RFC 9110, 13.1.1)."""
    collections_without_cursor: tuple[Finding, ...] | None = None
    """Collections without a query parameter such as `cursor`, `pageToken` or `after`.

    Those whose cursor is not the key of an item must return the next one: in a property such as `nextCursor`,
    or a header such as `Link`. A search may have its cursor in the body, and a header such as `X-Cursor` is
    read like a parameter.
    """
    offset_parameters: tuple[Finding, ...] | None = None
    """Parameters such as `offset`, `skip` or `page` of operations without `x-collection: false`.

    So are numbers whose names have such a word (`record_offset`), and `/page/{n}` in a path. `start`, `from`,
    `begin`, `row` and `position` count if they are numbers and nothing says where a range ends.
    """
    error_codes: tuple[str, ...] | None = None
    """The codes that error responses declare, sorted.

    A code is a value of the member `code`, `errorCode` or `error_code` of the body, of its `error` or of its
    `errors`, from `enum`, `const`, `default` and examples. Without such a member it is the last word of the
    URI in `type`. `x-error-codes` on the response, one of its media types, the operation, the path item or
    the document lists codes explicitly. The status of the response is not a code.
    """
    errors_without_code: tuple[Finding, ...] | None = None
    """Error responses that declare no code."""
    throttled_without_headers: tuple[Finding, ...] | None = None
    """429 responses without a header that states the budget, such as `RateLimit` or `X-RateLimit-Remaining`.

    The names are those of draft-ietf-httpapi-ratelimit-headers, and those in use before it. The header must
    have a schema that allows several values. `Retry-After` alone is not enough: it is sent when the budget is
    spent, and does not state the budget.
    """
    excused_writes: tuple[Finding, ...] | None = None
    """Operations that say `x-safe: true`, each with its `x-safe-reason`: two words or more."""
    excused_mutations: tuple[Finding, ...] | None = None
    """The same, and those that say `x-mutation: false`, each with its `x-mutation-reason`."""
    excused_collections: tuple[Finding, ...] | None = None
    """Operations that say `x-collection: false`, each with its `x-collection-reason`."""


FACTS = OpenapiFacts
_OF_LISTS = frozenset({"collections", "collections_without_cursor"})
_OF_MUTATIONS = frozenset({"mutations", "mutations_without_if_match"})
_OF_WRITES = frozenset({"writes", "writes_without_idempotency_key"})
_OF_HEADERS = frozenset({"writes_without_idempotency_key", "mutations_without_if_match"})
_OF_CODES = frozenset({"error_codes", "errors_without_code"})
_OF_ERRORS = _OF_CODES | {
    "error_responses", "errors_without_problem_json", "throttled", "throttled_without_headers",
}  # fmt: skip
_OF_OPERATIONS = _OF_LISTS | _OF_MUTATIONS | _OF_HEADERS | _OF_ERRORS | {"offset_parameters"}
PLACES = {
    "path": _OF_OPERATIONS | {"operations", "customer_operations", "writes"},
    "operation": _OF_OPERATIONS,
    "parameter": _OF_HEADERS | _OF_LISTS | {"offset_parameters"},
    "responses": _OF_ERRORS | _OF_LISTS | _OF_MUTATIONS,
    "error response": _OF_ERRORS,
    "error schema": _OF_CODES,
    "header": frozenset({"throttled_without_headers"}),
    "list": _OF_LISTS,
    "marker": _OF_LISTS | _OF_WRITES | _OF_MUTATIONS | {"customer_operations", "offset_parameters"},
}
