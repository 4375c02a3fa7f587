"""`docs import`: what was written from a published document, and what needs a review."""

from collections.abc import Sequence
from typing import NamedTuple

from gatekeeper.model.document import DocumentProblem
from gatekeeper.model.report import Screen
from gatekeeper.model.status import Status
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.text.screen import Parts, indented, item, shown, sign
from gatekeeper.reporters.wording.counts import counted


class ImportedDocument(NamedTuple):
    """A workspace that was written from a document."""

    file: str
    folder: str
    workspace: Manifests
    remarks: Sequence[DocumentProblem]
    files: int


def parts(made: ImportedDocument, screen: Screen) -> Parts:
    """Yield what was written, and what needs a review, by line."""
    workspace, remarks = made.workspace, made.remarks
    cells = sum(len(service.plan) for service in workspace.services.values())
    yield (
        f"{sign(Status.PASS, screen)} wrote {counted(made.files, 'file')} to [bold]{shown(made.folder)}[/]: "
        f"{counted(len(workspace.services), 'service')}, {counted(cells, 'cell')} of the matrix, "
        f"{counted(len(workspace.milestones), 'milestone')}, {counted(len(workspace.gates), 'gate')}."
    )
    placeholders = "Owners are placeholders (team-...), and the roster in gates/governance.yaml is empty."
    yield indented(placeholders, 2)
    if remarks:
        count = counted(len(remarks), "remark")
        yield f"\n{sign(Status.MISSING, screen)} {count} to review, by line of {shown(made.file)}:"
        for remark in remarks:
            yield item(f"line {remark.line}", shown(remark.message), 2)
