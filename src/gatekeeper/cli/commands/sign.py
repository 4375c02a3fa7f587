"""`gatekeeper sign`: Sign off a level of a service.

Shows what the signature covers: the levels, the verdicts, the open criteria, and a digest of what the level
and those below it ask of the service. The sign-off stores that digest. On a terminal the command asks before
it writes. A level counts when a different person has signed it for each role.

Example: gatekeeper sign basket-service L2 --role owner --by ana

Heading: Record and sign
"""

from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, ServiceArgument, Text, argument, flag, open_here, option
from gatekeeper.cli.output import is_terminal, screen, write
from gatekeeper.cli.statements import OnOption, days, next_command, workspace_to_write, write_line
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.signing import PreparedSignature


def command(
    context: typer.Context,
    service: ServiceArgument,
    level: Annotated[str, argument("LEVEL", "L2, for instance.", words.levels)],
    role: Annotated[str, option("--role", "ROLE", "The role that signs.", words.roles)],
    by: Annotated[str, option("--by", "NAME", "The signer's name on the roster.", words.people)],
    on: OnOption = None,
    link: Annotated[Text, option("--link", "URL", "A page that documents the decision.")] = None,
    as_of: AsOf = None,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be signed, and write nothing.")] = False,
    yes: Annotated[bool, flag("--yes", "Do not ask, even on a terminal.")] = False,
) -> None:
    """Show what is signed, ask on a terminal, and write the sign-off."""
    from gatekeeper.workspace.signing import SignatureRequest, prepare_signature

    made_on, today = days(on, as_of)
    request = SignatureRequest(service, level, role, by, made_on, on is not None, link, today)
    seen = None
    if not (dry_run or yes) and is_terminal():
        prepared = prepare_signature(open_here(context).loaded, request)
        seen = _shown(prepared)
        write(seen)
        if not prepared.existing and not typer.confirm(f"Sign {level} as {role}?"):
            write("nothing was written\n")
            return
    with workspace_to_write(context) as loaded:
        prepared = prepare_signature(loaded, request)
        shown = _shown(prepared)
        if seen is None:
            write(shown)
        elif seen != shown:
            raise UsageError(
                "the workspace has changed since you saw it; nothing was written: run the command again"
            )
        _sign(context, prepared, dry_run=dry_run)


def _shown(prepared: "PreparedSignature") -> str:
    from gatekeeper.reporters.views import sign as view

    digest = prepared.sign_off.obligations or ""
    return view.as_table(prepared.service, prepared.preview, prepared.results, digest, screen())


def _sign(context: typer.Context, prepared: "PreparedSignature", *, dry_run: bool) -> None:
    from gatekeeper.workspace.editing import changed, line_of

    request, before = prepared.request, prepared.before
    if existing := prepared.existing:
        place = line_of(prepared.loaded, prepared.edit())
        write_line("pass", f"signed already, on {existing.on}: {place}; nothing was written")
        return
    edited = changed(prepared.loaded, prepared.edit())
    replaced = f", in place of {before.by}, {before.on}" if before else ""
    what = f"{prepared.level} as {request.role} by {request.by}, {request.on}{replaced}: {edited.place}"
    if dry_run:
        write_line(None, f"would sign {what}; nothing was written")
        return
    edited.write()
    write_line("pass", f"signed {what}")
    write(_next(context, prepared, edited.loaded) + "\n")


def _next(context: typer.Context, prepared: "PreparedSignature", after: "LoadedWorkspace") -> str:
    from gatekeeper.workspace.signing import missing_roles

    service = prepared.request.service
    if missing := missing_roles(prepared, after):
        words = ("sign", service, str(prepared.level), "--role", missing[0], "--by", "NAME")
        return next_command(context, *words)
    return next_command(context, "check", "--service", service)
