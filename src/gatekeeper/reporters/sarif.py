"""`--format sarif`: SARIF 2.1.0 (OASIS, errata 01), as code scanning reads it.

Results are open criteria and regressions; a criterion with an exception in force is a suppressed result.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from gatekeeper.errors import ExitCode
from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording import changes, verdict
from gatekeeper.reporters.wording.change_diagnostics import general_remedy
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.diagnostics import diagnostics
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses an upload with more results."""

_LEVELS = {
    DiagnosticSeverity.CRITICAL: "error",
    DiagnosticSeverity.ERROR: "error",
    DiagnosticSeverity.WARNING: "warning",
    DiagnosticSeverity.NOTE: "note",
}
_SEVERITIES = tuple(DiagnosticSeverity)


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return one run with its rules and results."""
    found = list(diagnostics(report))
    kept = found
    if len(found) > MOST_RESULTS:
        kept = sorted(found, key=lambda diagnostic: (_SEVERITIES.index(diagnostic.severity), diagnostic.rank))
        kept = kept[:MOST_RESULTS]
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, kept, len(found) - len(kept))]}
    return to_json(document, indent=2).decode() + "\n"


def _run(report: Report, found: Sequence[Diagnostic], left_out: int) -> dict[str, Any]:
    first = {diagnostic.rule: diagnostic for diagnostic in reversed(found)}
    # Criteria are in the order of the rulebook, and all others by name after them.
    places = {rule: place for place, rule in enumerate(report.rulebook.by_id)}
    rules = sorted(first.values(), key=lambda of: (places.get(of.rule, len(places)), of.rule))
    index = {diagnostic.rule: position for position, diagnostic in enumerate(rules)}
    result = report.result
    return {
        "tool": {
            "driver": {
                "name": "gatekeeper",
                "version": report.tool_version,
                "rules": [_rule(diagnostic, report) for diagnostic in rules],
            }
        },
        "automationDetails": {"id": f"gatekeeper/{result.milestone}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, left_out)],
        "results": [_result(diagnostic, index[diagnostic.rule]) for diagnostic in found],
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
        texts.append(f"{left_out:,} results are omitted: at most {MOST_RESULTS:,} can be uploaded.")
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
    tags = ["readiness", *([rule.gate or str(rule.level), f"effort-{rule.effort}"] if rule else [])]
    helps = rule.remedy if rule else general_remedy(diagnostic.rule) or diagnostic.remedy
    return {
        "id": visible(diagnostic.rule),
        "shortDescription": {"text": visible(diagnostic.question)},
        "fullDescription": {"text": visible(why)},
        "help": {
            "text": visible(f"{why} {helps}"),
            "markdown": f"Why: {markdown.text(why)}\n\nWhat to do: {markdown.text(helps)}\n",
        },
        "properties": {"tags": tags},
    }


def _result(diagnostic: Diagnostic, index: int) -> dict[str, Any]:
    prefix = f"{diagnostic.subject}: " if diagnostic.subject else ""
    texts = (prefix + diagnostic.what, *diagnostic.seen, diagnostic.question, f"→ {diagnostic.remedy}")
    result = {
        "ruleId": visible(diagnostic.rule),
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(map(_plain, texts))},
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
