"""The "traditional" XML report of ZAP, with or without requests and responses.

https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-xml/. It has the names of the
JSON report, as elements and attributes.
"""

from gatekeeper.collectors.pen_test import _zap
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.model.evidence import Finding
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="ZAP",
    seen="2.9 to 2.16",
    source="https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-xml/",
    command="the report template `traditional-xml`, or `zap-baseline.py -x zap.xml`",
    recognised="the root element `OWASPZAPReport`",
    models="each alert with risk and site; false positives are closed, failed requests make it partial",
    not_modelled="the instances of an alert; informational alerts",
)
_ALERT = frozenset({"alert", "name", "riskcode", "confidence", "riskdesc"})
_INSIGHT = frozenset({"level", "key", "description", "statistic"})
_KEPT = _ALERT | _INSIGHT | {"OWASPZAPReport", "site", "alerts", "alertitem", "insights", "insight"}


def recognises(content: Content) -> bool:
    """Return whether the root is `OWASPZAPReport`."""
    return content.xml_root == "OWASPZAPReport"


def read(content: Content) -> PenTestReport:
    """Return the alerts of the sites."""
    root = xml_elements.parse(content.data, _KEPT)
    report: Object = {
        **{f"@{key}": root.attributes.get(key) for key in ("programName", "version", "generated")},
        "created": root.attributes.get("created"),
        "site": [_site(site) for site in root.each("site")],
        "insights": [
            _texts(insight, _INSIGHT) for part in root.each("insights") for insight in part.each("insight")
        ],
    }
    read_ = _zap.read("zap_xml", report, lambda message, _: Finding(message, content.name))
    doubts = [*read_.doubts, *root.others(content.name, "site", "insights")]
    return read_._replace(doubts=doubts)


def _site(site: XmlElement) -> Object:
    """Return a site as the JSON report has it; elements that it does not have become lists of their names."""
    found: dict[str, Json] = {child.name: [{}] for child in site.children if child.name != "alerts"}
    alerts: list[Json] = []
    for listed in site.each("alerts"):
        alerts += [_texts(alert, _ALERT) for alert in listed.each("alertitem")]
        found |= {child.name: [{}] for child in listed.children if child.name != "alertitem"}
    return {**found, "@name": site.attributes.get("name"), "alerts": alerts}


def _texts(owner: XmlElement, names: frozenset[str]) -> Object:
    return {child.name: child.text for child in owner.children if child.name in names}
