"""Read evidence of the kind `invariants`."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatekeeper.collectors.invariants.facts import InvariantsFacts
from gatekeeper.collectors.reading.documents import documents
from gatekeeper.collectors.reading.figures import listing, mapping, text
from gatekeeper.collectors.reading.options import texts
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_IS_NAME = re.compile(r"\w")


class _Entry(NamedTuple):
    """One entry of a register."""

    aggregate: str
    invariant: str | None
    """None if the aggregate has no invariant."""
    tests: tuple[str, ...]
    finding: Finding
    """The finding to report if there is no test."""


def collect(artefact: Artefact, options: Options) -> Collected[InvariantsFacts]:
    """Read the registers of the artefact, for the aggregates that the slot names."""
    registers = [document for found in documents(artefact) for document in found]
    entries = [entry for document in registers for entry in _located(document)]
    if not entries:
        raise Absent(f"{artefact.path} lists no aggregate")
    only = texts(options.get("aggregates"))
    entries = [entry for entry in entries if not only or entry.aggregate in only]
    if not entries:
        raise Absent(f"{artefact.path} lists none of {', '.join(only)}")
    formats = sorted({document.format for document in registers})
    return Collected(f"invariant register ({', '.join(formats)})", _facts(entries))


def _facts(entries: Sequence[_Entry]) -> InvariantsFacts:
    """Return the facts, with the entries for one invariant merged."""
    tested = {(entry.aggregate, entry.invariant) for entry in entries if entry.tests}
    stated = {(entry.aggregate, entry.invariant): entry for entry in reversed(entries)}
    named = {aggregate for aggregate, invariant in stated if invariant is not None}
    untested = [
        entry.finding
        for key, entry in reversed(stated.items())
        if key not in tested and not (entry.invariant is None and entry.aggregate in named)
    ]
    return InvariantsFacts(
        aggregates=tuple(dict.fromkeys(entry.aggregate for entry in entries)),
        invariants=sum(invariant is not None for _, invariant in stated),
        untested=tuple(untested),
        tests=tuple(dict.fromkeys(test for entry in entries for test in entry.tests)),
    )


def _located(document: Structured) -> Iterator[_Entry]:
    """Yield the entries of a document; messages about flaws begin with the name of the file."""
    try:
        yield from _entries(document)
    except Unreadable as flaw:
        raise Unreadable(f"{document.file}: {flaw}") from None


def _entries(document: Structured) -> Iterator[_Entry]:
    value = document.value
    path: tuple[Step, ...] = ()
    if isinstance(value, dict) and "aggregates" in value:
        value, path = value["aggregates"], ("aggregates",)
    if value is None:
        return
    if isinstance(value, list):
        for at, row in enumerate(value):
            yield _row(document, mapping(row, f"entry {at}"), (*path, at))
        return
    for aggregate, invariants in mapping(value, "the register").items():
        yield from _aggregate(document, aggregate, invariants, (*path, aggregate))


def _row(document: Structured, row: Object, path: tuple[Step, ...]) -> _Entry:
    aggregate = text(row.get("aggregate"), f"entry {path[-1]}: aggregate")
    invariant = text(row.get("invariant"), f"entry {path[-1]}: invariant")
    return _entry(document, aggregate, invariant, row, path)


def _aggregate(
    document: Structured, aggregate: str, invariants: Json, path: tuple[Step, ...]
) -> Iterator[_Entry]:
    if not invariants:
        finding = document.finding(f"{aggregate} lists no invariant", *path)
        yield _Entry(aggregate, None, (), finding)
        return
    for invariant, tests in mapping(invariants, aggregate).items():
        yield _entry(document, aggregate, invariant, tests, (*path, invariant))


def _entry(
    document: Structured, aggregate: str, invariant: str, tests: Json, path: tuple[Step, ...]
) -> _Entry:
    name = f"{aggregate}: {invariant}"
    return _Entry(aggregate, invariant, _tests(tests, name), document.finding(f"{name} has no test", *path))


def _tests(value: Json, name: str) -> tuple[str, ...]:
    """Return the names of tests; a text without letters and digits (`-`, `?`) is not a name."""
    if isinstance(value, dict):
        value = [value.get("test"), *_as_list(value.get("tests"), name)]
    names = [text(each, f"{name}: test") for each in _as_list(value, name) if each is not None]
    return tuple(each for each in names if _IS_NAME.search(each))


def _as_list(value: Json, name: str) -> list[Json]:
    return [value] if value is None or isinstance(value, str) else listing(value, f"{name}: tests")
