"""The "traditional" JSON report of ZAP, with or without requests and responses.

https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/
"""

from gatekeeper.collectors.pen_test import _zap
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content

ABOUT = About(
    tool="ZAP",
    seen="2.12 to 2.17",
    source="https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/",
    command="the report template `traditional-json`",
    recognised="the keys `site` and `@version`, `@programName` or `@generated`",
    models="each alert with risk and site; false positives are closed, failed requests make it partial",
    not_modelled="the instances of an alert; informational alerts",
)


def recognises(content: Content) -> bool:
    """Return whether the file is a report of ZAP."""
    report = content.object
    is_of_gitlab = "scan" in report
    return (
        "site" in report
        and not is_of_gitlab
        and not report.keys().isdisjoint({"@version", "@programName", "@generated"})
    )


def read(content: Content) -> PenTestReport:
    """Return the alerts of the sites."""
    document = content.document
    return _zap.read("zap", document.object, lambda message, path: document.finding(message, *path))
