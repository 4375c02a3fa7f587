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
    existing_folder,
    flag,
    open_here,
    option,
    start_folder,
)
from gatekeeper.cli.output import read_bytes, show, write, write_parts
from gatekeeper.cli.statements import asks_first, next_command, program_in, write_line
from gatekeeper.errors import UsageError, known

if TYPE_CHECKING:
    from gatekeeper.manifests.catalogues.services import FoundServices
    from gatekeeper.workspace.adopting import Adoption
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.plan_templates import NewPlans


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
    from gatekeeper.reporters.views import adopt as view
    from gatekeeper.workspace.adopting import adopt

    loaded, start = _workspace(context), start_folder(context).resolve()
    folders = [existing_folder(context, path, str(path)) for path in paths]
    asks = asks_first("manifests", dry_run=dry_run, yes=yes, is_data=format_ == "json")
    plans = _plans(context, loaded, plan)
    scanned = scan(folders, list(map(os.path.normpath, map(str, paths))))
    found = _chosen(services_in(scanned), services)
    adoption = adopt(loaded, found, plans, _asked_owner if asks else lambda _: None)
    is_written = False
    if format_ == "json":
        is_written = yes and not dry_run and _write(loaded, adoption)
    show(
        format_,
        lambda: view.data(adoption, scanned.unread, plans, start, is_written=is_written),
        lambda on: view.parts(adoption, scanned.unread, plans, start, on),
    )
    if format_ == "json":
        return
    is_wanted = not dry_run and (not asks or _is_confirmed(adoption))
    if is_wanted and _write(loaded, adoption):
        write_line("pass", f"wrote {_count(adoption)}")
    else:
        if not adoption.services:
            write_parts(lambda _: view.none_in(folders))
        write("nothing was written\n")
    write_parts(lambda on: view.left_to_do(adoption, on))
    if adoption.edited and dry_run:
        write(next_command(context, "adopt", *_same(paths, plan, services)) + "\n")
    elif adoption.services:
        write("\n".join(_next(context, start, adoption)) + "\n")


def _same(paths: list[Path], plan: Path | None, services: list[str] | None) -> Iterator[str]:
    """Yield the arguments of the same command that writes."""
    yield from (shlex.quote(str(path)) for path in paths)
    if plan:
        yield from ("--plan", shlex.quote(str(plan)))
    for name in services or ():
        yield from ("--service", shlex.quote(name))


def _plans(context: typer.Context, loaded: "LoadedWorkspace", plan: Path | None) -> "NewPlans":
    from gatekeeper.workspace.clock import today
    from gatekeeper.workspace.plan_templates import plans_of, usual_plans

    if plan is None:
        return usual_plans(loaded, today())
    return plans_of(loaded, read_bytes(plan, start_folder(context)), str(plan), today())


def _is_confirmed(adoption: "Adoption") -> bool:
    """Return whether the user wants what would be written; nothing is asked if that is nothing."""
    return adoption.edited is None or typer.confirm(f"Write {_count(adoption)}?")


def _write(loaded: "LoadedWorkspace", adoption: "Adoption") -> bool:
    """Write the manifests; return whether there was anything to write."""
    from gatekeeper.manifests.files import only_writer

    if adoption.edited is None:
        return False
    with only_writer(loaded.root):
        adoption.edited.write()
    return True


def _workspace(context: typer.Context) -> "LoadedWorkspace":
    from gatekeeper.manifests.discovery import find_workspace

    try:
        find_workspace(start_folder(context))
    except UsageError as error:
        first = f"{program_in(context.obj)} init --minimal --service none"
        raise UsageError(f"{error}\nrun this first: {first}") from None
    return open_here(context).loaded


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
