"""Let editors check and complete manifests: JSON Schemas, settings of VS Code, and modelines.

The settings are those of the extension `redhat.vscode-yaml`; its language server also reads the modelines,
in any editor: https://github.com/redhat-developer/yaml-language-server.
"""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from gatekeeper.manifests.discovery import (
    CASES,
    FOLDERS,
    FORMATS,
    NOT_GATES,
    REGISTER,
    SETTINGS_FILE,
    find_repository,
    folder_of,
)
from gatekeeper.manifests.proposed_file import ProposedFile, proposed
from gatekeeper.manifests.schema import MODELS, schema_text

if TYPE_CHECKING:
    from gatekeeper.manifests.words import WorkspaceWords

FOLDER = "schemas"
_SETTINGS = ".vscode/settings.json"


def schema_texts(words: "WorkspaceWords") -> dict[str, str]:
    """Return the JSON Schemas of all manifests with the words of a workspace, by their files in it."""
    from gatekeeper.manifests.workspace_schema import workspace_schema

    return {_schema_file(name): schema_text(workspace_schema(name, words)) for name in MODELS}


def propose_settings(workspace: Path, files: Iterable[str]) -> ProposedFile:
    """Return the settings of VS Code for the repository around a workspace, which need not exist yet.

    Args:
        workspace: The folder of the workspace.
        files: Its manifests, relative to it. Gates are named one by one, because a pattern of the extension
            cannot leave the other manifests in their folder out.
    """
    root = workspace.resolve()
    repository = find_repository(root)
    inner = root.relative_to(repository)
    schemas = {
        f"./{(inner / _schema_file(name)).as_posix()}": [(inner / glob).as_posix() for glob in globs]
        for name, globs in _globs(root, files).items()
        if globs
    }
    text = json.dumps({"yaml.schemas": schemas}, indent=2) + "\n"
    return proposed(root, repository / _SETTINGS, text)


def with_modelines(texts: Mapping[str, str], workspace: Path) -> dict[str, str]:
    """Return the texts of manifests, each below the modeline that names its schema."""
    return {file: _modeline(file, schema_of(workspace, file)) + text for file, text in texts.items()}


def modeline(workspace: Path, manifest: Path) -> str:
    """Return the modeline of a new manifest; empty if the workspace has no schema of it."""
    root = workspace.resolve()
    file = os.path.relpath(manifest.resolve(), root).replace(os.sep, "/")
    name = schema_of(root, file)
    return _modeline(file, name) if name and (root / _schema_file(name)).is_file() else ""


def schema_of(workspace: Path, file: str) -> str | None:
    """Return the name of the schema of a manifest, whose path is relative to the workspace."""
    globs = _globs(workspace.resolve(), [file]).items()
    return next((name for name, of_schema in globs if any(map(PurePosixPath(file).match, of_schema))), None)


def _modeline(file: str, name: str | None) -> str:
    above = "../" * file.count("/") or "./"
    return f"# yaml-language-server: $schema={above}{_schema_file(name)}\n" if name else ""


def _schema_file(name: str) -> str:
    return f"{FOLDER}/{name}.schema.json"


def _globs(root: Path, files: Iterable[str]) -> dict[str, list[str]]:
    """Return the manifests that each schema describes, relative to the workspace."""
    gates, services, milestones = (folder_of(root, part).relative_to(root).as_posix() for part in FOLDERS)
    apart = {name: [f"{gates}/{name}.yaml"] for name in sorted(NOT_GATES)}
    in_gates = (file for file in sorted(files) if PurePosixPath(file).match(f"{gates}/*.yaml"))
    return {
        "service": [f"{services}/*.yaml"],
        "milestone": [f"{milestones}/*.yaml"],
        "exception": [f"{milestones}/{REGISTER}/*.yaml"],
        "gate": [file for file in in_gates if [file] not in apart.values()],
        **apart,
        "cases": [f"{gates}/{CASES}/*.yaml"],
        "format": [f"{gates}/{FORMATS}/*/*.yaml"],
        "gatekeeper": [SETTINGS_FILE],
    }
