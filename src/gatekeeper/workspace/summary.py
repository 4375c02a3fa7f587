"""Judge a milestone in shards: the services by one or many processes, then the milestone by their rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import uuid4

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.outlook.actions import Needy, Outlook, actions_of
from gatekeeper.judging.verdicts.milestones import exit_code, verdict_of
from gatekeeper.model.report import Brief
from gatekeeper.model.row import MilestoneSummary, ServiceRow
from gatekeeper.model.status import FailOn
from gatekeeper.workspace.selection import select_milestone
from gatekeeper.workspace.shard_rows import ShardRequest, ShardRows, share, state_of
from gatekeeper.workspace.shards import SharedWorkspace, check_claims

Judges = Callable[[Sequence[ShardRequest]], Iterable[ShardRows]]
"""Judges shards, in any process, and returns their rows in the order of the requests."""
MOST_SERVICES = 250
"""How many services a shard has at most."""
_SHARDS_OF_A_WORKER = 4


class BriefVerdict(NamedTuple):
    """The verdict on a milestone, by rows."""

    result: MilestoneSummary
    shared: SharedWorkspace
    warnings: tuple[Problem, ...]

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
) -> BriefVerdict | None:
    """Judge a milestone; None if its services must be judged together, or a manifest has a problem.

    Args:
        shared: What all services share.
        milestone: By default the first that has not exited.
        as_of: The date that counts as today.
        judges: Judges the shards.
        workers: How many processes it has.
        least: How many services a shard has at least.

    Raises:
        UsageError: The milestone is unknown, or a process judges by other rules.
    """
    manifests = shared.shared.loaded.workspace
    if shared.problems or manifests is None or not (milestone or manifests.milestones.pending(as_of)):
        return None
    name = select_milestone(manifests, milestone, as_of)
    request = ShardRequest(str(shared.root), uuid4().hex, name, as_of, ())
    share(request.run, shared)
    size = len(shared.services) // (workers * _SHARDS_OF_A_WORKER)
    found = _judged(shared, request, judges, max(least, min(MOST_SERVICES, size)))
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
    return BriefVerdict(result, shared, found.warnings)


class _Found(NamedTuple):
    rows: list[ServiceRow]
    needy: Mapping[str, Needy]
    warnings: tuple[Problem, ...]


def _judged(shared: SharedWorkspace, request: ShardRequest, judges: Judges, size: int) -> _Found | None:
    """Return the rows of all services; None if a manifest has a problem."""
    names = sorted(shared.services, key=lambda name: f"{name}.yaml")
    shards = [request._replace(services=tuple(names[at : at + size])) for at in range(0, len(names), size)]
    found = list(_checked(shared, judges(shards)))
    claims = {name: of for shard in found for name, of in shard.claims.items()}
    if not all(shard.is_valid for shard in found) or check_claims(shared, claims):
        return None
    rows = {row.name: row for shard in found for row in shard.rows}
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
