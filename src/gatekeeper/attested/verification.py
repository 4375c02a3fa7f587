"""Verify a signed report: check the signature, read the statement, compare it with the demands."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gatekeeper.attested import Unverified
from gatekeeper.attested.envelope import unwrap
from gatekeeper.attested.statement import read
from gatekeeper.model.attested import PASSED, Demands, VerifiedReport

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


def verify(data: bytes, key: "SSlibKey", demands: Demands) -> VerifiedReport:
    """Verify a report: its signature, then its format, then its content."""
    try:
        found = VerifiedReport(key.keyid, None, read(unwrap(data, key)))
    except Unverified as reason:
        return VerifiedReport(key.keyid, str(reason))
    return found._replace(unmet=tuple(_unmet(found, demands)))


def _unmet(found: VerifiedReport, demands: Demands) -> Iterator[str]:
    result = found.predicate["verificationResult"]
    if demands.passed and result != PASSED:
        yield f"it states {result}, and --passed asks for {PASSED}"
    if demands.milestone is not None and found.milestone != demands.milestone:
        yield f"it is about {found.milestone}, and --milestone asks for {demands.milestone}"
    if demands.milestone is not None and found.narrowed:
        yield f"it is about {found.narrowed} only, and --milestone asks for all services"
    commits = [digest for algorithm, digest in found.digests if algorithm == "gitCommit"]
    if demands.commit is not None and demands.commit not in commits:
        about = f"commit {', '.join(commits)}" if commits else "no commit"
        yield f"it is about {about}, and --commit asks for {demands.commit}"
