"""`diff`: the changes between two states of a workspace, for a terminal and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.report import Screen
from gatekeeper.model.status import MilestoneVerdict, Status
from gatekeeper.reporters.text.screen import Part, Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording import changes as _changes
from gatekeeper.reporters.wording import outcomes
from gatekeeper.reporters.wording.counts import counted, first_few

MOST_CHANGES = 200
"""The limit of changes that a terminal shows."""
_MOST_FINDINGS = 3
_MOST_OWN_RULES = 10
_MOST_SERVICES = 4

_SIGNS: dict[ChangeKind, str] = {
    ChangeKind.IMPROVEMENT: Status.PASS,
    ChangeKind.NOTE: Status.NOT_APPLICABLE,
    ChangeKind.UPGRADE: Status.PASS,
    ChangeKind.EVIDENCE_REMOVED: Status.MISSING,
}
_WORKSPACE = "Rules, people and milestones"


def parts(comparison: Comparison, screen: Screen) -> Parts:
    """Yield the changes by service, what to do about those that block, and the conclusion."""
    yield from changes(comparison, screen)
    yield ""
    yield conclusion(comparison, screen)


def conclusion(comparison: Comparison, screen: Screen) -> Part:
    """Return whether the change may be merged, and what blocks it."""
    outcome = MilestoneVerdict.BLOCKED if comparison.blocking else MilestoneVerdict.READY
    return item(sign(outcome, screen), f"[bold]{shown(_changes.conclusion(comparison))}[/]", 0)


def changes(comparison: Comparison, screen: Screen) -> Parts:
    """Yield the two states, the changes by service, and what to do about those that block."""
    touched = comparison.services - comparison.unchanged
    yield indented(f"[bold]{shown(_changes.headline(comparison))}[/]", 0)
    yield f"{counted(touched, 'service')} touched, {comparison.unchanged:,} unchanged"
    for note in comparison.notes:
        yield item("-", shown(note), 0)
    groups, left = list(_by_services(comparison)), len(comparison.changes)
    # In their order, so that what blocks is shown.
    place = {id(change): at for at, change in enumerate(comparison.changes)}
    shown_up_to = sorted(place[id(change)] for _, of in groups for change in of)[:MOST_CHANGES][-1:]
    for names, of_services in groups:
        told = [change for change in of_services if [place[id(change)]] <= shown_up_to]
        left -= len(told) * len(names)
        if told:
            yield ""
            yield indented(f"[bold]{shown(first_few(names, _MOST_SERVICES))}[/]", 0)
        for change in told:
            yield from _change(change, comparison, screen)
    if left:
        yield ""
        yield f"and {counted(left, 'more change')}: use --format json"
    yield from _own_rules(comparison)
    if any(change.needs_sign_off and change.lacks for change in comparison.blocking):
        yield ""
        yield indented(shown(_changes.HOW_TO_SIGN), 0)


def _by_services(comparison: Comparison) -> Iterator[tuple[Sequence[str], Sequence[Change]]]:
    """Yield the changes of the whole workspace, then those of services; those alike together."""
    by_service: dict[str, list[Change]] = {}
    for change in comparison.changes:
        by_service.setdefault(change.service or _WORKSPACE, []).append(change)
    if _WORKSPACE in by_service:
        yield [_WORKSPACE], by_service.pop(_WORKSPACE)
    alike: dict[object, list[str]] = {}
    for name, changes in by_service.items():
        alike.setdefault(tuple(_said(change, comparison) for change in changes), []).append(name)
    for names in alike.values():
        yield names, by_service[names[0]]


def _said(change: Change, comparison: Comparison) -> object:
    """Return what is shown of a change besides its service."""
    blocking = change.result.findings if change.result else (), _changes.place(change), change.id
    return (
        change.kind,
        change.cause,
        _changes.message(change),
        _changes.signature(change),
        _changes.seen(change),
        _changes.remedy(change, comparison),
        blocking if change.blocks else None,
    )


def _change(change: Change, comparison: Comparison, screen: Screen) -> Parts:
    told = [f"[bold]{change.kind}[/]: {shown(_changes.message(change))}"]
    if change.kind not in (ChangeKind.RULE_WEAKENED, ChangeKind.NOTE):
        told.append(f"cause: {change.cause}")
    if signature := _changes.signature(change):
        told.append(shown(signature))
    yield item(_sign(change, screen), "; ".join(told), 2)
    if seen := _changes.seen(change):
        yield indented(shown(seen), 4)
    findings = change.result.findings if change.result and change.blocks else ()
    for finding in findings[:_MOST_FINDINGS]:
        yield item("-", shown(outcomes.located(finding)), 4)
    if len(findings) > _MOST_FINDINGS:
        yield item("-", f"and {len(findings) - _MOST_FINDINGS:,} more", 4)
    if change.blocks and (place := _changes.place(change)):
        yield indented(shown(place), 4)
    if remedy := _changes.remedy(change, comparison):
        yield item("→", shown(remedy), 4)
    if change.needs_sign_off and change.blocks:
        yield uncut(change.id, 6)


def _sign(change: Change, screen: Screen) -> str:
    if change.blocks:
        return sign(Status.FAIL, screen)
    return sign(_SIGNS.get(change.kind, Status.EXCEPTED), screen)


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
