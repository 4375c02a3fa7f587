"""Words for changes between two states, the same in every format."""

from collections import Counter

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.status import Status
from gatekeeper.reporters.wording import sentences

HOW_TO_SIGN = (
    "To sign, add to that file in the same change, with the words below the remedy: "
    'weakenings: [{what: "...", by: NAME, on: DATE, link: URL}]'
)
_MANY = {
    ChangeKind.REGRESSION: "regressions",
    ChangeKind.UPGRADE: "unsigned upgrades",
    ChangeKind.RULE_WEAKENED: "unsigned weakenings of rules",
    ChangeKind.PLAN_WEAKENED: "unsigned weakenings of the plan",
    ChangeKind.EXCEPTION: "unsigned exceptions",
}
_ONE = {
    ChangeKind.REGRESSION: "regression",
    ChangeKind.UPGRADE: "unsigned upgrade",
    ChangeKind.RULE_WEAKENED: "unsigned weakening of a rule",
    ChangeKind.PLAN_WEAKENED: "unsigned weakening of the plan",
    ChangeKind.EXCEPTION: "unsigned exception",
}


def headline(comparison: Comparison) -> str:
    """Say what was compared with what."""
    days = f"as of {comparison.as_of}"
    if comparison.base_as_of != comparison.as_of:
        days = f"as of {comparison.base_as_of} and {comparison.as_of}"
    return f"{comparison.base} → {comparison.head}  {days}"


def conclusion(comparison: Comparison) -> str:
    """Say whether it may be merged, and what keeps it from that."""
    counts = Counter(change.kind for change in comparison.blocking)
    if not counts:
        return "may be merged: nothing that was earned is lost, and nothing is weakened unsigned."
    told = [
        f"{count:,} {_ONE[kind] if count == 1 else _MANY[kind]}"
        for kind in ChangeKind
        if (count := counts[kind])
    ]
    return f"must not be merged: {', '.join(told)}."


def seen(change: Change) -> str | None:
    """Say what was seen of a criterion that no longer holds."""
    result = change.result
    if result is None or change.kind is not ChangeKind.REGRESSION:
        return None
    if result.status is Status.FAIL and (actual := sentences.actual(result)):
        return f"{actual}; asked: {sentences.expected(result)}"
    return result.reason


def remedy(change: Change, comparison: Comparison) -> str | None:
    """Say what to do about a change that blocks; None where it does not."""
    if not change.blocks:
        return None
    if change.needs_sign_off:
        if not change.lacks:
            return f"Take it back; {comparison.sign_off_file} names no role in `weakening_sign_off`:"
        return f"Take it back, or have it signed in {comparison.sign_off_file} by {', '.join(change.lacks)}:"
    if change.kind is ChangeKind.UPGRADE:
        return f"Have it signed off by {', '.join(change.lacks)}, or claim the level that is signed."
    return change.result.remedy if change.result else "Bring back what carried the level."


def standing(change: Change) -> str | None:
    """Say who signed a change that needed it."""
    if change.signed_by:
        return f"signed by {change.signed_by}"
    if change.kind is ChangeKind.UPGRADE and not change.blocks:
        return "signed off"
    return None


def place(change: Change) -> str | None:
    """Say where a change stands: `services/basket-service.yaml:12`."""
    if change.file is None:
        return None
    return f"{change.file}:{change.line}" if change.line else change.file


def own_rules(comparison: Comparison) -> list[str]:
    """Say, for each service, at which milestones the change's own rules would judge otherwise."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for own in comparison.own_rules:
        found.setdefault((own.service, own.by_base, own.by_own), []).append(own.milestone)
    return [
        f"{service} would be {by_own} instead of {by_base} at {', '.join(milestones)}"
        for (service, by_base, by_own), milestones in found.items()
    ]
