"""Revisions: what names a commit is found, what names none is told with the command that mends it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from builders.repositories import git
from builders.workspaces import write
from gatekeeper.errors import UsageError
from gatekeeper.trees.revisions import commit_time, find_commit, remote_name

ODD = "it's-$(touch${IFS}x)-`id`;&|\"é"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    for text in ("one", "two"):
        write(folder / "a.txt", text)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", text)
    git(folder, "tag", "-a", "-m", "m", "v1")
    git(folder, "branch", ODD)
    return folder


@pytest.mark.parametrize(
    "revision", ["HEAD", "main", "v1", "@", ODD, "main~0", "refs/heads/main", "HEAD^{/two}"]
)
def test_a_revision_names_a_commit(repository: Path, revision: str) -> None:
    assert find_commit(str(repository), revision) == git(repository, "rev-parse", "HEAD")


def test_a_detached_head_and_a_merge_are_revisions_like_any(repository: Path) -> None:
    git(repository, "checkout", "-q", "--detach", "HEAD~1")
    write(repository / "b.txt", "b")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "b")
    git(repository, "merge", "-q", "--no-edit", "main")
    assert find_commit(str(repository), "HEAD^2") == find_commit(str(repository), "main")


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        ("mian", "unknown revision 'mian'; did you mean 'main'? else run `git fetch origin mian`"),
        ("origin/topic", "unknown revision 'origin/topic'; run `git fetch origin topic`"),
        ("a b;c", "run `git fetch origin 'a b;c'`"),
        ("HEAD~9", "the history of HEAD has no such commit"),
        ("main^7", "the history of main has no such commit"),
        ("@{9}", "unknown revision"),
        ("1" * 40, "unknown revision"),
        ("HEAD:a.txt", "the history of HEAD has no such commit"),
        ("--upload-pack=touch x", "looks like an option, not like a revision"),
        ("-h", "looks like an option"),
        ("", "is not a Git revision; write a branch, a tag or a commit"),
        (" \n", "is not a Git revision"),
        ("a\0b", "is not a Git revision"),
        ("main\n--all", "unknown revision"),
        ("x" * 200_000, "is not a Git revision"),
    ],
    ids=lambda value: value[:20],
)
def test_a_revision_that_names_nothing_is_told(repository: Path, revision: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        find_commit(str(repository), revision)
    assert told in str(error.value)
    assert not (repository / "x").exists()


def test_a_shallow_clone_is_told_with_the_command_that_mends_it(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    shallow = tmp_path / "shallow"
    assert find_commit(str(shallow), "HEAD")
    with pytest.raises(UsageError, match=r"this clone is shallow.* run `git fetch --unshallow`"):
        find_commit(str(shallow), "HEAD~1")
    git(shallow, "fetch", "-q", "--unshallow")
    assert find_commit(str(shallow), "HEAD~1")


def test_a_folder_that_is_no_repository_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(UsageError, match=r"not a git repository.*compare two folders instead"):
        find_commit(str(tmp_path), "HEAD")


def test_a_repository_without_a_commit_has_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    with pytest.raises(UsageError, match="unknown revision 'HEAD'"):
        find_commit(str(tmp_path), "HEAD")


def test_without_git_it_is_said(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="git is not installed: install it, or compare two folders"):
        find_commit(str(repository), "HEAD")


def test_a_tag_does_not_replace_a_branch_of_the_same_name(repository: Path) -> None:
    """Otherwise a tag at the head of a change would be compared with itself."""
    first = git(repository, "rev-parse", "HEAD~1")
    git(repository, "update-ref", "refs/remotes/origin/main", first)
    assert find_commit(str(repository), "origin/main") == first
    git(repository, "tag", "origin/main", "HEAD")
    with pytest.raises(UsageError, match="write refs/remotes/origin/main or refs/tags/origin/main"):
        find_commit(str(repository), "origin/main")
    assert find_commit(str(repository), "refs/remotes/origin/main") == first


def test_names_of_one_commit_are_not_ambiguous(repository: Path) -> None:
    git(repository, "tag", "-a", "-m", "m", "main")
    assert find_commit(str(repository), "main") == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("suffix", ["~0", "^0", "^{commit}"])
def test_a_shadowed_name_is_refused_with_any_suffix(repository: Path, suffix: str) -> None:
    git(repository, "update-ref", "refs/remotes/origin/main", git(repository, "rev-parse", "HEAD~1"))
    git(repository, "tag", "origin/main", "HEAD")
    with pytest.raises(UsageError, match="may name several commits"):
        find_commit(str(repository), f"origin/main{suffix}")


def test_a_tag_that_is_named_like_an_id_does_not_replace_it(repository: Path) -> None:
    short = git(repository, "rev-parse", "HEAD~1")[:8]
    assert find_commit(str(repository), short).startswith(short)
    git(repository, "tag", short, "HEAD")
    with pytest.raises(UsageError, match="or the whole id of the commit"):
        find_commit(str(repository), short)


def test_a_commit_of_the_clone_has_a_time(repository: Path) -> None:
    write(repository / "a.txt", "three")
    git(repository, "commit", "-qam", "three", on="2026-11-19T08:00:00+09:00")
    head = git(repository, "rev-parse", "HEAD")
    made = datetime(2026, 11, 18, 23, 0, tzinfo=UTC)
    assert commit_time(repository, head) == commit_time(repository, head[:7]) == made
    for unknown in ("0" * 40, "main", "--help", "", "v1"):
        assert commit_time(repository, unknown) is None
    assert commit_time(repository.parent, head) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://ci:SECRET@Forge.example:8443/acme/basket.git", "forge.example/acme/basket"),
        ("https://forge.example/acme/basket?token=SECRET", "forge.example/acme/basket"),
        ("git@forge.example:acme/basket.git", "forge.example/acme/basket"),
        ("ssh://git@forge.example:22/acme/basket/", "forge.example/acme/basket"),
        ("https://ci:SEC/RET@forge.example/acme", None),
        ("https://[forge/acme", None),
        ("https://forge.example/acme/\x1b[31mbasket", None),
        ("/srv/git/basket.git", None),
        ("../basket", None),
        ("C:\\acme\\basket", None),
        ("file:///srv/git/basket.git", None),
    ],
)
def test_a_remote_is_named_by_host_and_path_without_credentials(
    repository: Path, address: str, name: str | None
) -> None:
    git(repository, "remote", "add", "origin", address)
    assert remote_name(repository) == name


def test_without_a_remote_there_is_no_name(repository: Path) -> None:
    assert remote_name(repository) is None
    assert remote_name(repository.parent) is None
