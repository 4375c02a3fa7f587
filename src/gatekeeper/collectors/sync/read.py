"""Read evidence of the kind `sync`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.fields import check_keys
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.placeholders import is_reason, is_unwritten
from gatekeeper.collectors.reading.recognition import read_registers
from gatekeeper.collectors.reading.register import Entry, check_in_force, entries, field, named
from gatekeeper.collectors.reading.words import words
from gatekeeper.collectors.sync.facts import PLACES, SyncFacts
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options

ABOUT = About(
    tool="a register of replicable aggregates, which people write",
    seen="YAML and JSON",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised="the key `registrations`, or rows with `aggregate` and `conflictPolicy` or `replicable`",
    models="aggregates, their conflict policies, and those that are not replicable",
)

_LISTED = ("aggregates", "replicable_aggregates", "replicableAggregates")
_EXEMPT = ("not_replicable", "notReplicable")
_NAME = ("aggregate", "aggregateType", "aggregate_type")
_POLICY = ("conflictPolicy", "conflict_policy")
_KEYS = (*_LISTED, *_EXEMPT, "registrations", *_NAME, *_POLICY, "replicable")
_OF_A_ROW = ("name", *_NAME, *_POLICY, "replicable", "reason")
_EXPECTED = "neither `registrations` nor rows of SyncRegistration `{aggregate, conflictPolicy}`"
_WILD = frozenset("*?{")


class _Registry(NamedTuple):
    """The statements of all documents."""

    listed: dict[str, Node] | None
    """The aggregates that are listed as replicable; None if nothing states which are."""
    rows: list[Entry]
    """The rows of replicable aggregates."""
    exempt: dict[str, Node]
    """The aggregates that are said not to be replicable, with the reasons."""


def recognises(content: Content) -> bool:
    """Return whether the document has `registrations`, or is a row or a list of rows of SyncRegistration."""
    rows = [content.fields, *content.rows]
    marks = {*_POLICY, "replicable"}
    found = any(not row.keys().isdisjoint(_NAME) and not row.keys().isdisjoint(marks) for row in rows)
    return found or isinstance(content.fields.get("registrations"), dict | list)


def is_distinct(content: Content) -> bool:
    """Return whether a row names its aggregate, or the policy of its conflicts."""
    registrations = content.fields.get("registrations")
    listed = list(registrations.values()) if isinstance(registrations, dict) else registrations
    rows = [content.fields, *content.rows, *(listed if isinstance(listed, list) else ())]
    marks = {*_NAME, *_POLICY}
    return any(isinstance(row, dict) and not marks.isdisjoint(row) for row in rows)


def collect(artefact: Artefact, options: Options) -> Collected[SyncFacts]:
    """Compare the rows with the replicable aggregates that the option `aggregates` selects."""
    ledger = Ledger(PLACES)
    documents, origins = read_registers(artefact, recognises, _EXPECTED, Node.of, ledger, *_KEYS)
    registry = _read(documents, ledger)
    asked = texts(options.get("aggregates"))
    selects = chooser(list(asked) or None)
    aggregates = dict.fromkeys([*(registry.listed or ()), *(row.name for row in registry.rows)])
    selected = tuple(name for name in aggregates if selects(name))
    if not selected:
        which = f" that matches {', '.join(asked)}" if asked else ""
        raise Absent(f"{artefact.path} names no replicable aggregate{which}")
    chosen = [row for row in registry.rows if selects(row.name)]
    facts = SyncFacts(
        aggregates=selected,
        classified=tuple(dict.fromkeys([*aggregates, *registry.exempt])),
        unregistered=_unregistered(registry, selected, asked, artefact),
        without_conflict_policy=tuple(_without_policy(chosen, texts(options.get("policies")))),
    )
    return Collected(facts, ledger.told_with(origins))


def _read(documents: Iterable[Node], ledger: Ledger) -> _Registry:
    """Return the statements of all documents; a list in one of them is a list for all."""
    lists = 0
    items: list[Entry] = []
    rows: list[Entry] = []
    exempt: list[Entry] = []
    for root in documents:
        if isinstance(root.value, dict) and "registrations" in root.value:
            listed, others = field(root, *_LISTED), field(root, *_EXEMPT)
            lists += bool(listed) + bool(others)
            items += entries(listed, "aggregate", "name", *_NAME)
            exempt += entries(others, "aggregate", "name", *_NAME)
            rows += entries(root.get("registrations"), "aggregate", *_NAME)
        elif isinstance(root.value, dict):
            rows += [named(root, "aggregate", *_NAME)] if root.value else []
        else:
            rows += entries(root, "aggregate", *_NAME)
    for entry in (*items, *rows, *exempt):
        with ledger.noting("key"):
            check_in_force(entry.node)
            if isinstance(entry.node.value, dict):
                check_keys(entry.node, *_OF_A_ROW)
    states = [_is_replicable(row) for row in rows]
    is_inventory = lists or (rows and None not in states)
    return _Registry(
        {name: node for name, node in items if _is_replicable(Entry(name, node)) is not False}
        if is_inventory
        else None,
        [row for row, state in zip(rows, states, strict=True) if state is not False],
        dict([*exempt, *(entry for entry in (*items, *rows) if _is_replicable(entry) is False)]),
    )


def _is_replicable(entry: Entry) -> bool | None:
    """Return what an entry says; None if it says nothing, and then it counts as replicable."""
    return entry.node.flag("replicable") if isinstance(entry.node.value, dict) else None


def _unregistered(
    registry: _Registry, selected: Iterable[str], asked: Sequence[str], artefact: Artefact
) -> tuple[Finding, ...] | None:
    """Return the aggregates without a row; one that the option names without wildcards must have a row."""
    names = [name for name in asked if not _WILD.intersection(name)]
    if registry.listed is None and not (asked and len(names) == len(asked)):
        return None
    listed = registry.listed or {}
    registered = {row.name for row in registry.rows}
    message = "has no SyncRegistration row"
    missing = [
        listed[name].finding(f"{name} {message}")
        for name in selected
        if name in listed and name not in registered
    ]
    known = registered | listed.keys()
    missing += [Finding(f"{name} {message}", artefact.path) for name in names if name not in known]
    return (*missing, *_unexplained(registry.exempt, known))


def _unexplained(exempt: Mapping[str, Node], known: set[str]) -> Iterator[Finding]:
    for name, node in exempt.items():
        reason = node.get("reason") if isinstance(node.value, dict) else node
        written = reason.value if reason else None
        if name not in known and (not isinstance(written, str) or not is_reason(written)):
            yield node.finding(f"{name} is not replicable, and no reason of two words or more is given")


def _without_policy(rows: Iterable[Entry], allowed: Sequence[str]) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for name, place in rows:
        stated = field(place, *_POLICY) if place.value is not None else None
        if stated and not isinstance(stated.value, str):
            raise stated.flaw(f"is {shown(stated.value)}, not the name of a conflict policy")
        policy = str(stated.value).strip() if stated else ""
        if is_unwritten(policy) or policy.endswith("?"):
            yield place.finding(f"{name} declares no conflict policy")
        elif allowed and words(policy) not in map(words, allowed):
            yield place.finding(f"{name} declares {policy}, which is not one of {', '.join(allowed)}")
        elif words(first.setdefault(name, policy)) != words(policy):
            yield place.finding(f"{name} declares {policy}, and {first[name]} in another row")
