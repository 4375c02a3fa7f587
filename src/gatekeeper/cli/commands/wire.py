"""`gatekeeper wire`: Find the artefacts of a service, and map them.

Looks through a repository, also in folders that builds write to and Git ignores, and recognises each file by
its content. What fits an empty slot of the service is proposed with a reason. A mapping that the manifest has
is never changed, and what might be of another slot or service is not proposed. On a terminal, it asks where
two files fit equally, and before it writes. Without SERVICE, it lists the slots that services lack.

Example: gatekeeper wire basket-service --from ../basket --dry-run

Heading: Set up
"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    File,
    FormatOption,
    Text,
    argument,
    existing_folder,
    flag,
    open_here,
    option,
)
from gatekeeper.cli.output import plain, show, write, write_parts
from gatekeeper.cli.statements import (
    asks_first,
    leave_out,
    must_be_as_seen,
    next_command,
    program_in,
    workspace_to_write,
    write_line,
)
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.evidence.discovery import Discovered
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.wiring import SlotProposal, Wiring


def command(
    context: typer.Context,
    service: Annotated[Text, argument("[SERVICE]", "A service of the plan.", words.services)] = None,
    from_: Annotated[
        File, option("--from", "REPO", "The folder to search, seen from -C; default: the service's own.")
    ] = None,
    dry_run: Annotated[bool, flag("--dry-run", "Show the proposals, and write nothing.")] = False,
    yes: Annotated[bool, flag("--yes", "Write the proposals without asking; ties stay empty.")] = False,
    format_: FormatOption = "table",
) -> None:
    """Propose artefacts for the empty slots of a service, ask, and write the mappings."""
    from gatekeeper.evidence.discovery import discover
    from gatekeeper.reporters.views import wire as view
    from gatekeeper.workspace.wiring import resolved, unmapped, wire

    if service is None:
        leave_out("without SERVICE, no file is looked at", {"from": from_, "yes": yes, "dry-run": dry_run})
        slots = unmapped(open_here(context).loaded)
        show(
            format_,
            lambda: view.data_of_all(slots),
            lambda on: view.parts_of_all(slots, program_in(context.obj), on),
        )
        return
    loaded = open_here(context).loaded
    folder = _folder(context, loaded, service, from_)
    asks = asks_first("mappings", dry_run=dry_run, yes=yes, is_data=format_ == "json")
    found = discover(folder, loaded.manifests.formats)
    wiring = wire(loaded, service, folder, found)
    if format_ == "json":
        place = _write(context, wiring, found) if yes and wiring.proposals else None
        show(format_, lambda: view.data(wiring, place), lambda on: view.parts(wiring, on, "", 0))
        return
    write_parts(lambda on: view.parts(wiring, on, _place(folder), found.looked_at))
    seen = wiring
    if asks:
        wiring = resolved(wiring, {tie.slot: path for tie in wiring.ties if (path := _asked(tie))})
    many = len(wiring.proposals)
    if (
        dry_run
        or not many
        or (asks and not typer.confirm(f"Write {_mappings(many)} to services/{service}.yaml?"))
    ):
        write("nothing was written\n")
        if dry_run and (many or wiring.ties):  # on a terminal, the same command asks
            write(next_command(context, "wire", service, *_from(from_)) + "\n")
        return
    write_line("pass", f"wrote {_mappings(many)} to {_write(context, wiring, found, seen)}")
    write(_next(context, wiring, from_) + "\n")


def _folder(context: typer.Context, loaded: "LoadedWorkspace", service: str, from_: Path | None) -> Path:
    from gatekeeper.workspace.collecting import own_folder
    from gatekeeper.workspace.selection import service_named

    of = service_named(loaded.manifests, service)
    if from_:
        return existing_folder(context, from_, f"--from {from_}")
    folder = own_folder(loaded, of)
    if not folder.is_dir():
        raise UsageError(f"{service} has no folder {folder}; name one with --from")
    return folder.resolve()


def _place(folder: Path) -> str:
    """Return a folder as seen from where the program was started, or as a whole if it is not below."""
    here = Path.cwd().resolve()
    if folder == here:
        return "the current folder"
    return str(folder.relative_to(here)) if here in folder.parents else str(folder)


def _from(from_: Path | None) -> list[str]:
    return ["--from", shlex.quote(str(from_))] if from_ else []


def _mappings(many: int) -> str:
    from gatekeeper.reporters.wording.counts import counted

    return counted(many, "mapping")


def _asked(tie: "SlotProposal") -> str | None:
    """Ask which of the candidates that tie is meant; None: none of them."""
    paths = (tie.path, *tie.alternatives)
    listed = "".join(f"  {number}. {plain(path)}\n" for number, path in enumerate(paths, 1))
    write(f"{tie.slot}: {plain(tie.reason)}\n{listed}")
    places = {str(number): path for number, path in enumerate(paths, 1)}

    def parse(written: str) -> str:
        if written.strip() in ("", *places):
            return written.strip()
        raise typer.BadParameter(f"write a number from 1 to {len(paths)}, or nothing")

    answer: str = typer.prompt("Number (Enter: none)", default="", show_default=False, value_proc=parse)
    return places.get(answer)


def _write(
    context: typer.Context, wiring: "Wiring", found: "Discovered", seen: "Wiring | None" = None
) -> str:
    """Write the proposals into the manifest of the service, and return its place."""
    from gatekeeper.workspace.editing import changed
    from gatekeeper.workspace.wiring import edits, wire

    with workspace_to_write(context) as loaded:
        must_be_as_seen(seen or wiring, wire(loaded, wiring.service, found.folder, found))
        edited = changed(loaded, *edits(loaded, [wiring]))
        edited.write()
    return edited.place


def _next(context: typer.Context, wiring: "Wiring", from_: Path | None) -> str:
    """Return the next command: without the files in its repository, a workspace needs their record."""
    if wiring.is_outside:
        return next_command(context, "collect", wiring.service, "--from", shlex.quote(str(from_ or Path())))
    return next_command(context, "check", "--service", wiring.service)
