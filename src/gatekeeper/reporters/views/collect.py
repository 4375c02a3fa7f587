"""`collect`: what was recorded of a service's artefacts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign, uncut
from gatekeeper.reporters.wording.counts import counted, first_few
from gatekeeper.reporters.wording.provenance import flaws

if TYPE_CHECKING:
    from gatekeeper.evidence.records import Stamp
    from gatekeeper.workspace.merging import NewPart
    from gatekeeper.workspace.recording import NewRecord

_FEW = 3
_CHECK = "check --from, which is relative to -C"
_SIGNS = {
    EvidenceStatus.OK: Status.PASS,
    EvidenceStatus.MISSING: Status.MISSING,
    EvidenceStatus.UNREADABLE: Status.UNREADABLE,
}


def parts(service: str, new: "NewRecord", written: str, screen: Screen) -> Parts:
    """Yield a line for each artefact, what its reader has to know, and where the record was written."""
    yield indented(_heading(service, new.pipeline, new.stamp), 0)
    for one in new.recorded:
        evidence = one.evidence
        narrowed = " ".join(f"{name}={','.join(words)}" for name, words in one.request.narrowing)
        slot = f"{one.request.slot} ({narrowed})" if narrowed else one.request.slot
        said = evidence.reason or f"{evidence.path} ({evidence.format}, {one.size:,} bytes)"
        wrong = flaws(evidence)
        status = Status.UNPROVEN if wrong else _SIGNS[evidence.status]
        yield item(sign(status, screen), f"[bold]{shown(slot)}[/]  {shown(said)}", 2)
        yield from (item("-", shown(line), 4) for line in wrong)
    by_default: dict[str, list[str]] = defaultdict(list)
    for slot, left in new.left.items():
        if left.mapped_by:
            by_default[left.mapped_by].append(slot)
            continue
        mark = "-" if left.is_recorded else sign(Status.MISSING, screen)
        yield item(mark, f"[bold]{shown(slot)}[/]  {shown(left.said)}", 2)
    for source, slots in by_default.items():
        said = f"{source} maps {counted(len(slots), 'slot')} without a file here: {first_few(slots, _FEW)}"
        yield item(sign(Status.MISSING, screen), shown(said), 2)
    if all(one.evidence.status is EvidenceStatus.MISSING for one in new.recorded):
        yield shown(
            f"{new.folder} has none of these artefacts; {_CHECK}"
            if new.folder
            else "the parts have none of these artefacts"
        )
    for note in new.notes:
        yield item("-", shown(note), 0)
    yield shown(written)


def line(service: str, new: "NewRecord", written: str, screen: Screen) -> Parts:
    """Yield one line of a service: what was recorded of it, and what was written."""
    statuses = {one.request.slot: one.evidence.status for one in new.recorded}
    found = [slot for slot, its in statuses.items() if its is EvidenceStatus.OK]
    unreadable = [slot for slot, its in statuses.items() if its is EvidenceStatus.UNREADABLE]
    counts = (
        [counted(len(found), "artefact")]
        if found
        else [f"no artefact found{f' in {new.folder}' if new.folder else ''}"]
    )
    counts += [f"unreadable: {', '.join(unreadable)}"] if unreadable else []
    status = Status.UNREADABLE if unreadable else Status.PASS if found else Status.MISSING
    said = f"{', '.join(counts)}; {written}"
    yield item(sign(status, screen), f"[bold]{shown(service)}[/]  {shown(said)}", 0)


def left_out(why: Mapping[str, Sequence[str]], screen: Screen) -> Parts:
    """Yield the services that are not recorded, by the reason."""
    for reason, services in why.items():
        yield item(sign(Status.MISSING, screen), f"[bold]{shown(', '.join(services))}[/]  {shown(reason)}", 0)


def parts_of_part(new: "NewPart", program: str, screen: Screen, *, is_written: bool) -> Parts:
    """Yield a line for each slot that a part file has, or had to have, and where the file was written."""
    about = new.about
    yield indented(_heading(about.service, about.pipeline, about.stamp), 0)
    for slot, of in about.slots.items():
        if of.unreadable:
            yield item(sign(Status.UNREADABLE, screen), f"[bold]{shown(slot)}[/]  {shown(of.unreadable)}", 2)
        elif of.files:
            said = first_few(sorted(of.files), _FEW)
            yield item(sign(Status.PASS, screen), f"[bold]{shown(slot)}[/]  {shown(said)}", 2)
        elif about.named:
            yield item(sign(Status.MISSING, screen), f"[bold]{shown(slot)}[/]  there is no such file", 2)
    if not any(of.files for of in about.slots.values()):
        yield f"this part has no artefact; {_CHECK}"
    for note in new.notes:
        yield item("-", shown(note), 0)
    if is_written:
        yield shown(f"wrote part {about.part} of {about.of}: {new.file} ({len(new.data):,} bytes)")
        yield uncut(f"next, with all parts in a folder: {program} collect {about.service} --merge FOLDER", 0)
    else:
        yield "nothing was written"


def _heading(service: str, pipeline: str, of: "Stamp") -> str:
    told = [f"commit {of.commit or 'unknown: give it with --commit'}"]
    told += [f"of {of.repository}"] if of.repository else []
    told += [f"pipeline {pipeline}", *([f"run {of.run}"] if of.run else [])]
    return f"[bold]{shown(service)}[/]  {shown(', '.join(told))}"
