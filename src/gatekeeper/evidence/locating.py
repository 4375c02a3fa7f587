"""Findings relative to the repository, wherever the tool that found them ran.

A relative path starts where the tool ran, which may be a package of the repository: it is looked for in the
folders above the artefact. An absolute path is of the machine that the tool ran on, and where that kept the
repository is not known. So the longest end of the path that names a file here is taken; where no file is
here, because the artefact travelled without its sources, the work folders of the common CI services are cut
off.
"""

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

from gatekeeper.model.evidence import Finding

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
    """Tells where the files that artefacts speak of are in the repository at `root`."""

    def __init__(self, root: str, exists: Callable[[str], bool] = os.path.lexists) -> None:
        self._root = root
        self._exists = exists
        self._folders: dict[str, str | None] = {}
        """Folders as tools name them, and what has to be cut off."""

    def located(self, facts: Any, artefact: str) -> Any:
        """Return facts with the files of their findings relative to the repository.

        `artefact` is the path of what they were read from, which tells where the tool may have run.
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
        """Return where a relative path leads: a tool that ran in a package of the repository starts there."""
        folder = f"{artefact}\n{file.rpartition('/')[0]}"
        if folder not in self._folders:
            self._folders[folder] = self._start(file, artefact)
        return (self._folders[folder] or "") + file

    def _start(self, file: str, artefact: str) -> str | None:
        """Return the folder that a relative path starts in, with a slash: the artefact's or one above it."""
        if ".." in file.split("/") or self._is_here(file):
            return None
        steps = artefact.split("/")[:-1]
        starts = ("/".join(steps[:i]) + "/" for i in range(len(steps), 0, -1))
        return next((start for start in starts if self._is_here(start + file)), None)

    def _is_here(self, path: str) -> bool:
        return os.path.lexists(f"{self._root}/{path}")

    def _prefix(self, file: str) -> str | None:
        """Return what has to be cut off a path, up to and including a slash."""
        steps = file.split("/")
        if ".." not in steps:
            for i in range(1, len(steps)):
                if self._is_here("/".join(steps[i:])):
                    return "/".join(steps[:i]) + "/"
        known = _WORK_FOLDERS.match(file)
        return known[0] if known else None
