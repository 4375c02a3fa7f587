"""Which commit a workspace is at."""

import subprocess
from pathlib import Path


def head_commit(repository: Path) -> str | None:
    """Return the commit that is checked out, or None where there is no repository, no commit or no git."""
    if not (repository / ".git").exists():
        return None
    command = ["git", "-C", str(repository), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None
