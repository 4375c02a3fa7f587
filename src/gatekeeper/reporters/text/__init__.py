"""Text for its destination: JSON, and untrusted text escaped for terminals, Markdown and MDX."""

import json
from collections.abc import Iterator, Mapping
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


def json_line(value: Any) -> str:
    """Return plain data as JSON in one line, without a line feed; lone surrogates are written as escapes."""
    try:
        return to_json(value).decode()
    except PydanticSerializationError:
        return json.dumps(value, separators=(",", ":"), default=to_jsonable_python)


def json_pieces(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a result of a command as JSON, piece by piece, with the version of its schema.

    The items of an iterator are asked for one after another, and each is one line.
    """
    yield f'{{\n  "schema_version": {SCHEMA_VERSION}'
    for key, value in document.items():
        yield f",\n  {json_line(key)}: "
        if isinstance(value, Iterator):
            yield from _items(value)
        else:
            yield json_text(value).rstrip().replace("\n", "\n  ")  # strings have no line feeds in JSON
    yield "\n}\n"


def _items(values: Iterator[Any]) -> Iterator[str]:
    before = "[\n    "
    for value in values:
        yield f"{before}{json_line(value)}"
        before = ",\n    "
    yield "[]" if before.startswith("[") else "\n  ]"
