"""Attested reports: the type names in their statements, and the result of verifying one."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.deployed import DeployedSubject

ATTESTED = "intoto"
"""The output format with a statement, which can be signed."""
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1"

VERIFIER = "pkg:pypi/readiness-gatekeeper"
"""This program, as a package URL."""
RULEBOOK = "gatekeeper:rulebook"
"""The name of the policy, with its digest; followed by a path, an input: a manifest of the rulebook."""
MILESTONE = "gatekeeper:milestone/"
"""The prefix of the resource: the milestone that was judged."""
SERVICE = "gatekeeper:service/"
"""The prefix of the resource of a deployment if no image or package is named: the service."""
EVIDENCE = "gatekeeper:evidence/"
"""The prefix of an input: an artefact by its path in the repository."""
MANIFEST = "gatekeeper:manifest/"
"""The prefix of an input: another manifest by its path in the repository."""
SHIPPING = "gatekeeper:shipping/v1"
"""The field with the detailed answer of the deploy gate."""
SHIPS_TO = "GATEKEEPER_SHIPS_TO:"
"""The prefix of the verified property that a service may be deployed to a destination."""
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
    to: str | None = None
    """The destination of a deployment."""
    service: str | None = None
    """The service that is deployed."""
    since: date | None = None
    """The earliest as-of date."""
    subjects: tuple[DeployedSubject, ...] = ()
    """The images or packages of a deployment; each must be a subject, and of the resource that it names."""


class VerifiedReport(NamedTuple):
    """The result of verifying a report."""

    keyid: str
    """The fingerprint of the key that must have signed it."""
    problem: str | None
    """Why the verification failed; None if it succeeded. A failed report has no statement."""
    statement: Mapping[str, Any] | None = None
    unmet: tuple[str, ...] = ()
    """The demands that the statement does not meet, as sentences."""
    demands: Demands = Demands()

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
    def resource(self) -> str:
        """The URI of what was judged: a milestone, or the image or package that is deployed."""
        return str(self.predicate.get("resourceUri", ""))

    @property
    def milestone(self) -> str | None:
        """The milestone that was judged; None for a deployment."""
        of_milestone = self.resource.startswith(MILESTONE)
        return self.resource.removeprefix(MILESTONE).partition("?")[0] if of_milestone else None

    @property
    def narrowed(self) -> str:
        """The filter of services and owners as a query string; empty if all were judged."""
        return self.resource.partition("?")[2] if self.milestone is not None else ""

    @property
    def shipping(self) -> Mapping[str, Any]:
        """The detailed answer of the deploy gate; empty for a milestone."""
        found = self.predicate.get(SHIPPING)
        return found if isinstance(found, dict) and self.milestone is None else {}

    @property
    def is_checked(self) -> bool:
        """Whether the manifest of the service names what is deployed."""
        return self.shipping.get("subject") == "checked"

    @property
    def about(self) -> str:
        """What was judged, in a few words."""
        if self.milestone is not None:
            return self.milestone
        return f"deploying {self.shipping['service']} to {self.shipping['destination']}"

    @property
    def verdict(self) -> Mapping[str, Any]:
        """The detailed verdict; empty if the report has none."""
        found = self.predicate.get(VERDICT)
        return found if isinstance(found, dict) else {}
