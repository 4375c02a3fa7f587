"""Looking up a fact by its path."""

from collections.abc import Mapping
from typing import Any


def value_at(facts: Any, path: tuple[str, ...]) -> Any:
    """Return the value at `path` in a kind's facts, or None where the file does not say."""
    field, *keys = path
    value = facts.get(field) if isinstance(facts, Mapping) else getattr(facts, field, None)
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
