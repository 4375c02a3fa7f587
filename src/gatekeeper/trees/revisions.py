"""The commit that a revision names (`main~3`, a tag, an id), the merge base of two, HEAD, and the remote."""

import re
import shlex
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from gatekeeper.errors import UsageError, nearest
from gatekeeper.trees.git_command import is_shallow, run_git, unreadable

_git = partial(run_git, without_git="git is not installed: install it, or compare two folders", seconds=60)
_MOST_LETTERS = 4096
_VERIFY = ("rev-parse", "--verify", "--quiet", "--end-of-options")
"""After --end-of-options, Git reads a name that starts with a hyphen as a name."""


def ends_of(written: str) -> tuple[str, str] | None:
    """Return the two revisions of `A...B`, HEAD for one that is left out; None for anything else."""
    one, dots, other = written.partition("...")
    is_path = written.startswith(("./", "../", "/"))
    return (one or "HEAD", other or "HEAD") if dots and not is_path else None


def find_commit(repository: str, revision: str) -> str:
    """Return the id of the commit that a revision names.

    Raises:
        UsageError: The revision names no commit; the message says what to do.
    """
    if revision.startswith("-"):
        raise UsageError(f"{revision!r} looks like an option, not like a revision")
    if not revision.strip() or "\0" in revision or len(revision) > _MOST_LETTERS:
        raise UsageError(f"{revision[:100]!r} is not a Git revision; write a branch, a tag or a commit")
    found = _git(repository, *_VERIFY, f"{revision}^{{commit}}")
    commit = found.stdout.decode("ascii", "replace").strip()
    if found.returncode == 0 and re.fullmatch(r"[0-9a-f]{40,64}", commit):
        _refuse_ambiguous(repository, revision, commit)
        return commit
    raise _unknown(repository, revision)


def _refuse_ambiguous(repository: str, revision: str, commit: str) -> None:
    """Refuse a name that a tag and a branch share, or that looks like an id: anybody can push a tag."""
    name = re.split(r"[~^@:]", revision)[0]
    if not re.fullmatch(r"[\w./-]+", name):
        return
    refs = [f"refs/{kind}/{name}" for kind in ("tags", "heads", "remotes")]
    form = "%(refname) %(objectname) %(*objectname)"
    lines = _git(repository, "for-each-ref", f"--format={form}", *refs).stdout.decode("utf-8", "replace")
    named = {ref: ids[-1] for ref, *ids in map(str.split, lines.splitlines()) if ref in refs}
    is_like_an_id = bool(named) and re.fullmatch(r"[0-9a-f]{4,}", name) and not commit.startswith(name)
    if len(set(named.values())) > 1 or is_like_an_id:
        written = " or ".join([*named, *(["the whole id of the commit"] if is_like_an_id else [])])
        raise UsageError(f"{name} may name several commits of this clone; write {written}")


def find_merge_base(repository: str, one: str, other: str, deepen: str = "") -> str:
    """Return the id of the best common ancestor of two revisions.

    Args:
        repository: The folder of the working tree.
        one: A revision.
        other: Another revision.
        deepen: What else fetches the missing history, for a message on a shallow clone.

    Raises:
        UsageError: One of them names no commit, or the two have no commit in common in this clone.
    """
    commits = [find_commit(repository, revision) for revision in (one, other)]
    found = _git(repository, "merge-base", *commits).stdout.decode("ascii", "replace")
    commit = found.strip()
    if re.fullmatch(r"[0-9a-f]{40,64}", commit):
        return commit
    if is_shallow(repository):
        raise UsageError(
            f"{one} and {other} have no common commit in this clone, which is shallow: its history is "
            f"incomplete; run `git fetch --deepen=1000`{deepen}"
        )
    raise UsageError(f"{one} and {other} have no commit in common; name a base of the same history")


def descends_from(repository: str, commit: str, ancestor: str) -> bool:
    """Return whether a commit has another one in its history in this clone."""
    return _git(repository, "merge-base", "--is-ancestor", ancestor, commit).returncode == 0


def has_commit(repository: str, revision: str) -> bool:
    """Return whether a revision names a commit of the clone."""
    try:
        return bool(find_commit(repository, revision))
    except UsageError:
        return False


def _unknown(repository: str, revision: str) -> UsageError:
    shallow = _git(repository, "rev-parse", "--is-shallow-repository")
    if shallow.returncode:
        fix = "compare two folders instead, or start with `git init`"
        return unreadable(repository, repository, shallow.stderr, fix)
    if shallow.stdout.strip() == b"true":
        return UsageError(
            f"unknown revision {revision!r}: this clone is shallow, so its history is incomplete; "
            "run `git fetch --unshallow`"
        )
    if ".." in revision:
        return UsageError(f"{revision!r} is not one revision; write BASE...HEAD, or the two as `BASE HEAD`")
    branch = re.split("[~^@:]", revision, maxsplit=1)[0]
    if branch != revision and _git(repository, *_VERIFY, branch or "HEAD").returncode == 0:
        return UsageError(
            f"unknown revision {revision!r}: the history of {branch or 'HEAD'} has no such commit"
        )
    listed = _git(repository, "for-each-ref", "--format=%(refname:short)").stdout
    names = listed.decode("utf-8", "replace").split("\n")
    hint = nearest(branch, names) if branch else ""
    meant = f"{hint} else " if hint.startswith("did you mean") else ""
    remote = shlex.quote(branch.removeprefix("origin/"))
    return UsageError(f"unknown revision {revision!r}; {meant}run `git fetch origin {remote}`")


def head_commit(repository: Path) -> str | None:
    """Return the commit that is checked out; None without a repository, a commit or Git."""
    if not (repository / ".git").exists():
        return None
    try:
        found = _git(str(repository), "rev-parse", "--verify", "--quiet", "HEAD")
    except UsageError:
        return None
    return found.stdout.decode("ascii", "replace").strip() or None


def commit_time(repository: Path, commit: str) -> datetime | None:
    """Return when a commit was made, as its committer's clock says; None if the clone does not have it."""
    if not re.fullmatch(r"[0-9a-fA-F]{7,64}", commit) or not (repository / ".git").exists():
        return None
    try:
        found = _git(str(repository), "show", "--no-patch", "--format=%cI", f"{commit}^{{commit}}")
        return datetime.fromisoformat(found.stdout.decode("ascii", "replace").strip()).astimezone(UTC)
    except (UsageError, ValueError, OverflowError):
        return None


def remote_name(repository: Path) -> str | None:
    """Return host and path of the remote `origin`, never its user or password.

    It is `forge.example/acme/basket` for `https://token@forge.example:8443/acme/basket.git`; None without a
    host, or with control characters.
    """
    if not (repository / ".git").exists():
        return None
    try:
        found = _git(str(repository), "config", "--get", "remote.origin.url")
        return _host_and_path(found.stdout.decode("utf-8", "replace").strip())
    except (UsageError, ValueError):
        return None


def _host_and_path(address: str) -> str | None:
    if "://" in address:
        url = urlsplit(address)
        host, path = url.hostname or "", url.path
    else:  # user@host:path
        host, _, path = address.rpartition("@")[2].partition(":")
    path = path.strip("/").removesuffix(".git")
    # A host of one letter is a drive of Windows. An @ in the path may end a password.
    is_known = len(host) > 1 and path and not re.search(r"[\s/\\]", host) and "@" not in path
    is_known = is_known and f"{host}{path}".isprintable()
    return f"{host.lower()}/{path}" if is_known else None
