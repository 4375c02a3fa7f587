"""The differences between two states of a workspace, and their effect on earned levels."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.status import ServiceVerdict
from gatekeeper.model.verdict import CriterionResult


class Cause(StrEnum):
    """The difference that, when reverted, undoes a change.

    If something open is closed, the cause is one of those up to `weakening`.
    """

    ARTEFACT = "artefact"
    """New evidence, or evidence that is gone."""
    SIGNATURE = "signature"
    ATTESTATION = "attestation"
    EXCEPTION = "exception"
    NOT_APPLICABLE = "not_applicable"
    DECLARATION = "declaration"
    """A value is stated where none was, such as a first target."""
    EXIT = "exit"
    WEAKENING = "weakening"
    """Less is asked: the same comparison has a weakening that says so."""
    RULE = "rule"
    PLAN = "plan"
    GOVERNANCE = "governance"
    CALENDAR = "calendar"


class ChangeKind(StrEnum):
    """The kinds of changes, most severe first."""

    REGRESSION = "regression"
    UPGRADE = "upgrade"
    RULE_WEAKENED = "rule-weakened"
    PLAN_WEAKENED = "plan-weakened"
    EXCEPTION = "exception"
    NOT_APPLICABLE = "not-applicable"
    EVIDENCE_REMOVED = "evidence-removed"
    EVIDENCE_SHRUNK = "evidence-shrunk"
    IMPROVEMENT = "improvement"
    NOTE = "note"


class ManifestPlace(NamedTuple):
    """A place in a manifest, relative to the workspace."""

    file: str
    path: tuple[str | int, ...] = ()


class Change(NamedTuple):
    """One difference, and whether it may be merged."""

    kind: ChangeKind
    id: str
    """A stable id; a sign-off of a weakening names it."""
    message: str
    cause: Cause
    service: str | None = None
    milestones: tuple[str, ...] = ()
    blocks: bool = False
    needs_sign_off: bool = False
    """It may be merged once the role named by the rulebook has signed it."""
    lacks: tuple[str, ...] = ()
    """Roles whose sign-off is missing, each with the reason if a given one does not count."""
    signed_by: str | None = None
    result: CriterionResult | None = None
    """The new result, for a criterion."""
    amounts: Mapping[str, tuple[float, float]] | None = None
    """Of evidence that holds less: each count that changed, before and after."""
    where: ManifestPlace | None = None
    file: str | None = None
    """Relative to the repository, once located; likewise `line`."""
    line: int | None = None


class CellFlip(NamedTuple):
    """A service whose verdict at a milestone changes."""

    service: str
    owner: str
    milestone: str
    before: ServiceVerdict
    after: ServiceVerdict
    because: tuple[str, ...]
    """The criteria that block by one of the rulebooks only; without any, the reasons."""


class CriterionFlip(NamedTuple):
    """A criterion that blocks a service by one of the rulebooks only."""

    criterion: str
    service: str
    owner: str
    milestones: tuple[str, ...]
    before: CriterionResult | None
    """None if it is not asked; likewise `after`."""
    after: CriterionResult | None
    blocks: bool
    """Whether it blocks by the changed rules, not by those of today."""


class TightenedRule(NamedTuple):
    """A criterion of which the head's own rules ask more, and the services that it turns red."""

    criterion: str
    is_new: bool
    services: tuple[str, ...]
    effective: str | None
    """The milestone from which it could bind, so that no service is blocked at once."""


class Comparison(NamedTuple):
    """All differences between two states."""

    base: str
    """As the user named it; likewise `head`."""
    head: str
    as_of: date
    base_as_of: date
    changes: tuple[Change, ...]
    own_rules: tuple[CellFlip, ...] = ()
    """The cells that the head's own rules flip."""
    tightened: tuple[TightenedRule, ...] = ()
    unchanged: int = 0
    """The number of services with equal manifests and artefacts."""
    services: int = 0
    notes: tuple[str, ...] = ()
    """The limits of the comparison, as sentences."""
    sign_off_role: str | None = None
    """Who may sign weakenings."""
    sign_off_file: str | None = None
    """The file in which to sign, relative to the repository."""

    @property
    def blocking(self) -> tuple[Change, ...]:
        """The changes that prevent merging."""
        return tuple(change for change in self.changes if change.blocks)

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the process."""
        return ExitCode.BLOCKED if self.blocking else ExitCode.READY
