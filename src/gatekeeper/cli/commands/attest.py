"""`gatekeeper attest`: Attest that a criterion holds, or withdraw that.

An attestation is a dated statement by a person, for a criterion that accepts one. It replaces missing
evidence, but it never overrides evidence that fails. Capabilities, and demands that the plan adds to a gate,
are attested in the same way.

Example: gatekeeper attest basket-service G8.review --by dana --role security --link https://...

Heading: Record and sign
"""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import AsOf, ServiceArgument, Text, argument, date_option, flag, option
from gatekeeper.cli.output import write
from gatekeeper.cli.statements import (
    Days,
    KeyOption,
    OnOption,
    days,
    leave_out,
    next_command,
    signed_with,
    signer_by,
    workspace_to_write,
    write_line,
)
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.rule import Rule
    from gatekeeper.model.verdict import CriterionResult
    from gatekeeper.workspace.attesting import AttestationRequest
    from gatekeeper.workspace.loading import LoadedWorkspace


def command(
    context: typer.Context,
    service: ServiceArgument,
    criterion: Annotated[
        str, argument("CRITERION", "G8.review or capability:gift-cards, for instance.", words.criteria)
    ],
    by: Annotated[Text, option("--by", "NAME", "The person's name on the roster.", words.people)] = None,
    role: Annotated[Text, option("--role", "ROLE", "The role in which they attest.", words.roles)] = None,
    link: Annotated[Text, option("--link", "URL", "A page that documents it; needed to attest.")] = None,
    on: OnOption = None,
    milestone: Annotated[
        Text,
        option(
            "--milestone",
            "M",
            "For criteria attested per milestone; by default the first milestone that has not exited.",
            words.milestones,
            "-m",
        ),
    ] = None,
    until: Annotated[
        date | None, date_option("--until", "The last day on which it counts; by default without end.")
    ] = None,
    remove: Annotated[
        bool, flag("--remove", "Withdraw the attestation; --by says who, by default its own person.")
    ] = False,
    key: KeyOption = None,
    as_of: AsOf = None,
) -> None:
    """Write an attestation, or remove it, and show the status of the criterion."""
    from gatekeeper.workspace.attesting import AttestationRequest

    made_on, today = days(on, as_of)
    given = {"role": role, "link": link, "milestone": milestone, "until": until, "key": key}
    signer = signer_by(context, key)
    with workspace_to_write(context) as loaded:
        if remove:
            leave_out("--remove withdraws an attestation", given)
            _withdraw(context, loaded, service, criterion, by, Days(made_on, today))
        elif by is None or role is None or link is None:
            needed = {"by": by, "role": role, "link": link}
            missing = [name for name, value in needed.items() if value is None]
            raise UsageError(f"an attestation needs --{', --'.join(missing)}")
        else:
            request = AttestationRequest(
                service, criterion, by, role, link, milestone, made_on, today, until, signer
            )
            _attest(context, loaded, request)


def _attest(context: typer.Context, loaded: "LoadedWorkspace", request: "AttestationRequest") -> None:
    from gatekeeper.workspace.attesting import attest, status_of

    attested = attest(loaded, request)
    if attested.edited is None:
        write_line("pass", f"attested already: {attested.place}; nothing was written")
        return
    rule, before = attested.rule, attested.before
    replaced = f", in place of {before.by}, {before.on}" if before else ""
    what = f"{rule.id} of {request.service} by {request.by}, {request.role}, {request.on}"
    for_ = f" for {attested.milestone}" if attested.milestone else ""
    for_ += f", until {request.until}" if request.until else ""
    key = signed_with(request.signer)
    write_line("pass", f"attested {what}{for_}{replaced}{key}: {attested.place}")
    if request.criterion != rule.id:
        write_line(None, f"{request.criterion} asks the same: one attestation is for both")
    after = attested.edited.loaded
    status = status_of(after, request.service, rule, attested.milestone, request.as_of)
    _show_status(context, request.service, rule, *status)


def _withdraw(
    context: typer.Context,
    loaded: "LoadedWorkspace",
    service: str,
    criterion: str,
    by: str | None,
    when: Days,
) -> None:
    from gatekeeper.workspace.attesting import status_of, withdraw

    rule, _, was, edited, _ = withdraw(loaded, service, criterion, by, when.on)
    if was is None or edited is None:
        write_line(None, f"{service} has no attestation of {rule.id}: nothing was written")
        return
    write_line("pass", f"removed {rule.id} of {service}, by {was.by}, {was.on}: {edited.file}")
    if was.signature:
        write_line(None, "its digest is listed in `withdrawn`: it never counts again")
    _show_status(context, service, rule, *status_of(edited.loaded, service, rule, None, when.as_of))


def _show_status(
    context: typer.Context, service: str, rule: "Rule", at: str, found: "CriterionResult | None"
) -> None:
    if found is None:
        write_line(None, f"{at} does not ask {rule.id} of {service}")
    else:
        basis = f" by {found.basis}" if found.basis else ""
        reason = f": {found.reason}" if found.reason else ""
        write_line(found.status, f"{at}: {found.rule.id} is {found.status}{basis}{reason}")
    write(next_command(context, "check", "--milestone", at, "--service", service) + "\n")
