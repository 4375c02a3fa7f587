"""Judge the services of one shard: a row each, what each needs, and what concerns other shards."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from gatekeeper.cache import current
from gatekeeper.errors import Problem
from gatekeeper.judging.judge import Facts, judge_services
from gatekeeper.judging.outlook.actions import Outlook, blocked
from gatekeeper.judging.outlook.needs import Need
from gatekeeper.judging.outlook.validity import ALWAYS, Validity, times_of, validity_of_row
from gatekeeper.judging.plans.validation import Claim
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sharing import measured
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.row import ServiceRow, row_of
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.trees.observations import Observations
from gatekeeper.workspace.judging import collect_facts
from gatekeeper.workspace.kept_parts import SeenParts, observed
from gatekeeper.workspace.kept_rows import KeptRows
from gatekeeper.workspace.loading import observed_tree
from gatekeeper.workspace.shard_rows import RowsOfParts, ShardRequest, ShardRows, state_of
from gatekeeper.workspace.shards import SharedWorkspace, open_shard, open_shared
from gatekeeper.workspace.verdict import warnings_of

_opened: dict[str, SharedWorkspace] = {}
"""What the shards of the last run share."""
_one_at_a_time = Lock()


def share(run: str, shared: SharedWorkspace) -> None:
    """Keep what the shards of a run share, until the next run."""
    _opened.clear()
    _opened[run] = shared


def judge_shard(request: ShardRequest) -> RowsOfParts:
    """Judge the services of a shard; a process judges one at a time, also if it has several threads."""
    with _one_at_a_time:
        if request.run not in _opened:
            root = Path(request.root)
            share(request.run, open_shared(root, observed_tree(root)))
        return _judge(request, _opened[request.run])


class _Read(NamedTuple):
    """What was read for the services of a part."""

    facts: Facts | None
    """None if a manifest has a problem."""
    claims: Mapping[str, tuple[Claim, ...]]
    warnings: tuple[Problem, ...] = ()
    seen: Observations | None = None


def _judge(request: ShardRequest, shared: SharedWorkspace) -> RowsOfParts:
    read, state = [_read(request, shared, part) for part in request.parts], state_of(shared)
    facts = [one.facts for one in read if one.facts]
    if len(facts) < len(read) or shared.rulebook is None:
        return (ShardRows(state, is_valid=False),)
    store = None if request.is_whole or shared.content != request.shared else current.store()
    together = _together(facts, is_partial=not request.is_whole)
    judged = _judged(shared.rulebook, together, request.milestone, is_kept=store is not None)
    found = [
        judged.rows_of(part, state)._replace(claims=one.claims, warnings=one.warnings)
        for part, one in zip(request.parts, read, strict=True)
    ]
    if store is None:
        return tuple(found)
    parts = SeenParts(store, shared.root, Path(shared.tree.root))
    kept = KeptRows(parts, shared.content, request.milestone)
    return tuple(
        kept.keep(part, of, one.seen) for part, of, one in zip(request.parts, found, read, strict=True)
    )


def _read(request: ShardRequest, shared: SharedWorkspace, services: tuple[str, ...]) -> _Read:
    """Read all that is needed to judge the services of a part."""
    with observed(shared.tree) as observing:
        shard = open_shard(shared, services)
        if shard.loaded is None:
            return _Read(None, shard.claims)
        chosen = [shard.loaded.manifests.services[name] for name in services]
        facts = collect_facts(shard.loaded, [request.milestone], request.as_of, chosen)
        warnings = warnings_of(shard.loaded, facts.evidence, services)
    return _Read(facts, shard.claims, warnings, observing.seen(shared.rulebook))


def _together(parts: list[Facts], *, is_partial: bool) -> Facts:
    """Return the facts of several parts."""
    return parts[0]._replace(
        services=[service for of in parts for service in of.services],
        evidence={name: evidence for of in parts for name, evidence in of.evidence.items()},
        exceptions=[entry for of in parts for entry in of.exceptions],
        neighbours={name: neighbour for of in parts for name, neighbour in of.neighbours.items()},
        is_partial=is_partial,
    )


class _Judged(NamedTuple):
    """The verdicts on the services of a shard, by name."""

    rows: Mapping[str, ServiceRow]
    needs: Mapping[str, tuple[Need, ...]]
    measured: Mapping[str, frozenset[bytes]]
    holds: Mapping[str, Validity]
    """Empty if the rows are not kept."""

    def rows_of(self, services: Iterable[str], state: str) -> ShardRows:
        """Return the rows of a part."""
        rows, holds = [self.rows[name] for name in services if name in self.rows], ALWAYS
        for row in rows:
            holds = holds.within(self.holds.get(row.name, ALWAYS))
        return ShardRows(
            state,
            tuple(rows),
            tuple((row.name, self.needs[row.name]) for row in rows if row.name in self.needs),
            {row.name: self.measured[row.name] for row in rows if row.name in self.measured},
            holds=holds,
        )


def _judged(rulebook: Rulebook, facts: Facts, milestone: str, *, is_kept: bool) -> _Judged:
    results = judge_services(rulebook, facts, milestone)
    rows = {result.name: row_of(result, rulebook.governance) for result in results}
    needs = dict(blocked(milestone, results, Outlook(tuple(facts.roadmap))))
    known_by = measured(facts.evidence, rulebook)
    holds = _holds(rulebook, facts, results, rows, needs) if is_kept else {}
    return _Judged(rows, needs, known_by, holds)


def _holds(
    rulebook: Rulebook,
    facts: Facts,
    results: Iterable[ServiceResult],
    rows: Mapping[str, ServiceRow],
    needs: Mapping[str, tuple[Need, ...]],
) -> dict[str, Validity]:
    """Return by service the days on which its row stays the same."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in facts.exceptions:
        entries[entry.service].append(entry)
    as_of, roadmap, around, found = facts.as_of, facts.roadmap, facts.neighbours, dict[str, Validity]()
    times = times_of(rulebook)
    for result in results:
        name = result.name
        case = Case(result.service, rulebook, facts.evidence.get(name, {}), as_of, roadmap, {}, around)
        found[name] = validity_of_row(case, entries[name], result, rows[name], needs.get(name, ()), times)
    return found
