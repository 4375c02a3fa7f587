"""Hooks that check a workspace before a commit and before a push.

A repository that uses pre-commit (https://pre-commit.com) gets lines for its configuration. Any other gets
scripts in `.githooks`, which Git runs once a clone says so: https://git-scm.com/docs/githooks.
"""

import shlex
from pathlib import Path

from gatekeeper.manifests.discovery import find_repository
from gatekeeper.manifests.fragments import flow
from gatekeeper.manifests.proposed_file import ProposedFile, proposed

FOLDER = ".githooks"
LEFT_TO_DO = f"run `git config core.hooksPath {FOLDER}` once in each clone"
"""What lets Git run the scripts."""
_PRE_COMMIT = ".pre-commit-config.yaml"
_HOOKS = {
    "pre-commit": ("gatekeeper-validate", "validate", "Check every manifest of the workspace."),
    "pre-push": (
        "gatekeeper-check",
        "check --base auto",
        "Compare with the point where the branch left the default branch; fails for what the change does.",
    ),
}


def propose_hooks(workspace: Path) -> list[ProposedFile]:
    """Return the files of the hooks for a workspace, which need not exist yet."""
    root = workspace.resolve()
    repository = find_repository(root)
    inner = root.relative_to(repository).as_posix()
    program = "gatekeeper" if inner == "." else f"gatekeeper -C {shlex.quote(inner)}"
    configuration = repository / _PRE_COMMIT
    if configuration.exists():
        return [proposed(root, configuration, _local_hooks(program))]
    return [
        proposed(root, repository / FOLDER / stage, _script(f"{program} {command}", about))
        for stage, (_, command, about) in _HOOKS.items()
    ]


def _script(command: str, about: str) -> str:
    missing = "gatekeeper is not installed: pip install readiness-gatekeeper"
    return (
        f"#!/bin/sh\n# {about}\n"
        f'command -v gatekeeper >/dev/null || {{ echo "{missing}" >&2; exit 1; }}\n'
        f"exec {command}\n"
    )


def _local_hooks(program: str) -> str:
    hooks = (
        f"      - {{id: {id_}, name: {id_}, entry: {flow(f'{program} {command}')}, language: system, "
        f"pass_filenames: false, stages: [{stage}]}}\n"
        for stage, (id_, command, _) in _HOOKS.items()
    )
    return f"  - repo: local\n    hooks:\n{''.join(hooks)}"
