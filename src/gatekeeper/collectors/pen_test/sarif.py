"""A SARIF log as the report of a penetration test: suppressed results are closed.

That its tool attacks what runs must be known by its name, or by the id of the run.
"""

from gatekeeper.collectors.formats.sarif import log
from gatekeeper.collectors.pen_test.read import PenTestReport, Weakness
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.merging import united
from gatekeeper.collectors.reading.one_line import LONGEST
from gatekeeper.model.evidence import Finding

ABOUT = About(
    tool="every tool that writes SARIF 2.1.0",
    seen="SARIF 2.1.0, of ZAP, nuclei, Burp Suite",
    source="https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html",
    command="nuclei -sarif-export FILE",
    recognised="the keys `version` and `runs`",
    models="each result with its level, closed if suppressed; errors, filters and missing parts",
    not_modelled="that a tool which is not known to attack what runs finds nothing",
)
_ADD = "add the report of a penetration test"


def recognises(content: Content) -> bool:
    """Return whether the file is a SARIF log."""
    return log.recognises(content.object)


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
    origin = united([run.origin for run in runs])
    if any(run.left_out for run in runs):
        origin = origin._replace(partial=(*origin.partial, "a filter of the command line left out findings"))
    doubts = [
        ("tool", Finding(f"nothing shows that {run.tool[:LONGEST]} tests by attacks; {_ADD}", document.file))
        for run in runs
        if not run.attacks
    ]
    return PenTestReport(origin, weaknesses, doubts=doubts)
