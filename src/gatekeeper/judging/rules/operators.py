"""The operators: compare a fact with an operand, and measure the distance if the relation does not hold."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, assert_never

from gatekeeper.judging.rules.matching import left_out
from gatekeeper.model.evidence import Finding, Shape
from gatekeeper.model.rule import Operator

ACCEPTS: Mapping[Operator, frozenset[Shape]] = {
    Operator.EQUALS: frozenset({Shape.NUMBER, Shape.TEXT, Shape.FLAG}),
    Operator.ONE_OF: frozenset({Shape.NUMBER, Shape.TEXT, Shape.FLAG}),
    Operator.AT_LEAST: frozenset({Shape.NUMBER}),
    Operator.AT_MOST: frozenset({Shape.NUMBER}),
    Operator.EMPTY: frozenset({Shape.NAMES, Shape.FINDINGS, Shape.MAPPING, Shape.TEXT}),
    Operator.INCLUDES: frozenset({Shape.NAMES, Shape.MAPPING}),
    Operator.WITHIN: frozenset({Shape.NAMES}),
    Operator.MENTIONS: frozenset({Shape.NAMES}),
}
"""The shapes of facts that each operator accepts."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s\b)[a-z])")
_WORD = re.compile(r"[^\W_]+")
_ABSOLUTE = re.compile(r"/|[A-Za-z]:/|[\w-]+(\.[\w-]+)+/.*\.go$")
"""The start of a machine, or the host in the name of a module of Go: `example.org/shop/a.go`."""
_REPOSITORY = re.compile(r"(?:github|gitlab|bitbucket)\.\w+/[^/]+/[^/]+/(?:v\d+/)?(?=.*\.go$)")
"""The repository in the name of a module of Go, which is not a folder."""
_TO_DO = ("todo", "tbd", "fixme", "pending", "not implemented", "not supported")
"""What marks a name as a thing to do; a negation alone does not."""


class OperatorResult(NamedTuple):
    """Whether the relation holds, and the distance if it does not."""

    holds: bool
    distance: float | None = None
    offenders: tuple[str, ...] = ()
    """The names at fault; only for operators on lists."""


class NotComparable(Exception):  # noqa: N818 - an outcome: the evidence has an unexpected shape
    """The fact or the operand has a type that the operator cannot compare."""


def compare(operator: Operator, actual: Any, operand: Any) -> OperatorResult:
    """Return how a fact, which must not be null, compares with the value of an operand.

    Raises:
        NotComparable: A value has a type that the operator cannot compare.
    """
    match operator:
        case Operator.EQUALS:
            return OperatorResult(_same(actual, operand))
        case Operator.ONE_OF:
            return OperatorResult(any(_same(actual, choice) for choice in _items(operand)))
        case Operator.AT_LEAST:
            return _short_by(_number(operand) - _number(actual))
        case Operator.AT_MOST:
            return _short_by(_number(actual) - _number(operand))
        case Operator.EMPTY:
            return _emptiness(actual, empty=operand)
        case Operator.INCLUDES:
            return _without(item for item in _names(operand) if item not in _items(actual))
        case Operator.WITHIN:
            return _without(_outside(_names(actual), _names(operand)))
        case Operator.MENTIONS:
            return _without(unmentioned(_names(operand), _names(actual)))
        case _:
            assert_never(operator)


def stays_violated(operator: Operator, actual: Any, operand: Any) -> bool:
    """Return whether a relation that does not hold cannot hold once more of a list or count is known."""
    match operator:
        case Operator.AT_MOST | Operator.WITHIN:
            return True
        case Operator.EMPTY:
            return bool(operand)
        case Operator.EQUALS | Operator.ONE_OF:
            return all(_number(choice) < _number(actual) for choice in _items(operand))
        case _:
            return False


def _same(actual: Any, operand: Any) -> bool:
    return bool(isinstance(actual, bool) is isinstance(operand, bool) and actual == operand)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotComparable(f"{value!r} is not a number")
    return value


def _items(value: Any) -> Collection[Any]:
    if isinstance(value, str | bool | int | float):
        return (value,)
    if isinstance(value, Mapping | list | tuple):
        return value
    raise NotComparable(f"{value!r} is not a list")


def _names(value: Any) -> tuple[str, ...]:
    names = tuple(_items(value))
    if not all(isinstance(name, str) for name in names):
        raise NotComparable(f"{value!r} is not a list of names")
    return names


def _short_by(gap: float) -> OperatorResult:
    # Rounded for display: 95 - 91.2 is 3.8, not 3.799999999999997.
    return OperatorResult(holds=True) if gap <= 0 else OperatorResult(holds=False, distance=round(gap, 6))


