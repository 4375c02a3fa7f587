"""The differences as annotations of a pull request's files."""

from collections.abc import Iterator

from gatekeeper.model.change import Change, ChangeKind, Comparison
from gatekeeper.reporters import _changes
from gatekeeper.reporters._github_commands import MOST_ANNOTATIONS, annotation, visible

_NOTICED = (ChangeKind.IMPROVEMENT, ChangeKind.NOTE, ChangeKind.UPGRADE)


def as_github(comparison: Comparison) -> str:
    """Return errors for what blocks, warnings for what weakens, notices for the rest, and the verdict."""
    return "\n".join(_lines(comparison)) + "\n"


def _lines(comparison: Comparison) -> Iterator[str]:
    by_severity: dict[str, list[Change]] = {"error": [], "warning": [], "notice": []}
    for change in comparison.changes:
        by_severity[_severity(change)].append(change)
    for severity, changes in by_severity.items():
        most = MOST_ANNOTATIONS if len(changes) <= MOST_ANNOTATIONS else MOST_ANNOTATIONS - 1
        yield from (_annotation(severity, change, comparison) for change in changes[:most])
        if left_out := len(changes) - len(changes[:most]):
            yield annotation(severity, f"and {left_out:,} more: see `gatekeeper diff` without --format")
    yield from (_plain(note) for note in comparison.notes)
    yield _plain(f"{_changes.headline(comparison)}: {_changes.conclusion(comparison)}")


def _severity(change: Change) -> str:
    if change.blocks:
        return "error"
    return "notice" if change.kind in _NOTICED else "warning"


def _annotation(severity: str, change: Change, comparison: Comparison) -> str:
    at = f" ({', '.join(change.milestones)})" if change.milestones else ""
    parts = [f"{change.message}{at}", _changes.seen(change), _changes.standing(change)]
    parts.append(_changes.remedy(change, comparison))
    if change.blocks and change.needs_sign_off:
        parts.append(change.id)
    title = f"{change.service}: {change.kind}" if change.service else str(change.kind)
    message = "\n".join(filter(None, parts))
    return annotation(severity, message, file=change.file, line=change.line, title=title)


def _plain(text: str) -> str:
    """Return a line of a log: nothing in it starts a command."""
    told = visible(text).replace("\r", " ").replace("\n", " ")
    return told.replace("::", ": :").replace("##[", "## [")
