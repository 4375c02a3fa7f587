"""The coverage of one source file: counts, and hits if the format lists them."""

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple, Self, TypeVar

from gatekeeper.model.evidence import Unreadable

K = TypeVar("K")


class Ratio(NamedTuple):
    """How many lines, branches or functions were covered."""

    covered: int = 0
    total: int = 0

    @classmethod
    def of(cls, hits: Iterable[int]) -> Self:
        """Return how many of these were hit at least once."""
        known = list(hits)
        return cls(sum(hit > 0 for hit in known), len(known))

    @classmethod
    def sum(cls, ratios: Iterable["Ratio"]) -> Self:
        """Return the sum of counts; the average of percentages would be another figure."""
        known = list(ratios)
        return cls(sum(ratio.covered for ratio in known), sum(ratio.total for ratio in known))

    @property
    def pct(self) -> float | None:
        """0 to 100; None if the total is 0."""
        return 100 * self.covered / self.total if self.total else None

    def checked(self, name: str) -> Self:
        """Return the ratio; `Unreadable` if more is covered than exists."""
        if self.covered > self.total:
            raise Unreadable(f"{name}: {self.covered} covered of {self.total}")
        return self


class Hits(NamedTuple):
    """How often each line, branch and function of a file was run."""

    lines: Mapping[int, int]
    branches: Mapping[Hashable, int]
    """By the key of the format for a branch; functions likewise."""
    functions: Mapping[Hashable, int]

    def plus(self, other: "Hits") -> "Hits":
        """Return the sum with the hits of another shard of the same run."""
        return Hits(
            _sums(self.lines, other.lines),
            _sums(self.branches, other.branches),
            _sums(self.functions, other.functions),
        )


class FileCoverage(NamedTuple):
    """The coverage of one source file."""

    path: str
    """As in the report, with forward slashes."""
    lines: Ratio
    branches: Ratio = Ratio()
    functions: Ratio = Ratio()
    first_uncovered: int | None = None
    """A line number."""
    hits: Hits | None = None
    """None: the report has only totals, which cannot be added up."""

    @classmethod
    def of_hits(cls, path: str, hits: Hits) -> Self:
        """Return the coverage of a file whose hits are known."""
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
    other lines is the file of another package and is kept separate.
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
            f"{one.path} is in several reports that have only totals, which cannot be added up; use lcov"
        )
    return FileCoverage.of_hits(one.path, one.hits.plus(other.hits))


def _sums(mine: Mapping[K, int], theirs: Mapping[K, int]) -> dict[K, int]:
    return {key: mine.get(key, 0) + theirs.get(key, 0) for key in {**mine, **theirs}}


def normalised(path: str) -> str:
    """Return a path with forward slashes and without a leading `./`."""
    return path.strip().replace("\\", "/").removeprefix("./")
