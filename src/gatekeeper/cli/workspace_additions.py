"""What `gatekeeper init` adds to a workspace besides its manifests: hooks of Git, settings of editors."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from gatekeeper.cli.statements import written_or_shown
from gatekeeper.manifests.proposed_file import ProposedFile


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


def additions(root: Path, files: Iterable[str], wanted: Wanted) -> Additions:
    """Return what is added to the workspace in a folder, whose manifests are `files`."""
    schemas, proposals = dict[str, str](), list[tuple[ProposedFile, str]]()
    if wanted.hooks:
        from gatekeeper.manifests.git_hooks import LEFT_TO_DO, propose_hooks

        proposals += ((file, LEFT_TO_DO) for file in propose_hooks(root))
    if wanted.editor:
        from gatekeeper.manifests.editor_settings import propose_settings, schema_texts

        # `gatekeeper schema --out` renews those that exist.
        schemas = {name: text for name, text in schema_texts().items() if not (root / name).exists()}
        proposals.append((propose_settings(root, files), "VS Code needs the extension redhat.vscode-yaml"))
    texts = {name: text for file, _ in proposals for name, text in file.new_texts.items()}
    of_schemas = f"wrote {len(schemas)} files in {os.path.normpath(root / 'schemas')}\n" if schemas else ""
    said = "".join(written_or_shown(file, root, left_to_do) for file, left_to_do in proposals)
    return Additions(schemas | texts, of_schemas, said)
