"""A small strict YAML loader on libyaml's events.

It reads the core schema of YAML 1.2 (so `no` and `22:30` are text) and refuses what makes YAML unsafe or
ambiguous: aliases, tags, duplicate and non-text keys, multiple documents, deep nesting, infinities. It is
faster than `yaml.CSafeLoader` and knows the position of every value; see docs/decisions.

A document without anything unusual is read without positions; they are computed by a second reading when
somebody asks for one. Everything else is read by `_Builder`, the only place that refuses anything.

In YAML 1.1 the word `on` is a boolean, and tools that read it write the key `on` back as `true`. `load` reads
such a key as `on`, and the document knows where.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from yaml import YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from gatekeeper.syntax import SyntaxProblem, decode

MAX_DEPTH = 64
MAX_BYTES = 20_000_000
MAX_ALIASES = 100
"""After so many, the rest of a file is not read."""

_MAYBE_NOT_TEXT = frozenset("-+.0123456789ntfNTF~")
_CONSTANTS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NUMBER = re.compile(
    r"(?P<integer>[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)

_ON = "on"

Position = tuple[int, int]
"""Line and column, 1-based."""
Step = str | int
"""A key of a mapping or an index of a sequence."""
OnProblem = Callable[[SyntaxProblem], None]


class AliasProblem(SyntaxProblem):
    """An alias, which is refused: a few aliases of aliases would stand for billions of values."""


class Located(NamedTuple):
    """A value whose positions are known."""

    value: Any
    events: dict[int, dict[Step, tuple[Any, Any]]]
    """For each container, by identity: the events of each key (or item) and of its value."""


class YamlDocument:
    """A parsed document: plain dicts, lists and scalars, with their positions."""

    def __init__(self, value: Any, locate: Callable[[], Located], *, has_rewritten_on: bool = False) -> None:
        self.value = value
        self.has_rewritten_on = has_rewritten_on
        """Whether a key `on` is written as `true`."""
        self._locate = locate

    @cached_property
    def located(self) -> Located:
        """The same value, read with its positions."""
        return self._locate()

    def position(self, path: Sequence[Step], *, of_key: bool = False) -> Position:
        """Return the position of the value at `path` or of its key, or of the nearest parent."""
        found = self._events(path)
        if found is None:
            return 1, 1
        mark = found[0 if of_key else 1].start_mark
        return mark.line + 1, mark.column + 1

    def has(self, path: Sequence[Step]) -> bool:
        """Return whether the document has a value at `path`."""
        value, events = self.located
        for step in path:
            if step not in events.get(id(value), ()):
                return False
            value = value[step]
        return True

    def rewritten_on(self) -> Iterator[tuple[Step, ...]]:
        """Yield the path of each key `on` that is written as `true`."""
        if self.has_rewritten_on:
            yield from self._rewritten_on((), self.located.value)

    def _rewritten_on(self, path: tuple[Step, ...], value: Any) -> Iterator[tuple[Step, ...]]:
        for step, (key, _) in self.located.events.get(id(value), {}).items():
            if step == _ON and key.value != _ON:
                yield (*path, step)
            yield from self._rewritten_on((*path, step), value[step])

    def source(self, path: Sequence[Step]) -> str | None:
        """Return the text of the plain scalar at `path`, before conversion; None if it is not one."""
        found = self._events(path)
        return found[1].value if found and type(found[1]) is ScalarEvent and found[1].implicit[0] else None

    def _events(self, path: Sequence[Step]) -> tuple[Any, Any] | None:
        """Return the events of the key and the value at `path`, or of the nearest parent."""
        (value, known), found = self.located, None
        for step in path:
            events = known.get(id(value))
            if events is None or step not in events:
                break
            found = events[step]
            value = value[step]
        return found


def load(data: bytes, on_problem: OnProblem | None = None) -> YamlDocument:
    """Return the only YAML document of a file.

    Problems after which parsing can continue (a duplicate key) go to `on_problem`, if given, so that a caller
    can report them all.

    Raises:
        SyntaxProblem: The first other problem.
    """
    text = _text(data)
    try:
        return YamlDocument(_plain_document(text), lambda: _only_document(text, _refuse).located)
    except (_Unusual, YAMLError):
        return _only_document(text, on_problem or _refuse)


def load_all(data: bytes) -> list[YamlDocument]:
    """Return the documents of a stream, as tools write them: a key may be any scalar, and is kept as text."""
    with _explained():
        builder = _Builder(_text(data), _refuse, only_text_keys=False)
        return list(iter(builder.next_document, None))


def _only_document(text: str, on_problem: OnProblem) -> YamlDocument:
    with _explained():
        builder = _Builder(text, on_problem)
        document = builder.next_document()
        if document is None:
            raise SyntaxProblem("the file is empty", 1, 1)
        if type(second := builder.next()) is DocumentStartEvent:
            raise _problem("multiple YAML documents in one file", second, "keep one")
        return document


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise SyntaxProblem(f"the file has {len(data):,} bytes; at most {MAX_BYTES:,} are read", 1, 1)
    return decode(data)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except YAMLError as error:
        raise _explain(error) from None


def _refuse(problem: SyntaxProblem) -> None:
    raise problem


class _Builder:
    """Build values from libyaml's events, by recursive descent."""

    def __init__(self, text: str, on_problem: OnProblem, *, only_text_keys: bool = True) -> None:
        self.next: Callable[[], Any] = CParser(text).get_event
        self.on_problem = on_problem
        self.only_text_keys = only_text_keys
        self.events: dict[int, dict[Step, tuple[Any, Any]]] = {}
        self.aliases: list[SyntaxProblem] = []
        self.has_rewritten_on = False
        self.next()  # the start of the stream

    def next_document(self) -> YamlDocument | None:
        if type(self.next()) is StreamEndEvent:
            return None
        value = self.node(self.next(), 0)
        self.next()  # the end of the document
        if self.aliases:
            self.refuse_aliases()
        located = Located(value, self.events)
        return YamlDocument(value, lambda: located, has_rewritten_on=self.has_rewritten_on)

    def node(self, event: Any, depth: int) -> Any:
        kind = type(event)
        if kind is AliasEvent:
            self.aliases.append(_alias(event))
            if len(self.aliases) == MAX_ALIASES:
                self.refuse_aliases()
            return None
        if event.tag is not None:
            raise _problem(f"tag {event.tag}", event, "tags are not supported: write a plain value")
        if kind is ScalarEvent:
            return self.scalar(event)
        if depth >= MAX_DEPTH:
            raise _problem(f"nested more than {MAX_DEPTH} deep", event)
        return self.mapping(depth + 1) if kind is MappingStartEvent else self.sequence(depth + 1)

    def refuse_aliases(self) -> NoReturn:
        *others, last = self.aliases
        for problem in others:
            self.on_problem(problem)
        raise last

    def mapping(self, depth: int) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        events: dict[Step, tuple[Any, Any]] = {}
        self.events[id(mapping)] = events
        while type(event := self.next()) is not MappingEndEvent:
            key = self.key(event)
            value_event = self.next()
            value = self.node(value_event, depth)
            if key in mapping:
                first = events[key][0].start_mark.line + 1
                hint = f"line {first} has the same key; keep one"
                self.on_problem(_problem(f"duplicate key {_written(event, key)}", event, hint))
                continue
            mapping[key] = value
            events[key] = (event, value_event)
        return mapping

    def key(self, event: Any) -> str:
        if type(event) in (MappingStartEvent, SequenceStartEvent):
            raise _problem("a mapping or list as a key", event, "write a plain word as the key")
        key = self.node(event, MAX_DEPTH)
        if type(event) is AliasEvent:
            return f"*{event.anchor}"
        if isinstance(key, str):
            return key
        if not self.only_text_keys:
            return str(event.value)
        if key is True:
            self.has_rewritten_on = True
            return _ON
        self.on_problem(_problem(f"key {event.value!r} is not text", event, f'write it as "{event.value}"'))
        return str(event.value)

    def sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        events: dict[Step, tuple[Any, Any]] = {}
        self.events[id(items)] = events
        while type(event := self.next()) is not SequenceEndEvent:
            events[len(items)] = (event, event)
            items.append(self.node(event, depth))
        return items

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if not event.implicit[0] or (text and text[0] not in _MAYBE_NOT_TEXT):
            return text
        try:
            return _converted(text)
        except _Unusual:
            found = _NUMBER.fullmatch(text)
            if found and found["integer"]:
                raise _problem("a number of more than 300 digits", event) from None
            hint = f'put text in quotes: "{text}"'
            raise _problem(f"{text} is not a finite number", event, hint) from None


