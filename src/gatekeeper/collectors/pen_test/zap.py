"""The "traditional" JSON report of ZAP, with or without requests and responses.

https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/. An alert represents
all its instances; risk and confidence are digits in strings. Informational alerts, which every scan raises,
are not findings; an alert marked as a false positive is closed. If `riskdesc`, the words for both,
contradicts them, the more severe counts.
"""

from collections.abc import Iterator

from gatekeeper.collectors.pen_test.read import PenTestReport, Weakness
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import entries, first_text, listing, objects, shown, text
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Finding, Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

_RISKS = {"0": "informational", "1": "low", "2": "medium", "3": "high"}
_INFORMATIONAL = "informational"
_FALSE_POSITIVE = "0"
_FAILURES = frozenset({"insight.network.failure", "insight.auth.failure"})
"""Percentages of what failed; `Medium` if they exceed the higher of ZAP's limits."""


def recognises(content: Content) -> bool:
    """Return whether the file is a report of ZAP."""
    keys = content.fields.keys()
    return "site" in keys and not keys.isdisjoint({"@version", "@programName", "@generated"})


def read(content: Content) -> PenTestReport:
    """Return the alerts of the sites."""
    document = content.document
    sites = listing(document.object["site"], "site")
    if not sites:
        raise Absent("the report has no site: nothing was scanned")
    weaknesses = tuple(_weaknesses(document, sites))
    report = document.object
    tool = (first_text(report, key) for key in ("@programName", "@version"))
    origin = Origin(
        "zap",
        producer=" ".join(filter(None, tool)) or None,
        produced_at=instants.from_text(first_text(report, "created", "@generated")),
        partial=tuple(_obstacles(report)),
        items=len(weaknesses),
    )
    return PenTestReport(origin, weaknesses, doubts=[*_unknown(document)])


def _unknown(document: Structured) -> Iterator[tuple[str, Finding]]:
    """Yield the lists of a site that ZAP does not write: alerts may be in them."""
    for site in Node.of(document).list_of("site"):
        for key, value in site.items():
            if value.value and isinstance(value.value, list) and key != "alerts":
                yield "list", value.finding(f"the list {key} is not known: it may list alerts")


def _obstacles(report: Object) -> Iterator[str]:
    """Yield what kept the scan from reaching everything, by ZAP's own insights (since 2.17)."""
    for insight in objects(entries(report.get("insights"), "insights"), "insights"):
        level, key = insight.get("level"), insight.get("key")
        if level == "High" or (level == "Medium" and key in _FAILURES):
            yield f"{first_text(insight, 'description', 'key')}: {first_text(insight, 'statistic')}"


def _weaknesses(document: Structured, sites: list[Json]) -> Iterator[Weakness]:
    for number, site in enumerate(objects(sites, "site")):
        where = text(site.get("@name"), f"site[{number}].@name")
        for index, alert in enumerate(objects(site.get("alerts"), f"site[{number}].alerts", "an alert")):
            name, risk = text(alert.get("alert", alert.get("name")), "the name of an alert"), _risk(alert)
            message = f"{risk}: {' '.join(name.split())}, at {where}"
            if risk != _INFORMATIONAL:
                found = document.finding(message, "site", number, "alerts", index)
                yield Weakness(found, is_closed=_is_false_positive(alert))


def _risk(alert: Object) -> str:
    risk = alert.get("riskcode")
    if not isinstance(risk, str) or risk not in _RISKS:
        name = shown(alert.get("alert", alert.get("name")))
        raise Unreadable(f"the riskcode of {name} is {shown(risk)}, not one of '0' to '3'")
    words = (first_text(alert, "riskdesc") or "").lower()
    by_words = next((code for code, name in _RISKS.items() if words.startswith(name)), risk)
    return _RISKS[max(risk, by_words)]


def _is_false_positive(alert: Object) -> bool:
    words = (first_text(alert, "riskdesc") or "").lower()
    return alert.get("confidence") == _FALSE_POSITIVE and ("(" not in words or "(false positive)" in words)
