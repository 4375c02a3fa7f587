"""A Pact broker's matrix: the answer of `/matrix` and `/can-i-deploy`, and of `can-i-deploy --output json`.

https://github.com/pact-foundation/pact_broker, `api/decorators/matrix_decorator.rb`. Rows are sorted, the
latest of a pact first; `summary.deployable` is true, false, or null if a result is missing. A row that was
`ignored` on request is not a finding, and verifies nothing unless it passed.
"""

from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.contracts._parts import Contract, Verification, name_of
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, flag, mapping, objects, section
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.model.evidence import Origin, oldest
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Pact broker and PactFlow",
    seen="the broker of 2026; pact-cli 18.1",
    source="https://github.com/pact-foundation/pact_broker/tree/master/lib/pact_broker/api/decorators",
    command=(
        "pact-broker can-i-deploy --pacticipant NAME --version VERSION --to-environment "
        "production --output json"
    ),
    recognised="`summary.deployable`",
    models="the latest row of each pact, and whether the summary says that the version is deployable",
    not_modelled="the interactions behind a row",
)


class _Row(NamedTuple):
    consumer: str
    consumer_version: str
    provider: str
    success: bool | None
    """None: no result."""
    ignored: bool
    verified_at: datetime | None
    path: tuple[Step, ...]


def recognises(content: Content) -> bool:
    """Return whether the file is a matrix, or a response recorded with its request."""
    summary = _body(content.fields)[0].get("summary")
    return isinstance(summary, dict) and "deployable" in summary


def read(content: Content) -> Verification:
    """Return the latest row of each pact, and the verdict of the summary."""
    document = content.document
    body, where = _body(document.object)
    summary = mapping(body["summary"], "summary")
    latest: dict[tuple[str, str], _Row] = {}
    for index, entry in enumerate(objects(body.get("matrix", []), "matrix")):
        row = _row(entry, f"matrix[{index}]", (*where, "matrix", index))
        latest.setdefault((row.consumer, row.provider), row)
    not_deployable = []
    if summary["deployable"] is not True:
        message = f"not deployable: {_reason(summary.get('reason'))}"
        not_deployable.append(document.finding(message, *where, "summary", "deployable"))
    verified_at = oldest(row.verified_at for row in latest.values() if row.success is not None)
    return Verification(
        Origin("pact-broker-matrix", produced_at=verified_at, items=len(latest)),
        contracts=tuple(Contract(row.consumer, row.provider, _verdict(row)) for row in latest.values()),
        interactions=sum(row.success is not None for row in latest.values()) if latest else _counted(summary),
        unverified=(
            *not_deployable,
            *(document.finding(_flaw(row), *row.path) for row in latest.values() if _verdict(row) is False),
        ),
    )


def _body(value: Object) -> tuple[Object, tuple[Step, ...]]:
    response = value.get("response")
    body = response.get("body") if isinstance(response, dict) else None
    return (body, ("response", "body")) if isinstance(body, dict) else (value, ())


def _row(entry: Object, where: str, path: tuple[Step, ...]) -> _Row:
    consumer, provider = (mapping(entry.get(role), f"{where}.{role}") for role in ("consumer", "provider"))
    number = section(consumer, "version", f"{where}.consumer.version").get("number")
    ignored = flag(entry.get("ignored", False), f"{where}.ignored")
    return _Row(
        consumer=name_of(consumer, "name", f"{where}.consumer."),
        consumer_version=number if isinstance(number, str) else "unknown",
        provider=name_of(provider, "name", f"{where}.provider."),
        success=_success(entry.get("verificationResult"), where),
        ignored=ignored,
        verified_at=instants.from_text(section(entry, "verificationResult").get("verifiedAt")),
        path=path,
    )


def _success(result: object, where: str) -> bool | None:
    if result is None:
        return None
    where = f"{where}.verificationResult"
    return flag(mapping(result, where).get("success"), f"{where}.success")


def _verdict(row: _Row) -> bool | None:
    return None if row.ignored and not row.success else row.success is True


def _flaw(row: _Row) -> str:
    how = "has not been verified" if row.success is None else "failed its verification"
    return f"{row.consumer}: the pact of version {row.consumer_version} with {row.provider} {how}"


def _counted(summary: Object) -> int:
    return sum(count(summary.get(key, 0), f"summary.{key}") for key in ("success", "failed"))


def _reason(reason: object) -> str:
    lines = reason.splitlines() if isinstance(reason, str) else []
    # Warnings about the query come first.
    return (
        first_line("\n".join(sorted(lines, key=lambda line: line.startswith("WARN:"))))
        or "no reason is given"
    )
