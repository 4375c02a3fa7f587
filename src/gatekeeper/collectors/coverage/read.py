"""Read evidence of the kind `coverage`."""

from collections.abc import Iterable, Sequence

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Hits, Ratio, merged
from gatekeeper.collectors.coverage._report import CoverageReport
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options

__all__ = ["FORMATS", "CoverageReport", "FileCoverage", "Hits", "Ratio", "collect"]
"""A format of this kind returns `CoverageReport`, also in a plugin."""


def _hint(content: Content) -> None:
    if content.json == {}:
        raise Absent("the report lists no file")


FORMATS = Formats[CoverageReport]("coverage", _hint)


def collect(artefact: Artefact, options: Options) -> Collected[CoverageFacts]:
    """Read every report, merge them, and compute the coverage of the files that `include` selects."""
    report = _merged(FORMATS.read_each(artefact))
    with in_file(artefact.files[0].name if len(artefact.files) == 1 else artefact.path):
        facts = _facts(report, _selected(report.files, options.get("include")))
    return Collected(report.format, facts, report.produced_at)


def _merged(reports: Sequence[CoverageReport]) -> CoverageReport:
    if len(reports) == 1:
        return reports[0]
    providers = {report.provider for report in reports}
    return CoverageReport(
        ", ".join(sorted({report.format for report in reports})),
        merged(file for report in reports for file in report.files),
        instants.oldest(report.produced_at for report in reports),
        providers.pop() if len(providers) == 1 else None,
    )


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
