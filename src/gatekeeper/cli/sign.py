"""`gatekeeper sign`."""

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import (
    AsOf,
    ServiceArgument,
    known,
    open_here,
    say,
    screen,
)
from gatekeeper.cli._writing import OnOption, days, next_command, service_of, tell, workspace_to_write
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.level import Level
    from gatekeeper.model.service import Service, SignOff
    from gatekeeper.model.sign_off_preview import SignOffPreview
    from gatekeeper.workspace.editing import Edit
    from gatekeeper.workspace.loading import LoadedWorkspace


class _Asked(NamedTuple):
    """What is to be signed, as it was typed."""

    service: str
    level: str
    role: str
    by: str
    on: date
    is_dated: bool
    link: str | None
    as_of: date


class _Look(NamedTuple):
    """A signature that may be given, and what it is put under."""

    opened: "LoadedWorkspace"
    service: "Service"
    level: "Level"
    sign_off: "SignOff"
    before: "SignOff | None"
    signing: "SignOffPreview"
    shown: str


def command(
    context: typer.Context,
    service: ServiceArgument,
    level: Annotated[
        str,
        typer.Argument(
            metavar="LEVEL", help="L2, for instance.", autocompletion=_words.among(*_words.LEVELS)
        ),
    ],
    role: Annotated[
        str, typer.Option("--role", metavar="ROLE", help="The role that signs.", autocompletion=_words.roles)
    ],
    by: Annotated[
        str,
        typer.Option(
            "--by", metavar="NAME", help="Who signs, as the roster names them.", autocompletion=_words.people
        ),
    ],
    on: OnOption = None,
    link: Annotated[str | None, typer.Option("--link", metavar="URL", help="Where it was decided.")] = None,
    as_of: AsOf = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be signed, and write nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, on a terminal either.")] = False,
) -> None:
    """Sign a level of a service off.

    Shows what is signed: the levels, the verdicts, what is open, and the rulebook, whose digest is kept in
    the sign-off. On a terminal it asks before it writes. A level counts once all roles have signed it,
    each another person.

    Example: gatekeeper sign basket-service L2 --role owner --by ana
    """
    made_on, today = days(on, as_of)
    asked = _Asked(service, level, role, by, made_on, on is not None, link, today)
    seen = None
    if not (dry_run or yes) and sys.stdin.isatty() and sys.stdout.isatty():
        look = _look(open_here(context), asked)
        seen = look.shown
        say(seen)
        if not _is_settled(look, asked) and not typer.confirm(f"Sign {level} as {role}?"):
            say("nothing was written\n")
            return
    with workspace_to_write(context) as opened:
        look = _look(opened, asked)
        if seen is None:
            say(look.shown)
        elif seen != look.shown:
            raise UsageError("what you saw has changed meanwhile; nothing was written: run the command again")
        _sign(context, look, asked, dry_run=dry_run)


def _look(opened: "LoadedWorkspace", asked: _Asked) -> _Look:
    """Return what would be signed; a signature that would not count is refused."""
    from gatekeeper.judging.verdicts.sign_off_preview import preview_sign_off
    from gatekeeper.judging.verdicts.sign_offs import objection_to_sign_off
    from gatekeeper.model.service import SignOff
    from gatekeeper.reporters.views import sign as view
    from gatekeeper.workspace.judging import case_of, judge_everywhere

    governance = opened.rulebook.governance
    service = service_of(opened, asked.service)
    level = _level(service, asked.level)
    role = known(asked.role, governance.upgrade_sign_offs, "role")
    sign_off = SignOff.model_construct(
        by=asked.by, on=asked.on, link=asked.link, rulebook=opened.rulebook.digest
    )
    if why := objection_to_sign_off(governance, service, level, role, sign_off, asked.as_of):
        hint = "" if asked.by in governance.roster else f"; {nearest(asked.by, governance.roster)}"
        raise UsageError(f"the signature would not count: {why}{hint}")
    case = case_of(opened, service, asked.as_of)
    standing = preview_sign_off(case, level)
    results = judge_everywhere(opened, case)
    shown = view.as_table(service, standing, results, opened.rulebook.digest, screen())
    before = service.sign_offs.get(level, {}).get(role)
    return _Look(opened, service, level, sign_off, before, standing, shown)


def _level(service: "Service", written: str) -> "Level":
    from gatekeeper.model.level import Level

    level = Level[known(written, Level.__members__, "level")]
    highest = max(cell.level for cell in service.plan.values())
    if level is Level.L0:
        raise UsageError("L0 needs no signature")
    if level > highest:
        raise UsageError(f"the plan of {service.service} asks for {highest} at most: change the plan first")
    return level


def _is_settled(look: _Look, asked: _Asked) -> bool:
    """Whether this very signature is there already, under this very rulebook."""
    there, new = look.before, look.sign_off
    return (
        there is not None
        and (there.by, there.rulebook) == (new.by, new.rulebook)
        and (not asked.is_dated or there.on == new.on)
        and (asked.link is None or there.link == new.link)
    )


def _sign(context: typer.Context, look: _Look, asked: _Asked, *, dry_run: bool) -> None:
    from gatekeeper.workspace.editing import changed, line_of

    what = f"{look.level} as {asked.role} by {asked.by}, {asked.on}"
    if look.before is not None and _is_settled(look, asked):
        place = line_of(look.opened, _change(look, asked))
        tell([("pass", f"signed already, on {look.before.on}: {place}; nothing was written")])
        return
    change = changed(look.opened, _change(look, asked))
    instead = f", in place of {look.before.by}, {look.before.on}" if look.before else ""
    if dry_run:
        tell([(None, f"would sign {what}{instead}: {change.place}; nothing was written")])
        return
    change.write()
    tell([("pass", f"signed {what}{instead}: {change.place}")])
    after = change.opened.manifests.services[asked.service]
    say(_next(context, look, after, asked) + "\n")


def _change(look: _Look, asked: _Asked) -> "Edit":
    from gatekeeper.manifests.text_edit import Step
    from gatekeeper.model.level import Level
    from gatekeeper.model.service import Service
    from gatekeeper.workspace.editing import Edit

    fields, roles = tuple(Service.model_fields), look.opened.rulebook.governance.upgrade_sign_offs
    path = (
        Step("sign_offs", behind=fields[: fields.index("sign_offs")]),
        Step(str(look.level), behind=tuple(str(level) for level in Level if level < look.level)),
        Step(asked.role, behind=roles[: roles.index(asked.role)]),
    )
    signed = look.sign_off
    value = {"by": signed.by, "on": signed.on.isoformat(), "link": signed.link, "rulebook": signed.rulebook}
    return Edit(Service, asked.service, path, {key: text for key, text in value.items() if text})


def _next(context: typer.Context, look: _Look, after: "Service", asked: _Asked) -> str:
    from gatekeeper.judging.verdicts.sign_offs import lacking_sign_offs

    governance = look.opened.rulebook.governance
    if lacking := list(lacking_sign_offs(governance, after, look.level, asked.as_of)):
        words = ("sign", asked.service, str(look.level), "--role", lacking[0], "--by", "NAME")
        return next_command(context, *words)
    return next_command(context, "check", "--service", asked.service)
