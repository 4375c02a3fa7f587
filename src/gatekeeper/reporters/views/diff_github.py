"""`diff --format github`: the changes as annotations on the files of a pull request."""

from collections.abc import Iterator

from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.reporters.text.screen import visible
from gatekeeper.reporters.text.workflow_commands import MOST_PER_STEP, Level, annotation, log_line
from gatekeeper.reporters.wording import changes as _changes

_NOTICED = (ChangeKind.IMPROVEMENT, ChangeKind.NOTE, ChangeKind.UPGRADE)


def as_github(comparison: Comparison) -> str:
    """Return errors for what blocks, warnings for what weakens, notices for the rest, and the conclusion."""
    return "".join(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    by_severity: dict[Level, list[Change]] = {"error": [], "warning": [], "notice": []}
    for change in comparison.changes:
        by_severity[_severity(change)].append(change)
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


def _annotation(severity: Level, change: Change, comparison: Comparison) -> str:
    parts = [_changes.message(change), _changes.seen(change), _changes.signature(change)]
    parts.append(_changes.remedy(change, comparison))
    if change.blocks and change.needs_sign_off:
        parts.append(change.id)
    title = f"{change.service}: {change.kind}" if change.service else str(change.kind)
    message = "\n".join(filter(None, parts))
    return annotation(severity, message, file=change.file, line=change.line, title=title)


def _plain(text: str) -> str:
    """Return a line of the log in which nothing starts a command."""
    return f"{log_line(visible(text))}\n"
