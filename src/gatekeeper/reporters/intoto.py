"""`--format intoto`: an in-toto Statement v1 with a SLSA Verification Summary v1 as its predicate.

Canonical JSON: sorted keys, no whitespace, ASCII, one line. The same verdict on the same files gives the same
bytes.
"""

import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode

from gatekeeper.model.attested import (
    EVIDENCE,
    FAILED,
    LEVEL,
    MILESTONE,
    PASSED,
    PREDICATE_TYPE,
    RULEBOOK,
    STATEMENT_TYPE,
    VERDICT,
    VERIFIER,
)
from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import MilestoneVerdict


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the unsigned statement."""
    return json.dumps(statement(report), sort_keys=True, separators=(",", ":")) + "\n"


def statement(report: Report) -> dict[str, Any]:
    """Return the statement as plain data."""
    predicate = _summary(report)
    return {
        "_type": STATEMENT_TYPE,
        "subject": [_subject(report, predicate)],
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }


def _subject(report: Report, predicate: dict[str, Any]) -> dict[str, Any]:
    """Return the subject: the commit, or without one a digest over the rulebook and the evidence."""
    if report.commit:
        return {"digest": {"gitCommit": report.commit}}
    described = [predicate["policy"], *predicate["inputAttestations"]]
    lines = (f"{one['digest']['sha256']}  {one['uri']}\n" for one in described)
    digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return {"name": f"rulebook and evidence of {report.result.milestone}", "digest": {"sha256": digest}}


def _summary(report: Report) -> dict[str, Any]:
    passed = has_passed(report)
    strictly = "?strict=true" if report.strict else ""
    return {
        "verifier": {"id": VERIFIER, "version": {"readiness-gatekeeper": report.tool_version}},
        # The as-of date is the only clock below the command line.
        "timeVerified": f"{report.result.as_of.isoformat()}T00:00:00Z",
        "resourceUri": _resource(report),
        "policy": {
            "uri": f"{RULEBOOK}{strictly}",
            "digest": {"sha256": report.rulebook.digest.removeprefix("sha256:")},
        },
        "inputAttestations": _inputs(report),
        "verificationResult": PASSED if passed else FAILED,
        "verifiedLevels": [
            f"{LEVEL}{of.service.service}_{of.effective_level}" for of in report.result.services
        ]
        if passed
        else [FAILED],
        VERDICT: _verdict(report),
    }


def has_passed(report: Report) -> bool:
    """Return whether the milestone may exit, with `--strict` if given; `--fail-on` does not matter."""
    verdict = report.result.verdict
    return verdict is MilestoneVerdict.READY or (
        verdict is MilestoneVerdict.READY_WITH_EXCEPTIONS and not report.strict
    )


def _resource(report: Report) -> str:
    """Return the URI of the milestone; it includes the filter, so that a partial verdict is recognisable."""
    asked = [("service", name) for name in report.filter.services]
    asked += [("owner", name) for name in report.filter.owners]
    query = f"?{urlencode(asked, quote_via=quote, errors='backslashreplace')}" if asked else ""
    return f"{MILESTONE}{quote(report.result.milestone)}{query}"


def _inputs(report: Report) -> list[dict[str, Any]]:
    """Return every artefact that was read, once each, sorted by path."""
    of_criteria = (seen for of in report.result.services for one in of.criteria for seen in one.evidence)
    found = {
        (seen.path, seen.sha256) for seen in (*report.evidence, *of_criteria) if seen.path and seen.sha256
    }
    return [
        {
            "name": path,
            "uri": f"{EVIDENCE}{quote(path, errors='backslashreplace')}",
            "digest": {"sha256": digest},
        }
        for path, digest in sorted(found)
    ]


def _verdict(report: Report) -> dict[str, Any]:
    result = report.result
    return {
        "milestone": result.milestone,
        "milestone_name": result.name,
        "verdict": result.verdict,
        "strict": report.strict,
        "filter": {"services": report.filter.services, "owners": report.filter.owners},
        "blocked_by": result.blocked_by,
        "services": {
            of.service.service: {
                "owner": of.service.owner,
                "verdict": of.verdict,
                "target_level": str(of.cell.level),
                "verified_level": str(of.verified_level),
                "signed_level": str(of.signed_level),
                "effective_level": str(of.effective_level),
            }
            for of in result.services
        },
    }