def _emptiness(actual: Any, *, empty: bool) -> OperatorResult:
    if not isinstance(actual, str | list | tuple | Mapping):
        raise NotComparable(f"{actual!r} is neither a list nor text")
    if (len(actual) == 0) is empty:
        return OperatorResult(holds=True)
    return OperatorResult(
        holds=False, distance=len(actual) if empty else 1, offenders=_texts(actual) if empty else ()
    )


def _texts(actual: Any) -> tuple[str, ...]:
    items = _items(actual)
    return tuple(item.message if isinstance(item, Finding) else str(item) for item in items)


def _without(offenders: Iterable[str]) -> OperatorResult:
    names = tuple(dict.fromkeys(offenders))
    return OperatorResult(holds=not names, distance=len(names) or None, offenders=names)


def _outside(names: tuple[str, ...], allowed: tuple[str, ...]) -> list[str]:
    """Return the names that are not allowed; a path also matches a path with the same ending.

    One tool writes `/ci/build/src/domain/a.ts` or, in its package, `domain/a.ts`, another `src/domain/a.ts`:
    the longer path must end with the whole shorter path, at a folder boundary. A longer allowed path must be
    absolute, or begin with the host of a Go module: `old/src/domain/a.ts` is another file.
    """
    allowed = tuple(_REPOSITORY.sub("", path) for path in allowed)
    exact = set(allowed)
    by_file: dict[str, list[str]] = {}
    for path in allowed:
        if "/" in path:
            by_file.setdefault(path.rpartition("/")[2], []).append(path)

    def is_allowed(name: str) -> bool:
        if name in exact:
            return True
        candidates = by_file.get(name.rpartition("/")[2], ()) if "/" in name else ()
        return any(
            (path.endswith("/" + name) and _ABSOLUTE.match(path)) or name.endswith("/" + path)
            for path in candidates
        )

    return [name for name in names if not is_allowed(name)]


def unmentioned(phrases: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """Return the phrases without a name of their own that mentions them.

    A name counts for one phrase only. Equal phrases count once, and so do equal names.
    """
    index = _index(names)
    wanted = distinct(phrases)
    return [wanted[one] for one in left_out([index.mentioning(forms(phrase)) for phrase in wanted])]


def distinct(phrases: Iterable[str]) -> list[str]:
    """Return phrases without those that differ from an earlier one in case and punctuation only."""
    found: dict[object, str] = {}
    for phrase in phrases:
        found.setdefault(forms(phrase) or phrase, phrase)
    return list(found.values())


def is_any_named(phrases: Iterable[str], names: tuple[str, ...]) -> bool:
    """Return whether a name has a phrase, even if the name is marked as to do."""
    return any(map(_index(names).having, map(forms, phrases)))


class _Index(NamedTuple):
    """Names as lines, each the forms of a name between blanks, and the lines that have a word."""

    lines: Sequence[str]
    by_word: Mapping[str, Sequence[int]]

    def having(self, phrase: Sequence[str]) -> list[int]:
        """Return the lines that have a form of a phrase as a run of words."""
        found: dict[int, None] = {}
        for form in phrase:
            rarest = min((self.by_word.get(word, ()) for word in form.split(" ")), key=len)
            found |= dict.fromkeys(line for line in rarest if f" {form} " in self.lines[line])
        return list(found)

    def mentioning(self, phrase: Sequence[str]) -> list[int]:
        """Return the lines that mention a phrase."""
        return [line for line in self.having(phrase) if mentions(phrase, self.lines[line])]


@lru_cache(maxsize=16)
def _index(names: tuple[str, ...]) -> _Index:
    lines = tuple(dict.fromkeys(" \t ".join(("", *forms(name), "")) for name in names))
    by_word: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        for word in set(line.split()):
            by_word.setdefault(word, []).append(number)
    return _Index(lines, by_word)


def mentions(phrase: Collection[str], name: str) -> bool:
    """Return whether a form of a phrase is a run of words of a name, and no other word marks it as to do.

    The name is its forms, each between blanks.
    """
    runs = [run for form in phrase if (run := f" {form} ") in name]
    rest = name
    for run in runs:
        rest = rest.replace(run, " | ")
    return bool(runs) and not any(f" {marker} " in rest for marker in _TO_DO)


def forms(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, joined by blanks: camelCase as one word, and as several.

    Anything but letters and digits separates words. A text without a word has no form.
    """
    found = (" ".join(_WORD.findall(one)).casefold() for one in (text, _CAMEL.sub(" ", text)))
    return tuple(dict.fromkeys(filter(None, found)))
