"""The roadmap: the milestones of a workspace in order."""

from datetime import date

from gatekeeper.model.milestone import Milestone


class Roadmap(dict[str, Milestone]):
    """The milestones of a workspace by id, in the order in which they are to exit."""

    @property
    def names(self) -> dict[str, str]:
        """The names of the milestones that have one, by id."""
        return {id_: milestone.name for id_, milestone in self.items() if milestone.name}

    def position(self, milestone: str) -> int:
        """Return the place of a milestone in the order, from 0; an unknown one comes last."""
        return list(self).index(milestone) if milestone in self else len(self)

    def since(self, milestone: str) -> tuple[str, ...]:
        """Return a milestone and all later ones."""
        return tuple(self)[self.position(milestone) :]

    def until(self, milestone: str) -> tuple[str, ...]:
        """Return all milestones up to and including this one."""
        return tuple(self)[: self.position(milestone) + 1]

    def after(self, milestone: str, steps: int = 1) -> str | None:
        """Return the milestone some steps later, or the last one if there are fewer; None after the last."""
        return next(reversed(self.since(milestone)[1 : steps + 1]), None)

    def before(self, milestone: str) -> str | None:
        """Return the previous milestone; None before the first."""
        return next(reversed(tuple(self)[: self.position(milestone)]), None)

    def has_exited(self, milestone: str, as_of: date) -> bool:
        """Return whether a milestone had exited by a day."""
        return self[milestone].exited_by(as_of) is not None

    def has_passed(self, milestone: str, as_of: date) -> bool:
        """Return whether a milestone or a later one had exited by a day."""
        return any(self.has_exited(name, as_of) for name in self.since(milestone))

    def passed(self, as_of: date) -> tuple[str, ...]:
        """Return the milestones that had exited by a day, and all before them."""
        last = max((place for place, name in enumerate(self) if self.has_exited(name, as_of)), default=-1)
        return tuple(self)[: last + 1]

    def pending(self, as_of: date) -> tuple[str, ...]:
        """Return the milestones that had not exited by a day."""
        return tuple(name for name in self if not self.has_exited(name, as_of))

    def current(self, as_of: date) -> str | None:
        """Return the first milestone that had not exited by a day; None if all had."""
        return next(iter(self.pending(as_of)), None)

    def skipped_by(self, milestone: str, as_of: date) -> str | None:
        """Return the first earlier milestone that had neither exited by a day nor been overridden."""
        for name in self.until(milestone)[:-1]:
            last = self[name].last_record(as_of)
            if last is None or last.record.withdrawn is not None:
                return name
        return None
