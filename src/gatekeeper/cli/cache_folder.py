"""The folder of the cache, as the options and the environment name it."""

import os
from pathlib import Path

import typer

from gatekeeper.cache import current
from gatekeeper.cache.folder import OFF, VARIABLE, is_within, usual_folder
from gatekeeper.errors import UsageError


def choose(start: Path, named: Path | None, *, is_off: bool) -> None:
    """Choose the cache of this run.

    Args:
        start: The folder that the program runs in.
        named: The folder that `--cache` names.
        is_off: Whether `--no-cache` is given.

    Raises:
        UsageError: Both are given, or the folder is in the repository of the workspace.
    """
    if named is None:
        current.use((lambda: None) if is_off else (lambda: _usual(start)[0]))
        return
    if is_off:
        raise UsageError("--cache and --no-cache: write one of them")
    folder = start / named
    if repository := _around(folder, start):
        raise UsageError(
            f"--cache {named}: it is in the repository {repository}, where a change could write answers of "
            "its own; name a folder outside it"
        )
    current.use(lambda: folder)


def why_none(context: typer.Context) -> str:
    """Return why this run, which has no cache, has none."""
    return "--no-cache is given" if context.find_root().params["no_cache"] else _usual(context.obj)[1]


def _usual(start: Path) -> tuple[Path | None, str]:
    """Return the folder of the environment, else of the user; or None and the reason."""
    if os.environ.get(VARIABLE) == OFF:
        return None, f"{VARIABLE} is `{OFF}`"
    if (folder := usual_folder(os.environ)) is None:
        return None, f"there is no home; name a folder with --cache DIR or {VARIABLE}"
    if repository := _around(folder, start):
        return None, (
            f"{folder} is in {repository}, where a change could write answers of its own; name a folder "
            f"outside it with --cache DIR or {VARIABLE}"
        )
    return folder, ""


def _around(folder: Path, start: Path) -> Path | None:
    """Return the repository that a workspace is judged in, if the folder is in it."""
    from gatekeeper.manifests.discovery import find_repository

    repository = find_repository(start)
    return repository if is_within(folder, repository) else None
