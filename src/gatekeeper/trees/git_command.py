"""Run Git on a repository: the only place that starts it, with a list of arguments and never through a shell.

Whoever prepares a repository also writes its configuration and references. Git gets an environment of its
own, runs no command that the configuration names, and reads the objects as they are: without replacements,
grafts and the cache of commits.
"""

import os
import shlex
import subprocess

from gatekeeper.errors import UsageError

_UNIX = ("PATH", "HOME", "XDG_CONFIG_HOME", "SUDO_UID", "TMPDIR")
_WINDOWS = ("USERPROFILE", "HOMEDRIVE", "HOMEPATH", "PROGRAMDATA", "SYSTEMROOT", "COMSPEC", "PATHEXT", "TEMP")
_INHERITED = frozenset(_UNIX + _WINDOWS)
"""Variables that Git needs to find its programs and the user's configuration, which trusts repositories."""

_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=" + os.devnull,
    "core.sshCommand=false",
    "core.alternateRefsCommand=",
    "core.commitGraph=false",
    "core.useReplaceRefs=false",
    "diff.external=",
    "diff.orderFile=" + os.devnull,
    "log.showSignature=false",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
)
"""Settings that prevail over those of the repository.

See https://git-scm.com/docs/git-config.
"""


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
            _command(repository, arguments),
            env=_environment(repository),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise UsageError(without_git) from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"git does not answer in time about {repository}") from None


def is_shallow(repository: str) -> bool:
    """Return whether older commits are missing in the clone."""
    question = ("rev-parse", "--is-shallow-repository")
    answer = run_git(repository, *question, without_git="git is not installed: install it", seconds=60)
    return answer.stdout.strip() == b"true"


def unreadable(repository: str, what: str, stderr: bytes, fix: str) -> UsageError:
    """Return the error for a repository that Git cannot read, with what Git said and what to do."""
    said = stderr.decode("utf-8", "replace").strip().partition("\n")[0]
    if "dubious ownership" in said:
        fix = f"run `git config --global --add safe.directory {shlex.quote(repository)}`"
    return UsageError(f"git cannot read {what}: {said}; {fix}")


def start_git(repository: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """Return a running process of Git that reads from a pipe and writes to a pipe."""
    return subprocess.Popen(  # noqa: S603 - a list of arguments, and no shell
        _command(repository, arguments),
        env=_environment(repository),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _command(repository: str, arguments: tuple[str, ...]) -> list[str]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-pager", *settings, "-C", repository, *arguments]


def _environment(repository: str) -> dict[str, str]:
    """Return an environment in which Git uses this repository only, fetches nothing and locks nothing."""
    inherited = {key: value for key, value in os.environ.items() if key.upper() in _INHERITED}
    return inherited | {
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_CEILING_DIRECTORIES": os.path.dirname(repository),
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
