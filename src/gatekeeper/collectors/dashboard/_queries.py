"""What a query of a panel asks for: the golden signals that it shows, or why they are not known.

Modelled: PromQL; LogQL that counts lines or unwraps a field; SQL and InfluxQL, by tables, columns and
conditions, without comments, texts and aliases; Graphite and Datadog, by the names of metrics; the forms of
CloudWatch, Azure Monitor, Google Cloud Monitoring and InfluxDB, by the name of the metric.
Not modelled: every other language, and a metric whose name is a template variable.
"""

import re
from typing import NamedTuple

from gatekeeper.collectors.formats import golden_signals, logql
from gatekeeper.collectors.formats.golden_signals import ERRORS, TRAFFIC
from gatekeeper.collectors.reading.figures import first_text, walk
from gatekeeper.syntax.json import Json, Object

_INVENTED = frozenset({"grafana", "testdata", "grafana-testdata-datasource"})
"""Types of data sources whose values are invented: the random walk, and test data."""
_TEXTS = (
    *("query", "rawQuery", "queryText", "sql", "expression", "metrics", "azureLogAnalytics", "nrqlQuery"),
    *("promQLQuery", "timeSeriesQuery", "statsGroups", "queryString", "search"),
)
_LONGEST = 10_000
_FORMS = ("azureMonitor", "timeSeriesList", "promQLQuery")
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
_DATADOG = re.compile(r"\b(?:avg|sum|min|max|count|last|(p\d+)):([\w.]+)\{([^{}]*)\}")
_GRAPHITE = re.compile(r"[\w$*{},\[\]-]+(?:\.[\w$*{},\[\]-]+)+(?![\w(])")


class Reading(NamedTuple):
    """What a query asks for."""

    has_data: bool
    """Whether it asks for data at all, and not for a constant or for invented values."""
    signals: frozenset[str] = frozenset()
    doubt: str | None = None
    """Why it may show further signals; None if it is understood."""
    metrics: tuple[str, ...] = ()
    """The metrics of PromQL that it shows."""
    services: tuple[str, ...] = ()
    """The services that its labels `service_name` name."""


_NOTHING = Reading(has_data=False)


def reading(target: Object) -> Reading:
    """Return what a visible target of a panel asks for."""
    source = target.get("datasource")
    if isinstance(source, dict) and first_text(source, "type") in _INVENTED:
        return _NOTHING
    forms = target, *(inner for key in _FORMS if isinstance(inner := target.get(key), dict))
    for form in forms:
        for field, read in _READERS.items():
            if isinstance(text := form.get(field), str) and text.strip():
                return read(text)
    for form in forms:
        if names := " ".join(_after(form.get("filters"), "metric.type")):
            return _of_names(names)
    if isinstance(target.get("expression"), str) and _type(target) == "__expr__":
        return _NOTHING  # the queries that it uses are read themselves
    written = walk([target.get(field) for field in _TEXTS])
    if text := " ".join(each for each in written if isinstance(each, str)).strip():
        return _of_text(text)
    is_form = "expr" not in target and isinstance(target.get("queryType"), str) and target["queryType"]
    return Reading(has_data=True, doubt="a query without a text is not read") if is_form else _NOTHING


def _type(target: Object) -> Json:
    source = target.get("datasource")
    return source.get("type") if isinstance(source, dict) else source


def _after(values: Json, key: str) -> list[str]:
    """Return the value of each filter `key`, operator, value in a flat list."""
    if not isinstance(values, list):
        return []
    return [str(value) for name, value in zip(values, values[2:], strict=False) if name == key]


def _of_text(text: str) -> Reading:
    if re.match(r"(?is)\s*(?:--[^\n]*\n|/\*.*?\*/|\s)*(?:select|with)\b", text):
        return _of_sql(text)
    if metrics := _DATADOG.findall(text):
        return _of_names(" ".join(map(" ".join, metrics)))
    return Reading(has_data=True, doubt=f"a query in a language that is not read: {text[:60]}")


