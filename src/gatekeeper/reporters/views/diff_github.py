"""`diff --format github`: the changes as annotations on the files of a pull request."""

from collections.abc import Iterator

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.text.workflow_commands import MOST_PER_STEP, Level, annotation, log_line
from gatekeeper.reporters.wording import changes as _changes
from gatekeeper.reporters.wording.changes import SameChange
from gatekeeper.reporters.wording.counts import first_few

_MOST_SERVICES, _MOST_IDS = 4, 10
_NOTICED = (ChangeKind.IMPROVEMENT, ChangeKind.NOTE, ChangeKind.UPGRADE)


def as_github(comparison: Comparison) -> str:
    """Return errors for what blocks, warnings for what weakens, notices for the rest, and the conclusion."""
    return "".join(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    by_severity: dict[Level, list[SameChange]] = {"error": [], "warning": [], "notice": []}
    for found in _changes.by_effect(comparison).values():
        for one in found:
            by_severity[_severity(one.first)].append(one)
    for severity, changes in by_severity.items():
        most = MOST_PER_STEP if len(changes) <= MOST_PER_STEP else MOST_PER_STEP - 1
        yield from (_annotation(severity, change, comparison) for change in changes[:most])
        if left_out := len(changes) - len(changes[:most]):
            told = f"and {left_out:,} more: see `gatekeeper diff` without --format"
            yield annotation(severity, told, title="more")
    yield from (_plain(note) for note in comparison.notes)
    yield _plain(f"{_changes.headline(comparison)}: {_changes.conclusion(comparison)}")


def _severity(change: Change) -> Level:
    if change.blocks:
        return "error"
    return "notice" if change.kind in _NOTICED else "warning"


def _annotation(severity: Level, one: SameChange, comparison: Comparison) -> str:
    change = one.first
    parts = [_changes.message(change), _changes.seen(change), _changes.signature(change)]
    parts.append(_changes.remedy(change, comparison))
    parts += [of.id for of in one.changes[:_MOST_IDS] if of.blocks and of.needs_sign_off]
    who = first_few(one.services, _MOST_SERVICES)
    title = f"{_changes.effect(change)}: {who}" if who else str(_changes.effect(change))
    message = "\n".join(filter(None, parts))
    return annotation(severity, message, file=change.file, line=change.line, title=title)


def _plain(text: str) -> str:
    """Return a line of the log in which nothing starts a command."""
    return f"{log_line(visible(text))}\n"
