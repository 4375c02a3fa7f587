"""The panels of a Grafana dashboard, in its three models.

https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/:
classic (`panels`, before Grafana 5 `rows`), as the HTTP API wraps it in `dashboard` and Kubernetes in `spec`,
and v2 (`spec.elements`). A library panel is read if the file contains its model, in `__elements`.
"""

from collections.abc import Iterator

from gatekeeper.collectors.dashboard.read import Dashboard, Panel, Query
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping, objects, walk
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object

_QUERY_FIELDS = (
    *("expr", "query", "rawQuery", "queryText", "rawSql", "sql", "target", "expression", "measurement"),
    *("metric", "metricName", "metrics", "timeSeriesQuery", "timeSeriesList", "promQLQuery"),
    *("azureMonitor", "azureLogAnalytics"),
)
"""The fields in which Grafana's data sources keep a query."""


def recognises(content: Content) -> bool:
    """Return whether the file is a dashboard in one of the three models."""
    document, _ = _unwrapped(content.fields)
    return _is_v2(document) or _is_classic(document)


def read(content: Content) -> Dashboard:
    """Return the panels of a dashboard."""
    document, uid = _unwrapped(content.document.object)
    title = _filled(document.get("title"))
    if _is_v2(document):
        elements = mapping(document["elements"], "elements")
        panels = tuple(_v2_panel(element) for element in elements.values())
        return Dashboard(Origin("grafana-v2"), title, uid, panels)
    return Dashboard(
        Origin("grafana"), title, _filled(document.get("uid")) or uid, tuple(_classic_panels(document))
    )


def _unwrapped(document: Object) -> tuple[Object, str | None]:
    """Return the dashboard without its wrapper, and its name if it is a Kubernetes resource."""
    if isinstance(wrapped := document.get("dashboard"), dict):
        document = wrapped
    uid = _filled(_at(document, "metadata", "name"))
    spec = document.get("spec")
    return (spec if document.get("kind") == "Dashboard" and isinstance(spec, dict) else document), uid


def _is_v2(document: Object) -> bool:
    return isinstance(document.get("elements"), dict) and "layout" in document


def _is_classic(document: Object) -> bool:
    """Return whether a document has panels, or rows with panels, and a title or the version of the model."""
    rows = document.get("rows")
    nested = isinstance(rows, list) and any(isinstance(row, dict) and "panels" in row for row in rows)
    return ("panels" in document or nested) and ("title" in document or "schemaVersion" in document)


def _classic_panels(document: Object) -> Iterator[Panel]:
    """Yield panels and rows, including panels within rows; library panels are looked up."""
    library = document.get("__elements")
    shelf = library if isinstance(library, dict) else {}
    rows: list[Object] = [{"type": "row", **row} for row in _listed(document, "rows")]
    waiting = [*_listed(document, "panels"), *rows]
    waiting.reverse()
    while waiting:
        panel = waiting.pop()
        yield _classic_panel(panel, shelf)
        waiting += reversed(_listed(panel, "panels"))


def _listed(container: Object, key: str) -> list[Object]:
    return list(objects(container.get(key) or [], key, f"one of {key}"))


def _classic_panel(panel: Object, shelf: Object) -> Panel:
    model = panel
    reference = panel.get("libraryPanel")
    if isinstance(reference, dict) and isinstance(uid := reference.get("uid"), str):
        shelved = shelf.get(uid)
        if isinstance(found := _at(shelved, "model"), dict):
            model = found
    is_row = panel.get("type") == "row"
    return Panel(
        _filled(panel.get("title")) or _filled(model.get("title")) or "",
        tuple(_units(model)),
        () if is_row else tuple(_queries(_dicts(model.get("targets")))),
    )


def _units(model: Object) -> Iterator[str]:
    places = [_at(model, "fieldConfig", "defaults", "unit"), model.get("format")]
    places += [axis.get("format") for axis in _dicts(model.get("yaxes"))]
    return (unit for unit in places if isinstance(unit, str))


def _v2_panel(element: Json) -> Panel:
    spec = _at(element, "spec")
    queries = [_at(query, "spec") for query in _dicts(_at(spec, "data", "spec", "queries"))]
    targets = [
        target | {"hide": _at(query, "hidden")}
        for query in queries
        if isinstance(target := _at(query, "query", "spec"), dict)
    ]
    unit = _at(spec, "vizConfig", "spec", "fieldConfig", "defaults", "unit")
    title = _at(spec, "title")
    return Panel(
        title if isinstance(title, str) else "",
        (unit,) if isinstance(unit, str) else (),
        tuple(_queries(targets)),
    )


def _queries(targets: list[Object]) -> Iterator[Query]:
    """Return the queries that are visible, or used by a visible expression."""
    shown = [target for target in targets if not target.get("hide")]
    if any(isinstance(target.get("expression"), str) for target in shown):
        shown = targets
    return (query for target in shown if (query := _query(target)))


def _query(target: Object) -> Query | None:
    expression = target.get("expr")
    if isinstance(expression, str):
        return Query(expression=expression) if expression.strip() else None
    written = walk([target.get(field) for field in _QUERY_FIELDS])
    text = " ".join(text for text in written if isinstance(text, str)).strip()
    if text:
        return Query(text=text)
    # Some queries have no text: for the data of another panel, or for a graph of services.
    has_kind = isinstance(target.get("queryType"), str) and bool(target["queryType"])
    return Query() if has_kind or isinstance(target.get("panelId"), int) else None


def _dicts(value: object) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(value: Json, *keys: str) -> Json:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _filled(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
