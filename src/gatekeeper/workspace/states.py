"""The states of a workspace that a name means: a Git revision, a merge base, a folder, the base of a CI."""

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.manifests.discovery import find_repository, find_workspace, is_workspace
from gatekeeper.trees import Tree
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.history import moved_from
from gatekeeper.trees.revisions import ends_of, find_commit, find_merge_base
from gatekeeper.workspace.files import StrPath
from gatekeeper.workspace.loading import disk_tree

logger = logging.getLogger(__name__)

AUTO = "auto"
"""The base that the variables of the CI name."""


class State(NamedTuple):
    """A state of a workspace."""

    root: Path
    """The folder of the workspace."""
    tree: Tree
    """The files of its repository."""
    name: str
    """The revision or folder as the user wrote it."""

    def close(self) -> None:
        """End the Git process that reads a revision."""
        if isinstance(self.tree, GitTree):
            self.tree.close()


def state_named(start: Path, name: str) -> State:
    """Return the workspace at a Git revision, or in a folder if there is no such revision.

    Args:
        start: A folder of the workspace, where relative names of folders start.
        name: A revision, `A...B` for the merge base of two, or a folder. `.`, `..` and what starts with `./`,
            `../` or `/` is a folder.
    """
    folder = start / name
    if name in (".", "..") or name.startswith(("./", "../", "/")):
        return _in_folder(name, folder)
    root = find_workspace(start)
    if ends := ends_of(name):
        commit = find_merge_base(str(find_repository(root)), *ends)
        return at_revision(root, commit, f"{commit[:9]} (merge base of {' and '.join(ends)})")
    try:
        return at_revision(root, name)
    except UsageError:
        if not name.strip() or not _is_folder(folder):
            raise
        return _in_folder(name, folder)


def at_revision(root: Path, revision: str, name: str | None = None) -> State:
    """Return a workspace at a Git revision; its tree has to be closed."""
    repository = str(find_repository(root))
    commit = find_commit(repository, revision)
    logger.info("revision %s is commit %s", revision, commit)
    return State(root, GitTree(repository, commit), name or revision)


@contextmanager
def opened_base(base: State | StrPath, head: State) -> Iterator[tuple[State, State | None]]:
    """Yield the base of a head and, if it has moved on since, the target branch of the change.

    Args:
        base: A state, `auto`, or a name as for `state_named`, which starts at the head.
        head: The state that a change leads to.
    """
    if isinstance(base, State):
        yield _followed(base, head), None
    elif base != AUTO:
        name = base if isinstance(base, str) else str(Path(base).resolve())
        with closing(state_named(head.root, name)) as before:
            yield _followed(before, head), None
    else:
        from gatekeeper.workspace.target_branch import find_base

        found = find_base(str(find_repository(head.root)), os.environ)
        with closing(at_revision(head.root, found.commit, found.name)) as before, ExitStack() as opened:
            ahead = None
            if found.target != found.commit:
                target = at_revision(head.root, found.target, found.target_name)
                ahead = opened.enter_context(closing(target))
            yield _followed(before, head), ahead


def _followed(base: State, head: State) -> State:
    """Return the base; if the head's folder was renamed since, with the folder as it was called there."""
    root, tree, repository = base.root, base.tree, find_repository(head.root)
    if root == head.root and isinstance(tree, GitTree) and not is_workspace(root, tree):
        newer = head.tree.commit if isinstance(head.tree, GitTree) else "HEAD"
        folder = root.relative_to(repository).as_posix().removeprefix(".")
        before = moved_from(str(repository), folder, newer, tree.commit)
        if before is not None and is_workspace(repository / before, tree):
            return State(repository / before, tree, f"{base.name} in {before or 'the root'}")
    return base


def _in_folder(name: str, folder: Path) -> State:
    if not _is_folder(folder):
        raise UsageError(f"there is no folder {name}")
    root = folder.resolve()
    return State(root, disk_tree(root), name)


def _is_folder(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except (OSError, ValueError):  # the name is too long, or contains a zero byte
        return False
