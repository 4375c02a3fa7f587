"""An OpenAPI 3.0, 3.1 or 3.2 description in JSON or YAML, in one file or several.

Of several files the one with the key `openapi` is the root, and references lead into the others. The slot's
`paths`, a path or glob or a list of them, selects the paths whose operations count: `/auth/**` and `/auth`
both select `/auth` and everything below it.

A description of no operation is readable and counts 0 of everything: a skeleton says honestly that it offers
nothing. But `paths` that select nothing are absent evidence, for then it is the wrong document or glob.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"paths"})


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
