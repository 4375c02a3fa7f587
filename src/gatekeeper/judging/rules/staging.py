"""Let changes of what criteria require take effect later, as `upcoming`."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from gatekeeper.judging.rules.editing import RuleEdit, as_written, manifest_of
from gatekeeper.judging.rules.notation import spelled
from gatekeeper.model.workspace import Manifests


class Staged(NamedTuple):
    """Edits that take effect later, one for each that was asked for, and why others cannot."""

    edits: tuple[RuleEdit, ...]
    mistakes: tuple[str, ...]


def staged(before: Manifests, after: Manifests, edits: Sequence[RuleEdit], effective: str) -> Staged:
    """Return edits by which the requirements of criteria change later.

    Args:
        before: The rulebook of today.
        after: The rulebook with the edits, made at once.
        edits: The edits. Only those of what a criterion requires can take effect later.
        effective: The milestone or the date from which they bind.
    """
    found: list[RuleEdit] = []
    mistakes: list[str] = []
    for manifest, path, _ in edits:
        place = _criterion(path)
        criterion = _at(as_written(manifest_of(before, manifest)), place)
        if not place or path[len(place) : len(place) + 1] != ("requires",):
            what = spelled(before, manifest, path)
            mistakes.append(f"{what}: only requirements and new criteria can take effect later")
        elif upcoming := criterion.get("upcoming"):
            mistakes.append(f"{criterion['id']} is tightened from {upcoming['effective']} on already")
        else:
            requires = _at(as_written(manifest_of(after, manifest)), place)["requires"]
            later = {"effective": effective, "requires": requires}
            found.append(RuleEdit(manifest, (*place, "upcoming"), later))
    return Staged(tuple(found), tuple(mistakes))


def _criterion(path: Sequence[str | int]) -> tuple[str | int, ...]:
    """Return the path to the criterion that a path is within; empty if it is not within one."""
    if "criteria" not in path[:-1]:
        return ()
    return tuple(path[: path.index("criteria") + 2])


def _at(written: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        written = written[step]
    return written
