"""What every format of coverage report is read into."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Self, TypeVar

from gatekeeper.model.evidence import Unreadable

K = TypeVar("K")


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


class Hits(NamedTuple):
    """How often each line, branch and function of a file was run, where a report says it."""

    lines: Mapping[int, int]
    branches: Mapping[Any, int]
    """By whatever the format names a branch by; so are functions."""
    functions: Mapping[Any, int]

    def plus(self, other: "Hits") -> "Hits":
        """Add what another shard of the same run counted."""
        return Hits(
            _sums(self.lines, other.lines),
            _sums(self.branches, other.branches),
            _sums(self.functions, other.functions),
        )


class FileCoverage(NamedTuple):
    """The coverage of one source file."""

    path: str
    """As the report gives it, with forward slashes."""
    lines: Ratio
    branches: Ratio = Ratio()
    functions: Ratio = Ratio()
    first_uncovered: int | None = None
    """A line number."""
    hits: Hits | None = None
    """None: the report has only totals, which cannot be added up."""

    @classmethod
    def of_hits(cls, path: str, hits: Hits) -> Self:
        """Count what was run at least once."""
        return cls(
            path,
            lines=Ratio.of(hits.lines.values()),
            branches=Ratio.of(hits.branches.values()),
            functions=Ratio.of(hits.functions.values()),
            first_uncovered=min((line for line, count in hits.lines.items() if count == 0), default=None),
            hits=hits,
        )


def merged(files: Iterable[FileCoverage]) -> list[FileCoverage]:
    """Return each file of several reports once.

    Shards of a run report the same file with the same lines: their hits add up. The same relative path with
    other lines is the file of another package, and stays apart.
    """
    by_path: dict[str, list[FileCoverage]] = {}
    for file in files:
        known = by_path.setdefault(file.path, [])
        same = next((i for i, other in enumerate(known) if _is_same(other, file)), None)
        if same is None:
            known.append(file)
        else:
            known[same] = _added(known[same], file)
    return [file for known in by_path.values() for file in known]


def _is_same(one: FileCoverage, other: FileCoverage) -> bool:
    if one.hits is None or other.hits is None:
        return True
    return one.hits.lines.keys() == other.hits.lines.keys()


def _added(one: FileCoverage, other: FileCoverage) -> FileCoverage:
    if one.hits is None or other.hits is None:
        raise Unreadable(
            f"{one.path} is in several reports that tell only totals, which cannot be added up: map lcov"
        )
    return FileCoverage.of_hits(one.path, one.hits.plus(other.hits))


def _sums(mine: Mapping[K, int], theirs: Mapping[K, int]) -> dict[K, int]:
    return {key: mine.get(key, 0) + theirs.get(key, 0) for key in {**mine, **theirs}}


def normalised(path: str) -> str:
    """Return a path with forward slashes and without a leading `./`."""
    return path.strip().replace("\\", "/").removeprefix("./")
