"""Read evidence of the kind `sync`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import flag, listing, mapping, text
from gatekeeper.collectors.reading.files import in_file
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_unwritten
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.sync.facts import PLACES, SyncFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable
from gatekeeper.syntax.json import Json, Object

_LISTED = ("aggregates", "replicable_aggregates", "replicableAggregates")
_NAME = ("aggregate", "aggregateType", "aggregate_type")
_POLICY = ("conflictPolicy", "conflict_policy")
_EXPECTED = "neither `registrations` nor rows of SyncRegistration `{aggregate, conflictPolicy}`"
_WILD = frozenset("*?{")


class _Row(NamedTuple):
    """A SyncRegistration row."""

    aggregate: str
    policy: str | None
    replicable: bool | None
    """None if the row does not state it; then it counts as replicable."""
    place: Node


def recognises(content: Content) -> bool:
    """Return whether the document has `registrations`, or is a row or a list of rows of SyncRegistration."""
    rows = [content.fields, *content.rows]
    marks = {*_POLICY, "replicable"}
    named = any(not row.keys().isdisjoint(_NAME) and not row.keys().isdisjoint(marks) for row in rows)
    return named or isinstance(content.fields.get("registrations"), dict | list)


def collect(artefact: Artefact, options: Options) -> Collected[SyncFacts]:
    """Compare the rows with the replicable aggregates that the option `aggregates` selects."""
    ledger = Ledger(PLACES)
    keys = (*_LISTED, "registrations", *_NAME, *_POLICY, "replicable")
    documents, origins = read_registers(artefact, recognises, _EXPECTED, lambda one: one, ledger, *keys)
    listed, all_rows = _read(documents)
    rows = [row for row in all_rows if row.replicable is not False]
    if listed is None and all_rows and all(row.replicable is not None for row in all_rows):
        listed = {}
    asked = texts(options.get("aggregates"))
    selects = chooser(list(asked) or None)
    aggregates = dict.fromkeys([*(listed or {}), *(row.aggregate for row in rows)])
    selected = tuple(name for name in aggregates if selects(name))
    if not selected:
        which = f" that matches {', '.join(asked)}" if asked else ""
        raise Absent(f"{artefact.path} names no replicable aggregate{which}")
    chosen = [row for row in rows if selects(row.aggregate)]
    facts = SyncFacts(
        aggregates=selected,
        unregistered=_unregistered(listed, rows, selected, asked, artefact),
        without_conflict_policy=tuple(_without_policy(chosen, texts(options.get("policies")))),
    )
    return Collected(facts, ledger.told_with(origins))


def _read(documents: Iterable[Structured]) -> tuple[dict[str, Node] | None, list[_Row]]:
    """Return the listed replicable aggregates and the rows; a list in one document is a list for all."""
    listed: dict[str, Node] | None = None
    rows: list[_Row] = []
    for document in documents:
        root = Node.of(document)
        with in_file(document.file):
            match document.value:
                case list():
                    rows += _rows(root)
                case {"registrations": registrations}:
                    own = _listed(root)
                    listed = listed if own is None else (listed or {}) | own
                    rows += _rows(Node(document, ("registrations",), registrations))
                case row:
                    rows += [_row(root, mapping(row, "a row"), None)] if row else []
    return listed, rows


def _listed(root: Node) -> dict[str, Node] | None:
    """Return the listed aggregates, written as names or as objects with a name and `replicable`."""
    key, value = _first(root.object(), _LISTED)
    if key is None or value is None:
        return None
    listed: dict[str, Node] = {}
    for index, item in enumerate(listing(value, key)):
        place = Node(root.document, (key, index), item)
        if not isinstance(item, dict):
            listed[_name(item, f"{key}[{index}]")] = place
        elif _replicable(item) is not False:
            listed[
                _name(
                    _first(item, _NAME if "name" not in item else ("name",))[1], f"the name of {key}[{index}]"
                )
            ] = place
    return listed


def _rows(rows: Node) -> Iterator[_Row]:
    if not isinstance(rows.value, dict):
        listing(rows.value, "registrations")
    for number, place in enumerate(rows.children(), 1):
        if isinstance(rows.value, dict):
            name = str(place.path[-1])
            yield _row(place, mapping(place.value or {}, f"the registration of {name}"), name)
        else:
            yield _row(place, mapping(place.value, f"row {number}"), None)


def _row(place: Node, row: Object, name: str | None) -> _Row:
    aggregate = _name(name if name is not None else _first(row, _NAME)[1], "the aggregate of a row")
    policy = _first(row, _POLICY)[1]
    stated = None if policy is None else text(policy, f"the conflict policy of {aggregate}")
    return _Row(aggregate, stated, _replicable(row), place)


def _first(row: Object, keys: Iterable[str]) -> tuple[str | None, Json]:
    """Return the one of the keys that a row has, and its value."""
    found = [key for key in keys if key in row]
    if len(found) > 1:
        raise Unreadable(f"{' and '.join(found)} mean the same; keep one")
    return (found[0], row[found[0]]) if found else (None, None)


def _name(value: object, what: str) -> str:
    name = " ".join(text(value, what).split())
    if not name:
        raise Unreadable(f"{what} is empty")
    return name


def _replicable(row: Object) -> bool | None:
    return None if row.get("replicable") is None else flag(row["replicable"], "replicable")


def _unregistered(
    listed: Mapping[str, Node] | None,
    rows: Iterable[_Row],
    selected: Iterable[str],
    asked: Sequence[str],
    artefact: Artefact,
) -> tuple[Finding, ...] | None:
    """Return the aggregates without a row; one that the option names without wildcards must have a row."""
    named = [name for name in asked if not _WILD.intersection(name)]
    if listed is None and not (asked and len(named) == len(asked)):
        return None
    registered = {row.aggregate for row in rows}
    message = "has no SyncRegistration row"
    missing = [
        listed[name].finding(f"{name} {message}")
        for name in selected
        if listed and name in listed and name not in registered
    ]
    known = {*registered, *(listed or ())}
    missing += [Finding(f"{name} {message}", artefact.path) for name in named if name not in known]
    return tuple(missing)


def _without_policy(rows: Iterable[_Row], allowed: Sequence[str]) -> Iterator[Finding]:
    for row in rows:
        policy = (row.policy or "").strip()
        if is_unwritten(policy):
            yield row.place.finding(f"{row.aggregate} declares no conflict policy")
        elif allowed and policy not in allowed:
            yield row.place.finding(
                f"{row.aggregate} declares {policy}, which is not one of {', '.join(allowed)}"
            )
