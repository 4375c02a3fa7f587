"""`gatekeeper docs import`."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli._run import say, screen, start_folder
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.documents.import_ import Adopted
    from gatekeeper.model.document import ReadinessDocument
    from gatekeeper.model.workspace import Manifests


def command(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Markdown, or the text of a web page.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder of the new workspace.")],
) -> None:
    """Make a workspace from a published document.

    Services, plan, milestones and published exit summary are those of the document. Gates and levels that the
    reference rulebook knows under the same id and name are taken from there, criteria and all; what else is
    asked, a person attests. What could not be understood is listed by line. Nothing is overwritten.

    Example: gatekeeper docs import readiness.md --out readiness
    """
    from gatekeeper.documents.import_ import adopt
    from gatekeeper.manifests.discovery import FOLDERS
    from gatekeeper.manifests.scaffold import write_new
    from gatekeeper.reporters.views.docs_import import ImportedDocument, as_table

    folder = start_folder(context) / out
    if taken := [part for part in FOLDERS if (folder / part).exists()]:
        raise UsageError(f"{out} has {', '.join(taken)} already: name a new folder; nothing was written")
    document = read(context, file)
    if not any(service.cells for service in document.services.values()):
        told = "\n".join(f"{file}:{remark.line}: {remark.message}" for remark in document.remarks)
        raise UsageError(f"{told}\nnothing of it is a plan; nothing was written")
    adopted = adopt(document)
    workspace = _validated(adopted, file)
    write_new(folder, dict(adopted.texts))
    place: Path = context.obj / out
    command_ = f"gatekeeper -C {shlex.quote(str(place))} check"
    made = ImportedDocument(str(file), str(out), workspace, adopted.remarks, len(adopted.texts), command_)
    say(as_table(made, screen()))


def read(context: typer.Context, file: Path) -> "ReadinessDocument":
    """Return what a document says; its path is read as it is typed."""
    from gatekeeper.documents.parse import read_document

    try:
        data = (start_folder(context) / file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    return read_document(data, str(file))


def _validated(adopted: "Adopted", file: Path) -> "Manifests":
    """Return the workspace as it will be: what would not be valid is not written."""
    from tempfile import TemporaryDirectory

    from gatekeeper.manifests.scaffold import write_new
    from gatekeeper.workspace.loading import validate

    with TemporaryDirectory() as folder:
        write_new(Path(folder), dict(adopted.texts))
        checked = validate(Path(folder))
    if checked.opened is None:
        told = "\n".join(map(str, checked.problems))
        raise UsageError(f"{file} makes no valid workspace, so nothing was written:\n{told}")
    return checked.opened.manifests
