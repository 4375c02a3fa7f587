"""Attested reports: the type names in their statements, and the result of verifying one."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gatekeeper.errors import ExitCode

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"

VERIFIER = "pkg:pypi/readiness-gatekeeper"
"""This program, as a package URL."""
RULEBOOK = "gatekeeper:rulebook"
"""The name of the policy; its digest identifies the rulebook."""
MILESTONE = "gatekeeper:milestone/"
"""The prefix of the resource: the milestone that was judged."""
EVIDENCE = "gatekeeper:evidence/"
"""The prefix of an input: an artefact by its path in the repository."""
VERDICT = "gatekeeper:verdict/v1"
"""The field with the detailed verdict; extension fields are named by URIs."""
LEVEL = "GATEKEEPER_"
"""The prefix of custom levels; those of SLSA start with `SLSA_` and are not verified here."""

PASSED, FAILED = "PASSED", "FAILED"
RESULTS = (PASSED, FAILED)


class Demands(NamedTuple):
    """What a verification requires besides a valid signature."""

    passed: bool = False
    milestone: str | None = None
    commit: str | None = None


class VerifiedReport(NamedTuple):
    """The result of verifying a report."""

    keyid: str
    """The id of the key that must have signed it."""
    problem: str | None
    """Why the verification failed; None if it succeeded. A failed report has no statement."""
    statement: Mapping[str, Any] | None = None
    unmet: tuple[str, ...] = ()
    """The demands that the statement does not meet, as sentences."""

    @property
    def exit_code(self) -> ExitCode:
        """What `gatekeeper verify-report` ends with."""
        return ExitCode.BLOCKED if self.problem or self.unmet else ExitCode.READY

    @property
    def predicate(self) -> Mapping[str, Any]:
        """The verification summary; empty if the verification failed."""
        found: Mapping[str, Any] = self.statement["predicate"] if self.statement else {}
        return found

    @property
    def digests(self) -> tuple[tuple[str, str], ...]:
        """The algorithm and digest of each subject."""
        subjects = self.statement["subject"] if self.statement else ()
        return tuple(item for of in subjects for item in of["digest"].items())

    @property
    def milestone(self) -> str:
        """The milestone that was judged."""
        return str(self.predicate.get("resourceUri", "")).removeprefix(MILESTONE).partition("?")[0]

    @property
    def narrowed(self) -> str:
        """The filter of services and owners as a query string; empty if all were judged."""
        return str(self.predicate.get("resourceUri", "")).partition("?")[2]

    @property
    def verdict(self) -> Mapping[str, Any]:
        """The detailed verdict; empty if the report has none."""
        found = self.predicate.get(VERDICT)
        return found if isinstance(found, dict) else {}
