"""Guards, bound: what evidence must show besides its facts, and how long attestations count."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from gatekeeper.model.rulebook import Criterion

Effective = str | date
"""When a rule begins to bind: at a milestone, by its id, or on a day."""


class Floor(NamedTuple):
    """The least of a fact that evidence must show before it proves anything."""

    fact: str
    at_least: float | None = None
    at_most: float | None = None
    effective: Effective | None = None

    def describe(self) -> str:
        """Return it as text: `skipped_pct at most 10`."""
        limit = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return f"{self.fact} {limit}"


class Distinct(NamedTuple):
    """The other slots of which a slot may not have the content."""

    slots: tuple[str, ...]
    effective: Effective | None = None


class SlotGuard(NamedTuple):
    """What the evidence of a slot must show besides its facts."""

    max_age_days: int | None = None
    age_from: Effective | None = None
    """When the age begins to count; None: always."""
    same_commit: bool = False
    commit_from: Effective | None = None
    """When the commit begins to count; None: always."""
    floors: tuple[Floor, ...] = ()
    distinct: tuple[Distinct, ...] = ()
    parts: int | None = None
    accepts: frozenset[str] = frozenset()
    """The accepted shortcomings: `partial`, `cached`."""
    by_id: bool = False
    """Whether only tests that carry the id of the criterion count as passed."""
    shared: bool = False
    """Whether several services may be measured by one artefact."""
    measures: bool = False
    """Whether it is a measurement, which ages; a definition is as old as the tree that holds it."""

    def of_criterion(self, criterion: Criterion) -> "SlotGuard":
        """Return the guard with what a criterion says itself."""
        guard = self._replace(accepts=self.accepts | set(criterion.accepts))
        if criterion.max_age_days is not None:
            guard = guard._replace(max_age_days=criterion.max_age_days, age_from=None)
        if criterion.same_commit is not None:
            guard = guard._replace(same_commit=criterion.same_commit, commit_from=None)
        return guard

    @property
    def times(self) -> frozenset[Effective]:
        """When parts of it begin to count."""
        timed = [floor.effective for floor in self.floors] + [one.effective for one in self.distinct]
        return frozenset(filter(None, [self.age_from, self.commit_from, *timed]))

    def in_force(self, is_effective: Callable[[Effective | None], bool]) -> "SlotGuard":
        """Return what of it counts, given what is effective."""
        floors = (one._replace(effective=None) for one in self.floors if is_effective(one.effective))
        distinct = (one._replace(effective=None) for one in self.distinct if is_effective(one.effective))
        return self._replace(
            max_age_days=self.max_age_days if is_effective(self.age_from) else None,
            age_from=None,
            same_commit=self.same_commit and is_effective(self.commit_from),
            commit_from=None,
            floors=tuple(floors),
            distinct=tuple(distinct),
        )


NO_GUARD = SlotGuard()


class ValidFor(NamedTuple):
    """How long an attestation counts, and from when on that is asked."""

    days: int
    effective: Effective | None = None
