"""Compare two states of a workspace: load both, find what differs, judge both by the rules of the base."""

import logging
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import InvalidWorkspace, UsageError
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.regressions import new_service
from gatekeeper.judging.changes.weakening_approvals import sign_off
from gatekeeper.manifests.discovery import SETTINGS_FILE, is_workspace
from gatekeeper.manifests.load import Known, load_workspace
from gatekeeper.manifests.positions import line_of
from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.syntax.yaml import YamlDocument, load
from gatekeeper.workspace.differences import NOTHING, Dates, Differences, entries_of, rules_of
from gatekeeper.workspace.judging import collect, neighbours
from gatekeeper.workspace.loading import LoadedWorkspace, validate
from gatekeeper.workspace.stages import stage
from gatekeeper.workspace.states import State

logger = logging.getLogger(__name__)


class Compared(NamedTuple):
    """Two states compared, and what judges the head."""

    comparison: Comparison
    head: LoadedWorkspace
    """The head with the rules of the base."""


def compare(base: State, head: State, dates: Dates, target: State | None = None) -> Compared:
    """Compare two states.

    Args:
        base: The state that nothing may be lost of.
        head: The state that a change leads to.
        dates: The days as of which they are judged.
        target: The branch that the change is to be merged into, if it has moved on since the base.

    Raises:
        InvalidWorkspace: The head contains mistakes.
        UsageError: The base contains mistakes, so that there is nothing to compare with.
    """
    known: Known = {}
    now = _open(head, known)
    if not is_workspace(base.root, base.tree):
        return Compared(_all_new(base, head, now, dates), now)
    try:
        before = _open(base, known)
    except InvalidWorkspace as error:
        raise UsageError(_broken_base(base, error)) from None
    comparing = Differences(before, now, dates)
    approved_by = before.rulebook, now.manifests.governance
    with stage(logger, f"compare {base.name} with {head.name}"):
        changes = list(sign_off(comparing.changes(), *approved_by, dates.head))
    own_rules, tightened = comparing.own_rules()
    comparison = Comparison(
        base=base.name,
        head=head.name,
        as_of=dates.head,
        base_as_of=dates.base,
        changes=_in_order(_located(changes, now, head.root)),
        own_rules=own_rules,
        tightened=tightened,
        unchanged=len(comparing.unchanged),
        services=len(now.manifests.services),
        notes=tuple(_moved_on(target, before.manifests, known)) if target else (),
        sign_off_role=before.manifests.governance.weakening_sign_off,
        sign_off_file=_file_name(now, head.root, now.manifests.files[Governance, ""]),
    )
    return Compared(comparison, comparing.head)


def _moved_on(target: State, base: Manifests, known: Known) -> Iterator[str]:
    """Yield a note if the target has other rules or people than the base by now."""
    if not is_workspace(target.root, target.tree):
        return
    now = load_workspace(target.root, target.tree, known).workspace
    if now is None or rules_of(now) != rules_of(base):
        yield (
            f"the rules or the people of {target.name} have changed since the base; merge or rebase, and the "
            "change is judged by them"
        )


def _open(state: State, known: Known) -> LoadedWorkspace:
    return validate(state.root, state.tree, known).valid()


def _broken_base(base: State, error: InvalidWorkspace) -> str:
    first, count = error.problems[0], len(error.problems)
    more = f" and {count - 1:,} more" if count > 1 else ""
    return (
        f"the workspace of {base.name} is invalid and cannot be compared with: {first}{more}; compare with "
        "an earlier revision, or judge the head alone with `gatekeeper check`"
    )


def _all_new(base: State, head: State, now: LoadedWorkspace, dates: Dates) -> Comparison:
    """Compare with a base that has no workspace: nothing can be lost; claims need signatures."""
    services = now.manifests.services
    evidence = collect(now, services.values())
    entries, around = entries_of(now.manifests), neighbours(now, services.values())
    changes = (
        change
        for name, service in services.items()
        for change in new_service(
            Side(
                service,
                evidence.get(name, NOTHING),
                entries[name],
                dates.head,
                now.manifests.milestones,
                neighbours=around,
            ),
            now.rulebook,
            now.manifests.files[Service, name],
        )
    )
    note = f"{base.name} has no workspace: everything is new, and is judged by its own rules"
    return Comparison(
        base=base.name,
        head=head.name,
        as_of=dates.head,
        base_as_of=dates.base,
        changes=_in_order(_located(changes, now, head.root)),
        services=len(services),
        notes=(note,),
    )


def _in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes sorted: those that block first, then by weight, service and name."""
    kinds = list(ChangeKind)
    return tuple(
        sorted(
            changes,
            key=lambda change: (not change.blocks, kinds.index(change.kind), change.service or "", change.id),
        )
    )


def _located(changes: Iterable[Change], now: LoadedWorkspace, root: Path) -> Iterator[Change]:
    """Yield changes with their file, relative to the repository, and their line."""

    @cache
    def document(file: str) -> YamlDocument | None:
        try:
            return load(now.tree.open(str(root / file)).read())
        except OSError:
            return None

    for change in changes:
        if change.where is None:
            yield change
            continue
        (file, path), line = change.where, None
        if written := document(file):
            settings = document(SETTINGS_FILE) if change.service else None
            is_default, line = line_of(written, settings, path)
            file = SETTINGS_FILE if is_default else file
        yield change._replace(file=_file_name(now, root, file), line=line)


def _file_name(now: LoadedWorkspace, root: Path, file: str) -> str:
    from gatekeeper.evidence.artefacts import Bounds

    return Bounds(now.tree).name(str(root / file))
