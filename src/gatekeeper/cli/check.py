"""`gatekeeper check`: the verdict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

from gatekeeper import __version__
from gatekeeper.cli import _attesting, _sinks, _words
from gatekeeper.cli._run import (
    AsOf,
    MilestoneOption,
    chosen_milestone,
    day,
    known,
    open_here,
    start_folder,
)
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatekeeper.model.report import Filter, Report
    from gatekeeper.model.service import Service
    from gatekeeper.model.status import FailOn
    from gatekeeper.workspace.loading import LoadedWorkspace

_FORMATS = "table, json, markdown, comment, junit, sarif, github, gitlab or intoto, or a plugin's."


class _Asked(NamedTuple):
    """What is to be judged, and how, as it was typed."""

    milestone: str | None
    filter: "Filter"
    as_of: str | None
    details: bool
    strict: bool
    fail_on: "FailOn"
    attests: bool


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    service: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            "-s",
            metavar="NAME",
            help="Judge this service only; repeatable.",
            autocompletion=_words.services,
        ),
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option(
            "--owner",
            metavar="TEAM",
            help="Judge this owner's services only; repeatable.",
            autocompletion=_words.owners,
        ),
    ] = None,
    gate: Annotated[
        list[str] | None,
        typer.Option(
            "--gate",
            metavar="G",
            help="Show this gate only; all are judged; repeatable.",
            autocompletion=_words.gates,
        ),
    ] = None,
    as_of: AsOf = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help=_FORMATS,
            autocompletion=_words.reporters,
        ),
    ] = "table",
    output: Annotated[
        list[str] | None,
        typer.Option("--output", "-o", metavar="FORMAT=PATH", help="Write a report to a file; repeatable."),
    ] = None,
    sign: Annotated[
        Path | None,
        typer.Option("--sign", metavar="KEY", help="Sign what is written as intoto with this private key."),
    ] = None,
    details: Annotated[
        bool, typer.Option("--details", help="Show every open criterion; with --service, always.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Show the verdict alone, in one line.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 where exceptions are needed, too.")
    ] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="blocked|regression",
            help="regression: exit 1 only where ground was lost, not for what is not there yet.",
            autocompletion=_words.among(*_words.FAIL_ON),
        ),
    ] = "blocked",
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Judge again whenever a manifest or an artefact changes, until Ctrl-C."),
    ] = False,
) -> None:
    """Judge whether a milestone may exit.

    Exit code 0: it may; 1: it is blocked; 3: the workspace is invalid. Without --service and --details a
    blocked service has a line with what is open, and its first step.

    Example: gatekeeper check --milestone M2
    """
    from gatekeeper.model.report import Filter
    from gatekeeper.model.status import FailOn

    if quiet and format_ != "table":
        raise UsageError("--quiet is a format of its own: leave --format out, or write a file with --output")
    first = _sinks.one_line() if quiet else _sinks.sink(format_)
    sinks = [first, *(_sinks.output(written, start_folder(context)) for written in output or ())]
    if sign:
        sinks = _sinks.signing(sinks, start_folder(context) / sign)
    asked = _Asked(
        milestone,
        Filter(tuple(service or ()), tuple(owner or ()), tuple(gate or ())),
        as_of,
        details or bool(service),
        strict,
        FailOn(known(fail_on, list(FailOn), "--fail-on")),
        _sinks.attests(sinks),
    )
    day(as_of)
    if watch:
        _watch(context, asked, sinks)
    report = _judge(open_here(context), asked)
    _sinks.write(report, sinks)
    raise typer.Exit(report.exit_code)


def _watch(context: typer.Context, asked: _Asked, sinks: list[_sinks.Sink]) -> NoReturn:
    """Judge again whenever something changes of what the last verdict rests on."""
    from gatekeeper.cli._watching import watch
    from gatekeeper.manifests.discovery import find_workspace, manifests
    from gatekeeper.workspace.judging import evidence_files

    root = find_workspace(start_folder(context))
    last: list[LoadedWorkspace] = []

    def show() -> None:
        opened = open_here(context)
        last[:] = [opened]
        _sinks.write(_judge(opened, asked), sinks)

    def files() -> "Iterator[str]":
        yield from map(str, manifests(root))
        for opened in last:
            yield from evidence_files(opened, _matching(opened, asked.filter))

    watch(show, files)


def _judge(opened: "LoadedWorkspace", asked: _Asked) -> "Report":
    from gatekeeper.judging.verdicts.milestones import exit_code
    from gatekeeper.manifests.positions import places
    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.model.milestone import Milestone
    from gatekeeper.model.report import Report
    from gatekeeper.workspace.judging import collect_for, judge, look_ahead

    as_of = day(asked.as_of)
    chosen = chosen_milestone(opened.manifests, asked.milestone)
    selected = _selected(opened, chosen, asked.filter)
    commit = head_commit(opened.repository)
    if asked.attests:
        _attesting.must_be_committed(opened, commit)
    found = collect_for(opened, chosen, selected) if asked.attests else None
    foreseen = look_ahead(opened, chosen, as_of, selected, collected=found) if asked.details else None
    result = foreseen.result if foreseen else judge(opened, chosen, as_of, selected, found)
    manifest = opened.manifests.files[Milestone, chosen]
    return Report(
        result=result,
        rulebook=opened.rulebook,
        tool_version=__version__,
        commit=commit,
        exit_code=exit_code(result, strict=asked.strict, fail_on=asked.fail_on),
        strict=asked.strict,
        fail_on=asked.fail_on,
        filter=asked.filter,
        details=asked.details,
        forecast=foreseen.forecast if foreseen else (),
        evidence=tuple(seen for of in (found or {}).values() for seen in of.values()),
        places=places(opened.services_folder, opened.root / manifest, opened.tree),
    )


def _selected(opened: "LoadedWorkspace", milestone: str, asked: "Filter") -> list["Service"]:
    """Return the services to judge; a name that selects nothing is a mistake, not an empty verdict."""
    services = opened.manifests.services
    for gate in asked.gates:
        known(gate, opened.rulebook.gates, "gate")
    for name in asked.services:
        plan = services[known(name, services, "service")].plan
        if milestone not in plan:
            raise UsageError(f"{name} has no target at {milestone}; it has at {', '.join(plan)}")
    for owner in asked.owners:
        known(owner, sorted({service.owner for service in services.values()}), "owner")
    return _matching(opened, asked)


def _matching(opened: "LoadedWorkspace", asked: "Filter") -> list["Service"]:
    return [
        service
        for service in opened.manifests.services.values()
        if (not asked.services or service.service in asked.services)
        and (not asked.owners or service.owner in asked.owners)
    ]
