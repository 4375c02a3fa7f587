"""`docs import`: what was written from a published document, and what needs a review."""

from collections.abc import Sequence

from gatekeeper.model.document import DocumentProblem
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import Status
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted


def parts(
    file: str,
    folder: str,
    count: int,
    workspace: Manifests,
    remarks: Sequence[DocumentProblem],
    screen: Screen,
) -> Parts:
    """Yield how many files were written to a folder from a document, and what needs a review, by line."""
    cells = sum(len(service.plan) for service in workspace.services.values())
    yield (
        f"{sign(Status.PASS, screen)} wrote {counted(count, 'file')} to [bold]{shown(folder)}[/]: "
        f"{counted(len(workspace.services), 'service')}, {counted(cells, 'cell')} of the matrix, "
        f"{counted(len(workspace.milestones), 'milestone')}, {counted(len(workspace.gates), 'gate')}."
    )
    placeholders = "Owners are placeholders (team-...), and the roster in gates/governance.yaml is empty."
    yield indented(placeholders, 2)
    if remarks:
        told = counted(len(remarks), "remark")
        yield f"\n{sign(Status.MISSING, screen)} {told} to review, by line of {shown(file)}:"
        for remark in remarks:
            yield item(f"line {remark.line}", shown(remark.message), 2)
