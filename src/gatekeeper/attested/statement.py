"""Verify a signed report: its signature, the content of its statement, and what is demanded of it.

in-toto Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) with a SLSA
Verification Summary v1 (https://slsa.dev/spec/v1.1/verification_summary). Unknown fields are
ignored, as both specifications require.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from gatekeeper.attested import Unverified
from gatekeeper.attested.envelope import unwrap
from gatekeeper.model.attested import (
    FAILED,
    MILESTONE,
    PASSED,
    PREDICATE_TYPE,
    RESULTS,
    SHIPPING,
    SHIPS_TO,
    STATEMENT_TYPE,
    VERIFIER,
    Demands,
    VerifiedReport,
)
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import load

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_HEX = re.compile(r"[0-9a-f]{6,128}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def verify(data: bytes, key: "SSlibKey", demands: Demands) -> VerifiedReport:
    """Verify a report: its signature, then its format, then its content."""
    try:
        found = VerifiedReport(key.keyid, None, read(unwrap(data, key)))
    except Unverified as reason:
        return VerifiedReport(key.keyid, str(reason))
    return found._replace(unmet=tuple(_unmet(found, demands)), demands=demands)


def _unmet(found: VerifiedReport, demands: Demands) -> Iterator[str]:
    result = found.predicate["verificationResult"]
    if demands.passed and result != PASSED:
        yield f"it states {result}, and --passed asks for {PASSED}"
    if demands.milestone is not None and found.milestone != demands.milestone:
        yield f"it is about {found.about}, and --milestone asks for {demands.milestone}"
    if demands.milestone is not None and found.narrowed:
        yield f"it is about {found.narrowed} only, and --milestone asks for all services"
    if demands.to is not None and found.shipping.get("destination") != demands.to:
        yield f"it is about {found.about}, and --to asks for {demands.to}"
    if demands.service is not None and found.shipping.get("service") != demands.service:
        yield f"it is about {found.about}, and --service asks for {demands.service}"
    judged = str(found.predicate["timeVerified"])[:10]
    if demands.since is not None and judged < demands.since.isoformat():
        yield f"it judges as of {judged}, and --since asks for {demands.since} or later"
    yield from _other_subjects(found, demands)
    yield from _other_commit(found, demands.commit)


def _other_subjects(found: VerifiedReport, demands: Demands) -> Iterator[str]:
    for subject in demands.subjects:
        if (subject.algorithm, subject.digest) not in found.digests:
            stated = ", ".join(f"{algorithm}:{value}" for algorithm, value in found.digests)
            yield f"it is about {stated}, and --subject asks for {subject.digest_text}"
        elif subject.resource not in (None, found.resource):
            yield f"it is about {found.resource}, and --subject asks for {subject.resource}"
    # SLSA: a summary of one resource must not do for another.
    is_named = found.is_checked and all(subject.resource for subject in demands.subjects)
    if demands.subjects and found.shipping and demands.service is None and not is_named:
        service = found.shipping["service"]
        yield f"nobody checked that the subject is of {service}: add `--service NAME` of what you deploy"


def _other_commit(found: VerifiedReport, demanded: str | None) -> Iterator[str]:
    """Yield that it is about another commit: of the plan for a milestone, of the release for a deployment."""
    commits = [digest for algorithm, digest in found.digests if algorithm == "gitCommit"]
    commits += [str(commit) for commit in [found.shipping.get("commit")] if commit]
    if demanded is not None and demanded not in commits:
        about = f"commit {', '.join(commits)}" if commits else "no commit"
        yield f"it is about {about}, and --commit asks for {demanded}"


def read(payload: bytes) -> dict[str, Any]:
    """Return the statement in a payload.

    Raises:
        Unverified: The payload is not a statement of gatekeeper; the message names the first flaw.
    """
    try:
        statement = load(payload)
    except SyntaxProblem as problem:
        raise Unverified(f"the signed payload is {problem.message}") from None
    for flaw in flaws(statement):
        raise Unverified(f"the signed payload is not a verification summary of gatekeeper: {flaw}")
    return cast("dict[str, Any]", statement)


def flaws(statement: Any) -> Iterator[str]:
    """Yield the reasons why data is not a statement of gatekeeper; later checks build on earlier ones."""
    if not isinstance(statement, dict):
        yield "it is not an object"
        return
    if statement.get("_type") != STATEMENT_TYPE:
        yield f"its _type is {statement.get('_type')!r} instead of {STATEMENT_TYPE!r}"
    if statement.get("predicateType") != PREDICATE_TYPE:
        yield f"its predicateType is {statement.get('predicateType')!r} instead of {PREDICATE_TYPE!r}"
    subject = statement.get("subject")
    if not isinstance(subject, list) or not subject or not all(map(_has_digest, subject)):
        yield "it needs at least one subject, and each must have a digest"
    predicate = statement.get("predicate")
    if not isinstance(predicate, dict):
        yield "it has no predicate"
        return
    yield from _flaws_of_summary(predicate)


def _flaws_of_summary(predicate: dict[str, Any]) -> Iterator[str]:
    verifier, policy = predicate.get("verifier"), predicate.get("policy")
    if not isinstance(verifier, dict) or verifier.get("id") != VERIFIER:
        yield f"its verifier is not {VERIFIER}"
    if not isinstance(policy, dict) or not _matches(_URI, policy.get("uri")):
        yield "its policy has no uri"
    elif "digest" in policy and not _has_digest(policy):
        yield "the digest of its policy is invalid"
    if not _matches(_TIMESTAMP, predicate.get("timeVerified")):
        yield "its timeVerified is not a timestamp in UTC"
    yield from _flaws_of_resource(predicate)
    result, levels = predicate.get("verificationResult"), predicate.get("verifiedLevels")
    if result not in RESULTS:
        yield f"its verificationResult is {result!r} instead of PASSED or FAILED"
    if not isinstance(levels, list) or not all(isinstance(level, str) for level in levels):
        yield "its verifiedLevels must be a list of levels"
    elif result in RESULTS and (result == PASSED) == (FAILED in levels):
        yield "its verifiedLevels contradict its verificationResult"
    inputs = predicate.get("inputAttestations", [])
    if not isinstance(inputs, list) or not all(map(_has_digest, inputs)):
        yield "each of its inputAttestations must have a digest"


def _flaws_of_resource(predicate: dict[str, Any]) -> Iterator[str]:
    """Yield why it is about neither a milestone nor a deployment."""
    resource, shipping = predicate.get("resourceUri"), predicate.get(SHIPPING)
    if isinstance(resource, str) and resource.startswith(MILESTONE):
        return
    if SHIPPING not in predicate:
        yield f"its resourceUri names no milestone, as for example {MILESTONE}M1 does"
    elif not _matches(_URI, resource):
        yield "its resourceUri is not a URI"
    elif not isinstance(shipping, dict) or not all(
        isinstance(shipping.get(name), str) for name in ("service", "destination")
    ):
        yield "it names no service and destination"
    elif (predicate.get("verificationResult") == PASSED) != _says_may_ship(predicate, shipping):
        yield "its verifiedLevels, destination and may_ship contradict its verificationResult"


def _says_may_ship(predicate: dict[str, Any], shipping: dict[str, Any]) -> bool:
    levels = predicate.get("verifiedLevels")
    named = isinstance(levels, list) and f"{SHIPS_TO}{shipping['destination']}" in levels
    return named and shipping.get("may_ship") is True


def _has_digest(described: Any) -> bool:
    digest = described.get("digest") if isinstance(described, dict) else None
    return (
        isinstance(digest, dict) and bool(digest) and all(_matches(_HEX, value) for value in digest.values())
    )


def _matches(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))
