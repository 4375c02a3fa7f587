"""Something to fix, at a place in a file: what code scanning, merge requests and annotations show."""

from typing import NamedTuple

from gatekeeper.model.report import Where
from gatekeeper.model.status import Status
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

CHANGE = "change:"
"""The start of a rule's name that is about a change; no id of a criterion has a colon there."""

_BEGINNINGS = {
    Status.FAIL: "{service} fails {rule}",
    Status.UNREADABLE: "{service} has an unreadable artefact for {rule}",
    Status.UNPROVEN: "{service} does not prove {rule}",
    Status.MISSING: "{service} lacks evidence for {rule}",
    Status.STALE: "{service} has stale evidence for {rule}",
    Status.EXCEPTED: "{service} does not meet {rule} and is excused",
    "invalid-signature": "{service} has a signature that does not count",
}
"""How a sentence begins, by the status of the diagnostic; otherwise the service is blocked."""


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

    def sentence(self) -> str:
        """Return who does what, and what was seen: `orders-service (team-orders) fails G1.coverage: ...`."""
        told = "; ".join((self.what, *self.seen))
        if self.is_change:
            verb = "must not be merged" if self.severity is DiagnosticSeverity.CRITICAL else "needs a review"
            return f"The change {verb}: {told}"
        if not self.service:
            return told
        beginning = _BEGINNINGS.get(self.status, "{service} is blocked")
        return f"{beginning.format(service=self.subject, rule=self.rule)}: {told}"
