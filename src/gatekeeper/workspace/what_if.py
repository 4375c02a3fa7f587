"""Judge a workspace as it is by a changed rulebook, and say how to make the change."""

import logging
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gatekeeper.errors import UsageError
from gatekeeper.judging.changes.own_rules import Rules
from gatekeeper.judging.rules.citations import wrong_citations
from gatekeeper.judging.rules.editing import REMOVED, Step, as_written, manifest_of, value_at
from gatekeeper.judging.rules.notation import spelled
from gatekeeper.judging.what_if import levels_once_exited, what_if
from gatekeeper.manifests.fragments import flow
from gatekeeper.manifests.validation import locate
from gatekeeper.model.report import Filter
from gatekeeper.model.rule import is_date
from gatekeeper.model.service import Service
from gatekeeper.model.what_if import RuleChange, WhatIf
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace import selection
from gatekeeper.workspace.differences import both_sides
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.rule_changes import Changed, RuleChanges, changed
from gatekeeper.workspace.stages import stage

logger = logging.getLogger(__name__)


def judge_change(
    loaded: LoadedWorkspace, asked: RuleChanges, milestone: str | None, day: date, of: Filter
) -> WhatIf:
    """Return what a change of rules would do to the services that a filter selects.

    A change that binds from a later day on is judged as of that day.

    Raises:
        UsageError: The change names no rule or is not valid, or the milestone, a service or an owner is
            unknown.
    """
    manifests = loaded.manifests
    scope = manifests.milestones.pending(day) if milestone is None else (milestone,)
    services = _services(loaded, scope, milestone, of)
    result = changed(loaded, asked)
    if asked.effective and is_date(asked.effective):
        day = max(day, date.fromisoformat(asked.effective))
    own = result.workspace.rulebook
    sides = list(both_sides(loaded, own, services, day))
    with stage(logger, f"judge {len(services):,} services by both rulebooks as of {day}"):
        found = what_if(
            sides, Rules(loaded.rulebook, own), scope, day, is_partial=bool(of.services or of.owners)
        )
        levels = found.levels
        if asked.effective and asked.effective in manifests.milestones.pending(day):
            levels += levels_once_exited(sides, Rules(loaded.rulebook, own), asked.effective, day)
    return found._replace(
        levels=levels,
        effective=asked.effective,
        changes=tuple(_changes(loaded, result, asked.effective)),
        notes=tuple(_wrong_citations(manifests, result.workspace.manifests)),
        filter=of,
        rulebook_digest=loaded.rulebook.digest,
    )


def _services(
    loaded: LoadedWorkspace, scope: Sequence[str], milestone: str | None, of: Filter
) -> list[Service]:
    """Return the services that are selected; without a milestone, a change may also affect earned levels."""
    manifests = loaded.manifests
    if milestone is not None:
        selection.select_milestone(manifests, milestone, date.min)
        return selection.select_services(manifests, milestone, of)
    for name in of.services:
        selection.service_named(manifests, name)
    selection.known_owners(manifests, of.owners)
    if not scope:
        raise UsageError("every milestone has exited: name one with --milestone")
    if not (found := selection.matching_services(manifests, of)):
        raise UsageError("no service is selected: none of these owners owns any of these services")
    return found


def _changes(loaded: LoadedWorkspace, result: Changed, effective: str | None) -> Iterator[RuleChange]:
    """Yield each value that changes, with the line to edit and what to write there."""
    manifests = loaded.manifests
    for edit, made in result.edits:
        yield RuleChange(
            spelled(manifests, edit.manifest, edit.path),
            _yaml(value_at(as_written(manifest_of(manifests, edit.manifest)), edit.path)),
            _yaml(edit.value),
            *_place(loaded, manifests.files[edit.manifest], made.path),
            "remove it" if made.value is REMOVED else _line(made.path[-1], made.value),
        )
    when = f", with `effective: {effective}`" if effective else ""
    for one in result.added:
        yield RuleChange(
            spelled(result.workspace.manifests, one.edit.manifest, one.edit.path),
            None,
            f"new: {_yaml(one.edit.value)}",
            *_place(loaded, manifests.files[one.edit.manifest], one.edit.path[:-1]),
            f"add it from {one.source.name}{when}",
        )


def _wrong_citations(before: Manifests, after: Manifests) -> Iterator[str]:
    """Yield what a rule cites and no longer says."""
    known = {mistake.message for mistake in wrong_citations(before)}
    yield from (mistake.message for mistake in wrong_citations(after) if mistake.message not in known)


def _yaml(value: Any) -> str | None:
    """Return plain data on one line, a criterion by its question; None for what is removed."""
    is_criterion = isinstance(value, dict) and "question" in value
    return None if value is REMOVED else str(value["question"]) if is_criterion else flow(value)


def _line(step: Step, value: object) -> str:
    return flow(value) if isinstance(step, int) else f"{step}: {flow(value)}"


def _place(loaded: LoadedWorkspace, file: str, path: Sequence[Step]) -> tuple[str, int]:
    """Return the file, relative to the repository, and the line of a path or of what it is to be in."""
    from gatekeeper.evidence.artefacts import Bounds

    whole = str(Path(loaded.root, file))
    line, _ = locate(loaded.tree.open(whole).read(), path, of_key=True)
    return Bounds(loaded.tree).name(whole), line
