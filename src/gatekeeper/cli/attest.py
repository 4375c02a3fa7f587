"""`gatekeeper attest`."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    AsOf,
    ServiceArgument,
    say,
)
from gatekeeper.cli._writing import (
    OnOption,
    days,
    next_command,
    planned_milestone,
    service_of,
    tell,
    workspace_to_write,
)
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.rule import Rule
    from gatekeeper.model.service import Service
    from gatekeeper.workspace.editing import Edit
    from gatekeeper.workspace.loading import LoadedWorkspace


class _Asked(NamedTuple):
    """A statement, as it was typed."""

    service: str
    criterion: str
    by: str | None
    role: str | None
    link: str | None
    milestone: str | None
    on: date
    as_of: date


def command(
    context: typer.Context,
    service: ServiceArgument,
    criterion: Annotated[
        str,
        typer.Argument(
            metavar="CRITERION",
            help="G8.review or capability:gift-cards, for instance.",
            autocompletion=_words.criteria,
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="NAME",
            help="Whose word it is, as the roster names them.",
            autocompletion=_words.people,
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ROLE", help="The role in which it is given.", autocompletion=_words.roles
        ),
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", metavar="URL", help="Where anybody can look it up.")
    ] = None,
    on: OnOption = None,
    milestone: Annotated[
        str | None,
        typer.Option(
            "--milestone",
            "-m",
            metavar="M",
            help="Of a criterion that is attested anew for every milestone: by default the first not exited.",
            autocompletion=_words.milestones,
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Take the attestation out.")] = False,
    as_of: AsOf = None,
) -> None:
    """Attest that a criterion holds, or take that back.

    A person's dated word, where a criterion takes one; it stands in for what is missing, and never for what
    fails. Capabilities and what the plan demands of a gate are attested likewise.

    Example: gatekeeper attest basket-service G8.review --by dana --role security --link https://...
    """  # fmt: skip
    made_on, today = days(on, as_of)
    asked = _Asked(service, criterion, by, role, link, milestone, made_on, today)
    with workspace_to_write(context) as opened:
        if remove:
            if stray := [name for name in ("by", "role", "link", "milestone") if getattr(asked, name)]:
                raise UsageError(f"--remove takes an attestation out: leave --{', --'.join(stray)} away")
            _remove(context, opened, asked)
        else:
            _attest(context, opened, asked)


def _attest(context: typer.Context, opened: "LoadedWorkspace", asked: _Asked) -> None:
    from gatekeeper.judging.verdicts.attestations import objection
    from gatekeeper.judging.verdicts.case import Case
    from gatekeeper.model.service import Attestation
    from gatekeeper.workspace.editing import changed, line_of

    by, role, link = _needed(asked)
    service = service_of(opened, asked.service)
    rule, wanted = _rule(opened, service, asked.criterion)
    milestone = asked.milestone
    if rule.per_milestone or milestone is not None:
        milestone = planned_milestone(opened, service, milestone)
    attestation = Attestation.model_construct(by=by, role=role, on=asked.on, link=link, milestone=milestone)
    if wanted and (why := objection(attestation, wanted, Case(service, opened.rulebook, {}, asked.as_of))):
        roster = opened.rulebook.governance.roster
        hint = f"; {nearest(attestation.by, roster)}" if why.endswith("not on the roster") else ""
        raise UsageError(f"the attestation would not count: {why}{hint}")
    before = service.attestations.get(rule.id)
    change = _change(asked.service, rule.id, attestation)
    if before == attestation:
        tell([("pass", f"attested already: {line_of(opened, change)}; nothing was written")])
        return
    written = changed(opened, change)
    written.write()
    instead = f", in place of {before.by}, {before.on}" if before else ""
    what = f"{rule.id} of {asked.service} by {asked.by}, {asked.role}, {asked.on}"
    for_ = f" for {milestone}" if milestone else ""
    tell([("pass", f"attested {what}{for_}{instead}: {written.place}")])
    if asked.criterion != rule.id:
        tell([(None, f"{asked.criterion} asks the same: one word is for both")])
    _tell_status(context, written.opened, asked, rule, milestone)


def _needed(asked: _Asked) -> tuple[str, str, str]:
    lacking = [name for name in ("by", "role", "link") if getattr(asked, name) is None]
    if lacking:
        raise UsageError(f"an attestation needs --{', --'.join(lacking)}")
    return asked.by or "", asked.role or "", asked.link or ""


def _rule(opened: "LoadedWorkspace", service: "Service", criterion: str) -> "tuple[Rule, str | None]":
    """Return the criterion as which it is written, and the role whose word it takes."""
    from gatekeeper.judging.plans.attestable import attested_as, attested_by, criteria_of

    rules = criteria_of(service, opened.rulebook)
    if criterion not in rules:
        raise UsageError(f"unknown criterion {criterion!r}; {nearest(criterion, sorted(rules))}")
    rule = attested_as(rules[criterion], opened.rulebook)
    return rule, attested_by(rule)


def _remove(context: typer.Context, opened: "LoadedWorkspace", asked: _Asked) -> None:
    from gatekeeper.workspace.editing import changed

    service = service_of(opened, asked.service)
    given = service.attestations
    name = asked.criterion
    if name not in given:
        # Asked for by its twin's name, it stands under the name that it was written as.
        rule, _ = _rule(opened, service, name)
        name = rule.id
    if name not in given:
        tell([(None, f"{service.service} has no attestation of {name}: nothing was written")])
        return
    was = given[name]
    written = changed(opened, _change(service.service, name, None))
    written.write()
    tell([("pass", f"took out {name} of {service.service}, by {was.by}, {was.on}: {written.file}")])
    rule, _ = _rule(written.opened, service, name)
    _tell_status(context, written.opened, asked, rule, asked.milestone)


def _change(service: str, criterion: str, attestation: object | None) -> "Edit":
    from gatekeeper.manifests.text_edit import Step
    from gatekeeper.model.service import Attestation, Service
    from gatekeeper.workspace.editing import Edit

    fields = tuple(Service.model_fields)
    path = (Step("attestations", behind=fields[: fields.index("attestations")]), Step(criterion))
    if not isinstance(attestation, Attestation):
        return Edit(Service, service, path, None)
    names = ("by", "role", "on", "link", "milestone")
    value = {name: getattr(attestation, name) for name in names}
    return Edit(Service, service, path, {name: str(text) for name, text in value.items() if text is not None})


def _tell_status(
    context: typer.Context, opened: "LoadedWorkspace", asked: _Asked, rule: "Rule", milestone: str | None
) -> None:
    """Say what became of the criterion: a word of a person does not help against an artefact that fails."""
    from gatekeeper.workspace.judging import judge

    service = service_of(opened, asked.service)
    at = planned_milestone(opened, service, milestone)
    result = judge(opened, at, asked.as_of, [service]).services[0]
    results = {one.rule.id: one for one in (*result.held_up_by, *result.criteria)}
    twins = [one for one in results.values() if one.rule.twin == rule.id]
    found = next(iter([*filter(None, [results.get(rule.id)]), *twins]), None)
    if found is None:
        tell([(None, f"{at} does not ask {rule.id} of {asked.service}")])
    else:
        basis = f" by {found.basis}" if found.basis else ""
        reason = f": {found.reason}" if found.reason else ""
        tell([(found.status, f"{at}: {found.rule.id} is {found.status}{basis}{reason}")])
    say(next_command(context, "check", "--milestone", at, "--service", asked.service) + "\n")
