"""`wire`: artefacts proposed for the empty slots of a service, or the empty slots of all services."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted, first_few

if TYPE_CHECKING:
    from gatekeeper.workspace.wiring import EmptySlot, SlotProposal, UnmappedSlot, Wiring

_FEW = 3
_MOST_NOTES = 5
_MOST_SLOTS = 12


def data(wiring: "Wiring", written_to: str | None) -> dict[str, Any]:
    """Return every proposal, tie and empty slot; `written_to` is the manifest that has the proposals now."""
    return {
        "service": wiring.service,
        "written_to": written_to,
        "proposals": [one._asdict() for one in wiring.proposals],
        "ties": [one._asdict() for one in wiring.ties],
        "empty": [one._asdict() for one in wiring.empty],
        "unused": [{"path": one.path, "kind": one.kind, "format": one.format} for one in wiring.unused],
        "notes": wiring.notes,
    }


def parts(wiring: "Wiring", screen: Screen, folder: str, files: int) -> Parts:
    """Yield the proposals, the ties, what stays empty, and why candidates were left out.

    `folder` was searched, and has that many files.
    """
    counts = (
        counted(len(wiring.proposals), "proposal"),
        counted(len(wiring.ties), "tie"),
        f"{counted(len(wiring.empty), 'slot')} without an artefact",
    )
    yield indented(f"[bold]{shown(wiring.service)}[/]  {', '.join(counts)}", 0)
    yield item("-", f"searched {shown(folder)}: {counted(files, 'file')}", 2)
    for one in wiring.proposals:
        yield item(sign(Status.PASS, screen), _proposal(one), 2)
    for tie in wiring.ties:
        yield item(sign(Status.EXCEPTED, screen), _tie(tie), 2)
    yield from _empty(wiring.empty, screen)
    if wiring.empty and not (wiring.proposals or wiring.ties or wiring.unused):
        yield item(
            "-",
            "no file there is an artefact that a slot lacks: run the build and the tests with reports "
            "first, or name another folder with --from (seen from -C)",
            0,
        )
    if wiring.unused:
        names = first_few([one.path for one in wiring.unused], _FEW)
        yield item("-", f"recognised, and proposed for no slot: {shown(names)}", 0)
    if wiring.is_outside and wiring.proposals:
        yield item("-", "the paths are relative to that folder: `collect` records what is there", 0)
    for note in wiring.notes[:_MOST_NOTES]:
        yield item("-", shown(note), 0)
    if more := len(wiring.notes) - _MOST_NOTES:
        yield from [f"- {counted(more, 'more note')}: --format json lists them"] if more > 0 else []


def _proposal(one: "SlotProposal") -> str:
    how = ", whole" if one.whole else ""
    return (
        f"[bold]{shown(one.slot)}[/]: {shown(one.path)} ({one.confidence}{how})\n"
        f"{shown(one.reason)}; {_answers(one.unlocks)}"
    )


def _tie(tie: "SlotProposal") -> str:
    paths = " or ".join((tie.path, *tie.alternatives))
    return f"[bold]{shown(tie.slot)}[/]: {shown(paths)}?\n{shown(tie.reason)}; {_answers(tie.unlocks)}"


def _answers(criteria: Sequence[str]) -> str:
    """Return how many answers a slot is read for: `for 2 criteria: G1.coverage, G1.pure`."""
    return f"for {counted(len(criteria), 'criterion', 'criteria')}: {shown(first_few(criteria, _FEW))}"


def _empty(empty: "Sequence[EmptySlot]", screen: Screen) -> Parts:
    """Yield the slots that stay empty, by kind."""
    by_kind: dict[str, list[EmptySlot]] = {}
    for one in empty:
        by_kind.setdefault(one.kind, []).append(one)
    for kind, slots in by_kind.items():
        names = ", ".join(f"{one.slot} ({len(one.unlocks)})" for one in slots)
        yield item(sign(Status.MISSING, screen), f"{shown(kind)}: nothing for {shown(names)}", 2)


def data_of_all(slots: "Sequence[UnmappedSlot]") -> dict[str, Any]:
    """Return every slot that services lack."""
    return {
        "slots": [
            {"slot": one.slot, "kind": one.kind, "takes": one.takes, "services": dict(one.services)}
            for one in slots
        ]
    }


def parts_of_all(slots: "Sequence[UnmappedSlot]", program: str, screen: Screen) -> Parts:
    """Yield each slot that services lack, first those that most answers wait for."""
    if not slots:
        yield item(sign(Status.PASS, screen), "every slot that a criterion reads is mapped", 0)
        return
    yield indented(f"[bold]{counted(len(slots), 'slot')}[/] that criteria read and services do not map", 0)
    for one in slots[:_MOST_SLOTS]:
        yield item(sign(Status.MISSING, screen), _lacking(one), 2)
    if len(slots) > _MOST_SLOTS:
        yield f"  and {counted(len(slots) - _MOST_SLOTS, 'slot')} more: --format json lists them"
    yield item("-", "a mapping counts here even if its file is missing: `next` says which are", 0)
    first = next(iter(slots[0].services))
    yield shown(f"next: {program} wire {first} --from REPO")


def _lacking(one: "UnmappedSlot") -> str:
    numbers = sorted({len(criteria) for criteria in one.services.values()})
    each = f"{numbers[0]} to {numbers[-1]} criteria"
    if len(numbers) == 1:
        each = counted(numbers[0], "criterion", "criteria")
    if len(one.services) > 1:
        each += " each"
    who = f"{counted(len(one.services), 'service')} {'lacks' if len(one.services) == 1 else 'lack'}"
    return f"{who} [bold]{shown(one.slot)}[/] ({shown(one.kind)}): {each}\n{shown(one.takes)}"
