"""What `check` needs to attest a result: a commit that holds what is judged, and a key to sign with."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gatekeeper.errors import UsageError

if TYPE_CHECKING:
    from gatekeeper.model.report import Render, Report, Screen
    from gatekeeper.workspace.loading import LoadedWorkspace

FORMAT = "intoto"


def signed(render: "Render", key: Path) -> "Render":
    """Return the format with its text in a signed envelope."""
    from gatekeeper.attested.envelope import wrap
    from gatekeeper.attested.keys import signer

    with_key = signer(key)
    _warn_if_others_can_read(key)

    def render_signed(report: "Report", screen: "Screen") -> str:
        return wrap(render(report, screen), with_key)

    return render_signed


def must_be_committed(opened: "LoadedWorkspace", commit: str | None) -> None:
    """Refuse to state of a commit what only the working tree says."""
    from gatekeeper.manifests.revision import uncommitted

    if commit is None:
        return
    changed: Sequence[str] = uncommitted(opened.root, opened.tree, commit, opened.manifests.files.values())
    if changed:
        more = f" and {len(changed) - 1:,} more" if len(changed) > 1 else ""
        raise UsageError(
            f"{changed[0]}{more}: not as commit {commit[:7]} has it, and the statement would be about that "
            "commit; commit first"
        )


def _warn_if_others_can_read(key: Path) -> None:
    if os.name == "posix" and key.stat().st_mode & 0o077:
        typer.echo(f"warning: others can read or write {key}: run `chmod 600 {key}`", err=True)
