"""`gatekeeper adopt`: Make services of the code in repositories.

Looks through repositories, folders of clones, or the packages of a monorepo. Services, owners and
dependencies come from catalogues (Backstage, OpsLevel, Cortex, Datadog), from CODEOWNERS and from package
manifests; a profile fits the technology, and artefacts are mapped as `wire` does. Known services get only
keys that they lack. Levels, signatures, attestations and waivers are never written. On a terminal, it asks
for unknown owners, and before it writes. Run again, it proposes only what has changed.

Example: gatekeeper -C plan adopt ../clones

Heading: Set up
"""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli.arguments import (
    File,
    FormatOption,
    Texts,
    argument,
    flag,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import is_terminal, read_bytes, show, write, write_parts
from gatekeeper.cli.statements import next_command, program_in, write_line
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from gatekeeper.manifests.catalogues.services import FoundServices
    from gatekeeper.workspace.adopting import Adoption
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    paths: Annotated[
        list[Path], argument("PATH...", "A repository, or a folder of clones or packages, seen from -C.")
    ],
    plan: Annotated[
        File, option("--plan", "FILE", "A page with a matrix, or YAML with a `plan`, for new services.")
    ] = None,
    services: Annotated[
        Texts, option("--service", "NAME", "Take only this service; repeatable.", short="-s")
    ] = None,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be written, and write nothing.")] = False,
    yes: Annotated[bool, flag("--yes", "Write without asking; what is ambiguous stays open.")] = False,
    format_: FormatOption = "table",
) -> None:
    """Find services, ask, and write their manifests."""
    from gatekeeper.manifests.catalogues.scan import scan
    from gatekeeper.manifests.catalogues.services import services_in
    from gatekeeper.manifests.files import only_writer
    from gatekeeper.reporters.views import adopt as view
    from gatekeeper.workspace.adopting import adopt
    from gatekeeper.workspace.api import today
    from gatekeeper.workspace.plan_templates import plans_of, usual_plans

    start, loaded = start_folder(context), _workspace(context)
    folders = [_folder(start, path) for path in paths]
    asks = not (dry_run or yes) and format_ == "table"
    if asks and not is_terminal():
        raise UsageError(
            "nothing can be asked without a terminal:"
            " add --yes to write the manifests, or --dry-run to see them"
        )
    plans = (
        plans_of(loaded, read_bytes(plan, start), str(plan), today())
        if plan
        else usual_plans(loaded, today())
    )
    scanned = scan(folders, list(map(os.path.normpath, map(str, paths))))
    found = _chosen(services_in(scanned), services)
    adoption = adopt(loaded, found, plans, _asked_owner if asks else lambda _: None)
    edited = adoption.edited
    if format_ == "json":
        is_written = bool(yes and edited and not dry_run)
        if edited and is_written:
            with only_writer(loaded.root):
                edited.write()
        show(
            format_,
            lambda: view.data(adoption, scanned.unread, plans, start.resolve(), is_written=is_written),
            lambda on: view.parts(adoption, scanned.unread, plans, start.resolve(), on),
        )
        return
    write_parts(lambda on: view.parts(adoption, scanned.unread, plans, start.resolve(), on))
    if edited is None or dry_run or (asks and not typer.confirm(f"Write {_count(adoption)}?")):
        if not adoption.services:
            write_parts(lambda _: view.none_in(folders))
        write("nothing was written\n")
    else:
        with only_writer(loaded.root):
            edited.write()
        write_line("pass", f"wrote {_count(adoption)}")
    write_parts(lambda on: view.left_to_do(adoption, on))
    if edited and dry_run:
        write(
            next_command(
                context, "adopt", *(shlex.quote(str(path)) for path in paths), *_more(plan, services)
            )
        )
        write("\n")
    elif adoption.services:
        write("\n".join(_next(context, start.resolve(), adoption)) + "\n")


def _more(plan: Path | None, services: list[str] | None) -> Iterator[str]:
    if plan:
        yield from ("--plan", shlex.quote(str(plan)))
    for name in services or ():
        yield from ("--service", shlex.quote(name))


def _workspace(context: typer.Context) -> "LoadedWorkspace":
    from gatekeeper.manifests.discovery import find_workspace

    try:
        find_workspace(start_folder(context))
    except UsageError as error:
        first = f"{program_in(context.obj)} init --minimal --service none"
        raise UsageError(f"{error}\nrun this first: {first}") from None
    return open_here(context).loaded


def _folder(start: Path, path: Path) -> Path:
    folder = start / path
    if not folder.is_dir():
        raise UsageError(f"{path}: there is no such folder in {start.resolve()}")
    return folder.resolve()


def _chosen(found: "FoundServices", names: list[str] | None) -> "FoundServices":
    if not names:
        return found
    wanted = {known(name, [one.name for one in found.services], "service") for name in names}
    return found._replace(services=tuple(one for one in found.services if one.name in wanted))


def _asked_owner(service: str) -> str | None:
    answer: str = typer.prompt(f"Owner of {service} (Enter: not known)", default="", show_default=False)
    return answer.strip() or None


def _count(adoption: "Adoption") -> str:
    from gatekeeper.reporters.wording.counts import counted

    replacements = adoption.edited.replacements if adoption.edited else ()
    new = sum(one.before is None for one in replacements)
    changed = len(replacements) - new
    counts = [counted(new, "new manifest")] if new else []
    counts += [f"additions to {counted(changed, 'manifest')}"] if changed else []
    return " and ".join(counts)


def _next(context: typer.Context, start: Path, adoption: "Adoption") -> Iterator[str]:
    """Yield the next commands: artefacts outside of the workspace's repository have to be collected first."""
    from gatekeeper.manifests.conventions import repository_name

    if adoption.edited is None:
        yield next_command(context, "check")
        return
    loaded, folders = adoption.edited.loaded, dict[str, None]()
    for one in adoption.services:
        wiring = one.wiring
        if one.code and wiring and wiring.is_outside and (wiring.proposals or wiring.filled):
            above, _, last = os.path.relpath(one.code, start).rpartition(os.sep)
            repository = repository_name(loaded.manifests.services[one.name], loaded.manifests.conventions)
            words = {one.name: "{service}", repository: "{repository}"}
            folders[f"{above}/{words[last]}" if last in words else ""] = None
    for folder in filter(None, folders):
        yield next_command(context, "collect", "--from", shlex.quote(folder))
    if "" in folders:
        yield "the other services are collected one by one: collect SERVICE --from FOLDER"
    if not folders:
        yield next_command(context, "check")