class _Unusual(Exception):  # noqa: N818 - a result: the builder decides
    """A document has something that is refused, or a key `on` that is written as `true`."""


def _plain_document(text: str) -> Any:
    """Return the value of the only document of a text; raise `_Unusual` or `YAMLError` if it is not plain."""
    following: Callable[[], Any] = CParser(text).get_event
    following()  # the start of the stream
    if type(following()) is StreamEndEvent:
        raise _Unusual
    event = following()
    value = _plain_scalar(event) if type(event) is ScalarEvent else _plain_container(event, following, 1)
    following()  # the end of the document
    if type(following()) is not StreamEndEvent:
        raise _Unusual
    return value


def _plain_container(start: Any, following: Callable[[], Any], depth: int) -> Any:
    kind = type(start)
    if kind is AliasEvent or start.tag is not None or depth > MAX_DEPTH:
        raise _Unusual
    if kind is MappingStartEvent:
        return _plain_mapping(following, depth)
    items = []
    while (kind := type(event := following())) is not SequenceEndEvent:
        items.append(
            _plain_scalar(event) if kind is ScalarEvent else _plain_container(event, following, depth + 1)
        )
    return items


def _plain_mapping(following: Callable[[], Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while (kind := type(event := following())) is not MappingEndEvent:
        key = _plain_scalar(event) if kind is ScalarEvent else None
        if type(key) is not str or key in found:
            raise _Unusual
        event = following()
        is_scalar = type(event) is ScalarEvent
        found[key] = _plain_scalar(event) if is_scalar else _plain_container(event, following, depth + 1)
    return found


def _plain_scalar(event: Any) -> Any:
    if event.tag is not None:
        raise _Unusual
    text: str = event.value
    if not event.implicit[0] or (text and text[0] not in _MAYBE_NOT_TEXT):
        return text
    return _converted(text)


def _converted(text: str) -> Any:
    """Return the value of a plain scalar; raise `_Unusual` if it is a number that cannot be represented."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    kind = found.lastgroup
    if kind == "integer" and len(text) <= 300:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if kind == "float" and isfinite(number := float(text)):
        return number
    raise _Unusual


def _written(event: Any, key: str) -> str:
    return repr(key) if event.value == key else f"{key!r}, written as {event.value!r}"


def _alias(event: Any) -> SyntaxProblem:
    position = _line_and_column(event.start_mark)
    return AliasProblem(f"alias *{event.anchor}", *position, "aliases are not supported: write the value out")


def _problem(message: str, event: Any, hint: str | None = None) -> SyntaxProblem:
    return SyntaxProblem(message, *_line_and_column(event.start_mark), hint)


def _explain(error: YAMLError) -> SyntaxProblem:
    mark = getattr(error, "problem_mark", None)
    message = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    hint = None
    if "maximum nesting depth" in message:  # libyaml from 0.2.6 on has its own limit
        return SyntaxProblem(f"nested more than {MAX_DEPTH} deep", *_line_and_column(mark))
    if "cannot start any token" in message:
        hint = (
            "YAML indents with spaces, never tabs, and text that starts with a special character needs quotes"
        )
    return SyntaxProblem(f"not YAML: {message}", *_line_and_column(mark), hint)


def _line_and_column(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
