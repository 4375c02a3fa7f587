"""What `gatekeeper init` adds to a workspace besides its manifests: hooks of Git, settings of editors."""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.cli.statements import program_in, written_or_shown
from gatekeeper.manifests.proposed_file import ProposedFile

if TYPE_CHECKING:
    from gatekeeper.manifests.words import WorkspaceWords


class Wanted(NamedTuple):
    """What is added."""

    hooks: bool
    editor: bool


class Additions(NamedTuple):
    """Files to write, and what to say about them."""

    texts: Mapping[str, str]
    """By their names relative to the workspace."""
    schemas: str
    """The line on the schemas; empty if there are none."""
    said: str
    """A line for each other file: that it was written, or what to add to it."""


def additions(
    root: Path, files: Iterable[str], wanted: Wanted, words: "Callable[[], WorkspaceWords]"
) -> Additions:
    """Return what is added to the workspace in a folder.

    Args:
        root: The folder, which need not exist yet.
        files: The manifests of the workspace.
        wanted: What is added.
        words: Returns the words of the workspace, for schemas.
    """
    schemas, proposals, of_schemas = dict[str, str](), list[tuple[ProposedFile, str]](), ""
    if wanted.hooks:
        from gatekeeper.manifests.git_hooks import LEFT_TO_DO, propose_hooks

        proposals += ((file, LEFT_TO_DO) for file in propose_hooks(root))
    if wanted.editor:
        from gatekeeper.manifests.editor_settings import propose_settings, schema_texts

        schemas = {name: text for name, text in schema_texts(words()).items() if not (root / name).exists()}
        of_schemas = _of_schemas(root, len(schemas))
        proposals.append((propose_settings(root, files), "VS Code needs the extension redhat.vscode-yaml"))
    texts = {name: text for file, _ in proposals for name, text in file.new_texts.items()}
    said = "".join(written_or_shown(file, root, left_to_do) for file, left_to_do in proposals)
    return Additions(schemas | texts, of_schemas, said)


def _of_schemas(root: Path, written: int) -> str:
    folder = os.path.normpath(root / "schemas")
    done = f"wrote {written} files in {folder}" if written else f"{folder} has the schemas already"
    return (
        f"{done}; write them again when names change:\n{program_in(root)} schema --workspace --out schemas\n"
    )
