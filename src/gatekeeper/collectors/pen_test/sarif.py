"""A SARIF log as the report of a penetration test: suppressed results are closed."""

from gatekeeper.collectors.formats.sarif import log
from gatekeeper.collectors.pen_test.read import PenTestReport, Weakness
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.merging import united


def recognises(content: Content) -> bool:
    """Return whether the file is a SARIF log."""
    return log.recognises(content.fields)


def read(content: Content) -> PenTestReport:
    """Return the results of all runs."""
    document = content.document
    runs = log.read(document.object, document.file)
    weaknesses = [
        Weakness(
            result.finding(f"{result.severity}: {result.message}", document.file),
            is_closed=result.suppression is not None,
        )
        for run in runs
        for result in run.results
    ]
    return PenTestReport(united([run.origin for run in runs]), weaknesses)
