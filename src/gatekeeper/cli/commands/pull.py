"""`gatekeeper pull`: Mirror the records of services from where pipelines put them.

Reads the records at `records` of gatekeeper.yaml, or at --from: file, http, https, s3 or sftp. A record is
written only if it is one of that service, and its digest is that of SHA256SUMS, if the location has that
file. What the location does not have any more is listed, and removed with --prune. Needs the extra `scale`.

Example: gatekeeper pull --dry-run

Example: gatekeeper pull basket-service --from s3://acme-records/plan

Heading: Record and sign
"""

from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import FormatOption, Text, Texts, argument, flag, open_here, option
from gatekeeper.errors import UsageError


def command(
    context: typer.Context,
    services: Annotated[
        Texts, argument("[SERVICE]...", "Services of the plan; by default all of them.", words.services)
    ] = None,
    from_: Annotated[
        Text, option("--from", "URL", "Where the records are; by default `records` of gatekeeper.yaml.")
    ] = None,
    prune: Annotated[bool, flag("--prune", "Remove records that are not there any more.")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would change, and write nothing.")] = False,
    format_: FormatOption = "table",
) -> None:
    """Pull the records, and write what was done."""
    from gatekeeper.cli.output import show
    from gatekeeper.reporters.views import pull as view
    from gatekeeper.trees.remote import RemoteFolder
    from gatekeeper.workspace.pulling import RecordChange, location_of, pull
    from gatekeeper.workspace.selection import service_named

    loaded = open_here(context).loaded
    names = [service_named(loaded.manifests, name).service for name in services or ()]
    try:
        folder = RemoteFolder(location_of(loaded, from_))
    except ValueError as error:
        raise UsageError(f"--from: {error}") from None
    pulled = pull(loaded, folder, names, dry_run=dry_run, prune=prune)
    show(format_, lambda: view.data(pulled), lambda on: view.parts(pulled, on))
    if refused := pulled.of(RecordChange.REFUSED):
        raise UsageError(f"not pulled: {', '.join(f'{one.service}/{one.file}' for one in refused[:5])}")
