"""A dashboard of Grafana in its classic model: panels, before Grafana 5 in rows.

The HTTP API wraps it in `dashboard`, Kubernetes and Grizzly in `spec`.
"""

from collections.abc import Iterator

from gatekeeper.collectors.dashboard._panels import LIBRARY, Model, at, dashboard, dicts, filled, unwrapped
from gatekeeper.collectors.dashboard.read import Dashboard
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import objects
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Object
from gatekeeper.syntax.yaml import Step

ABOUT = About(
    tool="Grafana, also in ConfigMaps and by Grizzly",
    seen="3 to 12",
    source="https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/",
    command="the export of a dashboard as JSON, or `curl GRAFANA/api/dashboards/uid/UID`",
    recognised="`panels`, or `rows` with panels, with `title` or `schemaVersion`",
    models="visible queries, panels whose data others show, library panels in the file, overrides",
    not_modelled="other library panels, unknown types of panels, transformations that drop data by name",
)
_OF_A_PANEL = frozenset({"targets", "gridPos", "datasource", "fieldConfig", "libraryPanel", "span"})
_OF_A_MODEL = frozenset({"templating", "timepicker", "annotations", "__inputs", "__elements"})


def recognises(content: Content) -> bool:
    """Return whether the document has panels, or rows with panels, and a mark of Grafana's model."""
    document, _, _ = unwrapped(content.fields)
    panels, rows = document.get("panels"), document.get("rows")
    listed = dicts(panels) if isinstance(panels, list) else []
    nested = [row for row in dicts(rows) if "panels" in row] if isinstance(rows, list) else []
    if "elements" in document or not ("panels" in document or nested):
        return False
    inner = [panel for row in nested for panel in dicts(row["panels"])]
    is_panel = any(not _OF_A_PANEL.isdisjoint(panel) for panel in [*listed, *inner])
    return "schemaVersion" in document or (
        "title" in document and (is_panel or not _OF_A_MODEL.isdisjoint(document))
    )


def read(content: Content) -> Dashboard:
    """Return the panels of a dashboard."""
    document, uid, path = unwrapped(content.document.object)
    uid = filled(document.get("uid")) or uid
    models = list(_models(document, path))
    return dashboard(Origin("grafana"), document.get("title"), uid, models, content.document)


def _models(document: Object, path: tuple[Step, ...]) -> Iterator[Model]:
    """Yield panels and rows, including those within rows, which a user can open."""
    library = document.get("__elements")
    shelf = library if isinstance(library, dict) else {}
    waiting = [
        ({"type": "row", **row} if key == "rows" else row, (*path, key, index))
        for key in ("panels", "rows")
        for index, row in enumerate(_listed(document, key))
    ]
    waiting.reverse()
    while waiting:
        panel, where = waiting.pop()
        yield _model(panel, shelf, where)
        nested = list(enumerate(_listed(panel, "panels")))
        waiting += [(inner, (*where, "panels", index)) for index, inner in reversed(nested)]


def _model(panel: Object, shelf: Object, path: tuple[Step, ...]) -> Model:
    doubt = None
    if isinstance(panel.get("libraryPanel"), dict):
        uid = filled(at(panel, "libraryPanel", "uid"))
        found = at(shelf.get(uid), "model") if uid else None
        doubt = None if isinstance(found, dict) else LIBRARY
        panel = (
            {**found, **{key: panel[key] for key in ("id", "title") if panel.get(key)}}
            if isinstance(found, dict)
            else panel
        )
    changes = dicts(panel.get("transformations"))
    return Model(panel, panel.get("type"), dicts(panel.get("targets")), changes, path, doubt)


def _listed(container: Object, key: str) -> list[Object]:
    return list(objects(container.get(key) or [], key, f"one of {key}"))
