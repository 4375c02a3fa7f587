"""Whether a rule of Grafana's alerting has a threshold: what its condition computes from which queries.

https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rules/queries-conditions/. The condition
of a rule is one of its queries, by its reference: an expression over others, or a query of a data source.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.collectors.formats import promql
from gatekeeper.collectors.reading.figures import first_text, listed, section, shown
from gatekeeper.model.evidence import Unreadable
from gatekeeper.syntax.json import Object

_EXPRESSIONS = ("__expr__", "-100")
_INVENTED = ("grafana", "-- Grafana --", "testdata")
_BOUNDS = {
    **dict.fromkeys(("gt", "lt", "gte", "lte", "eq", "ne"), 1),
    **dict.fromkeys(("within_range", "outside_range", "within_range_included", "outside_range_included"), 2),
    "no_value": 0,
}
"""How many numbers each comparison needs."""
_REFERENCE = re.compile(r"\$\{?(\w+)\}?")
_PASSING = ("reduce", "resample", "math", "threshold")


class Firing(NamedTuple):
    """Whether a condition has a threshold, or why that is not known."""

    exists: bool
    doubt: str | None = None


def threshold_of(rule: Object) -> Firing:
    """Return whether the condition of a rule is a threshold over data.

    Raises:
        Unreadable: The condition is not among the queries.
    """
    queries = {str(query.get("refId")): query for query in listed(rule, "data", "a query")}
    reference = first_text(rule, "condition")
    if reference not in queries:
        raise Unreadable(f"the condition {shown(reference)} is not among the queries of the rule")
    query = queries[reference]
    model = section(query, "model")
    if not _is_expression(query):
        return Firing(exists=False, doubt="its condition is a query, whose values decide")
    match model.get("type"):
        case "threshold":
            inner = first_text(model, "expression")
            return _all_bounds(model, queries, [inner.lstrip("$") if inner else ""])
        case "classic_conditions":
            used = [
                str(next(iter(names), ""))
                for each in listed(model, "conditions", "a condition")
                if isinstance(names := section(each, "query").get("params"), list)
            ]
            return _all_bounds(model, queries, used)
        case "math":
            return _of_math(first_text(model, "expression") or "", queries)
        case kind:
            return Firing(exists=False, doubt=f"its condition is an expression of the type {shown(kind)}")


def _is_expression(query: Object) -> bool:
    source = section(section(query, "model"), "datasource") or {
        "uid": section(query, "model").get("datasource")
    }
    return query.get("datasourceUid") in _EXPRESSIONS or source.get("uid") in _EXPRESSIONS


def _all_bounds(model: Object, queries: Mapping[str, Object], used: list[str]) -> Firing:
    """Return whether each condition compares with numbers, and what they compare is data."""
    conditions = list(listed(model, "conditions", "a condition"))
    for condition in conditions:
        evaluator = section(condition, "evaluator")
        kind, numbers = evaluator.get("type"), evaluator.get("params")
        if not isinstance(kind, str) or kind not in _BOUNDS:
            return Firing(exists=False, doubt=f"its condition has the comparison {shown(kind)}")
        given = [n for n in numbers if type(n) in (int, float)] if isinstance(numbers, list) else []
        if len(given) < _BOUNDS[kind]:
            return Firing(exists=False)
    is_of_data = bool(used) and all(_leads_to_data(name, queries, ()) for name in used)
    return Firing(exists=bool(conditions) and is_of_data)


def _of_math(written: str, queries: Mapping[str, Object]) -> Firing:
    """Return whether arithmetic over queries, as in `$A > 5 && $B < 3`, has a threshold."""
    used = _REFERENCE.findall(written)
    if not all(_leads_to_data(name, queries, ()) for name in used) or not used:
        return Firing(exists=False)
    plain = _REFERENCE.sub(r"query_\1", written).replace("&&", " and ").replace("||", " or ")
    try:
        return Firing(promql.parse(plain).has_threshold())
    except promql.NotPromql:
        return Firing(exists=False, doubt=f"arithmetic that is not read: {written[:60]}")


def _leads_to_data(name: str, queries: Mapping[str, Object], seen: tuple[str, ...]) -> bool:
    """Return whether a reference leads, perhaps through expressions, to a query of a data source."""
    query = queries.get(name)
    if query is None or name in seen:
        return False
    if not _is_expression(query):
        source = query.get("datasourceUid")
        return (
            isinstance(source, str) and bool(source) and source not in _INVENTED and bool(query.get("model"))
        )
    model = section(query, "model")
    written = first_text(model, "expression") or ""
    inner = _REFERENCE.findall(written) if model.get("type") == "math" else [written.lstrip("$")]
    is_passing = model.get("type") in _PASSING
    return is_passing and bool(inner) and all(_leads_to_data(each, queries, (*seen, name)) for each in inner)
