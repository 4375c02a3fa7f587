"""How well the cases of a rulebook notice small changes of it."""

from collections.abc import Mapping
from typing import NamedTuple

from gatekeeper.errors import Problem


class Proposal(NamedTuple):
    """A case that would notice a mutant."""

    file: str
    """The file of cases to add it to."""
    lines: tuple[str, ...]
    """The case in YAML, with the keys above it."""


class Survivor(NamedTuple):
    """A mutant that no case notices."""

    mutant: str
    """Its id."""
    group: str
    """The gate or level that it changes, `levels` or `governance`."""
    file: str
    line: int
    column: int
    shows: str
    """What a case must show so that it notices it."""
    proposal: Proposal | None
    """None if no case could be built."""


class Score(NamedTuple):
    """How many mutants of one group the cases notice."""

    killed: int
    survived: int
    equivalent: int
    """Those that no case can notice, as the files of cases list them."""


class MutationReport(NamedTuple):
    """The result of judging the cases by every mutant."""

    scores: Mapping[str, Score]
    """By group, in the order of the rulebook."""
    survivors: tuple[Survivor, ...]
    problems: tuple[Problem, ...]
    """Mutants that are listed as equivalent and are not."""
    discarded: tuple[str, ...]
    """The ids of mutants that are not valid rulebooks."""
    cases: int

    @property
    def holds(self) -> bool:
        """Whether every mutant is noticed or rightly listed as equivalent."""
        return not self.survivors and not self.problems
