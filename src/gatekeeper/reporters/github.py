"""`--format github`: annotations on files and lines, and the verdict in the log."""

from collections.abc import Iterator

from gatekeeper.model.report import Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import FailOn
from gatekeeper.reporters import table
from gatekeeper.reporters.text import workflow_commands
from gatekeeper.reporters.wording import changes, verdict
from gatekeeper.reporters.wording.counts import counted
from gatekeeper.reporters.wording.diagnostic import Diagnostic
from gatekeeper.reporters.wording.diagnostics import diagnostics
from gatekeeper.reporters.wording.reasons import DiagnosticSeverity

_LEVELS: dict[DiagnosticSeverity, workflow_commands.Level] = {
    DiagnosticSeverity.CRITICAL: "error",
    DiagnosticSeverity.ERROR: "error",
    DiagnosticSeverity.WARNING: "warning",
    DiagnosticSeverity.NOTE: "notice",
}
_SEVERITIES = tuple(DiagnosticSeverity)
_TITLE = "gatekeeper"


def render(report: Report, screen: Screen) -> str:
    """Return as many annotations as GitHub shows, one notice that counts the rest, and the table."""
    return "".join(_parts(report, screen))


def _parts(report: Report, screen: Screen) -> Iterator[str]:
    left_out: dict[str, int] = {}
    # What the change does comes first, then by severity, then the first finding of every criterion.
    ordered = sorted(
        diagnostics(report), key=lambda one: (not one.is_change, _SEVERITIES.index(one.severity), one.rank)
    )
    for level in ("error", "warning", "notice"):
        of_level = [diagnostic for diagnostic in ordered if _level(diagnostic, report) == level]
        # One notice is reserved for the count of the rest.
        most = workflow_commands.MOST_PER_STEP - (level == "notice")
        yield from (_annotation(level, diagnostic) for diagnostic in of_level[:most])
        if len(of_level) > most:
            left_out[level] = len(of_level) - most
    if left_out:
        yield workflow_commands.annotation("notice", _rest(left_out), title=_TITLE)
    title = changes.conclusion(report.comparison) if report.comparison else verdict.verdict_of_report(report)
    yield workflow_commands.group(title, table.render(report, screen._replace(colour=False)))


def _level(diagnostic: Diagnostic, report: Report) -> workflow_commands.Level:
    """Return the annotation level; unless `--fail-on blocked`, only what fails the step is an error."""
    level = _LEVELS[diagnostic.severity]
    is_only_open = report.fail_on is FailOn.REGRESSION and diagnostic.severity is DiagnosticSeverity.ERROR
    is_no_change = report.fail_on is FailOn.CHANGE and not diagnostic.is_change
    return "warning" if level == "error" and (is_only_open or is_no_change) else level


def _annotation(level: workflow_commands.Level, diagnostic: Diagnostic) -> str:
    texts = [diagnostic.what, *diagnostic.seen, diagnostic.question, f"→ {diagnostic.remedy}"]
    is_named = diagnostic.service or diagnostic.is_change
    title = f"{diagnostic.rule} {diagnostic.subject}".rstrip() if is_named else _TITLE
    where = diagnostic.where
    message = "\n".join(text.replace("\n", " ") for text in texts)
    return workflow_commands.annotation(level, message, title=title, file=where.file, line=where.line)


def _rest(left_out: dict[str, int]) -> str:
    counts = ", ".join(counted(count, level) for level, count in left_out.items())
    most = workflow_commands.MOST_PER_STEP
    return f"Not annotated, because GitHub shows {most} of each level: {counts}. The log has the verdict."
