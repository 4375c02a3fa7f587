"""What was made of a published document, and what of it needs a person's eye."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.model.document import DocumentProblem
from gatekeeper.model.report import Screen
from gatekeeper.model.status import Status
from gatekeeper.model.workspace import Manifests
from gatekeeper.reporters.text.screen import draw, indented, item, shown, sign
from gatekeeper.reporters.wording import sentences

if TYPE_CHECKING:
    from rich.console import RenderableType


class Adoption(NamedTuple):
    """A workspace that was made of a document."""

    file: str
    folder: str
    workspace: Manifests
    remarks: Sequence[DocumentProblem]
    files: int
    command: str
    """What to run next."""


def as_table(made: Adoption, screen: Screen) -> str:
    """Return what was written, what needs a person's eye, by line, and what to do next."""
    return draw(_parts(made, screen), screen)


def _parts(made: Adoption, screen: Screen) -> Iterator["RenderableType"]:
    workspace, remarks = made.workspace, made.remarks
    cells = sum(len(service.plan) for service in workspace.services.values())
    yield (
        f"{sign(Status.PASS, screen)} wrote {made.files} files to [bold]{shown(made.folder)}[/]: "
        f"{sentences.services(len(workspace.services))}, {cells:,} cells of the matrix, "
        f"{len(workspace.milestones)} milestones, {len(workspace.gates)} gates."
    )
    placeholders = "Owners are placeholders, team-..., and nobody is on the roster in gates/governance.yaml."
    yield indented(placeholders, 2)
    if remarks:
        count = "1 remark needs" if len(remarks) == 1 else f"{len(remarks):,} remarks need"
        yield f"\n{sign(Status.MISSING, screen)} {count} your eye, by line of {shown(made.file)}:"
        for remark in remarks:
            yield item(f"line {remark.line}", shown(remark.message), 2)
    yield f"\nnext: {shown(made.command)}"
