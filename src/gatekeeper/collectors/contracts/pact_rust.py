"""The JSON report of the Rust verifier, which pact-js, pact-python, pact-go and the Pact CLI also run.

https://github.com/pact-foundation/pact-reference, `pact_verifier/src/verification_result.rs`. Interactions
are listed since 2025, with the names of their consumer and provider since 2026; before that only the printed
text has the names, in the order of the list. Without any pact `result` is true.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.contracts._parts import (
    VERIFYING,
    Contract,
    Parties,
    Verification,
    name_of,
    parties,
)
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import flag, listing, mapping, objects, shown, text
from gatekeeper.collectors.reading.one_line import first_line, without_colours
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Finding, Origin, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="the Rust verifier of Pact, which pact-js, pact-python, pact-go and the Pact CLI run",
    seen="pact-cli 18.1; older ones by the source",
    source="https://github.com/pact-foundation/pact-reference/tree/master/rust/pact_verifier",
    command="pact_verifier_cli --json results.json --dir pacts --hostname localhost --port 8080",
    recognised="`result`, and `interactionResults`, `pendingErrors` or `errors` with a `mismatch`",
    models="the interactions and the errors; names of consumers also from the printed text",
    not_modelled="the details of a mismatch",
)


class _Result(NamedTuple):
    description: str
    passed: bool
    parties: Parties | None
    """None: the entry does not name them."""


def recognises(content: Content) -> bool:
    """Return whether the file is a report of the Rust verifier."""
    keys, errors = content.fields.keys(), content.fields.get("errors")
    rows = errors if isinstance(errors, list) else ()
    failed = any(isinstance(row, dict) and "mismatch" in row for row in rows)
    return "result" in keys and (failed or not keys.isdisjoint({"interactionResults", "pendingErrors"}))


def read(content: Content) -> Verification:
    """Return the contracts of the interactions, and the errors."""
    document, report = content.document, content.document.object
    flag(report["result"], "result")
    results = [_result(entry) for entry in _entries(report, "interactionResults")]
    return Verification(
        Origin("pact-verifier-rust", items=len(results)),
        contracts=tuple(_contracts(results, _owners(report, results))),
        interactions=len(results),
        unverified=tuple(_unverified(document, results)),
    )


def _entries(report: Object, key: str) -> list[Object]:
    return list(objects(report.get(key, []), key))


def _result(entry: Object) -> _Result:
    description = text(entry.get("description"), "description of an interaction")
    outcome = entry.get("result")
    if outcome not in ("OK", "Error"):
        raise Unreadable(f"the result of {shown(description)} is {shown(outcome)}, neither OK nor Error")
    own = Parties(name_of(entry, "consumer"), name_of(entry, "provider")) if "consumer" in entry else None
    return _Result(description, outcome == "OK", own)


def _owners(report: Object, results: list[_Result]) -> list[Parties | None]:
    """Return the parties of each interaction: from its entry, else from the heading above it."""
    if all(result.parties for result in results):
        return [result.parties for result in results]
    owners: list[Parties | None] = []
    heading: Parties | None = None
    for line in listing(report.get("output", []), "output"):
        printed = text(line, "a line of the output")
        # A heading begins with a line break; a comment of a pact, printed verbatim, does not.
        if printed.startswith(f"\n{VERIFYING}"):
            heading = parties(printed)
        elif len(owners) < len(results) and _is_title(
            without_colours(printed), results[len(owners)].description
        ):
            owners.append(heading)
    # If text and list do not match, no owner is known: a wrong name would be worse than no name.
    return owners if len(owners) == len(results) else [None] * len(results)


def _is_title(printed: str, description: str) -> bool:
    line = without_colours(printed)
    start = f"  {description}"
    timing = line[len(start) :].removesuffix(" [PENDING]")
    return line.startswith(start) and (
        not timing or (timing[:2] == " (" and timing.endswith(" verification)"))
    )


def _contracts(results: list[_Result], owners: list[Parties | None]) -> Iterator[Contract]:
    by_parties: dict[Parties, list[_Result]] = {}
    for result, owner in zip(results, owners, strict=True):
        if owner:
            by_parties.setdefault(owner, []).append(result)
    for (consumer, provider), own in by_parties.items():
        passed = all(result.passed for result in own)
        yield Contract(consumer, provider, passed, tuple(result.description for result in own))


def _unverified(document: Structured, results: list[_Result]) -> Iterator[Finding]:
    report = document.object
    explained = 0
    for key, note in (("errors", ""), ("pendingErrors", " (pending)")):
        for index, error in enumerate(_entries(report, key)):
            what = text(error.get("interaction"), f"{key}[{index}].interaction")
            explained += what.startswith(VERIFYING)
            reason = _reason(mapping(error.get("mismatch"), f"{key}[{index}].mismatch"))
            yield document.finding(f"{what.removeprefix(VERIFYING)}: {reason}{note}", key, index)
    failed = sum(not result.passed for result in results)
    if failed > explained:
        yield document.finding(f"{failed - explained} failed without an error", "interactionResults")
    elif not report["result"] and not any(report.get(key) for key in ("errors", "pendingErrors")):
        yield document.finding("the verifier reports that the verification failed", "result")


def _reason(mismatch: Object) -> str:
    mismatches = objects(mismatch.get("mismatches", []), "mismatches", "a mismatch")
    said = [mismatch.get("message"), *(one.get("mismatch") for one in mismatches)]
    return next((line for line in (first_line(it) for it in said if isinstance(it, str)) if line), "failed")
