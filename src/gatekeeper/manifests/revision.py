"""Compare the manifests of a workspace with a commit."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path, PurePosixPath

from gatekeeper.manifests.discovery import REGISTER, SETTINGS_FILE, SUFFIX
from gatekeeper.trees import EntryKind, Tree
from gatekeeper.trees.git import GitTree


def uncommitted(
    root: Path, tree: Tree, commit: str, files: Iterable[str], alone: Iterable[str] = ()
) -> list[str]:
    """Return the manifests of a workspace that differ from a commit, sorted.

    Args:
        root: The workspace.
        tree: Its files as they were read.
        commit: The commit to compare with.
        files: Its manifests, relative to the workspace. Manifests that only the commit has are found in the
            same folders.
        alone: More of its manifests; no others are looked for beside them.
    """
    with closing(GitTree(tree.root, commit)) as committed:
        names = {*files, SETTINGS_FILE}
        folders = {str(PurePosixPath(name).parent) for name in names}
        names |= set(alone)
        for folder in folders | {f"{folder}/{REGISTER}" for folder in folders}:
            if folder != "." and committed.entry(str(root / folder)) is EntryKind.FOLDER:
                inside = committed.names(str(root / folder))
                names |= {f"{folder}/{name}" for name in inside if name.endswith(SUFFIX) and name[0] != "."}
        return sorted(
            name for name in names if _content(tree, root / name) != _content(committed, root / name)
        )


def _content(tree: Tree, file: Path) -> str | None:
    return tree.open(str(file)).identity() if tree.entry(str(file)) is EntryKind.FILE else None
