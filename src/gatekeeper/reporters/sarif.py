"""SARIF 2.1.0 (OASIS, errata 01), as code scanning reads it.

Results are open criteria and lost ground; an exception in force is a result that is suppressed.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from gatekeeper.errors import ExitCode
from gatekeeper.model.report import Report, Screen
from gatekeeper.reporters.text import markdown
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.wording import verdict
from gatekeeper.reporters.wording.reasons import RemarkSeverity
from gatekeeper.reporters.wording.remarks import Remark, remarks

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MOST_RESULTS = 25_000
"""GitHub refuses an upload of more results."""

_LEVELS = {
    RemarkSeverity.LOST: "error",
    RemarkSeverity.ERROR: "error",
    RemarkSeverity.WARNING: "warning",
    RemarkSeverity.NOTE: "note",
}
_SEVERITIES = tuple(RemarkSeverity)


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return one run with its rules and results."""
    found = list(remarks(report))
    kept = found
    if len(found) > MOST_RESULTS:
        kept = sorted(found, key=lambda remark: (_SEVERITIES.index(remark.severity), remark.rank))
        kept = kept[:MOST_RESULTS]
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, kept, len(found) - len(kept))]}
    return to_json(document, indent=2).decode() + "\n"


def _run(report: Report, found: Sequence[Remark], left_out: int) -> dict[str, Any]:
    first = {remark.rule: remark for remark in reversed(found)}
    rules = sorted(first.values(), key=_in_order_of(report))
    index = {remark.rule: position for position, remark in enumerate(rules)}
    result = report.result
    return {
        "tool": {
            "driver": {
                "name": "gatekeeper",
                "version": report.tool_version,
                "rules": [_rule(remark, report) for remark in rules],
            }
        },
        "automationDetails": {"id": f"gatekeeper/{result.milestone}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(report, left_out)],
        "results": [_result(remark, index[remark.rule]) for remark in found],
        "properties": {
            "milestone": result.milestone,
            "as_of": result.as_of.isoformat(),
            "verdict": result.verdict,
            "rulebook_digest": report.rulebook.digest,
            "commit": report.commit,
        },
    }


def _in_order_of(report: Report) -> Any:
    """Criteria stand as in the rulebook, what is no criterion of it behind them, by name."""
    places = {rule: place for place, rule in enumerate(report.rulebook.by_id)}
    return lambda remark: (places.get(remark.rule, len(places)), remark.rule)


def _invocation(report: Report, left_out: int) -> dict[str, Any]:
    told = [verdict.verdict(report)]
    if left_out:
        told.append(f"{left_out:,} results are left out: at most {MOST_RESULTS:,} are uploaded.")
    return {
        # The run itself succeeded, whatever it found.
        "executionSuccessful": True,
        "exitCode": int(report.exit_code),
        "exitCodeDescription": "may exit" if report.exit_code is ExitCode.READY else "blocked",
        "toolExecutionNotifications": [{"level": "note", "message": {"text": text}} for text in told],
    }


def _rule(remark: Remark, report: Report) -> dict[str, Any]:
    rule = report.rulebook.by_id.get(remark.rule)
    why = rule.why if rule else remark.asks
    helps = rule.remedy if rule else remark.helps
    return {
        "id": visible(remark.rule),
        "shortDescription": {"text": visible(remark.asks)},
        "fullDescription": {"text": visible(why)},
        "help": {
            "text": visible(f"{why} {helps}"),
            "markdown": f"Why: {markdown.text(why)}\n\nWhat to do: {markdown.text(helps)}\n",
        },
        "properties": {"tags": list(_tags(remark, report))},
    }


def _tags(remark: Remark, report: Report) -> Iterator[str]:
    yield "readiness"
    rule = report.rulebook.by_id.get(remark.rule)
    if rule:
        yield rule.gate or str(rule.level)
        yield f"effort-{rule.effort}"


def _result(remark: Remark, index: int) -> dict[str, Any]:
    whose = f"{remark.service} ({remark.owner}): " if remark.service else ""
    told = (whose + remark.what, *remark.seen, remark.asks, f"→ {remark.helps}")
    result = {
        "ruleId": visible(remark.rule),
        "ruleIndex": index,
        "kind": "fail",
        "level": _LEVELS[remark.severity],
        "message": {"text": "\n".join(map(_plain, told))},
        "locations": [_location(remark)],
        # The first is what GitHub tells alerts apart by; it would else compute one from the line's text, and
        # take services with like manifests for one.
        "partialFingerprints": {
            "primaryLocationLineHash": f"{remark.fingerprint}:1",
            "gatekeeper/v1": remark.fingerprint,
        },
        "properties": {
            "service": visible(remark.service),
            "owner": visible(remark.owner),
            "status": remark.status,
        },
    }
    if remark.exception:
        justification = visible(f"exception {remark.exception}")
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _plain(text: str) -> str:
    """Return foreign text for a message, in which `[...](...)` would be a link."""
    return visible(text).replace("](", "]\u200b(")


def _location(remark: Remark) -> dict[str, Any]:
    uri = quote(remark.where.file.encode("utf-8", "surrogatepass"), safe="/")
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": remark.where.line},
        }
    }
    if remark.service:
        location["logicalLocations"] = [{"name": visible(remark.service), "kind": "module"}]
    return location
