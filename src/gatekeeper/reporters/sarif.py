"""`--format sarif`: SARIF 2.1.0 (OASIS, errata 01), as code scanning reads it.

Results are open criteria and regressions; a criterion with an exception in force is a suppressed result, and
what only the base had open is an absent one. The limits are those of GitHub, in docs.github.com: "SARIF
support for code scanning".
"""

from collections.abc import Iterable, Iterator, Sequence
from gzip import compress
from itertools import islice
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

from pydantic_core import to_json

from gatekeeper.errors import ExitCode
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording import changes, verdict
from gatekeeper.reporters.wording.change_diagnostics import general_remedy
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.diagnostics import diagnostics
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses an upload with more results, and shows the 5,000 most severe."""
MOST_BYTES = 10_000_000
"""GitHub refuses an upload that is larger when it is compressed."""

_Baseline = Literal["new", "unchanged", "updated", "absent"]

_LEVELS = {
    DiagnosticSeverity.CRITICAL: "error",
    DiagnosticSeverity.ERROR: "error",
    DiagnosticSeverity.WARNING: "warning",
    DiagnosticSeverity.NOTE: "note",
}
_SEVERITIES = tuple(DiagnosticSeverity)


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return one run with its rules and results; with a base, each result says whether it is new."""
    kept, total = _most_severe(_compared(diagnostics(report), report))
    text = _document(report, kept, total - len(kept))
    while len(text) > MOST_BYTES and kept and len(compress(text.encode(), 1)) > MOST_BYTES:
        kept = sorted(kept, key=_weight)[: len(kept) // 2]
        text = _document(report, kept, total - len(kept))
    return text


def _most_severe(found: "Iterator[_Compared]") -> "tuple[list[_Compared], int]":
    """Return at most `MOST_RESULTS`, and how many there are; never many more are kept in memory."""
    kept = list(islice(found, MOST_RESULTS))
    total = len(kept)
    while more := list(islice(found, MOST_RESULTS)):
        total += len(more)
        kept = sorted([*kept, *more], key=_weight)[:MOST_RESULTS]
    return kept, total


class _Compared(NamedTuple):
    """A diagnostic, and what the base says of it."""

    diagnostic: Diagnostic
    baseline: _Baseline | None
    """None if there is no base."""


def _compared(found: Iterable[Diagnostic], report: Report) -> Iterator[_Compared]:
    """Yield the diagnostics of a report, then those that only the base has."""
    if report.comparison is None:
        yield from (_Compared(one, None) for one in found)
        return
    result = report.before()
    was = diagnostics(report._replace(result=result, comparison=None)) if result and result.services else ()
    before = {one.fingerprint: one for one in was}
    now = set[str]()
    for one in found:
        now.add(one.fingerprint)
        yield _Compared(one, _baseline(one, before.get(one.fingerprint)))
    yield from (_Compared(one, "absent") for fingerprint, one in before.items() if fingerprint not in now)


def _baseline(one: Diagnostic, before: Diagnostic | None) -> _Baseline:
    if before is None:
        return "new"
    return "unchanged" if _message(one) == _message(before) else "updated"


def _weight(of: _Compared) -> tuple[bool, int, int]:
    """Return a key that sorts first what must not be omitted."""
    one = of.diagnostic
    return of.baseline == "absent", _SEVERITIES.index(one.severity), one.rank


def _document(report: Report, found: Sequence[_Compared], left_out: int) -> str:
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, found, left_out)]}
    return to_json(document, indent=2).decode() + "\n"


