"""Text for its destination: JSON, and untrusted text escaped for terminals, Markdown and MDX."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

SCHEMA_VERSION = 2


def as_json(document: Mapping[str, Any]) -> str:
    """Return a result of a command as JSON, with the version of its schema."""
    return json_text({"schema_version": SCHEMA_VERSION, **document})


def json_text(value: Any) -> str:
    """Return plain data as JSON with a line feed at its end; lone surrogates are written as escapes."""
    try:
        return to_json(value, indent=2).decode() + "\n"
    except PydanticSerializationError:  # a byte of a file name that is not UTF-8
        return json.dumps(value, indent=2, default=to_jsonable_python) + "\n"
