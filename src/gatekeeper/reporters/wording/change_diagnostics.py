"""What a change does as diagnostics: what blocks it, and what a reviewer has to look at."""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.report import Report, Where
from gatekeeper.reporters.wording import changes
from gatekeeper.reporters.wording.diagnostic import CHANGE, Diagnostic
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity


class _Wording(NamedTuple):
    """The wording of a kind of change."""

    question: str
    remedy: str


_SIGN_OR_REVERT = "Revert it, or have it signed by the role that `weakening_sign_off` names."
_REVIEW = "Review it."
_WORDING = {
    ChangeKind.REGRESSION: _Wording(
        "Does everything that held in the base still hold?", "Restore what the change lost."
    ),
    ChangeKind.UPGRADE: _Wording(
        "Is the level that the change claims signed off?",
        "Have it signed off, or claim the level that is signed.",
    ),
    ChangeKind.RULE_WEAKENED: _Wording("Do the rules ask for as much as in the base?", _SIGN_OR_REVERT),
    ChangeKind.PLAN_WEAKENED: _Wording("Does the plan ask for as much as in the base?", _SIGN_OR_REVERT),
    ChangeKind.EXCEPTION: _Wording("Does the register excuse no more than in the base?", _SIGN_OR_REVERT),
    ChangeKind.NOT_APPLICABLE: _Wording("Do all criteria apply that applied in the base?", _REVIEW),
    ChangeKind.EVIDENCE_SHRUNK: _Wording(
        "Does the evidence hold as much as in the base?", "Run all of it, or have the loss signed."
    ),
    ChangeKind.EVIDENCE_REMOVED: _Wording("Is all evidence of the base still there?", _REVIEW),
}
"""By kind; other kinds, and those of `_QUIET`, need nobody's attention unless they block."""
_QUIET = (ChangeKind.UPGRADE, ChangeKind.EVIDENCE_SHRUNK)
_ANY = _Wording("Does the change keep what the base asks for?", _REVIEW)


def change_diagnostics(report: Report) -> Iterator[Diagnostic]:
    """Yield what blocks the change as critical, and every other change that needs a review as a warning."""
    comparison = report.comparison
    if comparison is None:
        return
    owners = {of.service.service: of.service.owner for of in report.result.services}
    for change in comparison.changes:
        if change.blocks or (change.kind in _WORDING and change.kind not in _QUIET):
            yield _diagnostic(change, comparison, report, owners.get(change.service or "", ""))


def general_remedy(rule: str) -> str | None:
    """Return what to do about a kind of change; None if the rule is about something else."""
    kind = rule.removeprefix(CHANGE)
    return _WORDING[ChangeKind(kind)].remedy if kind != rule and kind in _WORDING else None


def _diagnostic(change: Change, comparison: Comparison, report: Report, owner: str) -> Diagnostic:
    wording = _WORDING.get(change.kind, _ANY)
    remedy = changes.remedy(change, comparison) or wording.remedy
    named = f"{change.kind}\0{change.id}".encode("utf-8", "backslashreplace")
    return Diagnostic(
        service=change.service or "",
        owner=owner,
        rule=f"{CHANGE}{change.kind}",
        status=change.kind,
        severity=DiagnosticSeverity.CRITICAL if change.blocks else DiagnosticSeverity.WARNING,
        what=changes.message(change),
        seen=tuple(filter(None, (changes.seen(change), changes.signature(change)))),
        question=wording.question,
        remedy=f"{remedy} {change.id}" if change.blocks and change.needs_sign_off else remedy,
        where=_where(change, comparison, report),
        fingerprint=sha256(named).hexdigest()[:32],
    )


def _where(change: Change, comparison: Comparison, report: Report) -> Where:
    """Return the place of a change; of what is gone, the file in which it can be approved."""
    if change.file:
        return Where(change.file, change.line or 1)
    return Where(comparison.sign_off_file or report.places.milestone, 1)
