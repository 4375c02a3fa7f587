"""Read evidence of the kind `sync`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading.figures import listing, mapping, shown, text
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.options import texts
from gatekeeper.collectors.reading.structured import Structured, read_all
from gatekeeper.collectors.sync.facts import SyncFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unreadable
from gatekeeper.syntax.json import Json, Object
from gatekeeper.syntax.yaml import Step

_LISTED = ("aggregates", "replicable_aggregates", "replicableAggregates")
_NAME = ("aggregate", "aggregateType", "aggregate_type")
_POLICY = ("conflictPolicy", "conflict_policy")
_NO_POLICY = frozenset({"", "-", "?", "n/a", "none", "null", "tbd", "todo"})
_WILD = frozenset("*?{")


class _Place(NamedTuple):
    """The place where an aggregate is named."""

    document: Structured
    path: tuple[Step, ...]

    def finding(self, message: str) -> Finding:
        return self.document.finding(message, *self.path)


class _Row(NamedTuple):
    """A SyncRegistration row."""

    aggregate: str
    policy: str | None
    replicable: bool | None
    """None if the row does not state it; then it counts as replicable."""
    place: _Place


class _Registry(NamedTuple):
    """The content of one document, or of all documents."""

    listed: Mapping[str, _Place] | None
    """The listed replicable aggregates; None if there is no list."""
    rows: Sequence[_Row]


def collect(artefact: Artefact, options: Options) -> Collected[SyncFacts]:
    """Compare the rows with the replicable aggregates that the option `aggregates` selects."""
    documents = [document for file in artefact.files for document in read_all(file)]
    registry = _merged([_read(document) for document in documents])
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
    return Collected(
        format=", ".join(sorted({document.format for document in documents})),
        facts=SyncFacts(
            aggregates=selected,
            unregistered=_unregistered(listed, rows, selected, asked, artefact),
            without_conflict_policy=tuple(
                _without_policy(
                    (row for row in rows if selects(row.aggregate)), texts(options.get("policies"))
                )
            ),
        ),
    )


def _merged(registries: Iterable[_Registry]) -> _Registry:
    """Merge several documents; a list of replicable aggregates in one of them is a list for all."""
    listed: dict[str, _Place] | None = None
    rows: list[_Row] = []
    for registry in registries:
        if registry.listed is not None:
            listed = (listed or {}) | dict(registry.listed)
        rows += registry.rows
    return _Registry(listed, rows)


def _read(document: Structured) -> _Registry:
    try:
        return _registry(document)
    except Unreadable as reason:
        raise Unreadable(f"{document.file}: {' '.join(str(reason).split())}") from None


def _registry(document: Structured) -> _Registry:
    match document.value:
        case list():
            return _Registry(None, list(_rows(document, ())))
        case {"registrations": _}:
            return _Registry(_listed(document), list(_rows(document, ("registrations",))))
        case dict() as value if any(key in value for key in _NAME):
            return _Registry(None, [_row(document, value, None, ())])
        case _:
            raise Unreadable("neither `registrations` nor a list of SyncRegistration rows")


def _listed(document: Structured) -> Mapping[str, _Place] | None:
    """Return the listed aggregates, written as names or as objects with a name and `replicable`."""
    key, value = _first(document.object, _LISTED)
    if key is None or value is None:
        return None
    listed: dict[str, _Place] = {}
    for index, item in enumerate(listing(value, key)):
        place = _Place(document, (key, index))
        if not isinstance(item, dict):
            listed[_name(item, f"{key}[{index}]")] = place
        elif _flag(item) is not False:
            listed[_name(_first(item, (*_NAME, "name"))[1], f"the name of {key}[{index}]")] = place
    return listed


def _rows(document: Structured, path: tuple[Step, ...]) -> Iterator[_Row]:
    rows = document.object["registrations"] if path else document.value
    if isinstance(rows, dict):
        for name, row in rows.items():
            yield _row(document, mapping(row or {}, f"the registration of {name}"), name, (*path, name))
    else:
        for index, row in enumerate(listing(rows, "registrations")):
            yield _row(document, mapping(row, f"row {index + 1}"), None, (*path, index))


def _row(document: Structured, row: Object, name: str | None, path: tuple[Step, ...]) -> _Row:
    aggregate = _name(name if name is not None else _first(row, _NAME)[1], "the aggregate of a row")
    policy = _first(row, _POLICY)[1]
    return _Row(
        aggregate,
        None if policy is None else text(policy, f"the conflict policy of {aggregate}"),
        _flag(row),
        _Place(document, path),
    )


def _first(row: Object, keys: Iterable[str]) -> tuple[str | None, Json]:
    """Return the first of the keys that a row has, and its value."""
    return next(((key, row[key]) for key in keys if key in row), (None, None))


def _name(value: object, what: str) -> str:
    name = text(value, what).strip()
    if not name:
        raise Unreadable(f"{what} is empty")
    return name


def _flag(row: Object) -> bool | None:
    flag = row.get("replicable")
    if flag is not None and not isinstance(flag, bool):
        raise Unreadable(f"replicable is {shown(flag)}, neither true nor false")
    return flag


def _unregistered(
    listed: Mapping[str, _Place] | None,
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
