"""Run one Git query on a repository."""

import subprocess

from gatekeeper.errors import UsageError
from gatekeeper.trees.git import command, environment


def ask(
    repository: str, *arguments: str, without_git: str, seconds: int
) -> "subprocess.CompletedProcess[bytes]":
    """Return the result of a Git command, whatever its exit code is.

    Args:
        repository: The folder of the work tree.
        arguments: The arguments of Git.
        without_git: The message if Git is not installed.
        seconds: The timeout.

    Raises:
        UsageError: Git is not installed, or does not answer in time.
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
        raise UsageError(f"git does not answer in time about {repository}") from None
