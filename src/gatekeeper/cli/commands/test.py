"""`gatekeeper test`: Test the rulebook by its cases.

Judges the cases in gates/tests/*.yaml by the rulebook, and shows those that differ from what they expect.
Services and their evidence are not read. Exit code 0: all cases hold; 1: a case differs; 2: there is no case;
3: the rulebook or a file of cases is invalid.

With --mutate, it changes the rulebook by one small step at a time, and shows the changes that no case
notices, each with a case that would. Exit code 1: there is one.

Example: gatekeeper test

Example: gatekeeper test G1.coverage

Example: gatekeeper test --mutate

Heading: Plan
"""

from collections.abc import Collection
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import completion_words as words
from gatekeeper.cli.arguments import Texts, argument, flag, format_option, workspace_root
from gatekeeper.cli.output import show, write_data
from gatekeeper.errors import ExitCode

if TYPE_CHECKING:
    from gatekeeper.model.case_result import CaseReport
    from gatekeeper.model.mutation import MutationReport


def command(
    context: typer.Context,
    what: Annotated[
        Texts,
        argument(
            "[WHAT]...", "Criteria, gates, levels, milestones or files; by default all cases.", words.criteria
        ),
    ] = None,
    mutate: Annotated[
        bool, flag("--mutate", "Show which small changes of the rulebook, or of WHAT, no case notices.")
    ] = False,
    format_: Annotated[str, format_option("table", "json", "junit")] = "table",
    again: Annotated[bool, flag("--watch", "Judge again whenever a file changes, until Ctrl-C.")] = False,
) -> None:
    """Judge the cases and write those that differ."""
    from gatekeeper.cli.watching import watch
    from gatekeeper.manifests.discovery import files_of_cases, manifests

    root = workspace_root(context)

    def judge() -> bool:
        return (_mutants if mutate else _cases)(root, what or (), format_)

    if again:
        watch(judge, lambda: map(str, (*manifests(root), *files_of_cases(root))))
    raise typer.Exit(ExitCode.READY if judge() else ExitCode.BLOCKED)


def _cases(root: Path, what: Collection[str], format_: str) -> bool:
    """Write the cases that differ; return whether all hold."""
    from gatekeeper.reporters.views import test as view
    from gatekeeper.workspace.cases.reporting import judge_cases
    from gatekeeper.workspace.loading import disk_tree

    return _write(judge_cases(root, disk_tree(root), what), view, format_)


def _mutants(root: Path, what: Collection[str], format_: str) -> bool:
    """Write the mutants that no case notices; return whether every one is noticed."""
    from gatekeeper.reporters.views import mutation as view
    from gatekeeper.workspace.cases.mutation import judge_mutants
    from gatekeeper.workspace.loading import disk_tree

    return _write(judge_mutants(root, disk_tree(root), what), view, format_)


def _write(report: "CaseReport | MutationReport", view: ModuleType, format_: str) -> bool:
    if format_ == "junit":
        write_data(view.junit(report))
    else:
        show(format_, lambda: view.data(report), lambda screen: view.parts(report, screen))
    return report.holds
