"""Propose which artefacts of a folder fill the empty slots of a service, each with its reason.

Precision comes before recall: what might as well be of another slot is a tie, and what is of another service,
cannot be read or states nothing is not proposed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from gatekeeper.evidence.discovery import Discovered, FoundArtefact, discover
from gatekeeper.judging.obligations.expand import place
from gatekeeper.manifests.fragments import Value
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import parse
from gatekeeper.model.rule import Rule
from gatekeeper.model.service import Service
from gatekeeper.workspace.candidate_copies import Candidate
from gatekeeper.workspace.candidates import Candidates
from gatekeeper.workspace.editing import Edit
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.placement import Homes, homes_of
from gatekeeper.workspace.selection import service_named


class Confidence(StrEnum):
    """How certain a proposal is."""

    SURE = "sure"
    LIKELY = "likely"
    AMBIGUOUS = "ambiguous"
    """Two candidates tie, or two slots that must differ want the same file."""


class SlotProposal(NamedTuple):
    """An artefact for a slot."""

    slot: str
    kind: str
    path: str
    """As the manifest is to write it."""
    format: str
    confidence: Confidence
    reason: str
    unlocks: tuple[str, ...]
    """The criteria of the service that read the slot."""
    whole: bool = False
    """Whether the mapping has to say that all tests of the report are of this slot."""
    alternatives: tuple[str, ...] = ()
    """The other candidates, if it is ambiguous."""


class EmptySlot(NamedTuple):
    """A slot for which nothing was found."""

    slot: str
    kind: str
    unlocks: tuple[str, ...]


class Wiring(NamedTuple):
    """What a folder has for the empty slots of a service."""

    service: str
    proposals: tuple[SlotProposal, ...]
    ties: tuple[SlotProposal, ...]
    """They are not written unless somebody chooses."""
    empty: tuple[EmptySlot, ...]
    unused: tuple[FoundArtefact, ...] = ()
    """What was recognised and proposed for no slot."""
    notes: tuple[str, ...] = ()
    """What was not looked at, and why candidates were left out."""
    filled: int = 0
    """How many slots that are asked of the service have a file by what is mapped already."""
    asked: int = 0
    """How many slots are asked of it."""
    is_outside: bool = False
    """Whether the paths are relative to a folder outside of the workspace's repository."""


def empty_slots(loaded: LoadedWorkspace, service: str) -> tuple[EmptySlot, ...]:
    """Return the slots that criteria of a service read and that nothing maps; no artefact is looked at."""
    of = service_named(loaded.manifests, service)
    slots = loaded.rulebook.slots
    return tuple(
        EmptySlot(slot, slots[slot].kind, tuple(rule.id for rule in rules))
        for slot, rules in asked_slots(loaded, of).items()
        if slot not in of.evidence
    )


def asked_slots(loaded: LoadedWorkspace, service: Service) -> Mapping[str, Sequence[Rule]]:
    """Return by slot the criteria that are asked of a service and read it, in the order of the rulebook."""
    found: dict[str, dict[str, Rule]] = defaultdict(dict)
    for one in place(service, loaded.rulebook, loaded.manifests.milestones, date.max):
        if one.asked and one.asked.left_out is None:
            for slot in one.asked.rule.slots:
                found[slot].setdefault(one.id, one.asked.rule)
    return {slot: tuple(found[slot].values()) for slot in loaded.rulebook.slots if slot in found}


def wire(
    loaded: LoadedWorkspace,
    service: str,
    folder: Path,
    found: Discovered | None = None,
    homes: Homes | None = None,
) -> Wiring:
    """Propose artefacts for the slots of a service that are asked of it and not mapped to an existing file.

    Args:
        loaded: The workspace.
        service: The service.
        folder: The folder to search.
        found: What is in the folder, if that is known already.
        homes: The folders of services, by default those of the workspace: what is in the folder of another
            service is not proposed.

    Raises:
        UsageError: There is no such service.
    """
    of = service_named(loaded.manifests, service)
    found = found or discover(folder, loaded.manifests.formats)
    asked = asked_slots(loaded, of)
    candidates = Candidates(loaded, of, found, asked, homes or homes_of(loaded, {}))
    stated = _stated(loaded, service)
    slots = [slot for slot in asked if slot not in stated and not _has_default(of, slot, candidates)]
    chosen = {slot: candidates.best(slot) for slot in slots}
    taken = _clashes(loaded, of, chosen, candidates)
    proposals, ties, empty = list[SlotProposal](), list[SlotProposal](), list[EmptySlot]()
    for slot in slots:
        kind, unlocks = loaded.rulebook.slots[slot].kind, tuple(rule.id for rule in asked[slot])
        if not chosen[slot]:
            empty.append(EmptySlot(slot, kind, unlocks))
            continue
        one, *others = chosen[slot]
        is_tie = bool(others) or slot in taken or one.is_doubtful
        confidence = Confidence.LIKELY if not one.is_sure else Confidence.SURE
        reason = taken.get(slot, one.reason)
        proposal = SlotProposal(
            slot,
            kind,
            one.path,
            one.artefact.format,
            Confidence.AMBIGUOUS if is_tie else confidence,
            reason,
            unlocks,
            one.whole,
            tuple(other.path for other in others),
        )
        (ties if is_tie else proposals).append(proposal)
    used = {path for one in (*proposals, *ties) for path in (one.path, *one.alternatives)}
    return Wiring(
        service,
        tuple(proposals),
        tuple(ties),
        tuple(empty),
        candidates.unused(used),
        (*_elsewhere(of, asked, candidates), *found.notes, *candidates.notes(used)),
        sum(slot in of.evidence and candidates.placement.exists(of.evidence[slot].path) for slot in asked),
        len(asked),
        candidates.placement.is_outside,
    )


