"""A panel of Grafana, in any of its models, and what of its data it shows.

Modelled: the targets that are visible or used by a visible expression, the panel whose data another shows,
what overrides and transformations hide.
Not modelled: types of panels that neither Grafana nor a plugin `...-panel` has, transformations that drop
data by its names or values.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.dashboard.read import Dashboard, Panel
from gatekeeper.collectors.reading.structured import Structured
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
LIBRARY = "a library panel, whose model is not in the file"
_INVENTED = ("-- Grafana --", "grafana")
"""The data source of Grafana itself, whose values are invented."""


class Model(NamedTuple):
    """A panel, as all models describe it."""

    panel: Object
    """Title, `id`, `datasource`, `fieldConfig` and `libraryPanel`."""
    type: Json
    targets: Sequence[Object]
    transformations: Sequence[Object]
    path: tuple[Step, ...]
    doubt: str | None = None
    """Why it is not known what the panel shows."""


def dashboard(
    origin: Origin, title: Json, uid: str | None, models: Sequence[Model], document: Structured
) -> Dashboard:
    """Return the dashboard that has panels of these models."""
    by_id = {model.panel["id"]: model for model in models if isinstance(model.panel.get("id"), int)}
    panels = tuple(_panel(model, by_id) for model in models)
    return Dashboard(origin, filled(title), uid, panels, document)


def unwrapped(document: Object) -> tuple[Object, str | None, tuple[Step, ...]]:
    """Return the dashboard without its wrapper, its name if it is a Kubernetes resource, and its path."""
    path: tuple[Step, ...] = ()
    if isinstance(wrapped := document.get("dashboard"), dict):
        document, path = wrapped, ("dashboard",)
    uid, spec = filled(at(document, "metadata", "name")), document.get("spec")
    if document.get("kind") == "Dashboard" and isinstance(spec, dict):
        return spec, uid, (*path, "spec")
    return document, uid, path


def _panel(model: Model, by_id: Mapping[Json, Model]) -> Panel:
    title, units = filled(model.panel.get("title")) or "", tuple(_units(model.panel))
    targets: list[Object] = []
    has_area = 0 not in (at(model.panel, "gridPos", "h"), at(model.panel, "gridPos", "w"))
    if (model.type not in _SHOW_NO_DATA and has_area) or model.doubt:
        targets = _left(model, _followed(model, by_id, ()))
    doubt = _doubt(model) if targets or model.doubt else None
    return Panel(title, units, () if doubt else tuple(targets), doubt, model.path)


def _doubt(model: Model) -> str | None:
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
    places = [at(model, "fieldConfig", "defaults", "unit"), model.get("format")]
    places += [axis.get("format") for axis in dicts(model.get("yaxes"))]
    return (unit for unit in places if isinstance(unit, str))


def _followed(model: Model, by_id: Mapping[Json, Model], seen: tuple[Json, ...]) -> list[Object]:
    """Return the visible targets, and those of the panels whose data the panel shows."""
    found: list[Object] = []
    for target in _visible(model.targets):
        other = by_id.get(target.get("panelId")) if isinstance(target.get("panelId"), int) else None
        if other is not None and other.panel["id"] not in seen:
            found += _followed(other, by_id, (*seen, other.panel["id"]))
        elif other is None and "panelId" not in target:
            source = target.get("datasource") or model.panel.get("datasource")
            if source not in _INVENTED and at(source, "uid") not in _INVENTED:
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


def _left(model: Model, targets: list[Object]) -> list[Object]:
    """Return the targets whose data overrides and transformations leave."""
    for hidden in _hidden(model):
        targets = [target for target in targets if not _is_named(target, hidden)]
    for change in model.transformations:
        options = change.get("options")
        excluded = at(options, "excludeByName")
        if change.get("disabled"):
            continue
        if change.get("id") == "filterByRefId":
            include, exclude = at(options, "include"), at(options, "exclude")
            targets = [each for each in targets if include is None or _is_named(each, include)]
            targets = [each for each in targets if not _is_named(each, exclude)]
        elif change.get("id") == "organize" and isinstance(excluded, dict):
            gone = [name.removeprefix("Value #") for name, is_gone in excluded.items() if is_gone]
            targets = [each for each in targets if not any(_is_named(each, name) for name in gone)]
    return targets


def _hidden(model: Model) -> Iterator[str | None]:
    """Yield the names or references whose data is hidden, `*` for all; None if it is not known which."""
    config = model.panel.get("fieldConfig")
    if at(config, "defaults", "custom", "hideFrom", "viz") is True:
        yield "*"
    if _draws_nothing(model):
        yield "*"
    for override in dicts(at(config, "overrides")):
        for each in dicts(override.get("properties")):
            value = at(each.get("value"), "viz") if each.get("id") == "custom.hideFrom" else each.get("value")
            if value is True and each.get("id") in (
                "custom.hideFrom",
                "custom.hideFrom.viz",
                "custom.hidden",
            ):
                name, matcher = (at(override, "matcher", key) for key in ("options", "id"))
                yield name if isinstance(name, str) and matcher in ("byName", "byFrameRefID") else None


def _draws_nothing(model: Model) -> bool:
    """Return whether lines, bars and points are all switched off, or no row is left."""
    custom = at(model.panel.get("fieldConfig"), "defaults", "custom")
    is_off = at(custom, "drawStyle") == "line" and (
        at(custom, "lineWidth") == at(custom, "fillOpacity") == 0 and at(custom, "showPoints") == "never"
    )
    is_graph = model.type == "graph"
    all_off = is_graph and all(model.panel.get(style) is False for style in ("lines", "bars", "points"))
    limits = [
        at(each.get("options"), "limitField")
        for each in model.transformations
        if each.get("id") == "limit" and not each.get("disabled")
    ]
    return (model.type == "timeseries" and is_off) or all_off or any(limit in (0, "0") for limit in limits)


def _is_named(target: Object, name: Json) -> bool:
    """Return whether a name, or a list of references as in `A|B`, means a target."""
    if not isinstance(name, str):
        return False
    own_names = ("Value", *(target.get(key) for key in ("legendFormat", "alias", "expr")))
    return name in ("*", *own_names) or target.get("refId") in name.strip("/^$()?:").split("|")


def dicts(value: object) -> list[Object]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def at(value: Json, *keys: str) -> Json:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def filled(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
