"""Run Git on a repository: with a list of arguments, never through a shell."""

import os
import subprocess

from gatekeeper.errors import UsageError


def command(repository: str, *arguments: str) -> list[str]:
    """Return the command line of Git for a repository."""
    return ["git", "--no-pager", "-C", repository, *arguments]


def environment(repository: str) -> dict[str, str]:
    """Return an environment in which Git uses this repository only, fetches nothing and locks nothing."""
    # Git sets these variables for hooks.
    inherited = {key: value for key, value in os.environ.items() if key not in ("GIT_DIR", "GIT_WORK_TREE")}
    return inherited | {
        "GIT_CEILING_DIRECTORIES": os.path.dirname(repository),
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def run_git(
    repository: str, *arguments: str, without_git: str, seconds: int
) -> "subprocess.CompletedProcess[bytes]":
    """Return the finished process, whatever its exit code.

    Args:
        repository: The folder of the working tree.
        arguments: The arguments of Git.
        without_git: The message if Git is not installed.
        seconds: The timeout.

    Raises:
        UsageError: Git is not installed, or timed out.
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
