"""The panels of a Grafana dashboard, in its three models.

https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/:
classic (`panels`, before Grafana 5 `rows`), as the HTTP API wraps it in `dashboard` and Kubernetes in `spec`,
and v2 (`spec.elements`). A library panel is read where the file carries its model, in `__elements`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping
from gatekeeper.model.evidence import Unreadable

CLASSIC, V2 = "grafana", "grafana-v2"

_QUERY_FIELDS = (
    *("expr", "query", "rawQuery", "queryText", "rawSql", "sql", "target", "expression", "measurement"),
    *("metric", "metricName", "metrics", "timeSeriesQuery", "timeSeriesList", "promQLQuery"),
    *("azureMonitor", "azureLogAnalytics"),
)
"""Where the data sources of Grafana keep what they ask for."""
_PROMQL = "expr"


class Query(NamedTuple):
    """What a panel asks a data source for."""

    expression: str | None = None
    """PromQL or LogQL."""
    text: str = ""
    """Of another language, or the words of a form."""


class Panel(NamedTuple):
    """A panel or a row."""

    title: str
    units: tuple[str, ...] = ()
    queries: tuple[Query, ...] = ()


class Dashboard(NamedTuple):
    """A dashboard of whatever model."""

    format: str
    title: str | None
    uid: str | None
    panels: tuple[Panel, ...]


def read(value: object) -> Dashboard:
    """Read a dashboard; `Unreadable` where the document is none."""
    document = mapping(value, "the document")
    if isinstance(wrapped := document.get("dashboard"), dict):
        document = wrapped
    # A Kubernetes resource is named by its uid.
    metadata = document.get("metadata")
    uid = metadata.get("name") if isinstance(metadata, dict) else None
    spec = document.get("spec")
    if document.get("kind") == "Dashboard" and isinstance(spec, dict):
        document = spec
    elements = document.get("elements")
    if isinstance(elements, dict) and "layout" in document:
        panels = [_v2_panel(element) for element in elements.values()]
        return Dashboard(V2, _text(document, "title"), _filled(uid), tuple(panels))
    if not _is_classic(document):
        raise Unreadable("no dashboard of Grafana")
    return Dashboard(
        CLASSIC,
        _text(document, "title"),
        _text(document, "uid") or _filled(uid),
        tuple(_classic_panels(document)),
    )


def _is_classic(document: Mapping[str, Any]) -> bool:
    return ("panels" in document or "rows" in document) and (
        "title" in document or "schemaVersion" in document
    )


def _classic_panels(document: Mapping[str, Any]) -> Iterator[Panel]:
    """Return panels and rows, those within rows too; what is on the shelf of a library is looked up."""
    library = document.get("__elements")
    shelf = library if isinstance(library, dict) else {}
    waiting = [*_listed(document, "panels"), *({"type": "row"} | row for row in _listed(document, "rows"))]
    waiting.reverse()
    while waiting:
        panel = waiting.pop()
        yield _classic_panel(panel, shelf)
        waiting += reversed(_listed(panel, "panels"))


def _listed(container: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    return [mapping(item, f"one of {key}") for item in listing(container.get(key) or [], key)]


def _classic_panel(panel: Mapping[str, Any], shelf: Mapping[str, Any]) -> Panel:
    model: Mapping[str, Any] = panel
    reference = panel.get("libraryPanel")
    if isinstance(reference, dict) and isinstance(uid := reference.get("uid"), str):
        shelved = shelf.get(uid)
        if isinstance(shelved, dict) and isinstance(shelved.get("model"), dict):
            model = shelved["model"]
    is_row = panel.get("type") == "row"
    return Panel(
        _text(panel, "title") or _text(model, "title") or "",
        tuple(_units(model)),
        () if is_row else tuple(_queries(_dicts(model.get("targets")), "hide")),
    )


def _units(model: Mapping[str, Any]) -> Iterator[str]:
    places = [_at(model, "fieldConfig", "defaults", "unit"), model.get("format")]
    places += [axis.get("format") for axis in _dicts(model.get("yaxes"))]
    return (unit for unit in places if isinstance(unit, str))


def _v2_panel(element: object) -> Panel:
    spec = _at(element, "spec")
    queries = [_at(query, "spec") for query in _dicts(_at(spec, "data", "spec", "queries"))]
    targets = [
        (_at(query, "query", "spec") or {}) | {"hide": _at(query, "hidden")}
        for query in queries
        if isinstance(_at(query, "query", "spec"), dict)
    ]
    unit = _at(spec, "vizConfig", "spec", "fieldConfig", "defaults", "unit")
    title = _at(spec, "title")
    return Panel(
        title if isinstance(title, str) else "",
        (unit,) if isinstance(unit, str) else (),
        tuple(_queries(targets, "hide")),
    )


def _queries(targets: list[dict[str, Any]], hidden: str) -> Iterator[Query]:
    """Return the queries that are shown, or that an expression over others shows."""
    shown = [target for target in targets if not target.get(hidden)]
    if any(isinstance(target.get("expression"), str) for target in shown):
        shown = targets
    return (query for target in shown if (query := _query(target)))


def _query(target: Mapping[str, Any]) -> Query | None:
    expression = target.get(_PROMQL)
    if isinstance(expression, str):
        return Query(expression=expression) if expression.strip() else None
    text = " ".join(_texts([target.get(field) for field in _QUERY_FIELDS])).strip()
    if text:
        return Query(text=text)
    # Some ask without words: for the data of another panel, or for a graph of services.
    has_kind = isinstance(target.get("queryType"), str) and bool(target["queryType"])
    return Query() if has_kind or isinstance(target.get("panelId"), int) else None


def _texts(value: object) -> Iterator[str]:
    """Return the texts within a form, in no particular order."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as inner:
                waiting += inner.values()
            case list() as items:
                waiting += items
            case _:
                pass


def _dicts(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(container: Mapping[str, Any], key: str) -> str | None:
    return _filled(container.get(key))


def _filled(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
