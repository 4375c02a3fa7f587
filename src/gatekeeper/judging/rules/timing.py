"""Bind when criteria take effect: `effective`, `advisory` and `upcoming`."""

from datetime import date
from typing import NamedTuple

from gatekeeper.errors import nearest
from gatekeeper.judging.places import Place
from gatekeeper.judging.rules.condition_binding import ConditionBinder, slots_of
from gatekeeper.model.guards import Effective
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Condition, MilestoneContext, Rule, is_date
from gatekeeper.model.rulebook import Criterion, Upcoming
from gatekeeper.model.workspace import Mistake


class TimingBinder(NamedTuple):
    """Binds when criteria take effect; appends what is wrong to the mistakes of `binder`."""

    binder: ConditionBinder
    roadmap: Roadmap

    @property
    def mistakes(self) -> list[Mistake]:
        """Every mistake so far."""
        return self.binder.mistakes

    def timed(self, rule: Rule, criterion: Criterion, place: Place) -> Rule:
        """Return a rule that knows when it binds, and its tightened version.

        A criterion that is the same as another one binds like it, unless it says when it binds itself.
        """
        if criterion.advisory and criterion.effective:
            message = f"{criterion.id} is advisory, so it never becomes effective"
            hint = "leave out `effective`, or `advisory`"
            self.mistakes.append((place / "effective").wrong_key(message, hint))
        if criterion.advisory or criterion.effective:
            effective = self.effective(criterion.effective, place / "effective")
            rule = rule._replace(effective=effective, advisory=criterion.advisory)
        if criterion.upcoming:
            return self._with_upcoming(rule, criterion, criterion.upcoming, place / "upcoming")
        if rule.upcoming:  # that of the twin
            return self._tightened(
                rule, rule.upcoming.conditions, rule.upcoming.effective, place / "effective"
            )
        return rule

    def _with_upcoming(self, rule: Rule, criterion: Criterion, upcoming: Upcoming, place: Place) -> Rule:
        if obstacle := _obstacle(criterion):
            self.mistakes.append(place.wrong_key(*obstacle))
            return rule
        conditions = tuple(self.binder.conditions(upcoming.requires, place / "requires"))
        effective = self.effective(upcoming.effective, place / "effective")
        return self._tightened(rule, conditions, effective, place / "effective")

    def _tightened(
        self, rule: Rule, conditions: tuple[Condition, ...], effective: Effective | None, place: Place
    ) -> Rule:
        if effective is None:
            return rule  # a mistake already
        if rule.effective is not None and not self._is_later(effective, rule.effective):
            message = f"{rule.id} binds from {rule.effective}, and its tightened version from {effective}"
            self.mistakes.append(place.mistake(message, "tighten it later, by two milestones or two dates"))
            return rule
        tightened = rule._replace(
            conditions=conditions,
            slots=slots_of(conditions, rule.subjects),
            depends_on_milestone=rule.per_milestone or depends_on_milestone(conditions),
            effective=effective,
            upcoming=None,
            is_tightened=True,
        )
        return rule._replace(upcoming=tightened)

    def effective(self, written: str | None, place: Place) -> Effective | None:
        """Return the milestone or the day that is written; None if nothing is, or neither (a mistake)."""
        if written is None or written in self.roadmap:
            return written
        if is_date(written):
            try:
                return date.fromisoformat(written)
            except ValueError:
                self.mistakes.append(place.mistake(f"there is no day {written}"))
                return None
        message = f"{written!r} is neither a milestone nor a date such as 2026-12-01"
        self.mistakes.append(place.mistake(message, nearest(written, self.roadmap)))
        return None

    def _is_later(self, one: Effective, other: Effective) -> bool:
        if isinstance(one, date) and isinstance(other, date):
            return one > other
        if isinstance(one, str) and isinstance(other, str):
            return self.roadmap.position(one) > self.roadmap.position(other)
        return False


def depends_on_milestone(conditions: tuple[Condition, ...]) -> bool:
    """Return whether a condition compares with the milestone that is judged."""
    return any(isinstance(condition.operand, MilestoneContext) for condition in conditions)


def depends_on_time_of(rule: Rule) -> bool:
    """Return whether the status of a rule, or whether it binds, may differ between milestones."""
    times = {of.effective for of in rule.versions} | rule.times
    return any(of.depends_on_milestone for of in rule.versions) or any(isinstance(at, str) for at in times)


def _obstacle(criterion: Criterion) -> tuple[str, str] | None:
    """Return why a criterion can have no tightened version, and what to do; None if it can."""
    if criterion.same_as:
        return f"{criterion.id} is decided by {criterion.same_as}", f"tighten {criterion.same_as}"
    if not criterion.requires:
        hint = "add a second criterion with `effective`, or leave `upcoming` out"
        return f"{criterion.id} has no `requires` that could be tightened", hint
    if criterion.advisory:
        return f"{criterion.id} is advisory: nothing of it binds", "tighten its `requires` itself"
    return None
