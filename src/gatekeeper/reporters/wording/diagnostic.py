"""Something to fix, at a place in a file: what code scanning, merge requests and annotations show."""

from typing import NamedTuple

from gatekeeper.model.report import Where
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

CHANGE = "change:"
"""The start of a rule's name that is about a change; no id of a criterion has a colon there."""


class Diagnostic(NamedTuple):
    """Something to fix, at a place."""

    rule: str
    """A criterion's id, the code of a reason, or `change:` and the kind of a change."""
    status: str
    """A criterion's status, the code of a reason, or the kind of a change."""
    severity: DiagnosticSeverity
    what: str
    question: str
    remedy: str
    where: Where
    fingerprint: str
    """Identifies the flaw across runs; independent of its line and its figures."""
    service: str = ""
    """Empty if it is about the whole workspace."""
    owner: str = ""
    """Empty if the service is not in scope."""
    seen: tuple[str, ...] = ()
    """What was seen and asked, unless `what` already says so."""
    rank: int = 0
    """The position among the diagnostics of one criterion, from 0."""
    exception: str | None = None
    reason_code: str | None = None
    part: str | None = None
    """The part of the evidence that it is about."""

    @property
    def subject(self) -> str:
        """The service, with its owner if that is known."""
        return f"{self.service} ({self.owner})" if self.owner else self.service

    @property
    def is_change(self) -> bool:
        """Whether it is about what a change does, not about the state that the change leads to."""
        return self.rule.startswith(CHANGE)
