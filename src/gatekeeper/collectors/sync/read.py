"""Read evidence of the kind `sync`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import flag, listing, mapping, text
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.collectors.sync.facts import SyncFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable
from gatekeeper.syntax.json import Json, Object

_LISTED = ("aggregates", "replicable_aggregates", "replicableAggregates")
_NAME = ("aggregate", "aggregateType", "aggregate_type")
_POLICY = ("conflictPolicy", "conflict_policy")
_NO_POLICY = frozenset({"", "-", "?", "n/a", "none", "null", "tbd", "todo"})
_EXPECTED = "neither `registrations` nor rows of SyncRegistration `{aggregate, conflictPolicy}`"
_WILD = frozenset("*?{")


class _Row(NamedTuple):
    """A SyncRegistration row."""

    aggregate: str
    policy: str | None
    replicable: bool | None
    """None if the row does not state it; then it counts as replicable."""
    place: Node


class _Registry(NamedTuple):
    """The content of one document, or of all documents."""

    listed: Mapping[str, Node] | None
    """The listed replicable aggregates; None if there is no list."""
    rows: Sequence[_Row]


def recognises(content: Content) -> bool:
    """Return whether the document has `registrations`, or is a row or a list of rows of SyncRegistration."""
    rows = [content.fields, *content.rows]
    marks = {*_POLICY, "replicable"}
    named = any(not row.keys().isdisjoint(_NAME) and not row.keys().isdisjoint(marks) for row in rows)
    return named or isinstance(content.fields.get("registrations"), dict | list)


def collect(artefact: Artefact, options: Options) -> Collected[SyncFacts]:
    """Compare the rows with the replicable aggregates that the option `aggregates` selects."""
    registries, origins = read_registers(artefact, recognises, _EXPECTED, _registry)
    registry = _merged(registries)
    rows = [row for row in registry.rows if row.replicable is not False]
    asked = texts(options.get("aggregates"))
    selects = chooser(list(asked) or None)
    listed = registry.listed
    if listed is None and registry.rows and all(row.replicable is not None for row in registry.rows):
        listed = {}
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
    return Collected(facts, origins)


def _merged(registries: Iterable[_Registry]) -> _Registry:
    """Merge several documents; a list of replicable aggregates in one of them is a list for all."""
    listed: dict[str, Node] | None = None
    rows: list[_Row] = []
    for registry in registries:
        if registry.listed is not None:
            listed = (listed or {}) | dict(registry.listed)
        rows += registry.rows
    return _Registry(listed, rows)


def _registry(document: Structured) -> _Registry:
    root = Node.of(document)
    match document.value:
        case list():
            return _Registry(None, list(_rows(root)))
        case {"registrations": rows}:
            listed = _listed(root)
            return _Registry(listed, list(_rows(Node(document, ("registrations",), rows))))
        case row:
            return _Registry(None, [_row(root, mapping(row, "a row"), None)] if row else [])


def _listed(root: Node) -> Mapping[str, Node] | None:
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
            listed[_name(_first(item, (*_NAME, "name"))[1], f"the name of {key}[{index}]")] = place
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
    """Return the first of the keys that a row has, and its value."""
    return next(((key, row[key]) for key in keys if key in row), (None, None))


def _name(value: object, what: str) -> str:
    name = text(value, what).strip()
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
        if policy.casefold() in _NO_POLICY:
            yield row.place.finding(f"{row.aggregate} declares no conflict policy")
        elif allowed and policy not in allowed:
            yield row.place.finding(
                f"{row.aggregate} declares {policy}, which is not one of {', '.join(allowed)}"
            )