def _run(report: Report, found: Sequence[_Compared], left_out: int) -> dict[str, Any]:
    first = {of.diagnostic.rule: of.diagnostic for of in reversed(found)}
    # Criteria are in the order of the rulebook, and all others by name after them.
    places = {rule: place for place, rule in enumerate(report.rulebook.by_id)}
    rules = sorted(first.values(), key=lambda of: (places.get(of.rule, len(places)), of.rule))
    index = {diagnostic.rule: position for position, diagnostic in enumerate(rules)}
    result, home = report.result, report.tool_home()
    return {
        "tool": {
            "driver": {
                "name": "gatekeeper",
                "version": report.tool_version,
                **({"informationUri": home} if home else {}),
                "rules": [_rule(diagnostic, report) for diagnostic in rules],
            }
        },
        "automationDetails": {"id": f"gatekeeper/{result.milestone}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, left_out)],
        "results": [_result(of, index[of.diagnostic.rule]) for of in found],
        "properties": {
            "milestone": result.milestone,
            "milestone_name": result.name,
            "as_of": result.as_of.isoformat(),
            "verdict": result.verdict,
            "rulebook_digest": report.rulebook.digest,
            "commit": report.commit,
        },
    }


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    texts = [verdict.verdict_of_report(report)]
    description = "may exit" if report.exit_code is ExitCode.READY else "blocked"
    if report.comparison:
        description = changes.conclusion(report.comparison)
        texts += [description, changes.headline(report.comparison), *report.comparison.notes]
    if left_out:
        texts.append(
            f"{left_out:,} results are omitted: at most {MOST_RESULTS:,} can be uploaded, and {MOST_BYTES:,} "
            "bytes compressed. `gatekeeper check --format ndjson` has all."
        )
    return {
        # The run itself succeeded, whatever the verdict.
        "executionSuccessful": True,
        "exitCode": int(report.exit_code),
        "exitCodeDescription": description,
        "toolExecutionNotifications": [
            {"level": "note", "message": {"text": visible(text)}} for text in texts
        ],
    }


def _rule(diagnostic: Diagnostic, report: Report) -> dict[str, Any]:
    rule = report.rulebook.by_id.get(diagnostic.rule)
    why = rule.why if rule else diagnostic.question
    helps = rule.remedy if rule else general_remedy(diagnostic.rule) or diagnostic.remedy
    required = [f"{of.slot}: {of.describe()}" for of in rule.conditions] if rule else []
    requires = f"Required: {'; '.join(required)}." if required else ""
    properties: dict[str, Any] = {"tags": ["readiness"]}
    if rule:
        properties["tags"] += [rule.gate or str(rule.level), f"effort-{rule.effort}"]
        properties |= {"gate": rule.gate or "", "level": rule.level.id, "effort": rule.effort}
    return {
        "id": visible(diagnostic.rule),
        "shortDescription": {"text": visible(diagnostic.question)},
        "fullDescription": {"text": visible(why)},
        "help": {
            "text": visible(" ".join(filter(None, (why, requires, helps)))),
            "markdown": "\n\n".join(
                f"**{title}** {markdown.text(text)}"
                for title, text in (("Why:", why), ("Required:", "; ".join(required)), ("What to do:", helps))
                if text
            ),
        },
        "properties": properties,
    }


def _result(of: _Compared, index: int) -> dict[str, Any]:
    diagnostic = of.diagnostic
    result = {
        "ruleId": visible(diagnostic.rule),
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[diagnostic.severity],
        **({"baselineState": of.baseline} if of.baseline else {}),
        "message": {"text": _message(diagnostic)},
        "locations": [_location(diagnostic)],
        # GitHub identifies alerts by the first. Without it, GitHub hashes the text of the line, and merges
        # the alerts of services with similar manifests.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{diagnostic.fingerprint}:1",
            "gatekeeper/v1": diagnostic.fingerprint,
        },
        "properties": {
            "service": visible(diagnostic.service),
            "owner": visible(diagnostic.owner),
            "status": diagnostic.status,
            **({"reason_code": diagnostic.reason_code} if diagnostic.reason_code else {}),
            **({"part": visible(diagnostic.part)} if diagnostic.part else {}),
        },
    }
    if diagnostic.exception:
        justification = visible(f"exception {diagnostic.exception}")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _message(diagnostic: Diagnostic) -> str:
    prefix = f"{diagnostic.subject}: " if diagnostic.subject else ""
    texts = (prefix + diagnostic.what, *diagnostic.seen, diagnostic.question, f"→ {diagnostic.remedy}")
    return "\n".join(map(_plain, texts))


def _plain(text: str) -> str:
    """Return untrusted text for a message, where `[...](...)` would be a link."""
    return visible(text).replace("](", "]\u200b(")


def _location(diagnostic: Diagnostic) -> dict[str, Any]:
    uri = quote(diagnostic.where.file.encode("utf-8", "surrogatepass"), safe="/")
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": diagnostic.where.line},
        }
    }
    if diagnostic.service:
        location["logicalLocations"] = [{"name": visible(diagnostic.service), "kind": "module"}]
    return location