def _of_names(names: str) -> Reading:
    return Reading(has_data=bool(names.strip()), signals=frozenset(golden_signals.of_names(names)))


def _of_expression(text: str) -> Reading:
    expression = golden_signals.promql(text) or golden_signals.promql(logql.as_promql(text))
    if expression is None:
        if not re.sub(r"#.*", "", text).strip():
            return _NOTHING
        if text.lstrip().startswith("{") and "[" not in text:
            return Reading(has_data=True)  # lines of a log, which are no metric
        return Reading(has_data=True, doubt=f"neither PromQL nor LogQL that is read: {text[:60]}")
    selectors = list(expression.selectors())
    variable = any(golden_signals.is_variable(selector.name) for selector in selectors)
    doubt = f"a template variable names the metric: {text[:60]}" if variable else None
    return Reading(
        bool(selectors),
        frozenset(golden_signals.of_promql(expression)),
        doubt,
        tuple(selector.name for selector in selectors if selector.name),
        tuple(
            value
            for selector in selectors
            for label, operator, value in selector.labels
            if label == "service_name" and operator == "=" and not golden_signals.is_variable(value)
        ),
    )


def _of_sql(text: str) -> Reading:
    if len(text) > _LONGEST:
        return Reading(has_data=True, doubt="a query that is too long")
    import sqlglot
    from sqlglot import expressions as exp
    from sqlglot.optimizer.simplify import simplify

    # InfluxQL has regular expressions and `fill`; Grafana has macros.
    plain = re.sub(r"=~\s*/(?:[^/\\]|\\.)*/", "= 'x'", re.sub(r"\bfill\s*\([^()]*\)", "", text))
    plain = re.sub(r"\$(?:__)?(\w+)|\$\{(\w+)[^{}]*\}|\[\[(\w+)\]\]", r"variable_\1\2\3", plain)
    if not re.sub(r"--[^\n]*|/\*.*?\*/|[\s;]", "", plain, flags=re.DOTALL):
        return _NOTHING
    try:
        query = simplify(sqlglot.parse_one(plain))
    except (sqlglot.errors.SqlglotError, RecursionError):
        return Reading(has_data=True, doubt=f"SQL that does not parse: {text[:60]}")
    tables = [table.name for table in query.find_all(exp.Table)]
    if not tables:
        return _NOTHING
    fails = [
        each.this for each in query.find_all(exp.Where, exp.Having) if each.this in (exp.false(), exp.null())
    ]
    fails += [each for each in query.find_all(exp.NEQ, exp.LT, exp.GT) if each.left == each.right]
    if fails or any(each.expression.name == "0" for each in query.find_all(exp.Limit)):
        return Reading(has_data=True, doubt=f"SQL with a part that has no rows: {text[:60]}")
    names = [
        name
        for name in (*tables, *(each.name for each in query.find_all(exp.Column)))
        if not name.startswith("variable_")
    ]
    signals = golden_signals.of_names(" ".join(names))
    for each in query.find_all(exp.EQ, exp.GTE, exp.GT, exp.Like, exp.RegexpLike):
        if isinstance(each.this, exp.Column) and golden_signals.selects_failures(
            each.this.name, each.expression.name
        ):
            signals = signals - {TRAFFIC} | {ERRORS}
    return Reading(has_data=True, signals=frozenset(signals))


def _of_graphite(text: str) -> Reading:
    return _of_names(" ".join(_GRAPHITE.findall(re.sub(_QUOTED, "", text))))


_READERS = {
    "expr": _of_expression,
    "rawSql": _of_sql,
    "sqlExpression": _of_sql,
    "target": _of_graphite,
    "metricName": _of_names,
    "metric": _of_names,
    "measurement": _of_names,
}
"""How the fields in which data sources keep a query are read, the most specific first."""
