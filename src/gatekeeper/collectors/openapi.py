"""An OpenAPI 3.0 or 3.1 document."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"paths"})


class OpenapiFacts(NamedTuple):
    """What an OpenAPI 3.0 or 3.1 document says; null where it does not."""

    spec_version: str | None = None
    """`3.1.0`."""
    spec_series: str | None = None
    """`3.1`."""
    api_version: str | None = None
    """`info.version`."""
    published_path: str | None = None
    """Where the document says it is served."""
    operations: int | None = None
    customer_operations: int | None = None
    """Operations with `x-audience: customer`; all of them where no marker occurs anywhere."""
    writes: int | None = None
    """POST, PUT, PATCH and DELETE operations."""
    mutations: int | None = None
    """Operations that change an existing resource."""
    collections: int | None = None
    """Operations that return a list."""
    throttled: int | None = None
    """Operations that may answer 429."""
    error_responses: int | None = None
    errors_without_problem_json: tuple[Finding, ...] | None = None
    writes_without_idempotency_key: tuple[Finding, ...] | None = None
    mutations_without_if_match: tuple[Finding, ...] | None = None
    collections_without_cursor: tuple[Finding, ...] | None = None
    offset_parameters: tuple[Finding, ...] | None = None
    error_codes: tuple[str, ...] | None = None
    """Codes that error responses declare."""
    throttled_without_headers: tuple[Finding, ...] | None = None


FACTS = OpenapiFacts
