"""Where the reports of one run go: a format each, to the terminal or to a file."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.cli import _attesting
from gatekeeper.cli._run import say, screen, write_file
from gatekeeper.errors import UsageError, nearest

if TYPE_CHECKING:
    from gatekeeper.model.report import Render, Report, Screen


class Sink(NamedTuple):
    """A format, and the file that it goes to; None: standard output."""

    format: str
    render: "Render"
    path: Path | None


def one_line() -> Sink:
    """Return the verdict in one line, on standard output."""
    return Sink("table", _in_one_line, None)


def sink(format_: str, path: Path | None = None) -> Sink:
    """Return where a report of this format goes.

    Raises:
        UsageError: No such format is known.
    """
    from gatekeeper.reporters import REPORTERS

    reporter = REPORTERS.find(format_)
    if reporter is None:
        raise UsageError(f"unknown format {format_!r}; {nearest(format_, REPORTERS.names)}")
    return Sink(format_, reporter.render, path)


def output(written: str, folder: Path) -> Sink:
    """Return a FORMAT=PATH; a relative path starts at the folder."""
    format_, equals, path = written.partition("=")
    if not (equals and path):
        raise UsageError(f"--output {written}: write FORMAT=PATH, json=verdict.json for instance")
    return sink(format_, folder / path)


def signing(sinks: list[Sink], key: Path) -> list[Sink]:
    """Return the outputs with those signed that can be; a key without any is a mistake, not a wish."""
    if not attests(sinks):
        raise UsageError("--sign is for an attested result: add --output intoto=PATH")
    return [
        one._replace(render=_attesting.signed(one.render, key)) if one.format == _attesting.FORMAT else one
        for one in sinks
    ]


def attests(sinks: list[Sink]) -> bool:
    """Whether any of these is an attested result."""
    return any(one.format == _attesting.FORMAT for one in sinks)


def write(report: "Report", sinks: list[Sink]) -> None:
    """Write a report to each of these."""
    from gatekeeper.model.report import Screen

    for one in sinks:
        if one.path:
            write_file(one.path, one.render(report, Screen()))
        else:
            say(one.render(report, screen()))


def _in_one_line(report: "Report", on: "Screen") -> str:
    from gatekeeper.reporters.views import status

    return status.as_line(report, on)
