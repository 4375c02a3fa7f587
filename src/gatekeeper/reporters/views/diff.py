"""`diff`: the changes between two states of a workspace, for a terminal and as JSON."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import MilestoneVerdict, Status
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording import changes as _changes
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.changes import ChangeEffect, SameChange
from gatekeeper.reporters.wording.counts import counted, first_few

MOST_CHANGES = 200
"""The limit of changes that a terminal shows."""
_MOST_FINDINGS = 3
_MOST_OWN_RULES = 10
_MOST_SERVICES = 4

_SIGNS: dict[ChangeEffect, str] = {
    ChangeEffect.WEAKENING: Status.FAIL,
    ChangeEffect.REGRESSION: Status.FAIL,
    ChangeEffect.UNSIGNED: Status.FAIL,
    ChangeEffect.REVIEW: Status.EXCEPTED,
    ChangeEffect.NOTE: Status.NOT_APPLICABLE,
    ChangeEffect.BETTER: Status.PASS,
}


def parts(comparison: Comparison, screen: Screen) -> Parts:
    """Yield the conclusion, and the changes by what they mean."""
    yield conclusion(comparison, screen)
    yield from changes(comparison, screen)


def conclusion(comparison: Comparison, screen: Screen) -> Part:
    """Return whether the change may be merged, and what blocks it."""
    outcome = MilestoneVerdict.BLOCKED if comparison.blocking else MilestoneVerdict.READY
    return item(sign(outcome, screen), f"[bold]{shown(_changes.conclusion(comparison))}[/]", 0)


def changes(comparison: Comparison, screen: Screen) -> Parts:
    """Yield the two states, and the changes by what they mean, the most urgent first."""
    touched = comparison.services - comparison.unchanged
    services = f"{counted(touched, 'service')} touched, {comparison.unchanged:,} unchanged"
    yield indented(f"{shown(_changes.headline(comparison))}  {services}", 2)
    for note in comparison.notes:
        yield item("-", shown(note), 2)
    by_effect, left = _changes.by_effect(comparison), MOST_CHANGES
    for effect, found in by_effect.items():
        if kept := found[:left]:
            yield ""
            yield f"[bold]{effect.heading}[/]"
            yield from _section(effect, kept, comparison, screen)
        left -= len(kept)
    if more := sum(map(len, by_effect.values())) - MOST_CHANGES + left:
        yield ""
        yield f"and {counted(more, 'more change')}: use --format json"
    yield from _own_rules(comparison)


def _section(
    effect: ChangeEffect, found: Sequence[SameChange], comparison: Comparison, screen: Screen
) -> Parts:
    """Yield changes; below those with the same remedy, the remedy, and the entries that approve them."""
    for remedy, same in groupby(found, lambda one: _changes.remedy(one.first, comparison)):
        approvals = list[str]()
        for one in same:
            yield from _change(one, effect, screen)
            entries = (_changes.approval(change, comparison) for change in one.changes)
            approvals += filter(None, entries)
        if remedy:
            yield item("→", shown(remedy), 4)
        if approvals:
            yield indented("Add to `weakenings` there, in the same change:", 6)
            yield from (uncut(entry, 6) for entry in approvals)
    if effect is ChangeEffect.WEAKENING:
        yield indented("Where signatures are required, then: gatekeeper sign --by NAME --key FILE", 4)


def _change(same: SameChange, effect: ChangeEffect, screen: Screen) -> Parts:
    change = same.first
    who = f"[bold]{shown(first_few(same.services, _MOST_SERVICES))}[/]  " if same.services else ""
    told = [f"{who}{shown(_changes.message(change))}"]
    if change.kind not in (ChangeKind.RULE_WEAKENED, ChangeKind.NOTE):
        told.append(f"cause: {change.cause}")
    if signature := _changes.signature(change):
        told.append(shown(signature))
    yield item(sign(_SIGNS[effect], screen), "; ".join(told), 2)
    if seen := _changes.seen(change):
        yield indented(shown(seen), 4)
    findings = change.result.findings if change.result and change.blocks else ()
    for finding in findings[:_MOST_FINDINGS]:
        yield item("-", shown(outcomes.located(finding)), 4)
    if len(findings) > _MOST_FINDINGS:
        yield item("-", f"and {len(findings) - _MOST_FINDINGS:,} more", 4)
    if effect not in (ChangeEffect.NOTE, ChangeEffect.BETTER) and same.places:
        yield indented(shown(first_few(same.places, _MOST_FINDINGS)), 4)


def _own_rules(comparison: Comparison) -> Parts:
    told = _changes.own_rules(comparison)
    if not told:
        return
    yield ""
    yield "[bold]By the rules of the change itself[/]  (for information; the rules of the base apply)"
    for line in told[:_MOST_OWN_RULES]:
        yield item("-", shown(line), 2)
    if len(told) > _MOST_OWN_RULES:
        yield item("-", f"and {len(told) - _MOST_OWN_RULES:,} more", 2)


def data(comparison: Comparison) -> dict[str, Any]:
    """Return every change as plain data."""
    return {
        "base": comparison.base,
        "head": comparison.head,
        "as_of": comparison.as_of.isoformat(),
        "base_as_of": comparison.base_as_of.isoformat(),
        "exit_code": int(comparison.exit_code),
        "services": {"all": comparison.services, "unchanged": comparison.unchanged},
        "notes": comparison.notes,
        "changes": [_as_plain(change) for change in comparison.changes],
        "own_rules": [own._asdict() for own in comparison.own_rules],
        "tightened": [rule._asdict() for rule in comparison.tightened],
        "weakening_sign_off": comparison.sign_off_role,
    }


def _as_plain(change: Change) -> dict[str, Any]:
    result = change.result
    return {
        "kind": change.kind,
        "id": change.id,
        "cause": change.cause,
        "message": change.message,
        "service": change.service,
        "milestones": change.milestones,
        "blocks": change.blocks,
        "needs_sign_off": change.needs_sign_off,
        "lacks": change.lacks,
        "signed_by": change.signed_by,
        "criterion": result.rule.id if result else None,
        "status": result.status if result else None,
        "reason_code": result.reason_code if result else None,
        "expected": outcomes.expected(result) if result else None,
        "actual": outcomes.actual(result) if result else None,
        "amounts": {
            name: {"before": was, "after": now} for name, (was, now) in (change.amounts or {}).items()
        },
        "findings": [finding._asdict() for finding in result.findings] if result else [],
        "file": change.file,
        "line": change.line,
    }
