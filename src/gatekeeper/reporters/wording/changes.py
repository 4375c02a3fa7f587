"""Changes between two states in words, for every format of `diff`."""

from collections import Counter

from gatekeeper.model.changes import Change, ChangeKind, Comparison, TightenedRule
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.status import Status
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.counts import counted, first_few

HOW_TO_SIGN = (
    "To sign, add an entry to that file in the same change; `what` is the text below the remedy: "
    'weakenings: [{what: "...", by: NAME, on: DATE, link: URL}]; '
    "where signatures are required, then run `gatekeeper sign --by NAME --key FILE`"
)
_FEW = 3
_NOUNS = {
    ChangeKind.REGRESSION: ("regression", "regressions"),
    ChangeKind.UPGRADE: ("unsigned upgrade", "unsigned upgrades"),
    ChangeKind.RULE_WEAKENED: ("unsigned weakening of a rule", "unsigned weakenings of rules"),
    ChangeKind.PLAN_WEAKENED: ("unsigned weakening of the plan", "unsigned weakenings of the plan"),
    ChangeKind.EXCEPTION: ("unsigned exception", "unsigned exceptions"),
    ChangeKind.EVIDENCE_SHRUNK: ("unsigned loss of evidence", "unsigned losses of evidence"),
}


def headline(comparison: Comparison) -> str:
    """Return the two states that were compared, and their dates."""
    days = f"as of {comparison.as_of}"
    if comparison.base_as_of != comparison.as_of:
        days = f"as of {comparison.base_as_of} and {comparison.as_of}"
    return f"{comparison.base} → {comparison.head}  {days}"


def conclusion(comparison: Comparison) -> str:
    """Return whether the change may be merged, and what blocks it."""
    counts = Counter(change.kind for change in comparison.blocking)
    if not counts:
        return "The change may be merged: no regression and no unsigned weakening."
    told = [counted(count, *_NOUNS[kind]) for kind in ChangeKind if (count := counts[kind])]
    return f"The change must not be merged: {', '.join(told)}."


def message(change: Change) -> str:
    """Return what changed, and at which milestones."""
    return f"{change.message} ({', '.join(change.milestones)})" if change.milestones else change.message


def seen(change: Change) -> str | None:
    """Return what was seen of a criterion that no longer holds."""
    result = change.result
    if result is None or change.kind is not ChangeKind.REGRESSION:
        return None
    if result.status is Status.FAIL and (actual := outcomes.actual(result)):
        return f"{actual}; required: {outcomes.expected(result)}"
    return result.reason


def remedy(change: Change, comparison: Comparison) -> str | None:
    """Return what to do about a change that blocks; None if it does not block."""
    if not change.blocks:
        return None
    if change.needs_sign_off:
        undo = "Run all of it" if change.kind is ChangeKind.EVIDENCE_SHRUNK else "Revert it"
        if not change.lacks:
            return f"{undo}; {comparison.sign_off_file} names no role in `weakening_sign_off`:"
        return f"{undo}, or have it signed in {comparison.sign_off_file} by {', '.join(change.lacks)}:"
    if change.kind is ChangeKind.UPGRADE:
        return f"Have it signed off by {', '.join(change.lacks)}, or claim the level that is signed."
    return (
        remedy_of(change.result)
        if change.result
        else "Restore the evidence or the rule that the level needs."
    )


def signature(change: Change) -> str | None:
    """Return who approved a change; None if nobody did or it needs no approval."""
    if change.signed_by:
        return f"approved by {change.signed_by}"
    if change.kind is ChangeKind.UPGRADE and not change.blocks:
        return "signed off"
    return None


def place(change: Change) -> str | None:
    """Return the place of a change: `services/basket-service.yaml:12`."""
    if change.file is None:
        return None
    return f"{change.file}:{change.line}" if change.line else change.file


def own_rules(comparison: Comparison) -> list[str]:
    """Return what the change's own rules would give: criteria that ask for more, and other verdicts."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for own in comparison.own_rules:
        found.setdefault((own.service, own.before, own.after), []).append(own.milestone)
    return [_tightened(rule) for rule in comparison.tightened] + [
        f"{service} would be {after} instead of {before} at {', '.join(milestones)}"
        for (service, before, after), milestones in found.items()
    ]


def _tightened(rule: TightenedRule) -> str:
    what = f"{rule.criterion} is new" if rule.is_new else f"{rule.criterion} asks for more"
    if not rule.services:
        return f"{what} and turns no service red"
    count = counted(len(rule.services), "service")
    later = f"; `effective: {rule.effective}` would give them time" if rule.effective else ""
    return f"{what} and turns {count} red: {first_few(rule.services, _FEW)}{later}"
