"""The folder of the cache, as the options and the environment name it."""

import os
from pathlib import Path

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
        current.use((lambda: None) if is_off else (lambda: _usual(start)))
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


def _usual(start: Path) -> Path | None:
    """Return the folder of the environment, else of the user; None if that is off or in the repository."""
    if os.environ.get(VARIABLE) == OFF:
        return None
    folder = usual_folder(os.environ)
    return None if folder is None or _around(folder, start) else folder


def _around(folder: Path, start: Path) -> Path | None:
    """Return the repository that a workspace is judged in, if the folder is in it."""
    from gatekeeper.manifests.discovery import find_repository

    repository = find_repository(start)
    return repository if is_within(folder, repository) else None
