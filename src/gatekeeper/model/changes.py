"""What two states of a workspace differ in, and what that means for the levels that were earned."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.verdict import CriterionResult


class Cause(StrEnum):
    """What, taken back, would undo a change."""

    EVIDENCE = "evidence"
    RULE = "rule"
    PLAN = "plan"
    GOVERNANCE = "governance"
    CALENDAR = "calendar"


class ChangeKind(StrEnum):
    """The kinds of changes, the weightiest first."""

    REGRESSION = "regression"
    UPGRADE = "upgrade"
    RULE_WEAKENED = "rule-weakened"
    PLAN_WEAKENED = "plan-weakened"
    EXCEPTION = "exception"
    NOT_APPLICABLE = "not-applicable"
    EVIDENCE_REMOVED = "evidence-removed"
    IMPROVEMENT = "improvement"
    NOTE = "note"


class ManifestPlace(NamedTuple):
    """A place in a manifest, relative to the workspace."""

    file: str
    path: tuple[str | int, ...] = ()


class Change(NamedTuple):
    """One difference, and whether it may be merged as it is."""

    kind: ChangeKind
    id: str
    """Stable: of a weakening, the words that are signed."""
    message: str
    cause: Cause
    service: str | None = None
    milestones: tuple[str, ...] = ()
    blocks: bool = False
    needs_sign_off: bool = False
    """It may be merged once the role that the rulebook names has signed it."""
    lacks: tuple[str, ...] = ()
    """Roles whose sign-off is missing, with the reason where one was given that does not count."""
    signed_by: str | None = None
    result: CriterionResult | None = None
    """Of a criterion: what became of it."""
    where: ManifestPlace | None = None
    file: str | None = None
    """Relative to the repository, once looked up; as is `line`."""
    line: int | None = None


class OwnRules(NamedTuple):
    """Where the rules of the change would judge otherwise than those of its base."""

    service: str
    milestone: str
    by_base: str
    by_own: str


class Comparison(NamedTuple):
    """All that two states differ in."""

    base: str
    """As it was asked for, as is `head`."""
    head: str
    as_of: date
    base_as_of: date
    changes: tuple[Change, ...]
    own_rules: tuple[OwnRules, ...] = ()
    unchanged: int = 0
    """Services of which neither manifest nor artefacts differ."""
    services: int = 0
    notes: tuple[str, ...] = ()
    """What limits the comparison, in sentences."""
    sign_off_role: str | None = None
    """Who may sign weakenings."""
    sign_off_file: str | None = None
    """Where that is written, relative to the repository."""

    @property
    def blocking(self) -> tuple[Change, ...]:
        """The changes that keep it from being merged."""
        return tuple(change for change in self.changes if change.blocks)

    @property
    def exit_code(self) -> ExitCode:
        """What the process exits with."""
        return ExitCode.BLOCKED if self.blocking else ExitCode.READY
