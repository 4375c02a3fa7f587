"""Law 3 of a reader: no damage to what shows a flaw makes the artefact green.

An edit drops, hides, comments out, externalises, renames, re-attributes, truncates or replaces an attribute
or a child of the entry that shows the flaw. The entry itself is edited only if something else in the artefact
still speaks of it: a counter, a list, a reference. Two edits are never made, because they leave a valid
statement of something else: a number is not replaced by another one, and true is not replaced by false.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from fnmatch import fnmatchcase
from itertools import islice
from random import Random
from typing import Any, NamedTuple

from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Facts, Options
from gatekeeper.plugins import KindReader
from gatekeeper.testing.artefacts import tree
from gatekeeper.testing.documents import COMMENT, Path, below, parse
from gatekeeper.testing.laws import check_reader


class Flawed(NamedTuple):
    """An artefact with a flaw, and what says that a reader no longer sees the flaw."""

    reader: KindReader
    content: str
    place: str
    """The entry that shows the flaw, as `documents.parse` takes it."""
    is_green: Callable[[Facts], bool]
    """Whether facts satisfy the criterion. A null fact must not: compare with `== ()`, not with `not`."""
    repaired: str
    """The content without the flaw, which is green: it shows that `is_green` can be true."""
    options: Options | None = None
    name: str = "report-0"
    beside: Mapping[str, bytes | str] = {}
    """The other files of the artefact."""
    whole: bool = False
    """Whether the entry itself is edited, too: the rest of the artefact still speaks of it."""
    allowed: Mapping[str, str] = {}
    """Edits that leave a valid statement without the flaw: a glob of `Damage.edits` -> why."""
    also: Mapping[str, str] = {}
    """Other ways to hide the flaw, which the edits do not find: what was done -> the content."""


class Damage(NamedTuple):
    """A damaged artefact."""

    edits: tuple[str, ...]
    """What was done where: `drop /runs/0/level`."""
    content: str


def check_damage(flawed: Flawed, *, most: int | None = None, seed: int = 0) -> int:
    """Check that no damage to a flaw makes an artefact green, and return how many damages were tried.

    Args:
        flawed: The artefact.
        most: The number of damages: single edits in random order, then combinations. None: each single edit.
        seed: Decides the order; the same seed tries the same damages.

    Raises:
        AssertionError: A damaged artefact is green, or the reader breaks a law of `check_reader`. Or the flaw
            is not seen in the artefact itself, or the repaired one is not green.
        Exception: The reader fails with this error.

    >>> from gatekeeper.collectors.tests import read
    >>> red = '<testsuite failures="1"><testcase name="a"><failure/></testcase></testsuite>'
    >>> green = '<testsuite failures="0"><testcase name="a"/></testsuite>'
    >>> check_damage(Flawed(read, red, "testcase", lambda facts: facts.failed == (), green)) > 50
    True
    """
    if not is_green(flawed, flawed.repaired):
        raise AssertionError("the repaired artefact is not green")
    if is_green(flawed, flawed.content) is not False:
        raise AssertionError("the artefact itself does not show the flaw")
    tried = 0
    for damage in damages(flawed, most=most, seed=seed):
        tried += 1
        if is_green(flawed, damage.content):
            raise AssertionError(f"green after: {'; '.join(damage.edits)}\n{damage.content[:5000]}")
    return tried


def is_green(flawed: Flawed, content: str) -> bool | None:
    """Return whether an artefact is green in place of the flawed one; None if the reader refuses it.

    Green means: nothing says that it is partial, and the facts satisfy `is_green` after those that depend on
    a place that was not understood became null.

    Raises:
        AssertionError: The reader breaks a law of `check_reader`.
    """
    artefact = tree({**flawed.beside, flawed.name: content}, flawed.name)
    collected = check_reader(flawed.reader, artefact, flawed.options)
    if collected is None:
        return None
    is_whole = not any(origin.partial for origin in collected.origins)
    return is_whole and flawed.is_green(without_touched(collected))


def damages(flawed: Flawed, *, most: int | None = None, seed: int = 0) -> Iterator[Damage]:
    """Yield damaged artefacts, each once, as `check_damage` tries them."""
    singles = list(_singles(flawed))
    if most is None:
        yield from _each_once(flawed, singles)
    else:
        random = Random(seed)  # noqa: S311 - not for security
        random.shuffle(singles)
        tried = islice(_with_combinations(flawed, singles, random), 20 * most)
        yield from islice(_each_once(flawed, tried), most)


def _each_once(flawed: Flawed, found: Iterable[Damage]) -> Iterator[Damage]:
    seen = {flawed.content}
    for damage in found:
        is_allowed = any(fnmatchcase(edit, glob) for edit in damage.edits for glob in flawed.allowed)
        if damage.content not in seen and not is_allowed:
            seen.add(damage.content)
            yield damage


def _singles(flawed: Flawed) -> Iterator[Damage]:
    yield from (Damage((what,), content) for what, content in flawed.also.items())
    document = parse(flawed.content, flawed.place)
    for path in _editable(flawed, document.value, document.place):
        for edit in _edits(document.value, path):
            value = deepcopy(document.value)
            _apply(value, path, edit)
            yield from _written(document.write, value, (edit.at(path),))


def _with_combinations(flawed: Flawed, singles: list[Damage], random: Random) -> Iterator[Damage]:
    yield from singles
    document = parse(flawed.content, flawed.place)
    while singles:
        value, edits, done = deepcopy(document.value), list[str](), list[Path]()
        for _ in range(random.randint(2, 4)):
            paths = [path for path in _editable(flawed, value, document.place) if not _is_below(path, done)]
            if not paths:
                break
            path = random.choice(paths)
            edit = random.choice(list(_edits(value, path)))
            edits.append(edit.at(path))
            is_shifted = edit.value is _DROPPED and isinstance(edit.key, int)
            done += [path, path[:-1] if is_shifted else (*path[:-1], edit.key)]
            _apply(value, path, edit)
        yield from _written(document.write, value, tuple(edits))


def _is_below(path: Path, done: list[Path]) -> bool:
    """Return whether an edited value is at the path or above: two edits of a value may make a valid one."""
    return any(path[: len(edited)] == edited for edited in done)


def _editable(flawed: Flawed, value: Any, place: Path) -> list[Path]:
    try:
        for key in place:
            value = value[key]
    except (LookupError, TypeError):
        return []
    return list(below(value, place))[0 if flawed.whole and place else 1 :]


def _written(write: Callable[[Any], str], value: Any, edits: tuple[str, ...]) -> Iterator[Damage]:
    try:
        yield Damage(edits, write(value))
    except (TypeError, ValueError, AttributeError):
        return  # The format cannot hold the value.


# --- edits -----------------------------------------------------------------------------------------

_DROPPED = object()
_MOVED = {"$ref": "#/moved"}
"""A reference to the value, which is moved to the root of the document."""
_OTHER: tuple[Any, ...] = (
    *(None, "", " ", "other", [], {}, ["other"], True, False, 7, -1),
    *({"$ref": "other.json"}, ["include", {"href": "other.xml"}]),
)
_COMMENTS = ("# {}", "// {}", "-- {}", "/* {} */", "<!-- {} -->")
_NAMES = ("_{}", "x-{}", "//{}", "{}_", "other")


class _Edit(NamedTuple):
    what: str
    key: Any
    value: Any

    def at(self, path: Path) -> str:
        return f"{self.what} /{'/'.join(map(str, path))}"


def _edits(document: Any, path: Path) -> Iterator[_Edit]:
    owner, key = _owner(document, path)
    value = owner[key]
    yield _Edit("drop", key, _DROPPED)
    if isinstance(owner, dict):
        for name in (*(form.format(key) for form in _NAMES), str(key).swapcase()):
            yield _Edit(f"rename to {name}:", name, value)
    if isinstance(document, dict):
        yield _Edit("move", key, _MOVED)
    for new in (*_replacements(value), *variants(value)):
        yield _Edit(f"put {str(new)[:40]}:", key, new)


def _apply(document: Any, path: Path, edit: _Edit) -> None:
    owner, key = _owner(document, path)
    value = owner[key]
    if edit.value is _DROPPED or edit.key != key:
        del owner[key]
    if edit.value is not _DROPPED:
        owner[edit.key] = deepcopy(edit.value)
    if edit.value is _MOVED:
        document["moved"] = value


def _owner(document: Any, path: Path) -> tuple[Any, Any]:
    for key in path[:-1]:
        document = document[key]
    return document, path[-1]


def _replacements(value: Any) -> Iterator[Any]:
    for new in _OTHER:
        is_statement = type(new) is type(value) is bool or (new == 7 and _is_figure(value))
        if not is_statement:
            yield new


def variants(value: Any) -> Iterator[Any]:
    """Yield a value wrapped, commented out and cut short; a number as text."""
    yield from ([value], {"value": value}, [COMMENT, {}, value])
    if isinstance(value, list):
        yield from (value[: len(value) // 2], value[:-1], value[1:])
        yield from ([*form.split("{}")[:1], *value, *form.split("{}")[1:]] for form in _COMMENTS)
    elif _is_figure(value):
        yield str(value)
    elif isinstance(value, str):
        yield from (value[: len(value) // 2], value[:-1], value.swapcase())
        yield from (form.replace("{}", value) for form in _COMMENTS)


def _is_figure(value: Any) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[-+]?[\d.]+", value) is not None
    return isinstance(value, int | float) and not isinstance(value, bool)
