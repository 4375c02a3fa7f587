"""Read evidence of the kind `json`."""

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.files import looks_like_json, only_file, opened
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Origin, Unreadable
from gatekeeper.syntax import json, yaml

if TYPE_CHECKING:
    from gatekeeper.syntax.json import Json

    Picked = None | bool | int | float | str | tuple[str, ...] | list["Picked"] | dict[str, "Picked"]

ABOUT = About(
    tool="any file in JSON or YAML",
    seen="JSON, JSON Lines, JSON values one after another, YAML 1.1 documents",
    source="docs/evidence.md#any-json-or-yaml",
    command=None,
    recognised="nothing: only a slot of the kind `json` reads it",
    models="what the slot's `select` names by JMESPath expressions",
    not_modelled="time, subject and completeness",
)


def collect(artefact: Artefact, options: Options) -> Collected:
    """Read the document and return the values that `select` names."""
    file = only_file(artefact)
    with opened(file) as data:
        format_, documents = _documents(data)
        document = documents[0] if len(documents) == 1 else documents
        if document in (None, {}, [], ""):
            raise Absent("the document is empty")
        select: Mapping[str, str] = options.get("select") or {}
        if not select:
            raise Absent("select names nothing")
        return Collected(
            {name: _pick(name, select[name], document) for name in select}, (Origin(format_, file.name),)
        )


def _documents(data: bytes) -> tuple[str, list["Json"]]:
    """Return the format and the documents of a file: of YAML, or JSON values one after another."""
    if looks_like_json(data):
        return "json", json.load_all(data)
    return "yaml", [document.value for document in yaml.load_all(data) if document.value is not None]


def _pick(name: str, expression: str, document: "Json") -> "Picked":
    """Return the value of an expression."""
    from jmespath.exceptions import JMESPathError

    from gatekeeper.collectors.reading.expressions import evaluate

    try:
        value = evaluate(expression, document)
    except (JMESPathError, ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
        # Functions of jmespath also raise other errors than its own, as for a step of 0.
        reason = " ".join(str(error).split())
        raise Unreadable(f"select.{name}, {expression!r}: {reason}") from None
    return _value(value, name)


def _value(value: object, name: str) -> "Picked":
    """Return a value as facts hold it: a list that holds text only becomes a tuple."""
    match value:
        case float() if not isfinite(value):
            raise Unreadable(f"select.{name} gives {value}, not a finite number")
        case dict():
            return {key: _value(item, name) for key, item in value.items()}
        case list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case list():
            return [_value(item, name) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise Unreadable(f"select.{name} gives an expression, not a value")
