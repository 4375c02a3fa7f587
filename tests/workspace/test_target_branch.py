"""The base that a CI's variables name: found in the clone, or reported with what makes it available."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from builders.repositories import git
from builders.workspaces import files_of, write, write_files
from gatekeeper.errors import UsageError
from gatekeeper.workspace.target_branch import find_base

PLATFORMS = {
    "github": {"CI": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main"},
    "gitlab": {"CI": "true", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"},
    "bitbucket": {"CI": "true", "BITBUCKET_PR_DESTINATION_BRANCH": "main"},
    "azure": {"TF_BUILD": "True", "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"},
    "no CI": {},
}
SETTINGS = {
    "github": "fetch-depth: 0",
    "gitlab": "GIT_DEPTH: 0",
    "bitbucket": "clone: {depth: full}",
    "azure": "fetchDepth: 0",
    "no CI": "git remote set-head origin --auto",
}


def commit(folder: Path, text: str) -> str:
    write(folder / "a.txt", text)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", text)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, bytes]:
    """Return the files of an origin, and of a clone of it with a branch; the target has moved on since."""
    folder = tmp_path_factory.mktemp("repositories")
    origin, clone = folder / "origin", folder / "clone"
    git(folder, "init", "-q", "-b", "main", "--template=", "origin")
    for text in ("one", "two"):
        commit(origin, text)
    git(folder, "clone", "-q", "--template=", origin.as_uri(), "clone")
    git(clone, "switch", "-qc", "topic")
    for text in ("three", "four"):
        commit(clone, text)
    commit(origin, "ahead")
    git(clone, "fetch", "-q")
    git(clone, "remote", "set-url", "origin", "../origin")
    return files_of(folder)


@pytest.fixture
def origin(tmp_path: Path, repositories: Mapping[str, bytes]) -> Path:
    write_files(tmp_path, repositories)
    return tmp_path / "origin"


@pytest.fixture
def clone(origin: Path) -> Path:
    return origin.parent / "clone"


def refusal(repository: Path, variables: Mapping[str, str]) -> str:
    with pytest.raises(UsageError) as error:
        find_base(str(repository), variables)
    return str(error.value)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_base_is_where_the_branch_left_the_target(clone: Path, platform: str) -> None:
    found = find_base(str(clone), PLATFORMS[platform])
    assert found.commit == git(clone, "rev-parse", "HEAD~2")
    assert found.target == git(clone, "rev-parse", "origin/main")
    name = "origin/HEAD" if platform == "no CI" else "main"
    assert found.name == f"{found.commit[:9]} (merge base with {name})"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_clone_without_the_target_is_reported_with_the_setting_that_fetches_it(
    origin: Path, platform: str
) -> None:
    said = refusal(origin, PLATFORMS[platform])
    assert "this clone does not have" in said
    assert SETTINGS[platform] in said


@pytest.mark.parametrize("platform", list(PLATFORMS)[:4])
def test_a_history_that_ends_before_the_merge_base_is_reported_with_the_command(
    clone: Path, platform: str
) -> None:
    git(clone, "push", "-q", "origin", "topic")
    git(clone.parent, "init", "-q", "shallow")
    shallow = clone.parent / "shallow"
    git(shallow, "remote", "add", "origin", clone.parent.joinpath("origin").as_uri())
    git(shallow, "fetch", "-q", "--depth", "1", "origin")
    git(shallow, "checkout", "-q", "origin/topic")
    said = refusal(shallow, PLATFORMS[platform])
    assert "shallow" in said
    assert "`git fetch --deepen=1000`" in said
    assert SETTINGS[platform] in said
    git(shallow, "fetch", "-q", "--deepen=1000")
    assert find_base(str(shallow), PLATFORMS[platform]).commit == git(clone, "rev-parse", "HEAD~2")


@pytest.mark.parametrize(
    "variables", [{"CI": "true"}, {"TF_BUILD": "True"}, {"CI": "1", "GITHUB_BASE_REF": ""}]
)
def test_a_run_for_no_pull_request_has_no_base(clone: Path, variables: dict[str, str]) -> None:
    assert "it runs for no pull request" in refusal(clone, variables)


@pytest.mark.parametrize("platform", list(PLATFORMS)[:4])
def test_a_checkout_of_the_target_is_not_mistaken_for_a_change(clone: Path, platform: str) -> None:
    """`pull_request_target` checks out the target, so that a change would be compared with itself."""
    git(clone, "switch", "-q", "main")
    assert "HEAD is already a part of main" in refusal(clone, PLATFORMS[platform])


def test_without_a_ci_the_working_tree_may_be_all_that_changed(clone: Path) -> None:
    git(clone, "switch", "-q", "main")
    assert find_base(str(clone), {}).commit == git(clone, "rev-parse", "HEAD")


def test_a_tag_or_branch_named_as_the_target_does_not_replace_it(clone: Path) -> None:
    git(clone, "tag", "origin/main", "HEAD")
    git(clone, "branch", "main-2", "HEAD")
    assert find_base(str(clone), PLATFORMS["github"]).commit == git(clone, "rev-parse", "HEAD~2")


def test_the_merge_queue_names_its_base_in_the_payload(clone: Path) -> None:
    event = clone.parent / "event.json"
    variables = {"CI": "true", "GITHUB_EVENT_NAME": "merge_group", "GITHUB_EVENT_PATH": str(event)}
    assert "no payload of a `merge_group` event" in refusal(clone, variables)
    for broken in ("", "[]", '{"merge_group": {"base_sha": 7}}'):
        write(event, broken)
        assert "no payload of a `merge_group` event" in refusal(clone, variables)
    group = {"base_sha": git(clone, "rev-parse", "HEAD~1"), "base_ref": "refs/heads/main"}
    write(event, json.dumps({"merge_group": group}))
    found = find_base(str(clone), variables)
    assert (found.commit, found.target_name) == (group["base_sha"], "main")


def test_a_fork_s_merge_request_uses_the_commits_that_gitlab_names(clone: Path) -> None:
    """A clone of the fork has no branch of the target's project."""
    base = git(clone, "rev-parse", "HEAD~2")
    git(clone, "remote", "remove", "origin")
    variables = PLATFORMS["gitlab"] | {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    assert find_base(str(clone), variables).commit == base
    git(clone, "switch", "-q", "--orphan", "other")
    git(clone, "update-ref", "refs/remotes/origin/main", commit(clone, "the fork's own"))
    git(clone, "switch", "-q", "topic")
    assert find_base(str(clone), variables).target == base
    merged = variables | {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA": git(clone, "rev-parse", "HEAD~1")}
    assert find_base(str(clone), merged).commit == git(clone, "rev-parse", "HEAD~1")


def test_a_folder_without_history_is_reported_as_such(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert "not a git repository" in refusal(tmp_path, PLATFORMS["no CI"])
    git(tmp_path, "init", "-q")
    assert "unknown revision 'HEAD'" in refusal(tmp_path, PLATFORMS["no CI"])


def test_histories_without_a_common_commit_are_reported(clone: Path) -> None:
    git(clone, "switch", "-q", "--orphan", "other")
    commit(clone, "alone")
    assert "have no commit in common" in refusal(clone, PLATFORMS["github"])


@pytest.mark.parametrize("branch", ["--upload-pack=touch x", "a b", "$(touch x)", "../..", "x\n"])
def test_a_name_is_never_a_command(clone: Path, branch: str) -> None:
    assert "does not have" in refusal(clone, {"GITHUB_BASE_REF": branch})
    assert not list(clone.parent.rglob("x"))
