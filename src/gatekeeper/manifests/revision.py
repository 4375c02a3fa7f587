"""Which commit a workspace is at, and whether it is as committed."""

import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path, PurePosixPath

from gatekeeper.manifests.discovery import SETTINGS_FILE
from gatekeeper.manifests.load import REGISTER
from gatekeeper.trees import EntryKind, Tree
from gatekeeper.trees.git import GitTree


def head_commit(repository: Path) -> str | None:
    """Return the commit that is checked out, or None where there is no repository, no commit or no git."""
    if not (repository / ".git").exists():
        return None
    command = ["git", "-C", str(repository), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def uncommitted(root: Path, tree: Tree, commit: str, files: Iterable[str]) -> list[str]:
    """Return the manifests of a workspace that are not as a commit has them, in order.

    Args:
        root: The workspace.
        tree: Its files as they were read.
        commit: What they are held against.
        files: Its manifests, relative to the workspace; those that only the commit has are looked for beside
            them.
    """
    with closing(GitTree(tree.root, commit)) as committed:
        names = {*files, SETTINGS_FILE}
        folders = {str(PurePosixPath(name).parent) for name in names}
        for folder in folders | {f"{folder}/{REGISTER}" for folder in folders}:
            if folder != "." and committed.entry(str(root / folder)) is EntryKind.FOLDER:
                names |= {
                    f"{folder}/{name}" for name in committed.names(str(root / folder)) if _is_manifest(name)
                }
        return sorted(
            name for name in names if _content(tree, root / name) != _content(committed, root / name)
        )


def _is_manifest(name: str) -> bool:
    return name.endswith(".yaml") and not name.startswith(".")


def _content(tree: Tree, file: Path) -> str | None:
    return tree.open(str(file)).identity() if tree.entry(str(file)) is EntryKind.FILE else None
