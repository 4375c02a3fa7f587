"""The scan of Nessus, version 2 of its XML.

https://static.tenable.com/documentation/nessus_v2_file_format.pdf. The severity is a number from 0 to 4; the
word `risk_factor` beside it is from the plugin. An analyst may lower the number: the more severe counts.
"""

from collections.abc import Iterator
from datetime import datetime

from gatekeeper.collectors.pen_test import _weakness
from gatekeeper.collectors.pen_test._weakness import Reported
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import instants, xml_elements
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.collectors.reading.xml_elements import XmlElement
from gatekeeper.model.evidence import Absent, Origin, oldest

ABOUT = About(
    tool="Nessus",
    seen="by its specification, version 2",
    source="https://static.tenable.com/documentation/nessus_v2_file_format.pdf",
    command="Export, Nessus",
    recognised="the root element `NessusClientData_v2`",
    models="each item with severity, host and port; a host whose scan did not end makes it partial",
    not_modelled="the policy; items that a filter of the export left out; informational items",
)
_KEPT = frozenset({
    "NessusClientData_v2", "Report", "ReportHost", "HostProperties", "tag", "ReportItem", "risk_factor",
})  # fmt: skip
_SEVERITIES = {"0": "informational", "1": "low", "2": "medium", "3": "high", "4": "critical"}
_MOST_HOSTS = 20


def recognises(content: Content) -> bool:
    """Return whether the root is `NessusClientData_v2`."""
    return content.xml_root == "NessusClientData_v2"


def read(content: Content) -> PenTestReport:
    """Return the items of all hosts."""
    root = xml_elements.parse(content.data, _KEPT)
    reports = [*root.each("Report")]
    hosts = [host for report in reports for host in report.each("ReportHost")]
    doubts = [*root.others(content.name, "Policy", "Report")]
    for report in reports:
        doubts += report.others(content.name, "ReportHost")
    for host in hosts:
        doubts += host.others(content.name, "HostProperties", "ReportItem")
    if not doubts and not any(True for host in hosts for _ in host.each("ReportItem")):
        raise Absent("the scan reports nothing about any host: nothing was scanned")
    open_ended = [host.attributes.get("name", "a host") for host in hosts if not _tags(host, "HOST_END")]
    origin = Origin(
        "nessus",
        producer="Nessus",
        produced_at=oldest(_time(host) for host in hosts),
        partial=tuple(one_line(f"the scan of {name} did not end") for name in open_ended[:_MOST_HOSTS]),
    )
    return _weakness.report(origin, _items(hosts, content.name), doubts)


def _tags(host: XmlElement, name: str) -> list[str]:
    found = (tag for properties in host.each("HostProperties") for tag in properties.each("tag"))
    return [tag.text for tag in found if tag.attributes.get("name") == name and tag.text]


def _time(host: XmlElement) -> datetime | None:
    epoch = next(iter(_tags(host, "HOST_END_TIMESTAMP")), "")
    if epoch.isdecimal() and len(epoch) < 12:
        return instants.from_epoch(int(epoch))
    return _weakness.clock(next(iter(_tags(host, "HOST_END")), ""))


def _items(hosts: list[XmlElement], file: str) -> Iterator[Reported]:
    for host in hosts:
        for item in host.each("ReportItem"):
            stated = item.attributes
            port = stated.get("port", "0")
            yield Reported(
                _severity(item),
                f"{stated.get('pluginID', '')} {stated.get('pluginName', '')}".strip(),
                host.attributes.get("name", "") + (f":{port}" if port != "0" else ""),
                finding=_weakness.in_file(file),
            )


def _severity(item: XmlElement) -> str:
    number = _SEVERITIES.get(item.attributes.get("severity", ""), "unknown severity")
    word = _weakness.by_word(item.text_at("risk_factor"))
    found = _weakness.worst(number, word)
    # A word alone does not make an item informational.
    return number if found == _weakness.INFORMATIONAL else found
