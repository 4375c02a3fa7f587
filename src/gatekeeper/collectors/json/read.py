"""Read evidence of the kind `json`."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from gatekeeper.collectors.reading.files import looks_like_json, only_file, opened
from gatekeeper.model.evidence import Absent, Artefact, Collected, Options, Unreadable
from gatekeeper.syntax import json, yaml


def collect(artefact: Artefact, options: Options) -> Collected:
    """Read the document and pick what `select` names."""
    with opened(only_file(artefact)) as data:
        format_ = "json" if looks_like_json(data) else "yaml"
        document = json.load(data) if format_ == "json" else yaml.load(data).value
        if document in (None, {}, [], ""):
            raise Absent("the document is empty")
        select: Mapping[str, str] = options.get("select") or {}
        if not select:
            raise Absent("select names nothing")
        return Collected(format_, {name: _pick(name, select[name], document) for name in select})


def _pick(name: str, expression: str, document: object) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        value = jmespath.search(expression, document)
    except (JMESPathError, ArithmeticError, AttributeError, RecursionError, TypeError, ValueError) as error:
        # Beside its own errors jmespath lets through what its functions meet, such as a step of 0.
        reason = " ".join(str(error).split())
        raise Unreadable(f"select.{name}, {expression!r}: {reason}") from None
    return _value(value, name)


def _value(value: object, name: str) -> Any:
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
