"""Judge the services of one shard: a row each, what each needs, and what concerns other shards."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from gatekeeper.errors import Problem
from gatekeeper.judging.judge import Facts, judge_services
from gatekeeper.judging.outlook.actions import Needy, Outlook, blocked
from gatekeeper.judging.outlook.validity import ALWAYS, Validity, validity_of_row
from gatekeeper.judging.plans.validation import Claim
from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.sharing import measured
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.row import ServiceRow, row_of
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.trees.observations import Observations
from gatekeeper.version import __version__
from gatekeeper.workspace.judging import collect_facts
from gatekeeper.workspace.kept_parts import observed
from gatekeeper.workspace.loading import LoadedWorkspace, observed_tree
from gatekeeper.workspace.shards import SharedWorkspace, open_shard, open_shared
from gatekeeper.workspace.verdict import warnings_of


class ShardRequest(NamedTuple):
    """Services to judge together, by one process."""

    root: str
    run: str
    """The run that asks: what all shards share is opened once for it."""
    milestone: str
    as_of: date
    services: tuple[str, ...]
    is_whole: bool = False
    """Whether these services share measurements with no others, so that those that they share are found."""


class ShardRows(NamedTuple):
    """The verdicts on the services of a shard."""

    state: str
    """What judged them, and by which rules."""
    rows: tuple[ServiceRow, ...] = ()
    needy: tuple[Needy, ...] = ()
    """The blocked services, with what each needs."""
    measured: Mapping[str, frozenset[bytes]] = {}
    """By service, what its measurements are known by."""
    claims: Mapping[str, tuple[Claim, ...]] = {}
    warnings: tuple[Problem, ...] = ()
    is_valid: bool = True
    """Whether no manifest has a problem; otherwise nothing is judged."""
    holds: Validity = ALWAYS
    """The days on which these services would be judged to the same rows."""
    seen: Observations | None = None
    """What was read for these services; None if the rows depend on more than that."""
    shared: str | None = None
    """The digest of what was read for all services together."""


Judges = Callable[[Sequence[ShardRequest]], Iterable[ShardRows]]
"""Judges shards, in any process, and returns their rows in the order of the requests."""
_opened: dict[str, SharedWorkspace] = {}
"""What the shards of the last run share."""
_one_at_a_time = Lock()


def share(run: str, shared: SharedWorkspace) -> None:
    """Keep what the shards of a run share, until the next run."""
    _opened.clear()
    _opened[run] = shared


def state_of(shared: SharedWorkspace) -> str:
    """Return what judges, and by which rules: two shards of a run must not differ in it."""
    manifests = shared.shared.loaded.workspace
    rules = manifests.rulebook_digest if manifests else "an invalid rulebook"
    return f"gatekeeper {__version__}, {rules}, {len(shared.services):,} services"


def judge_shard(request: ShardRequest) -> ShardRows:
    """Judge the services of a shard; a process judges one at a time, also if it has several threads."""
    with _one_at_a_time:
        return _judge(request)


def _judge(request: ShardRequest) -> ShardRows:
    if request.run not in _opened:
        root = Path(request.root)
        share(request.run, open_shared(root, observed_tree(root)))
    shared = _opened[request.run]
    with observed(shared.tree) as reading:
        found = _rows(request, shared)
    return found._replace(seen=reading.seen(shared.rulebook), shared=shared.content)


def _rows(request: ShardRequest, shared: SharedWorkspace) -> ShardRows:
    shard = open_shard(shared, request.services)
    loaded, state = shard.loaded, state_of(shared)
    if loaded is None:
        return ShardRows(state, is_valid=False)
    chosen = [loaded.manifests.services[name] for name in request.services]
    facts = collect_facts(loaded, [request.milestone], request.as_of, chosen)
    facts = facts._replace(is_partial=not request.is_whole)
    results = judge_services(loaded.rulebook, facts, request.milestone)
    rows = tuple(row_of(result, loaded.rulebook.governance) for result in results)
    needy = tuple(blocked(request.milestone, results, Outlook(tuple(facts.roadmap))))
    return ShardRows(
        state,
        rows,
        needy,
        measured(facts.evidence, loaded.rulebook),
        shard.claims,
        warnings_of(loaded, facts.evidence, request.services),
        holds=_holds(loaded, facts, results, rows, needy),
    )


def _holds(
    loaded: LoadedWorkspace,
    facts: Facts,
    results: Iterable[ServiceResult],
    rows: Iterable[ServiceRow],
    needy: Iterable[Needy],
) -> Validity:
    """Return the days on which all rows stay the same."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in facts.exceptions:
        entries[entry.service].append(entry)
    needs, holds = dict(needy), ALWAYS
    for result, row in zip(results, rows, strict=True):
        evidence = facts.evidence.get(row.name, {})
        case = Case(
            result.service, loaded.rulebook, evidence, facts.as_of, facts.roadmap, {}, facts.neighbours
        )
        holds = holds.within(validity_of_row(case, entries[row.name], result, row, needs.get(row.name, ())))
    return holds
