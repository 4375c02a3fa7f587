"""Read evidence of the kind `coverage`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, merged
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Origin, shared

__all__ = ["FORMATS", "CoverageReport", "FileCoverage", "Hits", "Ratio", "collect"]


class CoverageReport(NamedTuple):
    """The coverage of the files that a report lists. A format of this kind returns it."""

    origin: Origin
    files: Sequence[FileCoverage]
    provider: str | None = None
    branches: Ratio = Ratio()
    """Of all files, as the report counts them; it may list fewer."""


def _must_hold(content: Content) -> None:
    if content.json == {}:
        raise Absent("the report lists no file")


FORMATS = Formats[CoverageReport]("coverage", _must_hold)


def collect(artefact: Artefact, options: Options) -> Collected[CoverageFacts]:
    """Read every report, merge them, and compute the coverage of the files that `include` selects."""
    reports = [_whole(report) for report in FORMATS.read_each(artefact, options)]
    with in_file(artefact.files[0].name if len(artefact.files) == 1 else artefact.path):
        files = merged(file for report in reports for file in report.files)
        return collected(reports, _facts(reports, files, _selected(files, options.get("include"))))


def _whole(report: CoverageReport) -> CoverageReport:
    """Return a report; one that lists no file is partial, because beside others nobody would see that."""
    origin = report.origin
    partial = origin.partial if report.files else (*origin.partial, "the report lists no file")
    return report._replace(origin=origin._replace(partial=partial))


def _selected(files: Iterable[FileCoverage], include: str | list[str] | None) -> list[FileCoverage]:
    chosen = chooser(include)
    selected = sorted((file for file in files if chosen(file.path)), key=lambda file: file.path)
    if not selected:
        raise Absent("the report lists no file" + (f" that matches {include}" if include else ""))
    return selected


def _facts(
    reports: Sequence[CoverageReport], files: Sequence[FileCoverage], selected: Sequence[FileCoverage]
) -> CoverageFacts:
    lines = Ratio.sum(file.lines for file in selected)
    if lines.pct is None:
        raise Absent("no line of the selected files can be covered")
    branches = Ratio.sum(file.branches for file in selected)
    if len(reports) == 1 and len(selected) == len(files):
        branches = max(branches, reports[0].branches, key=lambda ratio: ratio.uncovered)
    return CoverageFacts(
        lines_pct=lines.pct,
        branches_pct=branches.pct,
        functions_pct=Ratio.sum(file.functions for file in selected).pct,
        files=len(selected),
        lines=lines.total,
        paths=tuple(file.path for file in selected),
        uncovered=_uncovered(selected),
        provider=shared(report.provider for report in reports),
    )


def _uncovered(files: Iterable[FileCoverage]) -> tuple[Finding, ...]:
    below = [file for file in files if file.lines.uncovered]
    below.sort(key=lambda file: file.lines.covered / file.lines.total)
    return tuple(
        Finding(
            f"{file.lines.uncovered} of {file.lines.total} lines uncovered",
            file.path,
            file.first_uncovered,
        )
        for file in below
    )
