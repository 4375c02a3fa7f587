"""Repositories for tests, made with Git itself."""

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run Git as a committer in a folder and return what it prints."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
