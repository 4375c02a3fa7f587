"""What a shard of services is asked for, and its rows: they go from process to process."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeAlias

from gatekeeper.errors import Problem
from gatekeeper.judging.outlook.actions import Needy
from gatekeeper.judging.outlook.validity import ALWAYS, Validity
from gatekeeper.judging.plans.validation import Claim
from gatekeeper.model.row import ServiceRow
from gatekeeper.version import __version__
from gatekeeper.workspace.shards import SharedWorkspace


class ShardRequest(NamedTuple):
    """Services to judge together, by one process."""

    root: str
    run: str
    """The run that asks: what all shards share is opened once for it."""
    milestone: str
    as_of: date
    parts: tuple[tuple[str, ...], ...]
    """The names of the services, in the parts that the cache keeps."""
    shared: str | None = None
    """The digest of what all services share as the run that asks has read it: other rows are not kept."""
    is_whole: bool = False
    """Whether these services share measurements with no others, so that those that they share are found."""

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services."""
        return tuple(name for part in self.parts for name in part)


class ShardRows(NamedTuple):
    """The verdicts on the services of a part of a shard."""

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
    content: str | None = None
    """The digest of what was read for them; None if the cache does not keep these rows."""


RowsOfParts: TypeAlias = tuple[ShardRows, ...]
"""The rows of the parts of a shard."""
Judges = Callable[[Sequence[ShardRequest]], Iterable[RowsOfParts]]
"""Judges shards, in any process, and returns the rows of their parts, in the order of the requests."""


def state_of(shared: SharedWorkspace) -> str:
    """Return what judges, and by which rules: two shards of a run must not differ in it."""
    manifests = shared.shared.loaded.workspace
    rules = manifests.rulebook_digest if manifests else "an invalid rulebook"
    return f"gatekeeper {__version__}, {rules}, {len(shared.services):,} services"
