"""`collect`: what was recorded of a service's artefacts."""

from typing import TYPE_CHECKING

from gatekeeper.model.evidence import EvidenceStatus
from gatekeeper.model.report import Screen
from gatekeeper.model.status import Status
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.provenance import flaws

if TYPE_CHECKING:
    from gatekeeper.workspace.recording import NewRecord

_SIGNS = {
    EvidenceStatus.OK: Status.PASS,
    EvidenceStatus.MISSING: Status.MISSING,
    EvidenceStatus.UNREADABLE: Status.UNREADABLE,
}


def parts(service: str, new: "NewRecord", written: str, screen: Screen) -> Parts:
    """Yield a line for each artefact, what its reader has to know, and where the record was written."""
    commit, repository = new.stamp.commit, new.stamp.repository
    told = [f"commit {commit or 'unknown: give it with --commit'}"]
    told += [f"of {repository}"] if repository else []
    told += [f"pipeline {new.pipeline}", *([f"run {new.stamp.run}"] if new.stamp.run else [])]
    yield indented(f"[bold]{shown(service)}[/]  {shown(', '.join(told))}", 0)
    for one in new.recorded:
        evidence = one.evidence
        narrowed = " ".join(f"{name}={','.join(words)}" for name, words in one.request.narrowing)
        slot = f"{one.request.slot} ({narrowed})" if narrowed else one.request.slot
        said = evidence.reason or f"{evidence.path} ({evidence.format}, {one.size:,} bytes)"
        wrong = flaws(evidence)
        status = Status.UNPROVEN if wrong else _SIGNS[evidence.status]
        yield item(sign(status, screen), f"[bold]{shown(slot)}[/]  {shown(said)}", 2)
        yield from (item("-", shown(line), 4) for line in wrong)
    for slot, left in new.left.items():
        mark = "-" if left.is_recorded else sign(Status.MISSING, screen)
        yield item(mark, f"[bold]{shown(slot)}[/]  {shown(left.said)}", 2)
    if all(one.evidence.status is EvidenceStatus.MISSING for one in new.recorded):
        # The folder is relative to `-C`, which is easily forgotten.
        yield shown(f"{new.folder} has none of these artefacts; check --from")
    for note in new.notes:
        yield item("-", shown(note), 0)
    yield shown(written)
