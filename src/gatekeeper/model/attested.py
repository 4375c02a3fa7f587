"""Attested results: the names by which they say what they are, and what became of verifying one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"

VERIFIER = "pkg:pypi/readiness-gatekeeper"
"""This program, as a package URL."""
RULEBOOK = "gatekeeper:rulebook"
"""The policy; its digest tells which."""
MILESTONE = "gatekeeper:milestone/"
"""What may exit or not."""
EVIDENCE = "gatekeeper:evidence/"
"""An artefact, by its path in the repository."""
VERDICT = "gatekeeper:verdict/v1"
"""The field that tells the verdict in detail; fields of one's own are named by URIs."""
LEVEL = "GATEKEEPER_"
"""How custom levels begin; those of SLSA begin with `SLSA_`, and we verify none of them."""

PASSED, FAILED = "PASSED", "FAILED"
RESULTS = (PASSED, FAILED)


class Demands(NamedTuple):
    """What whoever verifies asks for besides the signature."""

    passed: bool = False
    milestone: str | None = None
    commit: str | None = None


class VerifiedReport(NamedTuple):
    """What became of verifying a report."""

    keyid: str
    """Of the key that had to have signed it."""
    problem: str | None
    """Why it does not verify; nothing of it is believed then."""
    statement: Mapping[str, Any] | None = None
    unmet: tuple[str, ...] = ()
    """Demands that the statement does not meet, as sentences."""

    @property
    def predicate(self) -> Mapping[str, Any]:
        """The summary of the verification; empty where nothing verified."""
        found: Mapping[str, Any] = self.statement["predicate"] if self.statement else {}
        return found

    @property
    def digests(self) -> tuple[tuple[str, str], ...]:
        """What it is about: algorithms and digests of its subjects."""
        subjects = self.statement["subject"] if self.statement else ()
        return tuple(item for of in subjects for item in of["digest"].items())

    @property
    def milestone(self) -> str:
        """The milestone that was judged."""
        return str(self.predicate.get("resourceUri", "")).removeprefix(MILESTONE).partition("?")[0]

    @property
    def narrowed(self) -> str:
        """The services and owners that alone were judged; empty where nobody was left out."""
        return str(self.predicate.get("resourceUri", "")).partition("?")[2]

    @property
    def verdict(self) -> Mapping[str, Any]:
        """The verdict in detail, where it is told."""
        found = self.predicate.get(VERDICT)
        return found if isinstance(found, dict) else {}
