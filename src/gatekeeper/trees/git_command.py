"""Asking git one thing about a repository."""

import subprocess

from gatekeeper.errors import UsageError
from gatekeeper.trees.git import command, environment


def ask(
    repository: str, *arguments: str, without_git: str, seconds: int
) -> "subprocess.CompletedProcess[bytes]":
    """Return how git answered, whatever its exit code.

    Args:
        repository: The folder of the work tree.
        arguments: What git is asked.
        without_git: What to say where git is not installed.
        seconds: How long an answer may take.

    Raises:
        UsageError: There is no git, or no answer.
    """
    try:
        return subprocess.run(  # noqa: S603 - a list of arguments, and no shell
            command(repository, *arguments),
            env=environment(repository),
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise UsageError(without_git) from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git gives no answer about {repository}") from None
