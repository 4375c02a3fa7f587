"""Judge the services of one shard: a row each, what each needs, and what concerns other shards."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from gatekeeper.errors import Problem
from gatekeeper.judging.judge import judge_services
from gatekeeper.judging.outlook.actions import Needy, Outlook, blocked
from gatekeeper.judging.plans.validation import Claim
from gatekeeper.judging.verdicts.sharing import measured
from gatekeeper.model.row import ServiceRow, row_of
from gatekeeper.version import __version__
from gatekeeper.workspace.judging import collect_facts
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
        share(request.run, open_shared(Path(request.root)))
    shared = _opened[request.run]
    shard = open_shard(shared, request.services)
    loaded, state = shard.loaded, state_of(shared)
    if loaded is None:
        return ShardRows(state, is_valid=False)
    chosen = [loaded.manifests.services[name] for name in request.services]
    facts = collect_facts(loaded, [request.milestone], request.as_of, chosen)
    facts = facts._replace(is_partial=not request.is_whole)
    results = judge_services(loaded.rulebook, facts, request.milestone)
    return ShardRows(
        state,
        tuple(row_of(result, loaded.rulebook.governance) for result in results),
        tuple(blocked(request.milestone, results, Outlook(tuple(facts.roadmap)))),
        measured(facts.evidence, loaded.rulebook),
        shard.claims,
        warnings_of(loaded, facts.evidence, request.services),
    )
