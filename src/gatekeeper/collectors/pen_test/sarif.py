"""A SARIF log as the report of a penetration test: suppressed results are closed."""

from gatekeeper.collectors.formats.sarif import log
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading.content import Content


def recognises(content: Content) -> bool:
    """Return whether the file is a SARIF log."""
    return log.recognises(content.fields)


def read(content: Content) -> PenTestReport:
    """Return the results of all runs."""
    document = content.document
    runs = log.read(document.object)
    results = [result for run in runs for result in run.results]
    return PenTestReport(
        log.FORMAT,
        open=tuple(
            result.finding(f"{result.severity}: {result.message}", document.file)
            for result in results
            if result.suppression is None
        ),
        closed=sum(result.suppression is not None for result in results),
        produced_at=max((run.produced_at for run in runs if run.produced_at), default=None),
    )
