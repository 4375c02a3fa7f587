"""A dashboard of Grafana in its second model: elements, of which a layout shows some."""

from collections.abc import Iterator

from gatekeeper.collectors.dashboard._panels import LIBRARY, Model, at, dashboard, dicts, filled, unwrapped
from gatekeeper.collectors.dashboard.read import Dashboard
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Grafana 12 and later, schema v2",
    seen="v2alpha1 and v2beta1, by their source",
    source="https://github.com/grafana/grafana/tree/main/apps/dashboard/kinds",
    command="the export of a dashboard as a resource",
    recognised="`elements` with `layout`, in `spec` of a Dashboard or alone",
    models="the elements that the layout shows, their visible queries, overrides and transformations",
    not_modelled="library panels, conditions on elements of the layout",
)
_ON_CONDITION = "an element that the layout shows on a condition"


def recognises(content: Content) -> bool:
    """Return whether the document has elements and a layout."""
    document, _, _ = unwrapped(content.fields)
    return isinstance(document.get("elements"), dict) and "layout" in document


def is_distinct(content: Content) -> bool:
    """Return whether the layout is one of Grafana's."""
    document, _, _ = unwrapped(content.fields)
    layout = document.get("layout")
    return isinstance(layout, dict) and str(layout.get("kind")).endswith("Layout")


def read(content: Content) -> Dashboard:
    """Return the panels of a dashboard."""
    document, uid, path = unwrapped(content.document.object)
    models = list(_models(document, path))
    return dashboard(Origin("grafana-v2"), document.get("title"), uid, models, content.document)


def _models(document: Object, path: tuple[Step, ...]) -> Iterator[Model]:
    shown = dict(_in_layout(document["layout"], is_conditional=False))
    for name, element in mapping(document["elements"], "elements").items():
        spec = at(element, "spec")
        panel: Object = dict(spec) if isinstance(spec, dict) else {}
        config = panel.get("vizConfig")
        panel["fieldConfig"] = at(config, "spec", "fieldConfig")
        kind = (at(config, "group") or at(config, "kind")) if name in shown else "row"
        doubt = (
            LIBRARY if at(element, "kind") == "LibraryPanel" else _ON_CONDITION if shown.get(name) else None
        )
        queries = [at(query, "spec") for query in dicts(at(panel, "data", "spec", "queries"))]
        changes = dicts(at(panel, "data", "spec", "transformations"))
        yield Model(
            panel,
            kind,
            [target for query in queries if (target := _target(query))],
            [
                {**change, **inner} if isinstance(inner := change.get("spec"), dict) else change
                for change in changes
            ],
            (*path, "elements", name),
            doubt if name in shown else None,
        )


def _in_layout(layout: Json, *, is_conditional: bool) -> Iterator[tuple[str, bool]]:
    """Yield the names of the elements that a layout shows, and whether it does so on a condition."""
    if isinstance(layout, dict):
        is_conditional = is_conditional or bool(at(layout, "conditionalRendering", "spec", "items"))
        if layout.get("kind") == "ElementReference" and (name := filled(layout.get("name"))):
            yield name, is_conditional
    inner = layout.values() if isinstance(layout, dict) else layout if isinstance(layout, list) else ()
    for each in inner:
        yield from _in_layout(each, is_conditional=is_conditional)


def _target(query: Json) -> Object:
    spec, data = at(query, "query", "spec"), at(query, "query")
    if not isinstance(spec, dict) or not isinstance(query, dict) or not isinstance(data, dict):
        return {}
    kind = data.get("group") or data.get("kind")
    source = {"type": kind, "uid": at(data, "datasource", "name") or at(query, "datasource", "uid")}
    return spec | {"refId": query.get("refId"), "hide": query.get("hidden"), "datasource": source}