def edits(loaded: LoadedWorkspace, wirings: Iterable[Wiring]) -> list[Edit]:
    """Return the edits that map the proposals; ties are left out."""
    return [edit for wiring in wirings for edit in _edits(loaded, wiring)]


def _edits(loaded: LoadedWorkspace, wiring: Wiring) -> Iterator[Edit]:
    file = loaded.manifests.files[Service, wiring.service]
    for one in wiring.proposals:
        value: Value = {"path": one.path, "whole": True} if one.whole else one.path
        yield Edit(file, [Step("evidence", is_list_of_lines=True), Step(one.slot)], value)


def _stated(loaded: LoadedWorkspace, service: str) -> Collection[str]:
    """Return the slots that the manifest of a service maps or unmaps itself."""
    file = loaded.manifests.files[Service, service]
    written = parse(loaded.tree.open(str(loaded.root / file)).read(), file, Service).model
    return written.evidence if written else loaded.rulebook.slots


def _has_default(service: Service, slot: str, candidates: Candidates) -> bool:
    """Return whether the default of a slot finds a file."""
    pointer = service.evidence.get(slot)
    return pointer is not None and candidates.placement.exists(pointer.path)


def _elsewhere(service: Service, asked: Collection[str], candidates: Candidates) -> Iterator[str]:
    """Yield a note if mappings that exist seem to be relative to another folder than the one searched."""
    mapped = [slot for slot in asked if slot in service.evidence]
    away = [slot for slot in mapped if not candidates.placement.exists(service.evidence[slot].path)]
    if candidates.placement.is_outside and away and len(away) == len(mapped):
        yield (
            f"none of the mapped files is here ({', '.join(away)}): `collect` reads all of a service "
            "from one folder, so name the one to which those paths are relative"
        )


def _clashes(
    loaded: LoadedWorkspace, service: Service, chosen: Mapping[str, Sequence[Candidate]], of: Candidates
) -> dict[str, str]:
    """Return why slots cannot have their candidate: another slot, which must differ, wants or has it."""
    found = {}
    mapped = {slot: of.placement.files_at(pointer.path) for slot, pointer in service.evidence.items()}
    for slot, its in chosen.items():
        if not its:
            continue
        distinct = {other for group in loaded.rulebook.slots[slot].guard.distinct for other in group.slots}
        files = set(its[0].artefact.files)
        for other in sorted(distinct - {slot}):
            rival = chosen.get(other) or ()
            if rival and files & set(rival[0].artefact.files) and its[0].rank <= rival[0].rank:
                found[slot] = f"the slot `{other}`, which must differ, may be meant as well"
            elif of.full(its[0]) & mapped.get(other, set()):
                found[slot] = f"the slot `{other}`, which must differ, has it already"
    return found


class UnmappedSlot(NamedTuple):
    """A slot that criteria of services read, and that these services do not map."""

    slot: str
    kind: str
    takes: str
    """What it takes, in words."""
    services: Mapping[str, tuple[str, ...]]
    """By service the criteria that read the slot."""

    @property
    def criteria(self) -> int:
        """How many answers wait for it, over all services."""
        return sum(map(len, self.services.values()))


def unmapped(loaded: LoadedWorkspace) -> list[UnmappedSlot]:
    """Return the slots that services lack; first those that most answers wait for."""
    found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for service in loaded.manifests.services:
        for empty in empty_slots(loaded, service):
            found[empty.slot][service] = empty.unlocks
    slots = loaded.rulebook.slots
    every = [UnmappedSlot(slot, slots[slot].kind, slots[slot].takes, its) for slot, its in found.items()]
    return sorted(every, key=lambda one: -one.criteria)


def resolved(wiring: Wiring, choices: Mapping[str, str]) -> Wiring:
    """Return a wiring with ties decided: the path chosen by slot."""
    chosen = tuple(
        tie._replace(path=choices[tie.slot], alternatives=(), confidence=Confidence.SURE, reason="chosen")
        for tie in wiring.ties
        if tie.slot in choices
    )
    left = tuple(tie for tie in wiring.ties if tie.slot not in choices)
    return wiring._replace(proposals=(*wiring.proposals, *chosen), ties=left)
