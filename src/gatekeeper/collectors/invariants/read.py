"""Read evidence of the kind `invariants`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatekeeper.collectors.invariants.facts import PLACES, InvariantsFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import listing, mapping, text
from gatekeeper.collectors.reading.globs import texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options
from gatekeeper.syntax.json import Json

_EXPECTED = (
    "not a register of invariants: expected `aggregates`, or a list of entries `{aggregate, invariant, test}`"
)


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


def collect(artefact: Artefact, options: Options) -> Collected[InvariantsFacts]:
    """Read the registers of the artefact, for the aggregates that the slot names."""
    ledger = Ledger(PLACES)
    registers, origins = read_registers(
        artefact, recognises, _EXPECTED, lambda one: [*_entries(Node.of(one))], ledger, "aggregates"
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


def _entries(root: Node) -> Iterator[_Entry]:
    aggregates = root.get("aggregates") if isinstance(root.value, dict) else root
    if aggregates and isinstance(aggregates.value, dict):
        for aggregate, invariants in aggregates.items():
            if not invariants.value:
                yield _Entry(aggregate, None, (), invariants.finding(f"{aggregate} lists no invariant"))
                continue
            mapping(invariants.value, aggregate)
            yield from (_entry(tests, aggregate, invariant) for invariant, tests in invariants.items())
        return
    for number, row in enumerate(aggregates.listed() if aggregates else ()):
        fields, where = mapping(row.value, f"entry {number}"), f"entry {number}"
        aggregate = text(fields.get("aggregate"), f"{where}: aggregate")
        yield _entry(row, aggregate, text(fields.get("invariant"), f"{where}: invariant"))


def _entry(place: Node, aggregate: str, invariant: str) -> _Entry:
    name = f"{aggregate}: {invariant}"
    return _Entry(aggregate, invariant, _tests(place.value, name), place.finding(f"{name} has no test"))


def _tests(value: Json, name: str) -> tuple[str, ...]:
    """Return the names of tests; a placeholder (`-`, `TODO`) is not a name."""
    if isinstance(value, dict):
        value = [value.get("test"), *_as_list(value.get("tests"), name)]
    names = [text(one, f"{name}: test") for one in _as_list(value, name) if one is not None]
    return tuple(test for test in names if not is_unwritten(test))


def _as_list(value: Json, name: str) -> list[Json]:
    return [value] if value is None or isinstance(value, str) else listing(value, f"{name}: tests")
