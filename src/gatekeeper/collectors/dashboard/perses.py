"""A dashboard of Perses, as `percli` writes it or as an object of its operator in Kubernetes."""

from collections.abc import Iterator

from gatekeeper.collectors.dashboard._panels import Model, at, dashboard, dicts, filled
from gatekeeper.collectors.dashboard.read import Dashboard
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Perses",
    seen="by its source, v1; PersesDashboard v1alpha1 and v1alpha2",
    source="https://perses.dev/perses/docs/api/dashboard/",
    command="percli get dashboard NAME -o yaml",
    recognised="`panels` by name with `layouts`, in `spec` of a Dashboard or a PersesDashboard",
    models="the panels that a layout shows, and their queries in PromQL and LogQL",
    not_modelled="queries of other plugins, and panels of plugins that Perses does not have",
)
_SHOWING = (
    *("TimeSeriesChart", "GaugeChart", "StatChart", "BarChart", "PieChart", "ScatterChart", "HeatMapChart"),
    *("StatusHistoryChart", "HistogramChart", "TimeSeriesTable", "Table", "LogsTable"),
)
_QUERIES = ("PrometheusTimeSeriesQuery", "LokiTimeSeriesQuery", "LokiLogQuery")
_PANELS = "#/spec/panels/"


def recognises(content: Content) -> bool:
    """Return whether the document is such an object."""
    is_dashboard = content.fields.get("kind") in ("Dashboard", "PersesDashboard")
    return is_dashboard and bool(_specification(content.fields)[0])


def read(content: Content) -> Dashboard:
    """Return the panels of a dashboard."""
    document = content.document
    spec, path = _specification(document.object)
    name = filled(at(document.object, "metadata", "name"))
    title = filled(at(spec, "display", "name")) or name
    models = list(_models(spec, path))
    return dashboard(Origin("perses"), title, name, models, document)


def _specification(document: Object) -> tuple[Object, tuple[Step, ...]]:
    """Return the specification of a dashboard with its path; an empty one if the document has none."""
    for path in (("spec",), ("spec", "config")):
        found = at(document, *path)
        if isinstance(found, dict) and isinstance(found.get("panels"), dict) and "layouts" in found:
            return found, path
    return {}, ()


def _models(spec: Object, path: tuple[Step, ...]) -> Iterator[Model]:
    shown = set(_in_layouts(spec))
    for name, panel in mapping(spec["panels"], "panels").items():
        inner = at(panel, "spec")
        plugin = at(inner, "plugin", "kind")
        kind = "timeseries" if plugin in _SHOWING else "text" if plugin == "Markdown" else plugin
        titled: Object = {"title": at(inner, "display", "name")}
        targets = [_target(at(query, "spec", "plugin")) for query in dicts(at(inner, "queries"))]
        yield Model(titled, kind if name in shown else "row", targets, (), (*path, "panels", name))


def _in_layouts(spec: Object) -> Iterator[str]:
    """Yield the names of the panels that a layout shows."""
    for layout in dicts(spec.get("layouts")):
        for item in dicts(at(layout, "spec", "items")):
            if reference := filled(at(item, "content", "$ref")):
                yield reference.removeprefix(_PANELS)


def _target(plugin: Json) -> Object:
    """Return a query as Grafana has it, so that it is read alike."""
    query, kind = at(plugin, "spec", "query"), at(plugin, "kind")
    if kind in _QUERIES:
        return {"expr": query}
    return {"query": query, "queryType": kind if isinstance(kind, str) else "unknown"}
