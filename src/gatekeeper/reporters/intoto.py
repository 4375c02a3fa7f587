"""The format `intoto` of `check` and `can-ship`: in-toto Statement v1 with SLSA Verification Summary v1.

Canonical JSON: sorted keys, no whitespace, ASCII, one line. The same verdict on the same files gives the same
bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from gatekeeper.model.attested import (
    EVIDENCE,
    FAILED,
    LEVEL,
    MANIFEST,
    MILESTONE,
    PASSED,
    PREDICATE_TYPE,
    RULEBOOK,
    SHIPPING,
    SHIPS_TO,
    STATEMENT_TYPE,
    VERDICT,
    VERIFIER,
)
from gatekeeper.model.deployed import DeployedSubject
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.shipping import Deployed, Shipping
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.version import __version__


def render(report: Report, screen: Screen) -> str:  # noqa: ARG001 - every format takes both
    """Return the unsigned statement."""
    return as_line(statement(report))


def as_line(found: Mapping[str, Any]) -> str:
    """Return a statement as canonical JSON."""
    return json.dumps(found, sort_keys=True, separators=(",", ":")) + "\n"


def statement(report: Report) -> dict[str, Any]:
    """Return the statement as plain data."""
    levels = [f"{LEVEL}{of.service.service}_{of.effective_level}" for of in report.result.services]
    strictly, digest = "?strict=true" if report.strict else "", report.rulebook.digest
    predicate = {
        **_summary(report.result.as_of, report.tool_version, levels if has_passed(report) else None),
        "resourceUri": _resource(report),
        "policy": _policy(strictly, digest.removeprefix("sha256:")),
        "inputAttestations": _inputs(report),
        VERDICT: _verdict(report),
    }
    return _statement([_subject(report, predicate)], predicate)


def of_deployment(shipping: Shipping, deployed: Deployed) -> dict[str, Any]:
    """Return the statement that an image or a package may, or may not, be deployed to a destination."""
    rules = [(one.path, one.sha256) for one in deployed.manifests if one.is_rule]
    manifests = [
        _described(f"{RULEBOOK}/" if one.is_rule else MANIFEST, one.path, one.sha256)
        for one in deployed.manifests
    ]
    level = f"{LEVEL}{shipping.service.service}_{shipping.effective_level}"
    verified = [level, f"{SHIPS_TO}{shipping.destination}"]
    destination = urlencode({"destination": shipping.destination}, quote_via=quote)
    predicate = {
        **_summary(shipping.as_of, __version__, verified if shipping.may_ship else None),
        "resourceUri": deployed.resource,
        "policy": _policy(f"?{destination}", digest_of_lines(rules)),
        "inputAttestations": [*manifests, *_evidence(shipping.evidence)],
        SHIPPING: _shipping(shipping, deployed),
    }
    return _statement([_deployed_subject(one) for one in deployed.subjects], predicate)


def _deployed_subject(subject: DeployedSubject) -> dict[str, Any]:
    """Return the descriptor of an image or package; a digest alone has no name."""
    named = {"name": subject.text, "uri": subject.url} if subject.url else {}
    return {**named, "digest": {subject.algorithm: subject.digest}}


def _shipping(shipping: Shipping, deployed: Deployed) -> dict[str, Any]:
    release = shipping.service.release
    return {
        "service": shipping.service.service,
        "owner": shipping.service.owner,
        "destination": shipping.destination,
        "may_ship": shipping.may_ship,
        "reasons": [reason.code for reason in shipping.reasons],
        "exceptions": [seen.id for seen in shipping.exceptions],
        "subject": "checked" if all(deployed.own) else "unchecked",
        "version": release.version if release else None,
        "commit": shipping.commit,
        "workspace_commit": deployed.workspace_commit,
        "rulebook_digest": shipping.rulebook_digest,
        "asked_level": str(shipping.asked_level),
        "verified_level": str(shipping.verified_level),
        "signed_level": str(shipping.signed_level),
        "effective_level": str(shipping.effective_level),
        "held_level": str(shipping.held_level),
    }


def digest_of_lines(files: Iterable[tuple[str, str]]) -> str:
    """Return what `sha256sum FILES | sha256sum` prints, of paths with their digests."""
    lines = (f"{digest}  {path}\n" for path, digest in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _statement(subjects: list[dict[str, Any]], predicate: dict[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": subjects,
        "predicateType": PREDICATE_TYPE,
        "predicate": predicate,
    }


def _subject(report: Report, predicate: dict[str, Any]) -> dict[str, Any]:
    """Return the subject: the commit, or without one a digest over the rulebook and the evidence."""
    if report.commit:
        return {"digest": {"gitCommit": report.commit}}
    described = [predicate["policy"], *predicate["inputAttestations"]]
    digest = digest_of_lines((one["uri"], one["digest"]["sha256"]) for one in described)
    return {"name": f"rulebook and evidence of {report.result.milestone}", "digest": {"sha256": digest}}


def _summary(as_of: date, version: str, levels: list[str] | None) -> dict[str, Any]:
    """Return what every summary states; no levels: it did not pass."""
    return {
        "verifier": {"id": VERIFIER, "version": {"readiness-gatekeeper": version}},
        # The as-of date is the only clock below the command line.
        "timeVerified": f"{as_of.isoformat()}T00:00:00Z",
        "verificationResult": FAILED if levels is None else PASSED,
        "verifiedLevels": [FAILED] if levels is None else levels,
    }


def _policy(query: str, digest: str) -> dict[str, Any]:
    return {"uri": f"{RULEBOOK}{query}", "digest": {"sha256": digest}}


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
    of_criteria = (seen for of in report.result.services for one in of.criteria for seen in one.evidence)
    return _evidence((*report.evidence, *of_criteria))


def _evidence(read: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Return every artefact and record that was read, once each, sorted by path."""
    every = [one for seen in read for one in (seen, *seen.others)]
    found = {(one.path, one.sha256) for one in every if one.path and one.sha256}
    found |= {one.recorded_in for one in every if one.recorded_in}
    return [_described(EVIDENCE, path, digest) for path, digest in sorted(found)]


def _described(prefix: str, path: str, digest: str) -> dict[str, Any]:
    uri = f"{prefix}{quote(path, errors='backslashreplace')}"
    return {"name": path, "uri": uri, "digest": {"sha256": digest}}


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
