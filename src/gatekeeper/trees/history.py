"""The history of a repository: commits along first parents, and earlier places of folders."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.trees.git_command import is_shallow, run_git, unreadable

_COMMIT = re.compile(r"([0-9a-f]{40,64}) (-?\d+)")
_git = partial(
    run_git, without_git="git is not installed; it is needed to read the history: install git", seconds=120
)


class Commit(NamedTuple):
    """A commit, and the day of its committer date in UTC."""

    id: str
    day: date


class History(NamedTuple):
    """Commits from the newest to the oldest, and whether older ones are missing in the clone."""

    commits: tuple[Commit, ...]
    is_shallow: bool


def first_parents(repository: str) -> History:
    """Return the commits from HEAD along first parents, so that a merge counts as one commit.

    So only the result of a merge counts, not the commits of its branch.

    Raises:
        UsageError: There is no commit, or Git cannot read the repository.
    """
    # Signatures are turned off, whatever the configuration is: they would be printed between the lines.
    listing = ("--first-parent", "--no-show-signature", "--format=%H %ct", "--end-of-options", "HEAD", "--")
    listed = _git(repository, "log", *listing)
    if listed.returncode:
        raise _no_history(repository, listed.stderr)
    commits = tuple(map(_commit, _COMMIT.findall(listed.stdout.decode("ascii", "replace"))))
    return History(commits, is_shallow(repository))


def moved_from(repository: str, folder: str, newer: str, older: str) -> str | None:
    """Return where a folder of a newer commit was in an older one, by Git's rename detection."""
    found = _git(
        repository, "diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", older, newer, "--"
    )
    places = Counter(_folders_before(found.stdout.split(b"\0"), os.fsencode(folder)))
    return os.fsdecode(places.most_common(1)[0][0]) if places else None


def _folders_before(records: list[bytes], folder: bytes) -> Iterator[bytes]:
    """Yield the earlier folder for each renamed file of the folder. A record is status, old, new."""
    inside = folder + b"/" if folder else b""
    for old, new in zip(records[1::3], records[2::3], strict=False):
        below = new[len(inside) :]
        if not new.startswith(inside):
            continue
        if old == below:
            yield b""
        elif old.endswith(b"/" + below):
            yield old[: -len(below) - 1]


def sampled(commits: Iterable[Commit], every: int | str) -> tuple[Commit, ...]:
    """Choose from commits, newest first: each n-th, or the last one of each day or ISO week."""
    if isinstance(every, int):
        return tuple(commits)[::every]
    chosen: dict[object, Commit] = {}
    for commit in commits:
        chosen.setdefault(commit.day if every == "day" else commit.day.isocalendar()[:2], commit)
    return tuple(chosen.values())


def _commit(found: tuple[str, str]) -> Commit:
    commit, seconds = found
    try:
        return Commit(commit, datetime.fromtimestamp(int(seconds), UTC).date())
    except (OverflowError, ValueError, OSError):
        # A crafted commit can have a date beyond the calendar.
        return Commit(commit, date.min if seconds.startswith("-") else date.max)


def _no_history(repository: str, stderr: bytes) -> UsageError:
    lacks = (b"does not have any commits yet", b"bad revision", b"unknown revision")
    if any(lack in stderr.strip().partition(b"\n")[0] for lack in lacks):
        return UsageError(
            f"{repository} has no commit yet, so there is no history: commit the workspace first"
        )
    fix = "clone the repository, or start one with `git init`"
    return unreadable(repository, f"the history of {repository}", stderr, fix)
