"""`gatekeeper docs import`: Make a workspace from a published document.

Services, plan, milestones and the published exit summary come from the document. What it asks in the words,
or by the ids, of the reference rulebook is copied from that; all other criteria need an attestation. Every
rule cites the document. Lines that could not be understood are listed. No file is overwritten.

Example: gatekeeper docs import readiness.md --out readiness
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli.arguments import argument, option, start_folder
from gatekeeper.cli.output import read_bytes, write, write_parts
from gatekeeper.cli.statements import next_command_in, owners_to_name
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    file: Annotated[Path, argument("FILE", "Markdown, or the text of a web page.")],
    out: Annotated[Path, option("--out", "DIR", "The folder of the new workspace.")],
) -> None:
    """Read a document and write the manifests of its workspace."""
    from gatekeeper.manifests.code_owners import propose_owners
    from gatekeeper.manifests.discovery import FOLDERS
    from gatekeeper.manifests.scaffold import write_new
    from gatekeeper.reporters.views import docs_import as view
    from gatekeeper.workspace.importing import import_document

    folder = start_folder(context) / out
    if taken := [part for part in FOLDERS if (folder / part).exists()]:
        raise UsageError(f"{out} has {', '.join(taken)} already: name a new folder; nothing was written")
    adopted, manifests = import_document(read_bytes(file, start_folder(context)), str(file))
    owners = propose_owners(folder)
    write_new(folder, {**adopted.texts, **owners.new_texts})
    count, remarks = len(adopted.texts), adopted.remarks
    write_parts(lambda on: view.parts(str(file), str(out), count, manifests, remarks, on))
    write(f"\n{owners_to_name(owners, folder)}{next_command_in(folder, 'check')}\n")
