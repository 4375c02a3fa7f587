"""Find what differs between two valid workspaces, both judged by the rules of the base."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.judging.changes.causes import Side
from gatekeeper.judging.changes.default_changes import EditedDefaults, by_default
from gatekeeper.judging.changes.exit_weakenings import JudgedExit, NewExits, compare_exits, new_exits
from gatekeeper.judging.changes.format_weakenings import compare_formats
from gatekeeper.judging.changes.governance_weakenings import compare_governance, newly_counting
from gatekeeper.judging.changes.key_weakenings import compare_keys
from gatekeeper.judging.changes.level_weakenings import with_levels
from gatekeeper.judging.changes.manifest_changes import compare_manifests
from gatekeeper.judging.changes.own_rules import Found, Rules, compare_own_rules
from gatekeeper.judging.changes.plan_weakenings import (
    PlanContext,
    compare_plans,
    compare_roadmaps,
    service_removed,
)
from gatekeeper.judging.changes.record_changes import admitted_all, newly_recorded
from gatekeeper.judging.changes.register_weakenings import compare_registers
from gatekeeper.judging.changes.regressions import new_service
from gatekeeper.judging.changes.rule_weakenings import compare_rules
from gatekeeper.judging.changes.service_matching import ServiceMatching, ServicePair, match_services
from gatekeeper.judging.changes.signing_weakenings import compare_signing
from gatekeeper.judging.changes.statement_changes import compare_approvals, compare_statements
from gatekeeper.judging.changes.verdict_changes import compare_verdicts
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.verdicts.case import Neighbour
from gatekeeper.judging.verdicts.sharing import Collected, shared_by_services
from gatekeeper.manifests.discovery import SETTINGS_FILE
from gatekeeper.model.changes import Change, ChangeKind
from gatekeeper.model.evidence import Evidence, EvidenceKey, Part
from gatekeeper.model.milestone import ExitRecord, RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.model.workspace import Manifests
from gatekeeper.trees import EntryKind, refusal
from gatekeeper.workspace.exiting import evidence_digest
from gatekeeper.workspace.judging import (
    collect,
    collect_by,
    identities,
    judge,
    neighbours,
    neighbours_named,
    object_ids,
)
from gatekeeper.workspace.loading import LoadedWorkspace

logger = logging.getLogger(__name__)

_SKIPPED = frozenset({".git", "node_modules"})
"""Folders without artefacts: `evidence/artefacts.py` leaves them out, too."""
NOTHING: Mapping[EvidenceKey, Evidence] = {}


class Dates(NamedTuple):
    """The days as of which the two states are judged."""

    head: date
    base: date


class Differences:
    """Finds what differs between two valid workspaces; both are judged by the rules of the base."""

    def __init__(self, base: LoadedWorkspace, head: LoadedWorkspace, dates: Dates) -> None:
        self.dates = dates
        self.own = head.rulebook
        self.before, self.after = base.manifests, head.manifests
        self.rulebook = _borrowed(base, head)
        self.base, self.head = (side._replace(rulebook=self.rulebook) for side in (base, head))
        self.exited = frozenset(
            name for name in self.before.milestones if self.before.milestones.has_exited(name, dates.base)
        )
        self.entries_before, self.entries_after = entries_of(self.before), entries_of(self.after)

    def changes(self) -> Iterator[Change]:
        """Yield every change of rules, plan, register and services."""
        yield from compare_rules(self.rulebook, self.own, self.after, list(self.before.milestones))
        governance = self.after.files[Governance, ""]
        people = self.before.governance, self.after.governance
        register = self.after.exceptions.values()
        stated = newly_counting(self.after.services, self.rulebook, self.own, self.dates.head, register)
        yield from compare_governance(*people, governance, stated)
        yield from compare_keys(*people, governance, stated, self._newly_recorded())
        yield from compare_formats(self.before.formats, self.after.formats, self.after.formats_folder)
        yield from compare_signing(self.before, self.after, Rules(self.rulebook, self.own))
        yield from compare_registers(self.before.exceptions, self.after, self.matching.before)
        yield from compare_approvals(self.before, self.after, self.rulebook)
        judged = self._judged_exits()
        yield from compare_exits(self.before, self.after, self.rulebook, judged, self.dates.head)
        yield from self._roadmap
        for name in self.matching.removed:
            yield service_removed(self.before.services[name])
        yield from self._new()
        yield from self._changed()

    def _newly_recorded(self) -> Mapping[str, Sequence[str]]:
        """Return by key what is recorded in the head and newly counts as signed by its recorders."""
        states = ((of.governance.recorders, of.trusted_root) for of in (self.before, self.after))
        if next(states) == next(states):
            return {}
        evidence = collect(self.head, self.after.services.values())
        return newly_recorded(evidence, Rules(self.rulebook, self.own))

    def _judged_exits(self) -> NewExits:
        """Judge the milestones that newly exited as of the day of the record, by the rules of either side."""
        judges = {by.digest: self.head._replace(rulebook=by) for by in (self.own, self.rulebook)}
        services = self.after.services.values()
        return {
            (name, exited.on): {
                digest: _judged_exit(judge(by, name, exited.on, services)) for digest, by in judges.items()
            }
            for name, exited in new_exits(self.before.milestones, self.after.milestones)
        }

    @cached_property
    def _roadmap(self) -> tuple[Change, ...]:
        return tuple(compare_roadmaps(list(self.before.milestones), list(self.after.milestones)))

    @cached_property
    def matching(self) -> ServiceMatching:
        """The services of both sides, matched over renames."""
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
        alike = {name for name, found in artefacts_now.items() if artefacts_before[name] == found}
        # The signed level of a service on which another one depends may decide.
        unchanged = frozenset(of.service for of in same if alike.issuperset((of.service, *of.depends_on)))
        logger.info("not judged again, because they are unchanged: %d services", len(unchanged))
        return unchanged

    def _new(self) -> Iterator[Change]:
        for name in self.matching.added:
            service = self.after.services[name]
            side = self._side(service, neighbours(self.head, [service]))
            yield from new_service(side, self.rulebook, self.after.files[Service, name])

    @cached_property
    def _evidence(self) -> tuple[Collected, Collected]:
        """The evidence of both sides: of changed services, and of all if another may have the same."""
        before, after = self.before.services, self.after.services
        same = self.unchanged
        was = dict(collect(self.base, [before[name] for name in before if name not in same]))
        now = dict(collect(self.head, [after[name] for name in after if name not in same]))
        if _measurements(was, self.rulebook) != _measurements(now, self.rulebook):
            rest = collect(self.head, [after[name] for name in after if name in same])
            was, now = was | rest, now | rest
        return was, now

    @cached_property
    def _shared(self) -> tuple[Mapping[str, Mapping[str, str]], ...]:
        """By side and service, the slots whose measurement another service has too, with its name.

        Without a new measurement, what is not changed is not looked at: nothing becomes the same.
        """
        return tuple(shared_by_services(side, self.rulebook) for side in self._evidence)

    def _changed(self) -> Iterator[Change]:
        shared_before, shared_now = self._shared
        # Which other service has it too decides nothing.
        affected = {
            name
            for name in {*shared_before, *shared_now}
            if shared_before.get(name, {}).keys() != shared_now.get(name, {}).keys()
        }
        pairs = [
            ServicePair(
                self._renamed(self.before.services[was]),
                self.after.services[name],
                self.after.files[Service, name],
            )
            for name, was in self.matching.before.items()
            if name not in self.unchanged or name in affected
        ]
        yield from by_default(self._of_pairs(pairs), self._edited_defaults(pairs))

    def _edited_defaults(self, pairs: Iterable[ServicePair]) -> EditedDefaults:
        before, after = self.before, self.after
        same = {
            pair.name: pair
            for pair in pairs
            if before.files.get((Service, pair.base.service)) == pair.file
            and pair.base != pair.head
            and _identity(self.base, pair.file) == _identity(self.head, pair.file) is not None
        }
        return EditedDefaults(SETTINGS_FILE, same, (before.conventions, after.conventions))

    def _of_pairs(self, pairs: Iterable[ServicePair]) -> Iterator[Change]:
        evidence_before, _ = self._evidence
        shared_before, _ = self._shared
        plan = PlanContext(self.rulebook, self.before.milestones, self.dates.base)
        for pair in pairs:
            was = pair.base.service
            of_plan = tuple(compare_plans(pair, plan, self.after.milestones))
            of_manifest = tuple(compare_manifests(pair, self.rulebook))
            yield from (*of_plan, *of_manifest, *compare_statements(pair, self.rulebook))
            around = self._neighbours(pair)
            before = Side(
                pair.base,
                admitted_all(evidence_before.get(was, NOTHING), self.rulebook, was),
                self.entries_before[was],
                self.dates.base,
                self.before.milestones,
                shared=shared_before.get(was, {}),
                neighbours=around[0],
            )
            now = self._with_known_bytes(pair, before, self._side(pair.head, around[1]))
            weaker = (*of_plan, *self._roadmap, *filter(_weakens_identity, of_manifest))
            weakened = {tuple(map(str, of.where.path)) if of.where else () for of in weaker}
            yield from compare_verdicts(before, now, self.rulebook, pair.file, self.exited, weakened)

    def _renamed(self, base: Service) -> Service:
        """Return a service of the base that depends on others by the names that they have in the head."""
        names = {was: name for name, was in self.matching.before.items()}
        renamed = tuple(names.get(name, name) for name in base.depends_on)
        return base if renamed == base.depends_on else base.model_copy(update={"depends_on": renamed})

    def _neighbours(self, pair: ServicePair) -> tuple[Mapping[str, Neighbour], Mapping[str, Neighbour]]:
        """Return the services on which either state depends, in both states, by their new names."""
        former = {
            name: self.matching.before.get(name, name)
            for name in (*pair.base.depends_on, *pair.head.depends_on)
        }
        before = neighbours_named(self.base, former.values())
        return (
            {name: before[was] for name, was in former.items() if was in before},
            neighbours_named(self.head, former),
        )

    def _with_known_bytes(self, pair: ServicePair, before: Side, now: Side) -> Side:
        """Return the head with the digests of changed artefacts whose bytes the base holds at any path."""
        changed = {slot: one.sha256 for (slot, _), one in now.evidence.items() if one.sha256}
        for (slot, _), one in before.evidence.items():
            if changed.get(slot) == one.sha256:
                changed.pop(slot, None)
        mapped = {slot: pointer for slot, pointer in pair.head.evidence.items() if slot in changed}
        if not mapped:
            return now
        ids = object_ids(self.head, pair.head.model_copy(update={"evidence": mapped}))
        known = {slot: files for slot, files in ids.items() if files and files <= self._ids_of_base.keys()}
        name = pair.base.service
        own = {slot for slot, files in known.items() if any(name in self._ids_of_base[id_] for id_ in files)}
        return now._replace(
            known_bytes=frozenset(changed[slot] for slot in known),
            bytes_of_others=frozenset(changed[slot] for slot in known.keys() - own),
        )

    @cached_property
    def _ids_of_base(self) -> dict[str, set[str]]:
        """The object ids of all files in the folders of the base's services, with the services."""
        tree, top = self.base.tree, str(self.base.services_folder)
        found: dict[str, set[str]] = defaultdict(set)
        elsewhere = {
            name: self.base.folders(of).artefacts for name, of in self.before.services.items() if of.folder
        }
        for owner, place in {"": top, **elsewhere}.items():
            if tree.entry(place) is not EntryKind.FOLDER or refusal(tree, place):
                continue
            for folder, names in tree.walk(place, _SKIPPED if owner else frozenset()):
                service = owner or folder[len(top) + 1 :].partition("/")[0]
                for name in names:
                    found[tree.open(f"{folder}/{name}").identity()].add(service)
        return found

    def _side(self, service: Service, around: Mapping[str, Neighbour]) -> Side:
        name, (_, evidence), (_, shared) = service.service, self._evidence, self._shared
        side = Side(
            service,
            admitted_all(evidence.get(name, NOTHING), self.rulebook, name),
            self.entries_after[name],
            self.dates.head,
            self.after.milestones,
        )
        return side._replace(shared=shared.get(name, {}), neighbours=around)

    def own_rules(self) -> Found:
        """Return what the head's own rules would give."""
        if rules_of(self.before) == rules_of(self.after):
            return (), ()
        sides = both_sides(self.head, self.own, self.after.services.values(), self.dates.head)
        rules = Rules(self.rulebook, self.own)
        return compare_own_rules(sides, rules, self.after.milestones, self.exited, self.dates.head)


