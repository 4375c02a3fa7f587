"""The final status of Taurus in XML.

`FinalStatus.__dump_xml` in `bzt/modules/reporting.py`. The group without a label sums up all requests; times
are in seconds. The table that the same reporter writes is described in `taurus.yaml`.

Not modelled: when it ran, which it does not state.
"""

import re

from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import xml

ABOUT = About(
    tool="Taurus (bzt), in XML",
    seen="1.17.2",
    source="https://gettaurus.org/docs/Reporting/#Dump-Summary-for-Machine-Consumption",
    command="bzt test.yml, with `dump-xml` of the reporter `final-stats`",
    recognised="the XML root `FinalStatus`",
    models="requests, failures, percentiles of the group without a label, duration",
    not_modelled="when it ran, which it does not state",
)
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?")
_COUNT = re.compile(r"[0-9]{1,15}")


class _Status:
    """Listens to the elements of a status; keeps the values of the group without a label."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}
        """By the name of a value, and its parameter."""
        self.duration = ""
        self._path: list[str] = []
        self._is_total = False

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        if tag == "Group":
            self._is_total = attributes.get("label") == ""
        elif self._is_total and self._path[-1:] == ["Group"]:
            self.values[tag, attributes.get("param", "")] = attributes.get("value", "")
        self._path.append(tag)
        return tag == "TestDuration"

    def text(self, text: str) -> None:
        self.duration += text

    def end(self, tag: str) -> bool:
        self._path.pop()
        return tag == "TestDuration"


def recognises(content: Content) -> bool:
    """Return whether the root element is `FinalStatus`."""
    return content.xml_root == "FinalStatus"


def read(content: Content) -> LoadReport:
    """Return the figures of all requests."""
    status = _Status()
    xml.parse(content.data, status)
    if not status.values:
        raise Unreadable("there is no group without a label, which sums up all requests")
    requests, failed, succeeded = (_count(status, name) for name in ("throughput", "fail", "succ"))
    return LoadReport(
        Origin("taurus-xml", producer="Taurus", items=requests),
        requests,
        failed=max(failed, requests - succeeded),
        latency_ms={
            _number(percentile, "a percentile"): 1000 * _number(value, f"perc {percentile}")
            for (name, percentile), value in status.values.items()
            if name == "perc"
        },
        duration_s=_number(status.duration.strip(), "TestDuration") if status.duration.strip() else None,
    )


def _count(status: _Status, name: str) -> int:
    text = status.values.get((name, ""), "")
    if not _COUNT.fullmatch(text):
        raise Unreadable(f"{name} is {text[:40]!r}, not a count")
    return int(text)


def _number(text: str, name: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"{name} is {text[:40]!r}, not a number")
    return float(text)
