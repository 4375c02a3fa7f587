"""What the reports of ZAP have in common: the same names, as JSON and as XML.

An alert represents all its instances; risk and confidence are digits in strings. Informational alerts, which
every scan raises, are not findings; an alert marked as a false positive is closed. If `riskdesc`, the words
for both, contradicts them, the more severe counts.
"""

from collections.abc import Callable, Iterator

from gatekeeper.collectors.pen_test import _weakness
from gatekeeper.collectors.pen_test._weakness import Reported
from gatekeeper.collectors.pen_test.read import PenTestReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.figures import entries, first_text, listing, objects, shown, text
from gatekeeper.collectors.reading.one_line import one_line
from gatekeeper.model.evidence import Absent, Finding, Origin, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_RISKS = {"0": "informational", "1": "low", "2": "medium", "3": "high"}
_FALSE_POSITIVE = "0"
_FAILURES = frozenset({"insight.network.failure", "insight.auth.failure"})
"""Percentages of what failed; `Medium` if they exceed the higher of ZAP's limits."""
Place = Callable[[str, tuple[Step, ...]], Finding]
"""A message and a path in the report -> the finding."""


def read(format_: str, report: Object, place: Place) -> PenTestReport:
    """Return the alerts of the sites."""
    sites = listing(report["site"], "site")
    if not sites:
        raise Absent("the report has no site: nothing was scanned")
    tool = (first_text(report, key) for key in ("@programName", "@version"))
    origin = Origin(
        format_,
        producer=" ".join(filter(None, tool)) or None,
        produced_at=instants.from_text(first_text(report, "created", "@generated")),
        partial=tuple(_obstacles(report)),
    )
    return _weakness.report(origin, _alerts(sites, place), _unknown(sites, place))


def _unknown(sites: list[Json], place: Place) -> Iterator[tuple[str, Finding]]:
    """Yield the lists of a site that ZAP does not write: alerts may be in them."""
    for number, site in enumerate(objects(sites, "site")):
        for key, value in site.items():
            if value and isinstance(value, list) and key != "alerts":
                message = one_line(f"the list {key} is not known: it may list alerts")
                yield "list", place(message, ("site", number, key))


def _obstacles(report: Object) -> Iterator[str]:
    """Yield what kept the scan from reaching everything, by ZAP's own insights (since 2.17)."""
    for insight in objects(entries(report.get("insights"), "insights"), "insights"):
        level, key = insight.get("level"), insight.get("key")
        if level == "High" or (level == "Medium" and key in _FAILURES):
            yield f"{first_text(insight, 'description', 'key')}: {first_text(insight, 'statistic')}"


def _alerts(sites: list[Json], place: Place) -> Iterator[Reported]:
    for number, site in enumerate(objects(sites, "site")):
        where = text(site.get("@name"), f"site[{number}].@name")
        for index, alert in enumerate(objects(site.get("alerts"), f"site[{number}].alerts", "an alert")):
            name = text(alert.get("alert", alert.get("name")), "the name of an alert")
            yield Reported(
                _risk(alert),
                name,
                where,
                _is_false_positive(alert),
                _placed(place, ("site", number, "alerts", index)),
            )


def _placed(place: Place, path: tuple[Step, ...]) -> Callable[[str], Finding]:
    return lambda message: place(message, path)


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
