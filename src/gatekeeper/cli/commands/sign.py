"""`gatekeeper sign`: Sign off a level, or sign all your entries.

Shows what the signature covers: the levels, the verdicts, the open criteria, and a digest of what the level
and those below it ask of the service. The sign-off stores that digest. On a terminal the command asks before
it writes. A level counts when a different person has signed it for each role.

With --key, it signs with your SSH key or security key, and stores the digests of the artefacts too. Without
SERVICE and LEVEL, it signs all entries of --by that have no signature, or one that no longer counts:
sign-offs, attestations, declarations, exits, and approvals of exceptions and weakenings.

Example: gatekeeper sign basket-service L2 --role owner --by ana --key ~/.ssh/id_ed25519

Heading: Record and sign
"""

from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, Text, argument, flag, open_here, option
from gatekeeper.cli.output import is_terminal, screen, write
from gatekeeper.cli.statements import (
    Days,
    KeyOption,
    OnOption,
    days,
    leave_out,
    must_be_as_seen,
    next_command,
    signed_with,
    signer_by,
    workspace_to_write,
    write_line,
)
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.signing import PreparedSignature, SignatureRequest


def command(
    context: typer.Context,
    by: Annotated[str, option("--by", "NAME", "The signer's name on the roster.", words.people)],
    service: Annotated[Text, argument("[SERVICE]", "A service of the plan.", words.services)] = None,
    level: Annotated[Text, argument("[LEVEL]", "L2, for instance.", words.levels)] = None,
    role: Annotated[Text, option("--role", "ROLE", "The role that signs.", words.roles)] = None,
    key: KeyOption = None,
    on: OnOption = None,
    link: Annotated[Text, option("--link", "URL", "A page that documents the decision.")] = None,
    as_of: AsOf = None,
    remove: Annotated[bool, flag("--remove", "Withdraw the sign-off.")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "Show what would be signed, and write nothing.")] = False,
    yes: Annotated[bool, flag("--yes", "Do not ask, even on a terminal.")] = False,
) -> None:
    """Show what is signed, ask on a terminal, and write the signatures."""
    made, asks = days(on, as_of), not (dry_run or yes) and is_terminal()
    if service is None:
        given = {"role": role, "on": on, "link": link, "remove": remove}
        leave_out("without SERVICE and LEVEL, entries are signed as they are", given)
        signer = signer_by(context, key)
        if signer is None:
            raise UsageError(f"name SERVICE and LEVEL; or --key FILE, to sign all entries of {by}")
        from gatekeeper.cli.signing_all import sign_all

        sign_all(context, by, signer, made.as_of, dry_run=dry_run, asks=asks)
        return
    if level is None or role is None:
        raise UsageError("name the level and the role: SERVICE LEVEL --role ROLE")
    if remove:
        leave_out("--remove withdraws a sign-off", {"key": key, "link": link})
        _withdraw(context, (service, level, role), by, made)
        return
    from gatekeeper.workspace.signing import SignatureRequest

    signer = signer_by(context, key)
    request = SignatureRequest(service, level, role, by, made.on, on is not None, link, made.as_of, signer)
    _sign_off(context, request, dry_run=dry_run, asks=asks)


def _sign_off(context: typer.Context, request: "SignatureRequest", *, dry_run: bool, asks: bool) -> None:
    from gatekeeper.workspace.signing import prepare_signature

    seen = None
    if asks:
        prepared = prepare_signature(open_here(context).loaded, request)
        seen = _shown(prepared)
        write(seen)
        if not prepared.existing and not typer.confirm(f"Sign {request.level} as {request.role}?"):
            write("nothing was written\n")
            return
    with workspace_to_write(context) as loaded:
        prepared = prepare_signature(loaded, request)
        shown = _shown(prepared)
        if seen is None:
            write(shown)
        else:
            must_be_as_seen(seen, shown)
        _sign(context, prepared, dry_run=dry_run)


def _shown(prepared: "PreparedSignature") -> str:
    from gatekeeper.reporters.views import sign as view

    return view.as_table(prepared.service, prepared.preview, prepared.results, prepared.sign_off, screen())


def _sign(context: typer.Context, prepared: "PreparedSignature", *, dry_run: bool) -> None:
    from gatekeeper.workspace.editing import changed, line_of
    from gatekeeper.workspace.entry_signing import changed_and_signed, workspace_id

    request, before, signer = prepared.request, prepared.before, prepared.request.signer
    if existing := prepared.existing:
        place = line_of(prepared.loaded, prepared.edit())
        write_line("pass", f"signed already, on {existing.on}: {place}; nothing was written")
        return
    replaced = f", in place of {before.by}, {before.on}" if before else ""
    what = f"{prepared.level} as {request.role} by {request.by}, {request.on}{replaced}{signed_with(signer)}"
    if dry_run:
        place = changed(prepared.loaded, prepared.edit()).place
        if signer:
            write_line(None, f"statement {prepared.statement.digest(workspace_id(prepared.loaded))}")
        write_line(None, f"would sign {what}: {place}; nothing was written")
        return
    edited = changed_and_signed(prepared.loaded, prepared.edit(), signer)
    edited.write()
    write_line("pass", f"signed {what}: {edited.place}")
    write(_next(context, prepared, edited.loaded) + "\n")


def _next(context: typer.Context, prepared: "PreparedSignature", after: "LoadedWorkspace") -> str:
    from gatekeeper.workspace.signing import missing_roles

    service = prepared.request.service
    if missing := missing_roles(prepared, after):
        words = ("sign", service, str(prepared.level), "--role", missing[0], "--by", "NAME")
        return next_command(context, *words, *(("--key", "FILE") if prepared.request.signer else ()))
    return next_command(context, "check", "--service", service)


def _withdraw(context: typer.Context, sign_off: tuple[str, str, str], by: str, made: Days) -> None:
    from gatekeeper.workspace.signing import withdraw_sign_off

    service, level, role = sign_off
    with workspace_to_write(context) as loaded:
        found = withdraw_sign_off(loaded, service, level, role, by, made.on)
        if found is None:
            write_line(None, f"{service} has no sign-off of {level} as {role}: nothing was written")
            return
        was, edited = found
        edited.write()
    what = f"removed the sign-off of {level} as {role} of {service}, by {was.by}, {was.on}: {edited.file}"
    write_line("pass", what)
    if was.signature:
        write_line(None, "its digest is listed in `withdrawn`: it never counts again")
    write(next_command(context, "check", "--service", service) + "\n")
