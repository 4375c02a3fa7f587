"""The panels of a Grafana dashboard, in its three models.

https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/:
classic (`panels`, before Grafana 5 `rows`), as the HTTP API wraps it in `dashboard` and Kubernetes in `spec`,
and v2 (`spec.elements`, of which `spec.layout` shows some).
Modelled: the targets that are visible or used by a visible expression, the panel whose data another shows,
library panels whose model is in the file (`__elements`), what overrides and transformations hide.
Not modelled: other library panels, types of panels that neither Grafana nor a plugin `...-panel` has,
transformations that drop data by its names or values, conditions on elements of a layout.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.dashboard.read import Dashboard, Panel
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import mapping, objects
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_SHOWS_DATA = re.compile(
    r"timeseries|graph|stat|singlestat|gauge|bargauge|barchart|table|table-old|heatmap|histogram|piechart|trend"
    r"|state-timeline|status-history|candlestick|xychart|canvas|geomap|nodeGraph|flamegraph|logs|[\w-]+-panel"
)
_SHOW_NO_DATA = (
    *("row", "text", "news", "dashlist", "alertlist", "annolist", "welcome", "gettingstarted", "pluginlist"),
    "alertGroups",
)
_MAY_DROP = frozenset({"filterFieldsByName", "filterByName", "filterByValue", "configFromData"})
_LIBRARY = "a library panel, whose model is not in the file"
_INVENTED = ("-- Grafana --", "grafana")
"""The data source of Grafana itself, whose values are invented."""
_ON_CONDITION = "an element that the layout shows on a condition"


class _Model(NamedTuple):
    """A panel, as all models describe it."""

    panel: Object
    """Title, `id`, `datasource`, `fieldConfig` and `libraryPanel`."""
    type: Json
    targets: Sequence[Object]
    transformations: Sequence[Object]
    path: tuple[Step, ...]
    doubt: str | None = None
    """Why it is not known what the panel shows."""


def recognises(content: Content) -> bool:
    """Return whether the file is a dashboard in one of the three models."""
    document, _, _ = _unwrapped(content.fields)
    return _is_v2(document) or _is_classic(document)


def read(content: Content) -> Dashboard:
    """Return the panels of a dashboard."""
    document, uid, path = _unwrapped(content.document.object)
    title = _filled(document.get("title"))
    if _is_v2(document):
        models, origin = list(_v2_models(document, path)), Origin("grafana-v2")
    else:
        models, origin = list(_classic_models(document, path)), Origin("grafana")
        uid = _filled(document.get("uid")) or uid
    by_id = {model.panel["id"]: model for model in models if isinstance(model.panel.get("id"), int)}
    panels = tuple(_panel(model, by_id) for model in models)
    return Dashboard(origin, title, uid, panels, content.document)


def _unwrapped(document: Object) -> tuple[Object, str | None, tuple[Step, ...]]:
    """Return the dashboard without its wrapper, its name if it is a Kubernetes resource, and its path."""
    path: tuple[Step, ...] = ()
    if isinstance(wrapped := document.get("dashboard"), dict):
        document, path = wrapped, ("dashboard",)
    uid, spec = _filled(_at(document, "metadata", "name")), document.get("spec")
    if document.get("kind") == "Dashboard" and isinstance(spec, dict):
        return spec, uid, (*path, "spec")
    return document, uid, path


def _is_v2(document: Object) -> bool:
    return isinstance(document.get("elements"), dict) and "layout" in document


def _is_classic(document: Object) -> bool:
    """Return whether a document has panels, or rows with panels, and a title or the version of the model."""
    rows = document.get("rows")
    nested = isinstance(rows, list) and any(isinstance(row, dict) and "panels" in row for row in rows)
    return ("panels" in document or nested) and ("title" in document or "schemaVersion" in document)


def _classic_models(document: Object, path: tuple[Step, ...]) -> Iterator[_Model]:
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
        yield _classic_model(panel, shelf, where)
        nested = list(enumerate(_listed(panel, "panels")))
        waiting += [(inner, (*where, "panels", index)) for index, inner in reversed(nested)]


def _classic_model(panel: Object, shelf: Object, path: tuple[Step, ...]) -> _Model:
    doubt = None
    if isinstance(panel.get("libraryPanel"), dict):
        uid = _filled(_at(panel, "libraryPanel", "uid"))
        found = _at(shelf.get(uid), "model") if uid else None
        doubt = None if isinstance(found, dict) else _LIBRARY
        panel = (
            {**found, **{key: panel[key] for key in ("id", "title") if panel.get(key)}}
            if isinstance(found, dict)
            else panel
        )
    changes = _dicts(panel.get("transformations"))
    return _Model(panel, panel.get("type"), _dicts(panel.get("targets")), changes, path, doubt)


def _listed(container: Object, key: str) -> list[Object]:
    return list(objects(container.get(key) or [], key, f"one of {key}"))


def _v2_models(document: Object, path: tuple[Step, ...]) -> Iterator[_Model]:
    shown = dict(_in_layout(document["layout"], is_conditional=False))
    for name, element in mapping(document["elements"], "elements").items():
        spec = _at(element, "spec")
        panel: Object = dict(spec) if isinstance(spec, dict) else {}
        config = panel.get("vizConfig")
        panel["fieldConfig"] = _at(config, "spec", "fieldConfig")
        kind = (_at(config, "group") or _at(config, "kind")) if name in shown else "row"
        doubt = (
            _LIBRARY if _at(element, "kind") == "LibraryPanel" else _ON_CONDITION if shown.get(name) else None
        )
        queries = [_at(query, "spec") for query in _dicts(_at(panel, "data", "spec", "queries"))]
        changes = _dicts(_at(panel, "data", "spec", "transformations"))
        yield _Model(
            panel,
            kind,
            [target for query in queries if (target := _v2_target(query))],
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
        is_conditional = is_conditional or bool(_at(layout, "conditionalRendering", "spec", "items"))
        if layout.get("kind") == "ElementReference" and (name := _filled(layout.get("name"))):
            yield name, is_conditional
    inner = layout.values() if isinstance(layout, dict) else layout if isinstance(layout, list) else ()
    for each in inner:
        yield from _in_layout(each, is_conditional=is_conditional)


def _v2_target(query: Json) -> Object:
    spec, data = _at(query, "query", "spec"), _at(query, "query")
    if not isinstance(spec, dict) or not isinstance(query, dict) or not isinstance(data, dict):
        return {}
    kind = data.get("group") or data.get("kind")
    source = {"type": kind, "uid": _at(data, "datasource", "name") or _at(query, "datasource", "uid")}
    return spec | {"refId": query.get("refId"), "hide": query.get("hidden"), "datasource": source}


def _panel(model: _Model, by_id: Mapping[Json, _Model]) -> Panel:
    title, units = _filled(model.panel.get("title")) or "", tuple(_units(model.panel))
    targets: list[Object] = []
    has_area = 0 not in (_at(model.panel, "gridPos", "h"), _at(model.panel, "gridPos", "w"))
    if (model.type not in _SHOW_NO_DATA and has_area) or model.doubt:
        targets = _left(model, _followed(model, by_id, ()))
    doubt = _doubt(model) if targets or model.doubt else None
    return Panel(title, units, () if doubt else tuple(targets), doubt, model.path)


def _doubt(model: _Model) -> str | None:
    """Return why it is not known what a panel with targets shows."""
    if model.doubt:
        return model.doubt
    if not isinstance(model.type, str) or not _SHOWS_DATA.fullmatch(model.type):
        return f"a panel of the type {model.type}"
    if any(name is None for name in _hidden(model)):
        return "an override hides data"
    dropping = (each.get("id") for each in model.transformations if not each.get("disabled"))
    return next((f"the transformation {kind} may drop data" for kind in dropping if kind in _MAY_DROP), None)


def _units(model: Object) -> Iterator[str]:
    places = [_at(model, "fieldConfig", "defaults", "unit"), model.get("format")]
    places += [axis.get("format") for axis in _dicts(model.get("yaxes"))]
    return (unit for unit in places if isinstance(unit, str))


def _followed(model: _Model, by_id: Mapping[Json, _Model], seen: tuple[Json, ...]) -> list[Object]:
    """Return the visible targets, and those of the panels whose data the panel shows."""
    found: list[Object] = []
    for target in _visible(model.targets):
        other = by_id.get(target.get("panelId")) if isinstance(target.get("panelId"), int) else None
        if other is not None and other.panel["id"] not in seen:
            found += _followed(other, by_id, (*seen, other.panel["id"]))
        elif other is None and "panelId" not in target:
            source = target.get("datasource") or model.panel.get("datasource")
            if source not in _INVENTED and _at(source, "uid") not in _INVENTED:
                found.append(target | {"datasource": source})
    return found


def _visible(targets: Sequence[Object]) -> list[Object]:
    """Return the targets that are not hidden, or that a visible expression uses."""
    shown = [target for target in targets if not target.get("hide")]
    for target in shown:  # which grows
        if isinstance(expression := target.get("expression"), str):
            used = set(re.findall(r"\w+", expression))
            shown += [
                each
                for each in targets
                if each not in shown and not used.isdisjoint({each.get("refId"), each.get("id")} - {None})
            ]
    return shown


def _left(model: _Model, targets: list[Object]) -> list[Object]:
    """Return the targets whose data overrides and transformations leave."""
    for hidden in _hidden(model):
        targets = [target for target in targets if not _is_named(target, hidden)]
    for change in model.transformations:
        options = change.get("options")
        excluded = _at(options, "excludeByName")
        if change.get("disabled"):
            continue
        if change.get("id") == "filterByRefId":
            include, exclude = _at(options, "include"), _at(options, "exclude")
            targets = [each for each in targets if include is None or _is_named(each, include)]
            targets = [each for each in targets if not _is_named(each, exclude)]
        elif change.get("id") == "organize" and isinstance(excluded, dict):
            gone = [name.removeprefix("Value #") for name, is_gone in excluded.items() if is_gone]
            targets = [each for each in targets if not any(_is_named(each, name) for name in gone)]
    return targets


def _hidden(model: _Model) -> Iterator[str | None]:
    """Yield the names or references whose data is hidden, `*` for all; None if it is not known which."""
    config = model.panel.get("fieldConfig")
    if _at(config, "defaults", "custom", "hideFrom", "viz") is True:
        yield "*"
    for override in _dicts(_at(config, "overrides")):
        for each in _dicts(override.get("properties")):
            value = (
                _at(each.get("value"), "viz") if each.get("id") == "custom.hideFrom" else each.get("value")
            )
            if value is True and each.get("id") in (
                "custom.hideFrom",
                "custom.hideFrom.viz",
                "custom.hidden",
            ):
                name, matcher = (_at(override, "matcher", key) for key in ("options", "id"))
                yield name if isinstance(name, str) and matcher in ("byName", "byFrameRefID") else None


def _is_named(target: Object, name: Json) -> bool:
    """Return whether a name, or a list of references as in `A|B`, means a target."""
    if not isinstance(name, str):
        return False
    own_names = ("Value", *(target.get(key) for key in ("legendFormat", "alias", "expr")))
    return name in ("*", *own_names) or target.get("refId") in name.strip("/^$()?:").split("|")


def _dicts(value: object) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _at(value: Json, *keys: str) -> Json:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _filled(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
