"""The results of cases: what was expected, and what is."""

from typing import NamedTuple


class Difference(NamedTuple):
    """One thing that is not as a case expects it."""

    what: str
    """`status`, `verified`, `criteria G1.coverage` ..."""
    expected: str
    actual: str


class CaseResult(NamedTuple):
    """The result of one case."""

    file: str
    line: int
    column: int
    about: str
    """The id of a criterion, gate, level or milestone; `diff` for changes."""
    case: str
    loophole: bool
    differences: tuple[Difference, ...] = ()
    why: str | None = None
    """The reasons behind what is; None if the case holds."""
    suggestion: str | None = None
    """The line that would make the case hold."""
    as_loophole: str | None = None
    """The line that lists it as a loophole; None unless a criterion passes that should not."""

    @property
    def holds(self) -> bool:
        """Whether everything is as expected."""
        return not self.differences


class CaseReport(NamedTuple):
    """The results of a run."""

    results: tuple[CaseResult, ...]
    untested: tuple[str, ...]
    """The criteria that no case is about; none are listed if only some cases are judged."""

    @property
    def holds(self) -> bool:
        """Whether all cases hold."""
        return all(one.holds for one in self.results)
