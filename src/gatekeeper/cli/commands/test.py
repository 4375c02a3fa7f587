"""`gatekeeper test`: Test the rulebook by its cases.

Judges the cases in gates/tests/*.yaml by the rulebook, and shows those that differ from what they expect.
Services and their evidence are not read. Exit code 0: all cases hold; 1: a case differs; 3: the rulebook or a
file of cases is invalid.

Example: gatekeeper test

Example: gatekeeper test G1.coverage

Heading: Plan
"""

from pathlib import Path
from typing import Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import Texts, argument, flag, format_option, workspace_root
from gatekeeper.cli.output import show, write
from gatekeeper.errors import ExitCode


def command(
    context: typer.Context,
    what: Annotated[
        Texts,
        argument(
            "[WHAT]...", "Criteria, gates, levels, milestones or files; by default all cases.", words.criteria
        ),
    ] = None,
    format_: Annotated[str, format_option("table", "json", "junit")] = "table",
    again: Annotated[bool, flag("--watch", "Judge again whenever a file changes, until Ctrl-C.")] = False,
) -> None:
    """Judge the cases and write those that differ."""
    from gatekeeper.cli.watching import watch
    from gatekeeper.manifests.discovery import files_of_cases, manifests

    root = workspace_root(context)
    if again:
        watch(
            lambda: _judge(root, what, format_), lambda: map(str, (*manifests(root), *files_of_cases(root)))
        )
    holds = _judge(root, what, format_)
    raise typer.Exit(ExitCode.READY if holds else ExitCode.BLOCKED)


def _judge(root: Path, what: Texts, format_: str) -> bool:
    """Write what differs; return whether all cases hold."""
    from gatekeeper.reporters.views import test as view
    from gatekeeper.workspace.cases.reporting import judge_cases
    from gatekeeper.workspace.loading import disk_tree

    report = judge_cases(root, disk_tree(root), what or ())
    if format_ == "junit":
        write(view.junit(report))
    else:
        show(format_, lambda: view.data(report), lambda screen: view.parts(report, screen))
    return all(one.holds for one in report.results)
