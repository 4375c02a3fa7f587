"""`gatekeeper diff`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gatekeeper.cli import _words
from gatekeeper.cli._run import AsOf, day, format_of, say, screen, start_folder
from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.changes import Comparison
    from gatekeeper.workspace.comparing import State

WORKING_TREE = "the working tree"


def command(
    context: typer.Context,
    base: Annotated[str, typer.Argument(metavar="BASE", help="A revision of git, or a folder: ./FOLDER.")],
    head: Annotated[
        str | None, typer.Argument(metavar="[HEAD]", help="Likewise; by default the working tree.")
    ] = None,
    as_of: AsOf = None,
    base_as_of: Annotated[
        str | None,
        typer.Option(
            "--base-as-of", metavar="DATE", help="Judge the base as of this day; by default, the same."
        ),
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="table, json, markdown or github.",
            autocompletion=_words.among("table", "json", "markdown", "github"),
        ),
    ] = "table",
) -> None:
    """Show what a change loses, claims or weakens.

    Both states are judged by the rules of the base, so that no change is judged by rules that it weakens
    itself. Exit code 1: something that was earned is lost, a level is claimed without its sign-offs, or rules
    or plan are weakened and whoever may has not signed it.

    Example: gatekeeper diff origin/main
    """
    from gatekeeper.reporters.views import diff as view
    from gatekeeper.workspace.comparing import Dates, compare

    chosen = format_of(format_, view.FORMATS)
    as_of_day = day(as_of)
    dates = Dates(as_of_day, day(base_as_of) if base_as_of else as_of_day)
    with _state(context, base) as before, _state(context, head) as now:
        if head is not None:
            _must_be_a_workspace(now)
        comparison = compare(before, now, dates)
    say(_rendered(chosen, comparison))
    raise typer.Exit(comparison.exit_code)


def _rendered(format_: str, comparison: "Comparison") -> str:
    from gatekeeper.reporters.views import diff, diff_github, diff_markdown

    match format_:
        case "json":
            return diff.as_json(comparison)
        case "markdown":
            return diff_markdown.as_markdown(comparison)
        case "github":
            return diff_github.as_github(comparison)
        case _:
            return diff.as_table(comparison, screen())


@contextmanager
def _state(context: typer.Context, written: str | None) -> Iterator["State"]:
    """Give the state that is asked for: a revision before a folder of the same name, as git has it."""
    from contextlib import closing

    from gatekeeper.manifests.discovery import find_repository, find_workspace
    from gatekeeper.trees.disk import DiskTree
    from gatekeeper.trees.git import GitTree
    from gatekeeper.trees.revisions import find_commit
    from gatekeeper.workspace.comparing import State

    start = start_folder(context)
    if written is None:
        root = find_workspace(start)
        yield State(WORKING_TREE, root, DiskTree(str(find_repository(root))))
        return
    folder = start / written
    if _is_path(written):
        yield _folder(written, folder)
        return
    root = find_workspace(start)
    repository = str(find_repository(root))
    try:
        commit = find_commit(repository, written)
    except UsageError:
        if not written.strip() or not _is_folder(folder):
            raise
        yield _folder(written, folder)
        return
    with closing(GitTree(repository, commit)) as tree:
        yield State(written, root, tree)


def _is_path(written: str) -> bool:
    return written in (".", "..") or written.startswith(("./", "../", "/"))


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # too long for a name, or a zero byte in it
        return False


def _folder(written: str, folder: Path) -> "State":
    from gatekeeper.manifests.discovery import find_repository
    from gatekeeper.trees.disk import DiskTree
    from gatekeeper.workspace.comparing import State

    if not _is_folder(folder):
        raise UsageError(f"there is no folder {written}")
    root = folder.resolve()
    return State(written, root, DiskTree(str(find_repository(root))))


def _must_be_a_workspace(state: "State") -> None:
    from gatekeeper.manifests.discovery import SETTINGS_FILE, is_workspace

    if not is_workspace(state.root, state.tree):
        raise UsageError(
            f"{state.name} has no workspace at {state.root}: neither {SETTINGS_FILE} nor the folders gates, "
            "services and milestones"
        )
