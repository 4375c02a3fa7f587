"""Read evidence of the kind `invariants`."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from gatekeeper.collectors.invariants.facts import PLACES, InvariantsFacts
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import listing, mapping, text
from gatekeeper.collectors.reading.globs import texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.collectors.reading.words import words
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options
from gatekeeper.syntax.json import Json

ABOUT = About(
    tool="a register of invariants, which people write",
    seen="YAML and JSON",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised="the key `aggregates` with a mapping, or entries with `aggregate` and `invariant`",
    models="aggregates, invariants, the names of tests",
    not_modelled="whether the test exists; a criterion compares it with a test report",
)

_EXPECTED = (
    "not a register of invariants: expected `aggregates`, or a list of entries `{aggregate, invariant, test}`"
)
_KEYS = frozenset({"aggregate", "invariant", "test", "tests"})
_OFF = frozenset({"disabled", "flaky", "ignored", "only", "pending", "skip", "skipped", "todo", "xfail"})


class _Entry(NamedTuple):
    """One entry of a register."""

    aggregate: str
    invariant: str | None
    """None if the aggregate has no invariant."""
    tests: tuple[str, ...]
    finding: Finding
    """The finding to report if there is no test."""


def recognises(content: Content) -> bool:
    """Return whether the document maps `aggregates`, or lists entries with aggregate and invariant."""
    aggregates = content.fields.get("aggregates")
    rows = aggregates if isinstance(aggregates, list) else content.rows
    listed = (isinstance(row, dict) and {"aggregate", "invariant"} <= row.keys() for row in rows)
    empty = "aggregates" in content.fields and not aggregates
    return empty or isinstance(aggregates, dict) or any(listed)


def is_distinct(content: Content) -> bool:
    """Return whether `aggregates` maps invariants to the names of tests, or the entries have both keys."""
    aggregates = content.fields.get("aggregates")
    if not isinstance(aggregates, dict):
        return True
    invariants = [value.values() if isinstance(value, dict) else [value] for value in aggregates.values()]
    return any(map(_is_tested, chain.from_iterable(invariants))) and all(
        not value or isinstance(value, dict) for value in aggregates.values()
    )


def _is_tested(value: Json) -> bool:
    if isinstance(value, dict):
        return not {"test", "tests"}.isdisjoint(value)
    return any(
        isinstance(name, str) and _is_name(name) for name in (value if isinstance(value, list) else [value])
    )


def collect(artefact: Artefact, options: Options) -> Collected[InvariantsFacts]:
    """Read the registers of the artefact, for the aggregates that the slot names."""
    ledger = Ledger(PLACES)
    registers, origins = read_registers(
        artefact, recognises, _EXPECTED, lambda one: [*_entries(Node.of(one), ledger)], ledger, "aggregates"
    )
    entries = [entry for register in registers for entry in register]
    if not entries:
        raise Absent(f"{artefact.path} lists no aggregate")
    only = texts(options.get("aggregates"))
    entries = [entry for entry in entries if not only or entry.aggregate in only]
    if not entries:
        raise Absent(f"{artefact.path} lists none of {', '.join(only)}")
    return Collected(_facts(entries), ledger.told_with(origins))


def _facts(entries: Sequence[_Entry]) -> InvariantsFacts:
    """Return the facts, with the entries for one invariant merged."""
    stated: dict[tuple[str, str | None], _Entry] = {}
    for entry in entries:
        key = (entry.aggregate, entry.invariant)
        tests = stated[key].tests if key in stated else ()
        stated[key] = stated.get(key, entry)._replace(tests=(*tests, *entry.tests))
    named = {aggregate for aggregate, invariant in stated if invariant is not None}
    rows = [row for (of, invariant), row in stated.items() if invariant is not None or of not in named]
    shared = _without_their_own(rows)
    untested = [shared.get(row, row.finding) for row in rows if row in shared or not row.tests]
    return InvariantsFacts(
        aggregates=tuple(dict.fromkeys(entry.aggregate for entry in entries)),
        invariants=sum(invariant is not None for _, invariant in stated),
        untested=tuple(untested),
        tests=tuple(dict.fromkeys(test for entry in entries for test in entry.tests)),
    )


def _without_their_own(rows: Sequence[_Entry]) -> dict[_Entry, Finding]:
    """Return the invariants each test of which is the test of another one, and what to report of them."""
    owners: dict[str, _Entry] = {}
    found = {}
    for row in sorted(rows, key=lambda row: len(row.tests)):
        own = next((test for test in row.tests if test not in owners), None)
        if own is not None:
            owners[own] = row
        elif row.tests:
            owner = owners[row.tests[0]]
            message = (
                f"has no test of its own: `{row.tests[0]}` is that of {owner.aggregate}: {owner.invariant}"
            )
            found[row] = row.finding._replace(message=f"{row.aggregate}: {row.invariant} {message}")
    return found


def _entries(root: Node, ledger: Ledger) -> Iterator[_Entry]:
    aggregates = root.get("aggregates") if isinstance(root.value, dict) else root
    if aggregates and isinstance(aggregates.value, dict):
        for aggregate, invariants in aggregates.items():
            if not invariants.value:
                yield _Entry(aggregate, None, (), invariants.finding(f"{aggregate} lists no invariant"))
                continue
            mapping(invariants.value, aggregate)
            for invariant, tests in invariants.items():
                yield _entry(tests, aggregate, invariant, ledger)
        return
    for number, row in enumerate(aggregates.listed() if aggregates else ()):
        fields, where = mapping(row.value, f"entry {number}"), f"entry {number}"
        aggregate = text(fields.get("aggregate"), f"{where}: aggregate")
        yield _entry(row, aggregate, text(fields.get("invariant"), f"{where}: invariant"), ledger)


def _entry(place: Node, aggregate: str, invariant: str, ledger: Ledger) -> _Entry:
    """Return an entry; note a field beside its test that may switch that off."""
    name = f"{aggregate}: {invariant}"
    for key, field in place.items() if isinstance(place.value, dict) else ():
        is_switch = isinstance(field.value, bool) or _OFF.intersection(words(f"{key} {field.value}"))
        if key not in _KEYS and (is_switch or isinstance(field.value, dict | list)):
            ledger.add("field", field.finding(f"{name} has {key}, which may switch its test off"))
    if is_unwritten(invariant):
        return _Entry(aggregate, invariant, (), place.finding(f"{aggregate} has an invariant without words"))
    return _Entry(aggregate, invariant, _tests(place.value, name), place.finding(f"{name} has no test"))


def _is_name(test: str) -> bool:
    """Return whether a text can name one test: a placeholder or one word occurs in the names of many."""
    return not is_unwritten(test) and (len(words(test)) > 1 or not test.isascii())


def _tests(value: Json, name: str) -> tuple[str, ...]:
    """Return the names of tests."""
    if isinstance(value, dict):
        value = [value.get("test"), *_as_list(value.get("tests"), name)]
    names = [text(one, f"{name}: test") for one in _as_list(value, name) if one is not None]
    return tuple(filter(_is_name, names))


def _as_list(value: Json, name: str) -> list[Json]:
    return [value] if value is None or isinstance(value, str) else listing(value, f"{name}: tests")
