"""Text for its destination: JSON, and untrusted text escaped for terminals, Markdown and MDX."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

SCHEMA_VERSION = 2


def as_json(document: Mapping[str, Any]) -> str:
    """Return a result of a command as JSON, with the version of its schema."""
    return to_json({"schema_version": SCHEMA_VERSION, **document}, indent=2).decode() + "\n"
