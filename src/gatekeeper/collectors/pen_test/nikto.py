"""The report of Nikto as XML.

https://github.com/sullo/nikto, `program/docs/nikto.dtd` and `program/plugins/nikto_report_xml.plugin`. Nikto
does not rate what it finds, so the severity of each item is unknown, and each is open.
"""

from collections.abc import Iterator, Sequence

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
    tool="Nikto",
    seen="by its document type, 2.1.6",
    source="https://github.com/sullo/nikto/blob/master/program/docs/nikto.dtd",
    command="nikto -h URL -Format xml -o nikto.xml",
    recognised="the root element `niktoscan`",
    models="each item with URI, as open; errors and a host whose scan did not end make it partial",
    not_modelled="severities: Nikto states none",
)
_KEPT = frozenset({"niktoscan", "scandetails", "item", "description", "uri", "namelink", "statistics"})


def recognises(content: Content) -> bool:
    """Return whether the root is `niktoscan`."""
    return content.xml_root == "niktoscan"


def read(content: Content) -> PenTestReport:
    """Return the items of all hosts."""
    root = xml_elements.parse(content.data, _KEPT)
    scans = [root, *root.within("niktoscan")]
    hosts = [host for scan in scans for host in scan.each("scandetails")]
    doubts = [doubt for scan in scans for doubt in scan.others(content.name, "niktoscan", "scandetails")]
    for host in hosts:
        doubts += host.others(content.name, "item", "statistics", "ssl")
    if not hosts and not doubts:
        raise Absent("no host was scanned")
    version = next((found for scan in scans if (found := scan.attributes.get("version"))), "")
    origin = Origin(
        "nikto",
        producer=f"Nikto {version}".strip(),
        produced_at=oldest(instants.from_text(host.attributes.get("starttime")) for host in hosts),
        partial=tuple(dict.fromkeys(_missing(hosts))),
    )
    return _weakness.report(origin, _items(hosts, content.name), doubts)


def _missing(hosts: Sequence[XmlElement]) -> Iterator[str]:
    for host in hosts:
        name = host.attributes.get("sitename") or host.attributes.get("targetip") or "a host"
        if (errors := host.attributes.get("errors", "0")) != "0":
            yield one_line(f"{errors} requests to {name} failed")
        if not any(True for _ in host.each("statistics")):
            yield one_line(f"the scan of {name} did not end")


def _items(hosts: Sequence[XmlElement], file: str) -> Iterator[Reported]:
    for host in hosts:
        for item in host.each("item"):
            yield Reported(
                _weakness.by_word(None),
                item.text_at("description"),
                item.text_at("namelink") or item.text_at("uri"),
                finding=_weakness.in_file(file),
            )
