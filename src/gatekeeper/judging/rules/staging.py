"""Let changes of what criteria require take effect later, as `upcoming`."""

from collections.abc import Sequence

from gatekeeper.judging.rules.editing import RuleEdit, as_written, manifest_of, value_at
from gatekeeper.judging.rules.notation import ReadChanges, spelled
from gatekeeper.model.workspace import Manifests


def staged(before: Manifests, after: Manifests, edits: Sequence[RuleEdit], effective: str) -> ReadChanges:
    """Return edits by which requirements of criteria change later, and why others cannot.

    Args:
        before: The rulebook of today.
        after: The rulebook with the edits, made at once.
        edits: The edits. Only those of what a criterion requires can take effect later.
        effective: The milestone or the date from which they bind.
    """
    found: list[RuleEdit] = []
    mistakes: list[str] = []
    for manifest, path, _ in edits:
        if "requires" not in path or "criteria" not in path:
            what = spelled(before, manifest, path)
            mistakes.append(f"{what}: only requirements and new criteria can take effect later")
            continue
        place = path[: path.index("criteria") + 2]
        now, then = (value_at(as_written(manifest_of(of, manifest)), place) for of in (before, after))
        if upcoming := now.get("upcoming"):
            mistakes.append(f"{now['id']} is tightened from {upcoming['effective']} on already")
        else:
            later = {"effective": effective, "requires": then["requires"]}
            found.append(RuleEdit(manifest, (*place, "upcoming"), later))
    return ReadChanges(tuple(found), tuple(mistakes))
