"""Describe values of facts and operands, the same in every format."""

from collections.abc import Mapping
from typing import Any

from gatekeeper.model.evidence import Finding

SHOWN = 3
"""How many items of a list are shown unless more are asked for."""


def describe_value(value: Any, limit: int | None = SHOWN) -> str:
    """Return a value as short text; a list shows `limit` items and how many more there are."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}" if abs(value) < 1e6 else f"{value:,.0f}"
        case str():
            return value
        case Mapping():
            return describe_value(tuple(value), limit)
        case () | []:
            return "empty"
        case [*items]:
            shown = ", ".join(
                item.message if isinstance(item, Finding) else str(item) for item in items[:limit]
            )
            return shown if limit is None or len(items) <= limit else f"{shown} and {len(items) - limit} more"
        case _:
            return str(value)
