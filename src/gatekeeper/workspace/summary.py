"""Judge a milestone in shards: the services by one or many processes, then the milestone by their rows."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import uuid4

from gatekeeper.errors import Problem, UsageError, in_order
from gatekeeper.judging.outlook.actions import Needy, Outlook, actions_of
from gatekeeper.judging.verdicts.milestones import exit_code, verdict_of
from gatekeeper.model.report import Brief
from gatekeeper.model.row import MilestoneSummary, ServiceRow
from gatekeeper.model.status import FailOn
from gatekeeper.workspace.kept_parts import SHARED, SeenParts, content_of_all, name_of, parts_of
from gatekeeper.workspace.kept_rows import KeptRows
from gatekeeper.workspace.selection import select_milestone
from gatekeeper.workspace.shard_judging import share
from gatekeeper.workspace.shard_rows import Judges, ShardRequest, ShardRows, state_of
from gatekeeper.workspace.shards import SharedWorkspace, check_claims

MOST_SERVICES = 250
"""How many services a shard has at most."""
_SHARDS_OF_A_WORKER = 4
_Parts = Sequence[tuple[str, ...]]


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
    request = ShardRequest(str(shared.root), uuid4().hex, name, as_of, (), shared.content)
    share(request.run, shared)
    names = shared.names()
    if parts is None or shared.seen is None:
        size = _size(len(shared.services), workers, least)
        shards = [(services,) for services in _slices(names, size)]
        by_part = _judged(shared, request, judges, shards)
    else:
        parts.keep(SHARED, shared.seen, names)
        of_services = parts_of(names)
        known = KeptRows(parts, shared.content, name).find(of_services, as_of, state_of(shared))
        left = [part for part in of_services if part not in known]
        size = _size(sum(map(len, left)), workers, least)
        by_part = known | _judged(shared, request, judges, _packed(left, size))
    found = _found(shared, names, request, judges, [*by_part.values()])
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
    contents = {name_of(name, part): by_part[part].content for part in sorted(by_part)}
    state = content_of_all(shared.content, contents.values())
    is_known = parts is not None and not (found.are_read_twice and parts.have_changed(contents))
    return BriefVerdict(result, shared, found.warnings, state if is_known else None)


def _size(services: int, workers: int, least: int) -> int:
    """Return how many services a shard has."""
    return max(least, 1, min(MOST_SERVICES, services // (workers * _SHARDS_OF_A_WORKER)))


def _slices(names: tuple[str, ...], size: int) -> _Parts:
    return [names[at : at + size] for at in range(0, len(names), size)]


def _packed(parts: _Parts, size: int) -> list[_Parts]:
    """Return parts in shards that have at least so many services, except the last."""
    shards: list[list[tuple[str, ...]]] = [[]]
    number = 0
    for part in parts:
        if number >= size:
            shards.append([])
            number = 0
        shards[-1].append(part)
        number += len(part)
    return [*filter(None, shards)]


def _judged(
    shared: SharedWorkspace, request: ShardRequest, judges: Judges, shards: Sequence[_Parts]
) -> dict[tuple[str, ...], ShardRows]:
    """Return the rows by part; those of a shard with a problem under its first part."""
    requests = [request._replace(parts=tuple(parts)) for parts in shards]
    judged = judges(requests) if requests else ()
    found: dict[tuple[str, ...], ShardRows] = {}
    for of, rows in zip(requests, judged, strict=True):
        found |= zip(of.parts, _checked(shared, rows), strict=False)
    return found


class _Found(NamedTuple):
    rows: list[ServiceRow]
    needy: Mapping[str, Needy]
    warnings: tuple[Problem, ...]
    are_read_twice: bool
    """Whether services were read once more, to be judged together."""


def _found(
    shared: SharedWorkspace,
    names: Sequence[str],
    request: ShardRequest,
    judges: Judges,
    parts: Sequence[ShardRows],
) -> _Found | None:
    """Return the rows of all services, in the order of their names; None if a manifest has a problem."""
    of_parts = {name: claims for part in parts for name, claims in part.claims.items()}
    claims = {name: of_parts[name] for name in names if name in of_parts}
    if not all(part.is_valid for part in parts) or check_claims(shared, claims):
        return None
    by_name = {row.name: row for part in parts for row in part.rows}
    rows = {name: by_name[name] for name in names if name in by_name}
    needy = {one[0]: one for part in parts for one in part.needy}
    if several := _sharing(parts):
        # What they share decides their verdicts: they are judged again, together.
        together = tuple(name for name in rows if name in several)
        whole = request._replace(is_whole=True)
        for part in _judged(shared, whole, judges, [[together]]).values():
            for name in together:
                needy.pop(name, None)
            rows |= {row.name: row for row in part.rows}
            needy |= {one[0]: one for one in part.needy}
    warnings = dict.fromkeys(one for part in parts for one in part.warnings)
    return _Found([*rows.values()], needy, in_order([*shared.warnings, *warnings]), bool(several))


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
