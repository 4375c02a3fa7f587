"""Judge a milestone in shards: the services by one or many processes, then the milestone by their rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import uuid4

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.outlook.actions import Needy, Outlook, actions_of
from gatekeeper.judging.verdicts.milestones import exit_code, verdict_of
from gatekeeper.model.report import Brief
from gatekeeper.model.row import MilestoneSummary, ServiceRow
from gatekeeper.model.status import FailOn
from gatekeeper.workspace.kept_parts import SeenParts, shards
from gatekeeper.workspace.kept_rows import KeptRows
from gatekeeper.workspace.selection import select_milestone
from gatekeeper.workspace.shard_rows import Judges, ShardRequest, ShardRows, share, state_of
from gatekeeper.workspace.shards import SharedWorkspace, check_claims

MOST_SERVICES = 250
"""How many services a shard has at most."""
_SHARDS_OF_A_WORKER = 4


class BriefVerdict(NamedTuple):
    """The verdict on a milestone, by rows."""

    result: MilestoneSummary
    shared: SharedWorkspace
    warnings: tuple[Problem, ...]
    state: str | None = None
    """A digest of all that was read for it; None if that cannot be compared later."""

    def brief(self, *, strict: bool = False, fail_on: FailOn = FailOn.BLOCKED) -> Brief:
        """Return what the first screen shows."""
        manifests, rulebook = self.shared.shared.loaded.workspace, self.shared.rulebook
        assert manifests is not None  # noqa: S101 - no milestone is judged otherwise
        assert rulebook is not None  # noqa: S101 - likewise
        return Brief(
            self.result,
            {id_: gate.title for id_, gate in rulebook.gates.items()},
            manifests.milestones[self.result.milestone].exit_date,
            exit_code(self.result, strict=strict, fail_on=fail_on),
            strict,
            fail_on,
        )


def summarise(
    shared: SharedWorkspace,
    milestone: str | None,
    as_of: date,
    judges: Judges,
    workers: int,
    least: int = 1,
    parts: SeenParts | None = None,
) -> BriefVerdict | None:
    """Judge a milestone; None if its services must be judged together, or a manifest has a problem.

    Args:
        shared: What all services share.
        milestone: By default the first that has not exited.
        as_of: The date that counts as today.
        judges: Judges the shards.
        workers: How many processes it has.
        least: How many services a shard has at least.
        parts: What earlier runs have read, if there is a cache.

    Raises:
        UsageError: The milestone is unknown, or a process judges by other rules.
    """
    manifests = shared.shared.loaded.workspace
    if shared.problems or manifests is None or not (milestone or manifests.milestones.pending(as_of)):
        return None
    name = select_milestone(manifests, milestone, as_of)
    request = ShardRequest(str(shared.root), uuid4().hex, name, as_of, ())
    share(request.run, shared)
    if parts is not None and shared.seen is not None:
        kept = KeptRows(parts, shared, name, as_of)
        found = _judged(shared, request, kept.judges(judges), shards(shared.names()))
    else:
        kept = None
        size = max(least, min(MOST_SERVICES, len(shared.services) // (workers * _SHARDS_OF_A_WORKER)))
        names = shared.names()
        found = _judged(shared, request, judges, [names[at : at + size] for at in range(0, len(names), size)])
    if found is None or not found.rows:
        return None
    needy = (found.needy[row.name] for row in found.rows if row.name in found.needy)
    of, roadmap = manifests.milestones[name], tuple(manifests.milestones)
    result = MilestoneSummary(
        name,
        as_of,
        verdict_of(row.verdict for row in found.rows),
        tuple(found.rows),
        actions_of(name, needy, Outlook(roadmap)),
        of.name,
        of.last_record(as_of),
    )
    return BriefVerdict(result, shared, found.warnings, kept.state() if kept else None)


class _Found(NamedTuple):
    rows: list[ServiceRow]
    needy: Mapping[str, Needy]
    warnings: tuple[Problem, ...]


def _judged(
    shared: SharedWorkspace, request: ShardRequest, judges: Judges, of: Iterable[tuple[str, ...]]
) -> _Found | None:
    """Return the rows of all services; None if a manifest has a problem."""
    found = list(_checked(shared, judges([request._replace(services=services) for services in of])))
    names = shared.names()
    by_name = {name: claims for shard in found for name, claims in shard.claims.items()}
    claims = {name: by_name[name] for name in names if name in by_name}
    if not all(shard.is_valid for shard in found) or check_claims(shared, claims):
        return None
    of_shards = {row.name: row for shard in found for row in shard.rows}
    rows = {name: of_shards[name] for name in names if name in of_shards}
    needy = {one[0]: one for shard in found for one in shard.needy}
    if several := _sharing(found):
        # What they share decides their verdicts: they are judged again, together.
        together = request._replace(services=tuple(name for name in rows if name in several), is_whole=True)
        for shard in _checked(shared, judges([together])):
            for name in together.services:
                needy.pop(name, None)
            rows |= {row.name: row for row in shard.rows}
            needy |= {one[0]: one for one in shard.needy}
    warnings = dict.fromkeys(one for shard in found for one in shard.warnings)
    return _Found([*rows.values()], needy, in_order([*shared.warnings, *warnings]))


def _checked(shared: SharedWorkspace, found: Iterable[ShardRows]) -> Iterator[ShardRows]:
    """Yield shards.

    Raises:
        UsageError: One was judged by another version of the program, or by other rules.
    """
    ours = state_of(shared)
    for shard in found:
        if shard.state != ours:
            raise UsageError(
                f"a worker judges with {shard.state}; this is {ours}: "
                "give all workers the same version and the same workspace"
            )
        yield shard


def _sharing(found: Iterable[ShardRows]) -> set[str]:
    """Return the services that may share a measurement."""
    holders: dict[bytes, list[str]] = defaultdict(list)
    for shard in found:
        for service, keys in shard.measured.items():
            for key in keys:
                holders[key].append(service)
    return {service for of in holders.values() if len(of) > 1 for service in of}
