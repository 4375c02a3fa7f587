"""Parse one manifest into its model: every problem with its position, the source text and a suggestion."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUndefined

from gatekeeper.errors import Problem, nearest
from gatekeeper.manifests.settings import Settings
from gatekeeper.model.manifest import ID
from gatekeeper.model.service import Service
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.yaml import AliasProblem, Step, YamlDocument, load

M = TypeVar("M", bound=BaseModel)

_MOST_SHOWN = 200
"""The characters of a text that a message shows; a signature has more."""
_TYPES = {
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
}
"""What each of pydantic's error types expects, in terms of YAML."""

_IDS = {
    rf"^{ID}$": "write at most 32 letters, digits, '-' and '_', a letter or digit first",
    rf"^{ID}\.[a-z0-9][a-z0-9-]*$": "write `<gate or level>.<name in lower case>`: build.unit-tests",
}
"""Hints for patterns of ids."""


_ON = "on"
_REWRITTEN = "the key `true` is read as `on`, which tools for YAML 1.1 write as `true`"
_KEEP_ON = 'write `on`, or `"on"`, which they keep'

_INSTEAD_OF_ALIASES: dict[type[BaseModel], str] = {
    Service: "put what services share under `profiles` in gatekeeper.yaml and write `profile: NAME` here",
    Settings: "put what all profiles share under `evidence`, beside `profiles`",
}
"""What to write instead of aliases, if not the value."""


class Parsed(NamedTuple, Generic[M]):
    """A parsed manifest: its model, or its problems; and its warnings."""

    model: M | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...] = ()


def parse(
    data: bytes, file: str, model: type[M], documents: dict[str, YamlDocument] | None = None
) -> Parsed[M]:
    """Return the model of a manifest, or every problem in it; `documents` gets what it was made from."""
    problems: list[Problem] = []
    try:
        document = load(data, lambda problem: problems.append(_syntax_problem(problem, file, model)))
    except SyntaxProblem as problem:
        return Parsed(None, (*problems, _syntax_problem(problem, file, model)))
    if documents is not None:
        documents[file] = document
    rewritten = tuple(document.rewritten_on())
    booleans = [path for path in rewritten if _ON not in _fields_at(model, path[:-1])]
    for path in booleans:
        position = document.position(path, of_key=True)
        problems.append(Problem(file, *position, "key 'true' is not text", 'write it as "true"'))
    try:
        parsed = model.model_validate(document.value)
    except ValidationError as error:
        for flaw in flaws_of(error, model, document.source):
            if tuple(flaw.path) not in booleans:
                position = document.position(flaw.path, of_key=flaw.of_key)
                problems.append(Problem(file, *position, flaw.message, flaw.hint))
    warnings = (
        Problem(file, *document.position(path, of_key=True), _REWRITTEN, _KEEP_ON)
        for path in rewritten
        if path not in booleans
    )
    found = None if problems else parsed
    return Parsed(found, tuple(problems), tuple(warnings))


class Flaw(NamedTuple):
    """One mistake in plain data: its path, what is wrong, and what to write instead."""

    path: list[Step]
    message: str
    hint: str | None
    of_key: bool
    """Whether the key is at fault instead of its value."""


def flaws_of(
    error: ValidationError,
    model: type[BaseModel],
    source: Callable[[Sequence[Step]], str | None] = lambda _: None,
) -> Iterator[Flaw]:
    """Yield every mistake that a validation found; `source` returns the text of a value in its file."""
    details = error.errors(include_url=False)
    for detail in details:
        if _is_echo(detail, details):
            continue
        path = [step for step in detail["loc"] if step != "[key]"]
        message, hint = _words(detail, path, model, _written(detail["input"], source(path)))
        of_key = detail["type"] == "extra_forbidden" or "[key]" in detail["loc"]
        yield Flaw(path[:-1] if detail["type"] == "missing" else path, message, hint, of_key)


def locate(data: bytes, path: Sequence[Step], *, of_key: bool) -> tuple[int, int]:
    """Return the line and column of a value, or of its key, in a valid manifest."""
    return load(data).position(path, of_key=of_key)


