"""Read evidence of the kind `coverage`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, merged
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options

__all__ = ["FORMATS", "CoverageReport", "FileCoverage", "Hits", "Ratio", "collect"]


class CoverageReport(NamedTuple):
    """The coverage of the files that a report lists. A format of this kind returns it."""

    format: str
    files: Sequence[FileCoverage]
    produced_at: datetime | None = None
    provider: str | None = None
    branches: Ratio = Ratio()
    """Of all files, if the report counts more branches than it lists."""


def _must_hold(content: Content) -> None:
    if content.json == {}:
        raise Absent("the report lists no file")


FORMATS = Formats[CoverageReport]("coverage", _must_hold)


def collect(artefact: Artefact, options: Options) -> Collected[CoverageFacts]:
    """Read every report, merge them, and compute the coverage of the files that `include` selects."""
    reports = FORMATS.read_each(artefact)
    report = reports[0] if len(reports) == 1 else _merged(reports)
    with in_file(artefact.files[0].name if len(artefact.files) == 1 else artefact.path):
        return collected(reports, _facts(report, _selected(report.files, options.get("include"))))


def _merged(reports: Sequence[CoverageReport]) -> CoverageReport:
    providers = {report.provider for report in reports}
    provider = providers.pop() if len(providers) == 1 else None
    return CoverageReport("", merged(file for report in reports for file in report.files), None, provider)


def _selected(files: Iterable[FileCoverage], include: str | list[str] | None) -> list[FileCoverage]:
    chosen = chooser(include)
    selected = sorted((file for file in files if chosen(file.path)), key=lambda file: file.path)
    if not selected:
        raise Absent("the report lists no file" + (f" that matches {include}" if include else ""))
    return selected


def _facts(report: CoverageReport, files: Sequence[FileCoverage]) -> CoverageFacts:
    lines_pct = Ratio.sum(file.lines for file in files).pct
    if lines_pct is None:
        raise Absent("no line of the selected files can be covered")
    everything = len(files) == len(report.files)
    branches = report.branches if everything and report.branches.total else None
    return CoverageFacts(
        lines_pct=lines_pct,
        branches_pct=(branches or Ratio.sum(file.branches for file in files)).pct,
        functions_pct=Ratio.sum(file.functions for file in files).pct,
        files=len(files),
        paths=tuple(file.path for file in files),
        uncovered=_uncovered(files),
        provider=report.provider,
    )


def _uncovered(files: Iterable[FileCoverage]) -> tuple[Finding, ...]:
    below = [file for file in files if file.lines.covered < file.lines.total]
    below.sort(key=lambda file: file.lines.covered / file.lines.total)
    return tuple(
        Finding(
            f"{file.lines.total - file.lines.covered} of {file.lines.total} lines uncovered",
            file.path,
            file.first_uncovered,
        )
        for file in below
    )
