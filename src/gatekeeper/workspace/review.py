"""Check that CODEOWNERS makes somebody review every change of a workspace, by the rules of the forge."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from gatekeeper.errors import Problem
from gatekeeper.evidence.record_files import FILE as RECORD
from gatekeeper.evidence.record_files import FOLDER as RECORDS
from gatekeeper.manifests.code_owners import FILE, PLACEHOLDER, PLACES, files_read, forges_of, pattern_of
from gatekeeper.manifests.discovery import REGISTER, SETTINGS_FILE, SUFFIX
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.rulebook import Governance, Levels
from gatekeeper.syntax.code_owners import CodeOwners, Forge
from gatekeeper.trees import TooLarge, Tree
from gatekeeper.workspace.loading import LoadedWorkspace

HINT = f"no {FILE} names who must review a change; GitHub and GitLab read it from the root of the repository"
_MOST_BYTES = 3_000_000
"""GitHub does not load a larger file."""
_NEW = "a-new-file"
"""The name of a file that somebody may add to a folder."""


class _Part(NamedTuple):
    """A file or folder that decides, and the files in it, relative to the repository."""

    path: str
    files: Sequence[str]


class _Finding(NamedTuple):
    """A warning before the forges are known for which it is true."""

    file: str
    line: int
    message: str
    hint: str


def review_warnings(loaded: LoadedWorkspace) -> Iterator[Problem]:
    """Yield a warning for each part of a workspace that may be changed without an owner's review.

    If the forge is not recognised, the rules of every forge that reads the file apply. A repository without
    the file gets one warning, and none if its forge is not recognised.
    """
    forges = forges_of(loaded.tree)
    files = files_read(loaded.tree, forges or Forge)
    found: dict[_Finding, list[str]] = {}
    for forge in forges or files:
        for finding in _findings(loaded, forge, files.get(forge)):
            found.setdefault(finding, []).append(forge.value)
    for finding, names in found.items():
        message = f"{finding.message} ({' and '.join(names)})"
        yield Problem(finding.file, finding.line, 1, message, finding.hint)


def has_no_owners(loaded: LoadedWorkspace) -> bool:
    """Return whether the repository has no CODEOWNERS, and no sign of a forge that would read it."""
    return not forges_of(loaded.tree) and not files_read(loaded.tree, Forge)


def _findings(loaded: LoadedWorkspace, forge: Forge, file: str | None) -> Iterator[_Finding]:
    name = os.path.relpath(Path(loaded.tree.root, file or PLACES[forge][0]), loaded.root)
    if file is None:
        message = f"there is no {' or '.join(PLACES[forge])}, so that nobody must review a change"
        patterns = ", ".join(pattern_of(part.path) for part in _parts(loaded, PLACES[forge][0]))
        yield _Finding(name, 1, message, f"write {FILE} with owners of {patterns}")
        return
    text = _text(loaded.tree, file)
    if text is None:
        yield _Finding(name, 1, "cannot be read, or is larger than 3 MB", "make it smaller")
        return
    owners = CodeOwners(text, forge)
    for part in _parts(loaded, file):
        yield from _unowned(part, owners, name)
    placeholders = [(line, owner) for owner, line in owners.owners.items() if owner.startswith(PLACEHOLDER)]
    if placeholders:
        line, owner = min(placeholders)
        yield _Finding(name, line, f"{owner} is a placeholder of `gatekeeper init`", "name your own teams")


def _unowned(part: _Part, owners: CodeOwners, name: str) -> Iterator[_Finding]:
    decided = {path: found for path in part.files if not (found := owners.of(path)).owners}
    if not decided:
        return
    written = sorted(path for path in decided if _NEW not in path)
    if len(decided) == len(part.files):
        subject = part.path
    elif written:
        more = f" and {len(written) - 1:,} more in {part.path}" if len(written) > 1 else ""
        subject = f"{written[0]}{more}"
    else:
        subject = f"a new file in {part.path}"
    line = max((found.line or 0 for found in decided.values()), default=0)
    if line:
        why, hint = "the last line that matches names nobody who must approve", "name an owner there"
    else:
        before = " before all lines for its files" if part.path.endswith("/") else ""
        why, hint = "no line names an owner", f"add the line `{pattern_of(part.path)} @owner`{before}"
    yield _Finding(name, line or 1, f"{subject}: {why}", hint)


def _parts(loaded: LoadedWorkspace, own: str) -> list[_Part]:
    """Return what decides, each folder with a file that somebody may add."""
    files, tree = loaded.manifests.files, loaded.tree
    folders: dict[PurePosixPath, list[str]] = {}
    for file in files.values():
        folders.setdefault(PurePosixPath(file).parent, []).append(file)

    def of(file: PurePosixPath | str) -> str:
        real = tree.real(os.path.normpath(Path(loaded.root, file)))
        return os.path.relpath(real, tree.root).replace(os.sep, "/")

    def below(folder: PurePosixPath, more: Sequence[str] = ()) -> _Part:
        path = of(folder)
        added = [f"{path}/{name}" for name in (f"{_NEW}{SUFFIX}", *more)]
        return _Part(f"{path}/", [*map(of, folders.get(folder, ())), *added])

    gates = PurePosixPath(files[Levels, ""]).parent
    milestones = PurePosixPath(files[Milestone, next(iter(loaded.manifests.milestones))]).parent
    services = PurePosixPath(os.path.relpath(loaded.services_folder, loaded.root))
    owners = (*loaded.manifests.services, _NEW)
    recorded = [f"{name}/{file}" for name in owners for file in (RECORD, f"{RECORDS}/{_NEW}.json")]
    governance = PurePosixPath(files[Governance, ""])
    alone = [PurePosixPath(SETTINGS_FILE), *([] if governance.parent == gates else [governance])]
    return [
        *(_Part(of(file), [of(file)]) for file in alone),
        below(gates),
        below(milestones),
        below(milestones / REGISTER),
        below(services, recorded),
        _Part(own, [own]),
    ]


def _text(tree: Tree, file: str) -> str | None:
    try:
        return tree.open(str(Path(tree.root, file)), _MOST_BYTES).read().decode("utf-8", "replace")
    except (OSError, TooLarge):
        return None
