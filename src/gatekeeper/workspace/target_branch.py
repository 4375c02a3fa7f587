"""The branch that a change is to be merged into, as the CI's variables name it, and the merge base with it.

Sources: GitHub, "Variables reference" and the webhook payload `merge_group`; GitLab, "Predefined CI/CD
variables"; Bitbucket, "Variables and secrets"; Azure DevOps, "Use predefined variables".
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gatekeeper.errors import UsageError
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import load
from gatekeeper.trees.revisions import descends_from, find_commit, find_merge_base, has_commit

Variables = Mapping[str, str]


class Target(NamedTuple):
    """The branch that a change is to be merged into."""

    name: str
    """The name of the branch."""
    revisions: tuple[str, ...]
    """The commits that the CI names, then the branch itself; a clone may lack some of them."""
    setting: str
    """What makes the CI clone the whole history."""
    is_of_ci: bool = True
    """Whether variables of a CI name it. Then HEAD must have something that it has not."""


class Base(NamedTuple):
    """What a change is compared with."""

    commit: str
    """The merge base of the target and HEAD."""
    name: str
    """For people."""
    target: str
    """The commit of the target, if that is ahead of the base, otherwise the base; likewise its name."""
    target_name: str


_GITHUB = "set `fetch-depth: 0` at actions/checkout"
_CIS = (
    ("GITHUB_BASE_REF", (), _GITHUB),
    (
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME",
        # A pipeline of a fork has no branch of the target's project, but the commit that the change is from.
        ("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        "set the variable `GIT_DEPTH: 0`",
    ),
    (
        "BITBUCKET_PR_DESTINATION_BRANCH",
        ("BITBUCKET_PR_DESTINATION_COMMIT",),
        "set `clone: {depth: full}` and run `git fetch origin BRANCH:refs/remotes/origin/BRANCH`",
    ),
    ("SYSTEM_PULLREQUEST_TARGETBRANCH", (), "set `fetchDepth: 0` at `checkout: self`"),
)
"""The variables of GitHub, GitLab, Bitbucket and Azure DevOps that name a branch, its commits, and a hint."""


def find_base(repository: str, variables: Variables) -> Base:
    """Return the merge base of HEAD and the branch that the change is to be merged into.

    Raises:
        UsageError: No variable names a target, or the clone lacks a part of the history.
    """
    target = target_of(variables)
    head = find_commit(repository, "HEAD")
    revision = next((one for one in target.revisions if has_commit(repository, one)), None)
    if revision is None:
        raise UsageError(f"--base auto: this clone does not have {target.name}; {target.setting}")
    commit = find_commit(repository, revision)
    base = find_merge_base(repository, commit, "HEAD", f" or {target.setting}")
    if target.is_of_ci and base == head:
        raise UsageError(
            f"--base auto: HEAD is already a part of {target.name}, so there is no change to compare; check "
            "out the head of the pull request"
        )
    ahead = _if_ahead(repository, base, target.revisions[-1])
    return Base(base, f"{base[:9]} (merge base with {target.name})", ahead, target.name)


def _if_ahead(repository: str, base: str, branch: str) -> str:
    """Return the commit of a branch if it descends from the base; a clone of a fork has the fork's branch."""
    if not has_commit(repository, branch):
        return base
    commit = find_commit(repository, branch)
    return commit if descends_from(repository, commit, base) else base


def target_of(variables: Variables) -> Target:
    """Return the target that the variables of a CI name; without a CI, the default branch of `origin`.

    Raises:
        UsageError: The CI runs for no pull request.
    """
    if target := _github_queue(variables):
        return target
    for name, commits, setting in _CIS:
        if branch := variables.get(name):
            return _branch(branch, setting.replace("BRANCH", branch), *map(variables.get, commits))
    if variables.get("CI") or variables.get("TF_BUILD"):
        raise UsageError(
            "--base auto: the variables of this CI name no target branch, because it runs for no pull "
            "request; leave --base out, or name the base: --base REV"
        )
    setting = "name the base, for example --base origin/main..., or run `git remote set-head origin --auto`"
    return Target("origin/HEAD", ("refs/remotes/origin/HEAD",), setting, is_of_ci=False)


def _github_queue(variables: Variables) -> Target | None:
    """Return the branch of a merge queue; the event's payload has the commit that a group is built on."""
    if variables.get("GITHUB_EVENT_NAME") != "merge_group":
        return None
    event = None
    with suppress(OSError, SyntaxProblem):
        event = load(Path(variables.get("GITHUB_EVENT_PATH", "")).read_bytes())
    match event:
        case {"merge_group": {"base_sha": str(commit), "base_ref": str(branch)}}:
            return _branch(branch, _GITHUB, commit)
        case _:
            raise UsageError("--base auto: GITHUB_EVENT_PATH has no payload of a `merge_group` event")


def _branch(branch: str, setting: str, *commits: str | None) -> Target:
    name = branch.removeprefix("refs/heads/")
    # The full name, because a tag may have the short one.
    return Target(name, (*filter(None, commits), f"refs/remotes/origin/{name}"), setting)
