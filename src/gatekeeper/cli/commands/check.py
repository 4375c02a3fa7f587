"""`gatekeeper check`: Judge whether a milestone may exit.

Exit code 0: it may; 1: it is blocked; 3: the workspace is invalid. Each service has one line: a figure is
the number of open criteria of a gate, of levels (lvl) and capabilities (cap), and of missing sign-offs
(sign); a dot is not asked. Below them is what to do first.

With --base, it also shows what the change loses, claims or weakens, as `diff` does. Rules and roster of the
base judge. Exit code 1: the change must not be merged; 2: the base is not available.

Example: gatekeeper check --milestone M2

Example: gatekeeper check --base auto

Heading: Judge
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, NoReturn

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import (
    AsOf,
    DaskOption,
    File,
    JobsOption,
    MilestoneOption,
    Text,
    Texts,
    flag,
    in_words,
    open_here,
    option,
    start_folder,
    workspace_root,
)
from gatekeeper.cli.jobs import summary_here
from gatekeeper.cli.kept_runs import finish, kept_output
from gatekeeper.cli.output import as_warnings, screen, warn, write, write_to
from gatekeeper.cli.outputs import Output, outputs_named, signing_key
from gatekeeper.cli.statements import more_commands
from gatekeeper.errors import UsageError
from gatekeeper.model.attested import ATTESTED
from gatekeeper.workspace.kept_outputs import KeptOutput, Written

if TYPE_CHECKING:
    from gatekeeper.model.listing import Listing
    from gatekeeper.model.report import Brief, Filter
    from gatekeeper.workspace.api import Workspace
    from gatekeeper.workspace.loading import LoadedWorkspace
    from gatekeeper.workspace.summary import BriefVerdict
    from gatekeeper.workspace.verdict import Verdict


_MOST_WARNINGS = 5


def command(
    context: typer.Context,
    milestone: MilestoneOption = None,
    service: Annotated[
        Texts, option("--service", "NAME", "Judge this service only; repeatable.", words.services, "-s")
    ] = None,
    owner: Annotated[
        Texts, option("--owner", "TEAM", "Judge this owner's services only; repeatable.", words.owners)
    ] = None,
    gate: Annotated[
        Texts, option("--gate", "G", "Show this gate only; all are judged; repeatable.", words.gates)
    ] = None,
    base: Annotated[
        Text,
        option(
            "--base",
            "REV|auto",
            "Compare with it and judge by its rules; auto: the merge base with the target branch of the CI.",
        ),
    ] = None,
    as_of: AsOf = None,
    format_: Annotated[
        str,
        option("--format", "FORMAT", f"{in_words(words.reporters())}, or a plugin's.", words.reporters, "-f"),
    ] = "table",
    output: Annotated[
        Texts, option("--output", "FORMAT=PATH", "Write a report to a file; repeatable.", short="-o")
    ] = None,
    sign: Annotated[File, option("--sign", "KEY", "Sign the intoto output with this private key.")] = None,
    details: Annotated[bool, flag("--details", "Show every open criterion; with --service, always.")] = False,
    quiet: Annotated[bool, flag("--quiet", "Show the verdict only, in one line.", "-q")] = False,
    strict: Annotated[bool, flag("--strict", "Exit 1 also if the exit needs exceptions.")] = False,
    fail_on: Annotated[
        Text,
        option(
            "--fail-on",
            "WHAT",
            "What exits with 1: `blocked`, the default; `regression`, only what was earned and is lost; "
            "`change`, the default with --base, only what the change does.",
            words.fail_on,
        ),
    ] = None,
    sort: Annotated[
        Text, option("--sort", "ORDER", f"{in_words([*words.sorts()])}; by default harm.", words.sorts)
    ] = None,
    everything: Annotated[bool, flag("--all", "List every service; by default the worst 40.")] = False,
    changed: Annotated[
        bool, flag("--changed", "With --base, list only services that the change touches.")
    ] = False,
    jobs: JobsOption = None,
    dask: DaskOption = None,
    watch: Annotated[
        bool, flag("--watch", "Judge again whenever a manifest or an artefact changes, until Ctrl-C.")
    ] = False,
) -> None:
    """Judge a milestone, write the verdict, and exit with its code."""
    narrowed = service or owner or gate or details or base or dask or sign or watch
    is_kept = format_ == "table" and not (output or narrowed) and (jobs is None or jobs > 0)
    kept = kept_output(context, milestone, as_of) if is_kept else None
    if kept:
        as_of = kept.as_of  # one day, also at midnight
        if written := kept.of_services():
            finish(written)
    from gatekeeper.errors import known
    from gatekeeper.model.listing import Listing, Sort
    from gatekeeper.model.report import Filter
    from gatekeeper.model.status import FailOn
    from gatekeeper.workspace.verdict import BASE_IS_NOT_ATTESTED, fail_on_named

    if changed and base is None:
        raise UsageError("--changed: name what the change is compared with, for example --base auto")
    order = Sort(known(sort, [*map(str, Sort)], "--sort")) if sort else Sort.HARM
    named = fail_on_named(fail_on, has_base=base is not None)
    outputs = _outputs(format_, output or (), is_quiet=quiet)
    if base is not None and any(one.format == ATTESTED for one in outputs):
        raise UsageError(BASE_IS_NOT_ATTESTED)
    run = _Run(
        context,
        lambda workspace: workspace.judge(
            milestone,
            as_of=as_of,
            services=service or (),
            owners=owner or (),
            base=base,
            after_last_exit=named is not FailOn.BLOCKED,
        ),
        Filter(tuple(service or ()), tuple(owner or ())),
        outputs,
        signing_key(start_folder(context), sign, outputs) if sign else None,
        {"strict": strict, "fail_on": fail_on, "gates": gate or ()},
        Listing(order, everything=everything, changed=changed),
        is_quiet=quiet,
        has_details=details or bool(service),
    )
    if dask and not (run.is_brief and base is None and not watch):
        raise UsageError("--dask judges for the table of all services: give no option that asks for more")
    if watch:
        _watch(run)
    parts = kept.parts if kept else None
    is_brief = run.is_brief and base is None
    if is_brief and (found := summary_here(context, milestone, as_of, jobs, dask, parts)):
        finish(_written(run, found, found.brief(strict=strict, fail_on=named), kept))
    verdict = run.judge(open_here(context))
    raise typer.Exit(verdict.exit_code(strict=strict, fail_on=fail_on))


class _Run(NamedTuple):
    """A run of the command: what is judged, and how the verdict is written."""

    context: typer.Context
    judged: "Callable[[Workspace], Verdict]"
    asked: "Filter"
    outputs: list[Output]
    key: Path | None
    shown: dict[str, Any]
    listing: "Listing"
    is_quiet: bool
    has_details: bool

    def judge(self, workspace: "Workspace") -> "Verdict":
        """Judge and write all outputs."""
        from gatekeeper.workspace.files import keep_sources

        files = [start_folder(self.context) / one.file for one in self.outputs if one.file]
        keep_sources(workspace.loaded, files)
        verdict = self.judged(workspace)
        # All that can be refused is refused before the first output is written: a refused run leaves nothing
        # behind. Standard output is the last, because its reader may go away.
        texts = [(one, self._text(verdict, one)) for one in self.outputs]
        for one, text in sorted(texts, key=lambda rendered: rendered[0].file is None):
            if one.is_screen:
                write("".join(text))
            else:
                write_to(one.file, text, start_folder(self.context))
        warn(verdict.warnings, _MOST_WARNINGS)
        return verdict

    @property
    def is_brief(self) -> bool:
        """Whether a row a service is enough for what is shown."""
        is_table = [one.is_screen and one.format == "table" for one in self.outputs] == [True]
        return is_table and not (self.has_details or self.asked.narrows or self.shown["gates"] or self.key)

    def brief_text(self, brief: "Brief") -> str:
        """Return the text of a verdict that consists of rows."""
        from gatekeeper.reporters.table import render_brief
        from gatekeeper.reporters.views import status

        on = screen()
        if self.is_quiet:
            return status.as_line(brief, on)
        more = more_commands(self.context.obj, brief.result, self.asked, on.width)
        return render_brief(brief, on._replace(listing=self.listing)) + more

    def _text(self, verdict: "Verdict", one: Output) -> Iterable[str]:
        from gatekeeper.model.screen import Screen

        on, key = screen() if one.is_screen else None, self.key if one.format == ATTESTED else None
        if on and self.is_quiet:
            from gatekeeper.reporters.views import status

            return [status.as_line(verdict.report(**self.shown).brief(), on)]
        where = (on or Screen())._replace(listing=self.listing)
        shown = {**self.shown, "details": self.has_details}
        text = verdict.pieces(one.format, shown, key=key, screen=where)
        return [*text, self._next(verdict)] if on else text

    def _next(self, verdict: "Verdict") -> str:
        """Return the commands that show more of a blocked milestone; with a base, the change decides."""
        if verdict.comparison is not None:
            return ""
        lines = more_commands(self.context.obj, verdict.result, self.asked, screen().width)
        return f"\n{lines}" if lines and self.has_details else lines


def _written(run: _Run, found: "BriefVerdict", brief: "Brief", kept: KeptOutput | None) -> Written:
    """Return what is written of a verdict that consists of rows, and keep it for the next run."""
    text, warnings = run.brief_text(brief), as_warnings(found.warnings, _MOST_WARNINGS)
    written = Written(text, warnings, brief.exit_code)
    if kept and found.state and found.shared.content:
        kept.keep_of_services(written, found.shared.content, found.result.milestone, found.state)
    return written


def _outputs(format_: str, files: Iterable[str], *, is_quiet: bool) -> list[Output]:
    """Return the outputs of a run, each of a known format."""
    from gatekeeper.workspace.rendering import reporter_named

    if is_quiet and format_ != "table":
        raise UsageError("--quiet is a format of its own: leave --format out, or write a file with --output")
    outputs = [Output(format_), *outputs_named(files)]
    for one in outputs:
        reporter_named(one.format)
    return outputs


def _watch(run: _Run) -> NoReturn:
    """Judge again whenever a file changes that the last verdict depends on."""
    from gatekeeper.cli.watching import watch
    from gatekeeper.manifests.discovery import manifests
    from gatekeeper.workspace.judging import evidence_files
    from gatekeeper.workspace.selection import matching_services

    root = workspace_root(run.context)
    last: list[LoadedWorkspace] = []

    def judge_again() -> None:
        workspace = open_here(run.context)
        last[:] = [workspace.loaded]
        run.judge(workspace)

    def files() -> Iterator[str]:
        yield from map(str, manifests(root))
        for loaded in last:
            yield from evidence_files(loaded, matching_services(loaded.manifests, run.asked))

    watch(judge_again, files)
