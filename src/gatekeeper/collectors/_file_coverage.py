"""What every format of coverage report is read into."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Self

from gatekeeper.model.evidence import Unreadable


class Ratio(NamedTuple):
    """How many of something were covered."""

    covered: int = 0
    total: int = 0

    @classmethod
    def of(cls, hits: Iterable[int]) -> Self:
        """Count what was hit at least once."""
        known = list(hits)
        return cls(sum(hit > 0 for hit in known), len(known))

    @classmethod
    def sum(cls, ratios: Iterable["Ratio"]) -> Self:
        """Add up counts, which is never the average of percentages."""
        known = list(ratios)
        return cls(sum(ratio.covered for ratio in known), sum(ratio.total for ratio in known))

    @property
    def pct(self) -> float | None:
        """0 to 100; None of nothing."""
        return 100 * self.covered / self.total if self.total else None

    def checked(self, name: str) -> Self:
        """Refuse what covers more than there is."""
        if self.covered > self.total:
            raise Unreadable(f"{name}: {self.covered} covered of {self.total}")
        return self


class FileCoverage(NamedTuple):
    """The coverage of one source file."""

    path: str
    """As the report gives it, with forward slashes."""
    lines: Ratio
    branches: Ratio = Ratio()
    functions: Ratio = Ratio()
    first_uncovered: int | None = None
    """A line number."""


def first_uncovered(hits: Mapping[int, int]) -> int | None:
    """Return the first line that was never run."""
    return min((line for line, count in hits.items() if count == 0), default=None)


def normalised(path: str) -> str:
    """Return a path with forward slashes and without a leading `./`."""
    return path.strip().replace("\\", "/").removeprefix("./")
