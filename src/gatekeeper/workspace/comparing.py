"""Compare two states of a workspace: load both, find what differs, judge both by the rules of the base."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import InvalidWorkspace, UsageError
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.exit_weakenings import JudgedExit, NewExits, compare_exits, new_exits
from gatekeeper.judging.changes.governance_weakenings import compare_governance
from gatekeeper.judging.changes.level_weakenings import with_levels
from gatekeeper.judging.changes.manifest_changes import compare_manifests
from gatekeeper.judging.changes.own_rules import Found, Rules, compare_own_rules
from gatekeeper.judging.changes.plan_weakenings import (
    PlanContext,
    compare_plans,
    compare_roadmaps,
    service_removed,
)
from gatekeeper.judging.changes.register_weakenings import compare_registers
from gatekeeper.judging.changes.regressions import new_service
from gatekeeper.judging.changes.rule_weakenings import compare_rules
from gatekeeper.judging.changes.service_matching import ServiceMatching, ServicePair, match_services
from gatekeeper.judging.changes.verdict_changes import compare_verdicts
from gatekeeper.judging.changes.weakening_approvals import sign_off
from gatekeeper.judging.rules.binding import bind
from gatekeeper.manifests.discovery import is_workspace
from gatekeeper.manifests.load import Known, load_workspace
from gatekeeper.manifests.validation import locate
from gatekeeper.model.changes import Change, ChangeKind, Comparison
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.milestone import ExitRecord, RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import EvidencePointer, Service
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.exiting import evidence_digest
from gatekeeper.workspace.judging import collect, identities, judge
from gatekeeper.workspace.loading import LoadedWorkspace, validate
from gatekeeper.workspace.stages import stage
from gatekeeper.workspace.states import State

logger = logging.getLogger(__name__)

NOTHING: Mapping[EvidenceKey, Evidence] = {}


class Compared(NamedTuple):
    """Two states compared, and what judges the head."""

    comparison: Comparison
    head: LoadedWorkspace
    """The head with the rules of the base."""


class Dates(NamedTuple):
    """The days as of which the two states are judged."""

    head: date
    base: date


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
    comparing = _Comparing(before, now, dates)
    governances = before.manifests.governance, now.manifests.governance
    with stage(logger, f"compare {base.name} with {head.name}"):
        changes = list(sign_off(comparing.changes(), *governances, dates.head))
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
    if now is None or _rules_of(now) != _rules_of(base):
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
    entries = _entries(now.manifests)
    changes = (
        change
        for name, service in services.items()
        for change in new_service(
            Side(service, evidence.get(name, NOTHING), entries[name], dates.head, now.manifests.milestones),
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


class _Comparing:
    """Compares two valid workspaces; both are judged by the rules of the base."""

    def __init__(self, base: LoadedWorkspace, head: LoadedWorkspace, dates: Dates) -> None:
        self.dates = dates
        self.own = head.rulebook
        self.before, self.after = base.manifests, head.manifests
        self.rulebook = _borrowed(base, head)
        self.base, self.head = (side._replace(rulebook=self.rulebook) for side in (base, head))
        self.exited = frozenset(
            name for name in self.before.milestones if self.before.milestones.has_exited(name, dates.base)
        )
        self.entries_before, self.entries_after = _entries(self.before), _entries(self.after)

    def changes(self) -> Iterator[Change]:
        """Yield every change of rules, plan, register and services."""
        yield from compare_rules(self.rulebook, self.own, self.after)
        governance = self.after.files[Governance, ""]
        yield from compare_governance(self.before.governance, self.after.governance, governance)
        yield from compare_registers(self.before.exceptions, self.after, self.matching.before)
        yield from compare_exits(self.before, self.after, self._judged_exits(), self.dates.head)
        yield from self._roadmap
        for name in self.matching.removed:
            yield service_removed(name)
        yield from self._new()
        yield from self._changed()

    def _judged_exits(self) -> NewExits:
        """Judge the milestones that newly exited as of the day of the record, by the rules of either side."""
        own = self.head._replace(rulebook=self.own)
        found = {}
        for name, exited in new_exits(self.before.milestones, self.after.milestones):
            judged = {
                by.rulebook.digest: judge(by, name, exited.on, self.after.services.values())
                for by in ({own.rulebook.digest: own} | {self.rulebook.digest: self.head}).values()
            }
            found[name, exited.on] = {
                digest: JudgedExit(result.verdict, evidence_digest(result))
                for digest, result in judged.items()
            }
        return found

    @cached_property
    def _roadmap(self) -> tuple[Change, ...]:
        return tuple(compare_roadmaps(list(self.before.milestones), list(self.after.milestones)))

    @cached_property
    def matching(self) -> ServiceMatching:
        return match_services(self.before.services, self.after.services)

    @cached_property
    def unchanged(self) -> frozenset[str]:
        """Services with the same manifest, artefacts, exceptions and day, whose verdict cannot differ."""
        if self.dates.base != self.dates.head or _exits(self.before) != _exits(self.after):
            return frozenset()
        same = [
            service
            for name, service in self.after.services.items()
            if self.before.services.get(name) == service
            and self.entries_before[name] == self.entries_after[name]
        ]
        artefacts_before, artefacts_now = identities(self.base, same), identities(self.head, same)
        unchanged = frozenset(
            name for name, found in artefacts_now.items() if artefacts_before[name] == found
        )
        logger.info("not judged again, because they are unchanged: %d services", len(unchanged))
        return unchanged

    def _new(self) -> Iterator[Change]:
        services = [self.after.services[name] for name in self.matching.added]
        evidence = collect(self.head, services)
        for service in services:
            yield from new_service(
                self._side(service, evidence), self.rulebook, self.after.files[Service, service.service]
            )

    def _changed(self) -> Iterator[Change]:
        pairs = [
            ServicePair(self.before.services[was], self.after.services[name], self.after.files[Service, name])
            for name, was in self.matching.before.items()
            if name not in self.unchanged
        ]
        evidence_before = collect(self.base, [pair.base for pair in pairs])
        evidence_now = collect(self.head, [pair.head for pair in pairs])
        held = self._held(pairs)
        plan = PlanContext(self.rulebook, self.before.milestones, self.dates.base)
        for pair in pairs:
            was = pair.base.service
            weaker = tuple(compare_plans(pair, plan, self.after.milestones))
            yield from weaker
            yield from compare_manifests(pair, self.rulebook)
            before = Side(
                pair.base,
                evidence_before.get(was, NOTHING),
                self.entries_before[was],
                self.dates.base,
                self.before.milestones,
            )
            now = self._side(pair.head, evidence_now)._replace(held=held.get(was, frozenset()))
            yield from compare_verdicts(
                before,
                now,
                self.rulebook,
                pair.file,
                self.exited,
                is_weakened=bool(weaker or self._roadmap),
            )

    def _held(self, pairs: Iterable[ServicePair]) -> dict[str, frozenset[str]]:
        """Return by former name the digests of what the base holds at paths that the head newly maps."""
        repointed = [
            pair.base.model_copy(update={"evidence": moved})
            for pair in pairs
            if (moved := _moved(pair.base.evidence, pair.head.evidence))
        ]
        return {
            name: frozenset(one.sha256 for one in found.values() if one.sha256)
            for name, found in collect(self.base, repointed).items()
        }

    def _side(self, service: Service, evidence: Mapping[str, Mapping[EvidenceKey, Evidence]]) -> Side:
        name = service.service
        given = evidence.get(name, NOTHING)
        return Side(service, given, self.entries_after[name], self.dates.head, self.after.milestones)

    def own_rules(self) -> Found:
        """Return what the head's own rules would give."""
        if _rules_of(self.before) == _rules_of(self.after):
            return (), ()
        services = self.after.services.values()
        by_base = collect(self.head, services)
        same_slots = self.rulebook.slots == self.own.slots
        by_own = by_base if same_slots else collect(self.head._replace(rulebook=self.own), services)
        sides = ((self._side(service, by_base), self._side(service, by_own)) for service in services)
        milestones = self.after.milestones
        current = milestones.current(self.dates.head)
        effective = milestones.after(current) if current else None
        return compare_own_rules(sides, Rules(self.rulebook, self.own), self.exited, effective)


