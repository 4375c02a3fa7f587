"""Changes between two states in words, for every format of `diff`."""

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.changes import Change, ChangeKind, Comparison, TightenedRule
from gatekeeper.model.remedies import remedy_of
from gatekeeper.model.status import Status
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.counts import counted, first_few

_FEW = 3


class ChangeEffect(StrEnum):
    """What a change means for whoever merges it, the most urgent first."""

    WEAKENING = "weakening"
    REGRESSION = "regression"
    UNSIGNED = "unsigned"
    REVIEW = "review"
    NOTE = "note"
    BETTER = "better"

    @property
    def heading(self) -> str:
        """The heading of a section."""
        return _TITLES[self]


_TITLES = {
    ChangeEffect.WEAKENING: "Weakened without approval",
    ChangeEffect.REGRESSION: "Lost",
    ChangeEffect.UNSIGNED: "Claimed without sign-off",
    ChangeEffect.REVIEW: "To review",
    ChangeEffect.NOTE: "Notes",
    ChangeEffect.BETTER: "Better",
}
_COUNTED = {
    ChangeEffect.WEAKENING: ("weakening without approval", "weakenings without approval"),
    ChangeEffect.REGRESSION: ("regression", "regressions"),
    ChangeEffect.UNSIGNED: ("claim without sign-off", "claims without sign-off"),
}


class SameChange(NamedTuple):
    """One change, or changes of several services that read the same."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The one that speaks for all."""
        return self.changes[0]

    @property
    def services(self) -> tuple[str, ...]:
        """The services, each once; empty if it is about the whole workspace."""
        return tuple(dict.fromkeys(change.service for change in self.changes if change.service))

    @property
    def places(self) -> tuple[str, ...]:
        """The places in files, each once."""
        return tuple(dict.fromkeys(filter(None, map(place, self.changes))))


def effect(change: Change) -> ChangeEffect:
    """Return what a change means for whoever merges it."""
    match change.kind:
        case ChangeKind.REGRESSION:
            return ChangeEffect.REGRESSION
        case ChangeKind.NOTE:
            return ChangeEffect.NOTE
        case ChangeKind.IMPROVEMENT:
            return ChangeEffect.BETTER
        case ChangeKind.UPGRADE:
            return ChangeEffect.UNSIGNED if change.blocks else ChangeEffect.BETTER
        case _:
            return ChangeEffect.WEAKENING if change.blocks else ChangeEffect.REVIEW


def by_effect(comparison: Comparison) -> dict[ChangeEffect, list[SameChange]]:
    """Return the changes by what they mean, the most urgent first; those that read the same together."""
    same: dict[ChangeEffect, dict[object, list[Change]]] = {of: {} for of in ChangeEffect}
    for change in comparison.changes:
        same[effect(change)].setdefault(_said(change, comparison), []).append(change)
    return {of: [SameChange(tuple(one)) for one in found.values()] for of, found in same.items() if found}


def _said(change: Change, comparison: Comparison) -> object:
    """Return what is shown of a change besides its service, its place and its id."""
    findings = change.result.findings if change.result and change.blocks else ()
    about = change.kind, change.cause, message(change), signature(change), seen(change)
    return *about, remedy(change, comparison), findings, change.service is None


def headline(comparison: Comparison) -> str:
    """Return the two states that were compared, and their dates."""
    days = f"as of {comparison.as_of}"
    if comparison.base_as_of != comparison.as_of:
        days = f"as of {comparison.base_as_of} and {comparison.as_of}"
    return f"{comparison.base} → {comparison.head}  {days}"


def conclusion(comparison: Comparison) -> str:
    """Return whether the change may be merged, and what blocks it."""
    counts = Counter(map(effect, comparison.blocking))
    if not counts:
        return "The change may be merged: no regression and no weakening without approval."
    told = [counted(counts[of], *nouns) for of, nouns in _COUNTED.items() if counts[of]]
    return f"The change must not be merged: {', '.join(told)}."


def message(change: Change) -> str:
    """Return what changed, and at which milestones."""
    return f"{change.message} ({', '.join(change.milestones)})" if change.milestones else change.message


def seen(change: Change) -> str | None:
    """Return what was seen of a criterion that no longer holds."""
    result = change.result
    if result is None or change.kind is not ChangeKind.REGRESSION:
        return None
    if result.status is Status.FAIL and (actual := outcomes.actual(result, listed=True)):
        return f"{actual}; required: {outcomes.asked(result)}"
    return result.reason


def remedy(change: Change, comparison: Comparison) -> str | None:
    """Return what to do about a change that blocks; None if it does not block."""
    if not change.blocks:
        return None
    if change.needs_sign_off:
        undo = "Run all of it" if change.kind is ChangeKind.EVIDENCE_SHRUNK else "Revert it"
        if not change.lacks:
            return f"{undo}; {comparison.sign_off_file} names no role in `weakening_sign_off`."
        return f"{undo}, or have {', '.join(change.lacks)} approve it in {comparison.sign_off_file}."
    if change.kind is ChangeKind.UPGRADE:
        return f"Have it signed off by {', '.join(change.lacks)}, or claim the level that is signed."
    return (
        remedy_of(change.result)
        if change.result
        else "Restore the evidence or the rule that the level needs."
    )


def approval(change: Change, comparison: Comparison) -> str | None:
    """Return the entry of `weakenings` that approves a change, to copy; None if none can."""
    if not (change.blocks and change.needs_sign_off and change.lacks):
        return None
    what = change.id.replace("\\", "\\\\").replace('"', '\\"')
    return f'- {{what: "{what}", by: NAME, on: {comparison.as_of}, link: URL}}'


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
