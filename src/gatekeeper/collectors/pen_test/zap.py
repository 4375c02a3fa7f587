"""The "traditional" JSON report of ZAP, with or without requests and responses.

https://www.zaproxy.org/docs/desktop/addons/report-generation/report-traditional-json/. An alert
represents all its instances; risk and confidence are digits in strings. Informational alerts, which every
scan raises, are not findings; an alert marked as a false positive is closed.
"""

from collections.abc import Iterator
from typing import NamedTuple

from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import listing, objects, shown, text
from gatekeeper.model.evidence import Absent, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_RISKS = {"0": "informational", "1": "low", "2": "medium", "3": "high"}
_INFORMATIONAL = "informational"
_FALSE_POSITIVE = "0"


class _Alert(NamedTuple):
    name: str
    risk: str
    confidence: object
    site: str
    path: tuple[Step, ...]


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
    alerts = [alert for alert in _alerts(sites) if alert.risk != _INFORMATIONAL]
    times = (document.object.get(key) for key in ("created", "@generated"))
    return PenTestReport(
        "zap",
        open=tuple(
            document.finding(f"{alert.risk}: {alert.name}, at {alert.site}", *alert.path)
            for alert in alerts
            if alert.confidence != _FALSE_POSITIVE
        ),
        closed=sum(alert.confidence == _FALSE_POSITIVE for alert in alerts),
        produced_at=instants.from_text(next((time for time in times if isinstance(time, str)), None)),
    )


def _alerts(sites: list[Json]) -> Iterator[_Alert]:
    for number, site in enumerate(objects(sites, "site")):
        name = text(site.get("@name"), f"site[{number}].@name")
        for index, alert in enumerate(objects(site.get("alerts"), f"site[{number}].alerts", "an alert")):
            yield _alert(alert, name, ("site", number, "alerts", index))


def _alert(alert: Object, site: str, path: tuple[Step, ...]) -> _Alert:
    name, risk = text(alert.get("alert", alert.get("name")), "the name of an alert"), alert.get("riskcode")
    if not isinstance(risk, str) or risk not in _RISKS:
        raise Unreadable(f"the riskcode of {shown(name)} is {shown(risk)}, not one of '0' to '3'")
    return _Alert(" ".join(name.split()), _RISKS[risk], alert.get("confidence"), site, path)