def both_sides(
    loaded: LoadedWorkspace, own: Rulebook, services: Collection[Service], as_of: date
) -> Iterator[tuple[Side, Side]]:
    """Yield each service with its evidence as the rules of a workspace read it, and as other rules do."""
    by_base = collect(loaded, services)
    by_own = collect_by(own, loaded, services, by_base)
    entries, milestones = entries_of(loaded.manifests), loaded.manifests.milestones
    around = neighbours(loaded, services)
    for service in services:
        name = service.service
        evidence = by_base.get(name, NOTHING)
        side = Side(service, evidence, entries[name], as_of, milestones, neighbours=around)
        yield side, side._replace(evidence=by_own.get(name, NOTHING))


def _identity(loaded: LoadedWorkspace, file: str) -> str | None:
    """Return what identifies the bytes of a manifest; None if it is in no file, as in a case."""
    try:
        return loaded.tree.open(str(loaded.root / file)).identity()
    except OSError:
        return None


def _measurements(evidence: Collected, rulebook: Rulebook) -> dict[tuple[str, str], tuple[Part, ...]]:
    """Return the parts of the measurements by service and slot."""
    return {
        (service, slot): one.parts
        for service, of_service in evidence.items()
        for (slot, narrowing), one in of_service.items()
        if not narrowing and slot in rulebook.slots and rulebook.slots[slot].measures
    }


def _weakens_identity(change: Change) -> bool:
    """Return whether evidence about something else may count now."""
    path = change.where.path if change.where else None
    return change.kind is ChangeKind.PLAN_WEAKENED and path in (("identity",), ())


def _judged_exit(result: MilestoneResult) -> JudgedExit:
    return JudgedExit(result.verdict, evidence_digest(result))


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


def _exits(workspace: Manifests) -> list[tuple[str, Mapping[date, ExitRecord]]]:
    return [(name, milestone.exits) for name, milestone in workspace.milestones.items()]


def rules_of(workspace: Manifests) -> object:
    """Return the parts of a rulebook that affect a verdict."""
    of_evidence = workspace.evidence_rules, workspace.repository, workspace.id
    return workspace.levels, workspace.gates, workspace.governance.deciding, *of_evidence


def entries_of(workspace: Manifests) -> Mapping[str, Sequence[RegisteredException]]:
    """Return the entries of the risk register by service."""
    entries: dict[str, list[RegisteredException]] = defaultdict(list)
    for entry in workspace.exceptions.values():
        entries[entry.service].append(entry)
    return entries
