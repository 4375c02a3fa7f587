"""Candidates for a slot that are the same: copies of a file, and one run in several formats."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from gatekeeper.evidence.discovery import FoundArtefact
from gatekeeper.model.evidence import Evidence


class Rank(NamedTuple):
    """How well a candidate fits; a greater one fits better."""

    ids: int = 0
    """How many criteria of the slot its tests name."""
    phrases: int = 0
    """How many phrases that the plan asks for its tests mention."""
    is_about_service: bool = False
    nearness: int = 0
    """2: in the service's folder, 1: in a folder named after it, 0: elsewhere."""
    words: float = 0
    is_group: bool = False


class Candidate(NamedTuple):
    """An artefact that may fill a slot, and why."""

    artefact: FoundArtefact
    path: str
    """As the manifest is to write it."""
    rank: Rank
    reason: str
    is_sure: bool
    whole: bool = False
    evidence: Evidence | None = None
    is_doubtful: bool = False
    """Whether somebody has to say that it is meant, although nothing else fits."""


def without_copies(tied: Sequence[Candidate], kind: str) -> list[Candidate]:
    """Return candidates without copies, and without the same run in other formats beside it."""
    copies: dict[str | None, list[Candidate]] = defaultdict(list)
    for one in tied:
        copies[one.evidence.sha256 if one.evidence else None].append(one)
    firsts = [min(same, key=lambda one: (len(one.path), one.path)) for same in copies.values()]
    runs: dict[tuple[Any, ...], list[Candidate]] = defaultdict(list)
    for one in firsts:
        run = _run_of(kind, one.evidence.facts) if one.evidence else None
        runs[one.path.rpartition("/")[0], run or one.path].append(one)
    kept = []
    for same in runs.values():
        is_one_run = len({one.artefact.format for one in same}) == len(same)
        kept += [max(same, key=lambda one: (_completeness(one), one.path))] if is_one_run else same
    return sorted(kept, key=lambda one: one.path)


def _run_of(kind: str, facts: Any) -> tuple[Any, ...] | None:
    """Return what reports of one run have in common whatever their formats; None if that is not known."""
    if kind == "coverage":
        return facts.files, facts.lines, facts.lines_pct
    if kind == "tests" and facts.passed:
        return facts.total, frozenset(name.rpartition(" > ")[2] for name in facts.passed)
    return None


def _completeness(one: Candidate) -> int:
    facts = one.evidence.facts if one.evidence else ()
    doubts = (
        sum(len(part.not_understood) + len(part.partial) for part in one.evidence.parts)
        if one.evidence
        else 0
    )
    return sum(value is not None for value in facts) - doubts
