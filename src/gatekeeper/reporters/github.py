"""GitHub's workflow commands: annotations on files and lines, and the verdict in the log."""

from collections.abc import Iterator, Sequence

from gatekeeper.model.report import Report, Screen
from gatekeeper.model.status import FailOn
from gatekeeper.reporters import table
from gatekeeper.reporters.text import workflow_commands
from gatekeeper.reporters.wording import verdict
from gatekeeper.reporters.wording.reasons import RemarkSeverity
from gatekeeper.reporters.wording.remarks import Remark, remarks

_LEVELS: dict[RemarkSeverity, workflow_commands.Level] = {
    RemarkSeverity.LOST: "error",
    RemarkSeverity.ERROR: "error",
    RemarkSeverity.WARNING: "warning",
    RemarkSeverity.NOTE: "notice",
}
_SEVERITIES = tuple(RemarkSeverity)
_TITLE = "gatekeeper"


def render(report: Report, screen: Screen) -> str:
    """Return annotations, at most as many as GitHub shows, the rest in one notice, and the table."""
    return "".join(_parts(report, screen))


def _parts(report: Report, screen: Screen) -> Iterator[str]:
    left_out: dict[str, int] = {}
    ordered = sorted(remarks(report), key=_first_things_first)
    for level in ("error", "warning", "notice"):
        of_level = [remark for remark in ordered if _level(remark, report) == level]
        # One notice is kept for the sum of the rest.
        most = workflow_commands.MOST_PER_STEP - (level == "notice")
        yield from (_annotation(level, remark) for remark in of_level[:most])
        if len(of_level) > most:
            left_out[level] = len(of_level) - most
    if left_out:
        yield workflow_commands.annotation("notice", _rest(left_out), title=_TITLE)
    yield workflow_commands.group(
        verdict.verdict(report), table.render(report, screen._replace(colour=False))
    )


def _first_things_first(remark: Remark) -> tuple[int, int]:
    """The heaviest first, and of a criterion with many findings one before the second of any other."""
    return _SEVERITIES.index(remark.severity), remark.rank


def _level(remark: Remark, report: Report) -> workflow_commands.Level:
    """With `--fail-on regression` only what fails the step is an error."""
    if report.fail_on is FailOn.REGRESSION and remark.severity is RemarkSeverity.ERROR:
        return "warning"
    return _LEVELS[remark.severity]


def _annotation(level: workflow_commands.Level, remark: Remark) -> str:
    told = [remark.what, *remark.seen, remark.asks, f"→ {remark.helps}"]
    title = f"{remark.rule} {remark.service} ({remark.owner})" if remark.service else _TITLE
    where = remark.where
    return workflow_commands.annotation(
        level, "\n".join(_lines(told)), title=title, file=where.file, line=where.line
    )


def _lines(told: Sequence[str]) -> Iterator[str]:
    """Only we break lines; a line break in foreign text is a blank."""
    return (line.replace("\n", " ") for line in told)


def _rest(left_out: dict[str, int]) -> str:
    counts = ", ".join(f"{count:,} {level}{'s' if count > 1 else ''}" for level, count in left_out.items())
    most = workflow_commands.MOST_PER_STEP
    return f"Not annotated, because a step may show {most} of each: {counts}. The log has the verdict."
