"""Start new workspaces from the packaged reference plan, and new services."""

import re
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from gatekeeper.errors import UsageError
from gatekeeper.manifests.discovery import FOLDERS

CODEOWNERS = """\
# Who must review a change: signatures and records in these files are only as trustworthy as this review.
# Replace the teams below by your own.
/gates/                      @your-org/architecture
/gates/governance.yaml       @your-org/architecture @your-org/security
/milestones/                 @your-org/release-captains
/milestones/risk-register/   @your-org/architecture @your-org/security
/services/                   @your-org/service-owners
"""

SERVICE = """\
service: {name}
owner: {owner}
level: L0                  # the level it claims to run at today
plan:
  {milestone}:
    level: L1
    gates:
      G1:
# evidence:                # slot: path, relative to services/{name}/
#   domain_tests: reports/junit.xml
"""


def new_workspace(folder: Path) -> list[str]:
    """Write the reference rulebook, plan and milestones, and a CODEOWNERS file; return their names."""
    texts = {**reference(), "CODEOWNERS": CODEOWNERS}
    write_new(folder, texts)
    return sorted(texts)


def new_service(services: Path, name: str, owner: str, milestone: str) -> str:
    """Write a service with a plan of one cell, to be filled in; return the name of its file."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise UsageError(f"{name!r} is not a name for a service: use letters, digits, '-', '_' and '.'")
    write_new(services, {f"{name}.yaml": SERVICE.format(name=name, owner=owner, milestone=milestone)})
    return f"{name}.yaml"


def reference() -> dict[str, str]:
    """Return the reference workspace: the text of each file, by name."""
    return {name: source.read_text("utf-8") for name, source in _reference()}


def write_new(folder: Path, texts: dict[str, str]) -> None:
    """Write all files, or none if one exists already.

    Raises:
        UsageError: A file exists already or cannot be written.
    """
    taken = sorted(name for name in texts if (folder / name).exists())
    if taken:
        more = f" and {len(taken) - 3} more" if len(taken) > 3 else ""
        raise UsageError(f"{folder} has {', '.join(taken[:3])}{more} already; nothing was written")
    try:
        for name, text in texts.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="\n") as opened:
                opened.write(text)
    except OSError as error:
        raise UsageError(f"{error.filename} cannot be written: {error.strerror}") from None


def _reference() -> Iterator[tuple[str, Traversable]]:
    """Yield the files of the reference workspace, from the wheel or from the source tree."""
    packaged = files("gatekeeper") / "reference"
    root: Traversable = packaged if packaged.is_dir() else Path(__file__).parents[3]
    for folder in FOLDERS:
        yield from _below(root / folder, folder)


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        inner = f"{name}/{entry.name}"
        if entry.is_dir():
            yield from _below(entry, inner)
        elif entry.name.endswith((".yaml", ".md")):
            yield inner, entry
