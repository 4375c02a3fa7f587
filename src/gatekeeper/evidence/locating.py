"""Rewrite the files of findings relative to the repository, wherever the tool that found them ran.

A relative path starts in the folder that the tool ran in, which may be a package of the repository. So the
file is looked up in the folders above the artefact, the nearest first. An absolute path belongs to the
machine that the tool ran on, and the folder of the repository on that machine is unknown. So the longest end
of the path that names a file of the tree is taken. If the tree has no such file, because the artefact
travelled without its sources, the work folders of the common CI services are removed from the path.
"""

import re
from collections.abc import Mapping

from gatekeeper.model.evidence import Facts, Finding
from gatekeeper.trees import Tree

_ABSOLUTE = re.compile(r"/|[A-Za-z]:/")
_WORK_FOLDERS = re.compile(
    r"""
    (?: /home/runner/work | /__w | [A-Za-z]:/a ) / ([^/]+) / \1 /      # GitHub Actions
    | /github/workspace/
    | /builds/ [^/]+ / [^/]+ /                                        # GitLab
    | / (?: var/ (?:lib/)? jenkins (?:_home)? | home/jenkins (?:/agent)? ) /workspace/ [^/]+ /
    | (?: /home/vsts/work | /__w | [A-Za-z]:/a ) / \d+ /s/              # Azure Pipelines
    | / (?: home/circleci | root ) /project/
    | /opt/atlassian/pipelines/agent/build/                           # Bitbucket
    | / (?: workspace | usr/src/app | app ) /                         # container images, usually
    """,
    re.VERBOSE,
)


class Locator:
    """Looks up the files of findings in a tree: on disk, or at a Git revision."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._folders: dict[str, str | None] = {}
        """By folder as the tool names it: the prefix to remove from an absolute path, or to put before a
        relative one."""

    def located(self, facts: Facts, artefact: str) -> Facts:
        """Return facts with the files of their findings relative to the repository.

        Args:
            facts: The facts of any kind.
            artefact: The path of the artefact that they were read from, relative to the repository. The tool
                may have run in any folder above it.
        """
        if isinstance(facts, Mapping):
            return facts
        moved = {
            name: tuple(self._finding(item, artefact) for item in value)
            for name, value in facts._asdict().items()
            if isinstance(value, tuple) and value and isinstance(value[0], Finding)
        }
        return facts._replace(**moved) if moved else facts

    def _finding(self, finding: Finding, artefact: str) -> Finding:
        if finding.file is None:
            return finding
        file = finding.file.replace("\\", "/").removeprefix("file://").removeprefix("./")
        file = self._relative(file) if _ABSOLUTE.match(file) else self._below(file, artefact)
        return finding if file == finding.file else finding._replace(file=file)

    def _relative(self, file: str) -> str:
        folder = file.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = self._prefix(file)
        return file.removeprefix(self._folders[folder] or "")

    def _below(self, file: str, artefact: str) -> str:
        """Return a relative path with the folder of the repository that the tool ran in put before it."""
        folder = f"{artefact}\n{file.rpartition('/')[0]}"
        if folder not in self._folders:
            self._folders[folder] = self._start(file, artefact)
        return (self._folders[folder] or "") + file

    def _start(self, file: str, artefact: str) -> str | None:
        """Return the folder that a relative path starts in, with a slash: the artefact's or one above it.

        None if the path starts at the root, or in no such folder.
        """
        if ".." in file.split("/") or self._has(file):
            return None
        steps = artefact.split("/")[:-1]
        starts = ("/".join(steps[:i]) + "/" for i in range(len(steps), 0, -1))
        return next((start for start in starts if self._has(start + file)), None)

    def _has(self, path: str) -> bool:
        return self._tree.exists(f"{self._tree.root}/{path}")

    def _prefix(self, file: str) -> str | None:
        """Return the start of an absolute path to remove, with its last slash; None if it is unknown."""
        steps = file.split("/")
        if ".." not in steps:
            for i in range(1, len(steps)):
                if self._has("/".join(steps[i:])):
                    return "/".join(steps[:i]) + "/"
        known = _WORK_FOLDERS.match(file)
        return known[0] if known else None
