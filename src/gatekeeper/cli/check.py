"""`gatekeeper check`: the verdict."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from gatekeeper import __version__
from gatekeeper.cli import _attesting
from gatekeeper.cli._run import (
    AsOf,
    MilestoneOption,
    chosen_milestone,
    day,
    known,
    open_here,
    say,
    screen,
    start_folder,
    write_file,
)
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.report import Filter
    from gatekeeper.model.service import Service
    from gatekeeper.opening import Opened
    from gatekeeper.reporters import Render

_FORMATS = "table, json, markdown, comment, junit, sarif, github, gitlab or intoto, or a plugin's."


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    service: Annotated[
        list[str] | None,
        typer.Option("--service", "-s", metavar="NAME", help="Judge this service only; repeatable."),
    ] = None,
    owner: Annotated[
        list[str] | None,
        typer.Option("--owner", metavar="TEAM", help="Judge this owner's services only; repeatable."),
    ] = None,
    gate: Annotated[
        list[str] | None,
        typer.Option("--gate", metavar="G", help="Show this gate only; all are judged; repeatable."),
    ] = None,
    as_of: AsOf = None,
    format_: Annotated[str, typer.Option("--format", "-f", metavar="FORMAT", help=_FORMATS)] = "table",
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
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 where exceptions are needed, too.")
    ] = False,
    fail_on: Annotated[
        str,
        typer.Option(
            "--fail-on",
            metavar="blocked|regression",
            help="regression: exit 1 only where ground was lost, not for what is not there yet.",
        ),
    ] = "blocked",
) -> None:
    """Judge whether a milestone may exit.

    Exit code 0: it may; 1: it is blocked; 3: the workspace is invalid.

    Example: gatekeeper check --milestone M2
    """
    from gatekeeper.judging.rollup import exit_code
    from gatekeeper.manifests.places import places
    from gatekeeper.manifests.revision import head_commit
    from gatekeeper.model.milestone import Milestone
    from gatekeeper.model.report import Filter, Report, Screen
    from gatekeeper.model.status import FailOn
    from gatekeeper.pipeline import collect_for, judge, look_ahead

    sinks = [_sink(format_, None), *(_output(written) for written in output or ())]
    attests = any(sink.format == _attesting.FORMAT for sink in sinks)
    if sign:
        sinks = _signing(sinks, start_folder(context) / sign)
    tolerance = FailOn(known(fail_on, list(FailOn), "--fail-on"))
    as_of_day = day(as_of)
    opened = open_here(context)
    chosen = chosen_milestone(opened.workspace, milestone)
    asked = Filter(tuple(service or ()), tuple(owner or ()), tuple(gate or ()))
    selected = _selected(opened, chosen, asked)
    in_full = details or bool(service)
    commit = head_commit(opened.repository)
    if attests:
        _attesting.must_be_committed(opened, commit)
    found = collect_for(opened, chosen, selected) if attests else None
    foreseen = look_ahead(opened, chosen, as_of_day, selected, collected=found) if in_full else None
    result = foreseen.result if foreseen else judge(opened, chosen, as_of_day, selected, found)
    manifest = opened.workspace.files[Milestone, chosen]
    report = Report(
        result=result,
        rulebook=opened.rulebook,
        tool_version=__version__,
        commit=commit,
        exit_code=exit_code(result, strict=strict, fail_on=tolerance),
        strict=strict,
        fail_on=tolerance,
        filter=asked,
        details=in_full,
        forecast=foreseen.forecast if foreseen else (),
        evidence=tuple(seen for of in (found or {}).values() for seen in of.values()),
        places=places(opened.services_folder, opened.root / manifest, opened.tree),
    )
    for sink in sinks:
        if sink.path:
            write_file(sink.path, sink.render(report, Screen()))
        else:
            say(sink.render(report, screen()))
    raise typer.Exit(report.exit_code)


class _Sink(NamedTuple):
    """A format, and the file that it goes to; None: standard output."""

    format: str
    render: "Render"
    path: Path | None


def _sink(format_: str, path: Path | None) -> _Sink:
    from gatekeeper import reporters

    render = reporters.find(format_)
    if render is None:
        raise UsageError(f"unknown format {format_!r}; {nearest(format_, reporters.formats())}")
    return _Sink(format_, render, path)


def _signing(sinks: list[_Sink], key: Path) -> list[_Sink]:
    """Return the outputs with those signed that can be; a key without any is a mistake, not a wish."""
    if not any(sink.format == _attesting.FORMAT for sink in sinks):
        raise UsageError("--sign is for an attested result: add --output intoto=PATH")
    return [
        sink._replace(render=_attesting.signed(sink.render, key))
        if sink.format == _attesting.FORMAT
        else sink
        for sink in sinks
    ]


def _output(written: str) -> _Sink:
    format_, equals, path = written.partition("=")
    if not (equals and path):
        raise UsageError(f"--output {written}: write FORMAT=PATH, json=verdict.json for instance")
    return _sink(format_, Path(path))


def _selected(opened: "Opened", milestone: str, asked: "Filter") -> list["Service"]:
    """Return the services to judge; a name that selects nothing is a mistake, not an empty verdict."""
    services = opened.workspace.services
    for gate in asked.gates:
        known(gate, opened.rulebook.gates, "gate")
    for name in asked.services:
        plan = services[known(name, services, "service")].plan
        if milestone not in plan:
            raise UsageError(f"{name} has no target at {milestone}; it has at {', '.join(plan)}")
    for owner in asked.owners:
        known(owner, sorted({service.owner for service in services.values()}), "owner")
    return [
        service
        for service in services.values()
        if (not asked.services or service.service in asked.services)
        and (not asked.owners or service.owner in asked.owners)
    ]
