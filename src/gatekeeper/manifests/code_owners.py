"""The CODEOWNERS file of a repository: where the forge reads it, and the lines that a workspace needs."""

import re
from collections.abc import Iterable
from pathlib import Path

from gatekeeper.manifests.discovery import FOLDERS, REGISTER, SETTINGS_FILE, find_repository
from gatekeeper.manifests.proposed_file import ProposedFile, proposed
from gatekeeper.syntax.code_owners import Forge
from gatekeeper.trees import EntryKind, Tree
from gatekeeper.trees.disk import DiskTree

FILE = "CODEOWNERS"
PLACES = {
    Forge.GITHUB: (f".github/{FILE}", FILE, f"docs/{FILE}"),
    Forge.GITLAB: (FILE, f"docs/{FILE}", f".gitlab/{FILE}"),
}
"""Where each forge reads the file: the first one that exists counts."""
PLACEHOLDER = "@your-org/"
_MARKS = {
    Forge.GITHUB: (".github",),
    Forge.GITLAB: (".gitlab", ".gitlab-ci.yml"),
}
"""Files and folders by which a forge is recognised."""
_URL = re.compile(r"(?m)^\s*url\s*=\s*(?:\w+://)?(?:[^@/\s]*@)?([^:/\s]+)")
_HEADING = """\
# Who must review a change: signatures and records in these files are only as trustworthy as this review.
# Replace the teams below by your own. Of the lines that match a file, the last one counts.
"""


def propose_owners(workspace: Path) -> ProposedFile:
    """Return the lines of CODEOWNERS for a workspace in the folders of `init`, which need not exist yet."""
    root = workspace.resolve()
    repository = find_repository(root)
    tree = DiskTree(str(repository))
    existing = next(iter(files_read(tree, forges_of(tree) or Forge).values()), None)
    inner = root.relative_to(repository).as_posix()
    file = existing or FILE
    text = _HEADING + "".join(_lines("" if inner == "." else f"{inner}/", file))
    return proposed(root, repository / file, text)


def files_read(tree: Tree, forges: Iterable[Forge]) -> dict[Forge, str]:
    """Return the CODEOWNERS file that each forge reads, relative to the repository."""
    found = {}
    for forge in forges:
        for place in PLACES[forge]:
            if tree.entry(str(Path(tree.root, place))) is EntryKind.FILE:
                found[forge] = place
                break
    return found


def forges_of(tree: Tree) -> list[Forge]:
    """Return the forges that a repository is recognised to be on, by its files and its remotes."""
    hosts = " ".join(_URL.findall(_git_config(tree.root))).lower()
    return [
        forge
        for forge in Forge
        if forge.value.lower() in hosts
        or any(tree.exists(str(Path(tree.root, mark))) for mark in _MARKS[forge])
    ]


def pattern_of(path: str) -> str:
    """Return the pattern that means this path, relative to the repository, and no other."""
    return "/" + re.sub(r"([\s*?\\])", r"\\\1", path)


def _lines(prefix: str, own: str) -> list[str]:
    gates, services, milestones = FOLDERS
    rules, signers = "@your-org/architecture", "@your-org/architecture @your-org/security"
    owners = {
        f"{prefix}{SETTINGS_FILE}": rules,
        f"{prefix}{gates}/": rules,
        f"{prefix}{gates}/governance.yaml": signers,
        f"{prefix}{milestones}/": f"{PLACEHOLDER}release-captains",
        f"{prefix}{milestones}/{REGISTER}/": signers,
        f"{prefix}{services}/": f"{PLACEHOLDER}service-owners",
        own: signers,
    }
    width = max(len(pattern_of(path)) for path in owners)
    return [f"{pattern_of(path):<{width}}  {who}\n" for path, who in owners.items()]


def _git_config(root: str) -> str:
    try:
        return Path(root, ".git", "config").read_text("utf-8", "replace")
    except OSError:
        return ""