def _borrowed(base: LoadedWorkspace, head: LoadedWorkspace) -> Rulebook:
    """Return the rules of the base, with the levels that only the head has."""
    levels = with_levels(base.manifests.levels, head.manifests.levels)
    if levels is base.manifests.levels:
        return base.rulebook
    rules = bind(base.manifests._replace(levels=levels), collectors.find).rulebook
    # By default exceptions are about the highest level, which may be one that only the head has.
    rule = base.rulebook.exceptions
    excuse, ship_at = rules.scale[rule.excuse.id], rules.scale[rule.ship_at.id]
    return rules._replace(exceptions=rule._replace(excuse=excuse, ship_at=ship_at))


def _moved(
    base: Mapping[str, EvidencePointer], head: Mapping[str, EvidencePointer]
) -> dict[str, EvidencePointer]:
    """Return the mappings of the head with another path than in the base, without their pins."""
    return {
        slot: pointer.model_copy(update={"sha256": None})
        for slot, pointer in head.items()
        if slot not in base or base[slot].path != pointer.path
    }


def _exits(workspace: Manifests) -> list[tuple[str, Mapping[date, ExitRecord]]]:
    return [(name, milestone.exits) for name, milestone in workspace.milestones.items()]


def _rules_of(workspace: Manifests) -> object:
    """Return the parts of a rulebook that affect a verdict."""
    people = workspace.governance.model_copy(update={"weakenings": (), "policy": {}})
    return workspace.levels, workspace.gates, people


def _entries(workspace: Manifests) -> Mapping[str, Sequence[RegisteredException]]:
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in workspace.exceptions.values():
        entries[entry.service].append(entry)
    return entries


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
    data: dict[str, bytes] = {}
    for change in changes:
        if change.where is None:
            yield change
            continue
        file, path = change.where
        if file not in data:
            with suppress(OSError):
                data[file] = now.tree.open(str(root / file)).read()
        line = locate(data[file], path, of_key=True)[0] if file in data else None
        yield change._replace(file=_file_name(now, root, file), line=line)


def _file_name(now: LoadedWorkspace, root: Path, file: str) -> str:
    from gatekeeper.evidence.artefacts import Bounds

    return Bounds(now.tree).name(str(root / file))
