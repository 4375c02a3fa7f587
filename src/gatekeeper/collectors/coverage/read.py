"""Read evidence of the kind `coverage`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.coverage import cobertura as _cobertura
from gatekeeper.collectors.coverage import istanbul, lcov
from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Ratio, merged
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.collectors.reading.files import each, json_object, looks_like_json, looks_like_xml, opened
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Finding, Options, Unreadable


class _Report(NamedTuple):
    """A whole report, of whatever format."""

    format: str
    files: Sequence[FileCoverage]
    produced_at: datetime | None = None
    provider: str | None = None
    branches: Ratio = Ratio()
    """Of all files, where the report counts more than it lists."""


def collect(artefact: Artefact, options: Options) -> Collected:
    """Read every report, put them together, and count what `include` selects."""
    report = _whole(each(artefact, _read_file))
    try:
        facts = _facts(report, _selected(report.files, options.get("include")))
    except Absent as lack:
        name = artefact.files[0].name if len(artefact.files) == 1 else artefact.path
        raise Absent(f"{name}: {lack}") from None
    return Collected(report.format, facts, report.produced_at)


def _read_file(file: ArtefactFile) -> _Report:
    with opened(file) as data:
        return _read(data)


def _whole(reports: Sequence[_Report]) -> _Report:
    if len(reports) == 1:
        return reports[0]
    providers = {report.provider for report in reports}
    return _Report(
        ", ".join(sorted({report.format for report in reports})),
        merged(file for report in reports for file in report.files),
        # The oldest report tells how old the evidence is.
        min((report.produced_at for report in reports if report.produced_at), default=None),
        providers.pop() if len(providers) == 1 else None,
    )


def _read(data: bytes) -> _Report:
    if looks_like_xml(data):
        cobertura = _cobertura.read(data)
        return _Report("cobertura", cobertura.files, cobertura.produced_at, branches=cobertura.branches)
    if looks_like_json(data):
        return _read_json(data)
    if lcov.recognises(data):
        return _Report("lcov", tuple(lcov.read(data)))
    raise Unreadable("no coverage report known here: istanbul's JSON, lcov or Cobertura")


def _read_json(data: bytes) -> _Report:
    document = json_object(data)
    format_ = istanbul.recognise(document)
    if format_ == istanbul.SUMMARY:
        return _Report(format_, tuple(istanbul.read_summary(document)))
    if format_ == istanbul.FINAL:
        return _Report(format_, tuple(istanbul.read_final(document)), provider=istanbul.provider(document))
    if not document:
        raise Absent("the report lists no file")
    raise Unreadable("JSON, but neither istanbul's coverage-summary nor its coverage-final")


def _selected(files: Iterable[FileCoverage], include: str | list[str] | None) -> list[FileCoverage]:
    chosen = chooser(include)
    selected = sorted((file for file in files if chosen(file.path)), key=lambda file: file.path)
    if not selected:
        raise Absent("the report lists no file" + (f" that matches {include}" if include else ""))
    return selected


def _facts(report: _Report, files: Sequence[FileCoverage]) -> CoverageFacts:
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