def _syntax_problem(problem: SyntaxProblem, file: str, model: type[BaseModel]) -> Problem:
    hint = problem.hint
    if isinstance(problem, AliasProblem) and model in _INSTEAD_OF_ALIASES:
        hint = f"{hint}, or {_INSTEAD_OF_ALIASES[model]}"
    return Problem(file, problem.line or 1, problem.column or 1, problem.message, hint)


def _is_echo(detail: ErrorDetails, details: Sequence[ErrorDetails]) -> bool:
    """Return whether a list is too short only because an item is invalid, which is reported itself."""
    loc = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(loc) and other["loc"][: len(loc)] == loc for other in details
    )


def _written(value: object, source: str | None) -> str:
    """Return a value as the file writes it: `0123456` stays `0123456`."""
    match value:
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case str():
            return repr(value) if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]!r}..."
        case _:
            return source or ("nothing" if value is None else repr(value))


def _words(
    detail: ErrorDetails, path: Sequence[Step], model: type[BaseModel], written: str
) -> tuple[str, str | None]:
    """Return the message and the hint for an error; `written` is the value as the file writes it."""
    name = path[-1] if path else ""
    match detail["type"]:
        case "missing":
            return f"`{name}` is missing", None
        case "extra_forbidden":
            return f"unknown field {name!r}", nearest(str(name), _fields_at(model, path[:-1]))
        case "value_error":
            return _quoting(str(detail["ctx"]["error"]), detail["input"], written), None
        case "string_pattern_mismatch":
            pattern = detail["ctx"]["pattern"]
            return f"{written} does not match the pattern {pattern}", _IDS.get(pattern)
        case "enum" | "literal_error":
            expected = detail["ctx"]["expected"]
            choices = expected.replace(" or ", ", ").replace("'", "").split(", ")
            hint = nearest(detail["input"], choices) if isinstance(detail["input"], str) else ""
            return f"{written} is not one of {expected}", hint if hint.startswith("did you") else None
        case "too_short":
            count = detail["ctx"]["actual_length"]
            has = f"has {count}" if count else "is empty"
            return f"`{name}` {has}; it needs at least {detail['ctx']['min_length']}", None
        case kind if kind in _TYPES:
            is_text = kind == "string_type" and written not in ("nothing", "a mapping", "a list")
            return (
                f"{_TYPES[kind]} is expected, not {written}",
                f'put it in quotes: "{written}"' if is_text else None,
            )
        case _:
            return _quoting(detail["msg"], detail["input"], written), None


def _quoting(message: str, value: object, written: str) -> str:
    """Return a message that names the value as the file writes it."""
    if isinstance(value, dict | list):
        return message
    if repr(value) in message:
        return message.replace(repr(value), written, 1)
    return message if written in message else f"{written}: {message}"


def _fields_at(model: type[BaseModel], path: Sequence[Step]) -> list[str]:
    """Return the fields of the models that may be at a path of the document."""
    current: Any = model
    for step in path:
        if isinstance(current, type) and issubclass(current, BaseModel):
            current = next(
                (_accepted(f) for n, f in current.model_fields.items() if step in (n, f.alias)), None
            )
        else:
            current = _inside(current)
    return [field.alias or name for found in _models(current) for name, field in found.model_fields.items()]


def _accepted(field: FieldInfo) -> Any:
    """Return the annotation of what may be written in a field, short forms included."""
    written = (
        one.json_schema_input_type
        for one in field.metadata
        if isinstance(one, BeforeValidator) and one.json_schema_input_type is not PydanticUndefined
    )
    return next(written, field.annotation)


def _inside(annotation: Any) -> Any:
    """Return the annotation of a container's items, without its optional form and metadata."""
    for candidate in (annotation, *get_args(annotation)):
        if args := get_args(candidate):
            holds = [arg for arg in args if arg is not Ellipsis and arg is not type(None)]
            if getattr(candidate, "__origin__", None) in (dict, tuple, list):
                return holds[-1]
    return next(_models(annotation), None)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a value may have, those of the items of a container left out."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    if get_origin(annotation) not in (dict, tuple, list):
        for arg in get_args(annotation):
            yield from _models(arg)
