"""LogQL that measures: as PromQL, in which the lines of a log are a counter.

https://grafana.com/docs/loki/latest/query/. What the pipeline filters becomes labels; a field that it unwraps
becomes the metric.
"""

import re

_LONGEST = 10_000
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)"""
_LOG_RANGE = re.compile(rf"\{{((?:[^{{}}\"'`]|{_QUOTED})*)\}}((?:[^\[\"'`]|{_QUOTED})*)\[")
_LINE_FILTER = re.compile(rf"\|[=~]\s*({_QUOTED})")
_FIELD_FILTER = re.compile(rf"\|\s*(\w+)\s*(=~|!~|!=|==?|>=?)\s*({_QUOTED}|\d+)")
_UNWRAP = re.compile(r"\|\s*unwrap\s+(?:\w+\()?(\w+)")
_ONLY_LOGQL = re.compile(
    r"\}\s*(?:\||!=\s*\"|!~\s*\")|\b(?:bytes_rate|bytes_over_time|rate_counter|first_over_time)\s*\("
)
"""A pipeline after a selector, or a function that PromQL does not have."""


def is_logql(text: str) -> bool:
    """Return whether an expression has a construct of LogQL that PromQL does not have."""
    return _ONLY_LOGQL.search(re.sub(_QUOTED, '""', text[:_LONGEST])) is not None


def as_promql(text: str) -> str:
    """Return LogQL as PromQL: the lines are a counter, and what the pipeline filters are labels."""

    def selector(match: re.Match[str]) -> str:
        labels, pipeline = match.groups()
        name = next(iter(_UNWRAP.findall(pipeline)), "log_entries")
        filters = [f"outcome={line}" for line in _LINE_FILTER.findall(pipeline) if "`" not in line]
        for field, operator, value in _FIELD_FILTER.findall(pipeline):
            if value.isdigit():
                filters.append(f'{field}=~"{value[:1]}.."' if operator != "!=" else f'{field}!="{value}"')
            elif "`" not in value:
                filters.append(f"{field}{'=' if operator == '==' else operator}{value}")
        return f"{name}{{{', '.join(filter(None, [labels.strip(), *filters]))}}}["

    counted = re.sub(r"\bcount_over_time\b", "increase", _LOG_RANGE.sub(selector, text[:_LONGEST]))
    return re.sub(r"(_over_time\s*\([^()]*\))\s*(?:by|without)\s*\([^()]*\)", r"\1", counted)
