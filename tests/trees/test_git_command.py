"""Git reads the real objects of this repository, whatever its configuration or the environment says."""

import ast
import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from builders.repositories import git
from builders.workspaces import ROOT, write
from gatekeeper.errors import UsageError
from gatekeeper.trees import EntryKind
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.history import first_parents, moved_from
from gatekeeper.trees.revisions import find_commit, head_commit


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of three commits; a file moves in the last one."""
    folder = tmp_path / "repository"
    git(tmp_path, "init", "-q", "-b", "main", "repository")
    for place, text in (("old/a.txt", "one"), ("old/a.txt", "two"), ("new/a.txt", "two")):
        if place.startswith("new"):
            git(folder, "rm", "-q", "old/a.txt")
        write(folder / place, text)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", f"{place} {text}")
    return folder


def text_at(repository: Path, revision: str, path: str = "old/a.txt") -> str:
    commit = find_commit(str(repository), revision)
    with closing(GitTree(str(repository), commit)) as tree:
        return tree.open(f"{repository}/{path}").read().decode()


def ask_everything(repository: Path) -> None:
    """Ask Git all that the program asks, and check that the answers are those of the real objects."""
    root, head, base = str(repository), git(repository, "rev-parse", "HEAD"), "main~1"
    assert head_commit(repository) == find_commit(root, "main") == head
    assert len(first_parents(root).commits) == 3
    assert moved_from(root, "new", head, find_commit(root, base)) == "old"
    assert text_at(repository, "main~2") == "one"
    with pytest.raises(UsageError, match="unknown revision"):
        find_commit(root, "no-such-branch")


@pytest.mark.long
def test_programs_are_started_in_three_places_only() -> None:
    starters = {
        file.name
        for file in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import) and any(alias.name == "subprocess" for alias in node.names)
    }
    assert starters == {"git_command.py", "_postgres.py", "signing.py"}


def test_a_replacement_of_a_commit_is_not_followed(repository: Path) -> None:
    git(repository, "replace", "main~2", "main~1")
    assert git(repository, "show", "main~2:old/a.txt") == "two"
    ask_everything(repository)


def test_a_replacement_of_a_file_is_not_followed(repository: Path) -> None:
    git(repository, "replace", git(repository, "rev-parse", "main~2:old/a.txt"),
        git(repository, "rev-parse", "main~1:old/a.txt"))  # fmt: skip
    assert git(repository, "show", "main~2:old/a.txt") == "two"
    ask_everything(repository)


def test_a_graft_does_not_shorten_the_history(repository: Path) -> None:
    write(repository / ".git/info/grafts", git(repository, "rev-parse", "HEAD") + "\n")
    assert git(repository, "rev-list", "--count", "HEAD") == "1"
    ask_everything(repository)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    git(tmp_path, "init", "-q", "-b", "main", "other")
    write(folder / "old/a.txt", "of another repository")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "other")
    return folder


@pytest.mark.long
@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "{}/.git"},
        {"GIT_DIR": "{}/.git", "GIT_WORK_TREE": "{}"},
        {"GIT_COMMON_DIR": "{}/.git"},
        {"GIT_OBJECT_DIRECTORY": "{}/.git/objects"},
        {"GIT_INDEX_FILE": "{}/.git/index", "GIT_NAMESPACE": "other", "GIT_PREFIX": "x/"},
        {"GIT_SHALLOW_FILE": "{}/.git/HEAD"},
        {"GIT_REPLACE_REF_BASE": "refs/heads/"},
        {"GIT_CONFIG_PARAMETERS": "'core.bare'='maybe'"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "maybe"},
        {"GIT_CONFIG_GLOBAL": "{}/.git/HEAD"},
        {"GIT_EXEC_PATH": "{}"},
        {"GIT_TRACE": "{}/trace"},
    ],
    ids="+".join,
)
def test_the_environment_does_not_lead_elsewhere(
    repository: Path, other: Path, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = git(repository, "rev-parse", "HEAD")
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(other))
    assert find_commit(str(repository), "main") == head_commit(repository) == head
    assert len(first_parents(str(repository)).commits) == 3
    assert text_at(repository, "main~2") == "one"
    assert not (other / "trace").exists()


def test_objects_of_another_repository_are_not_borrowed(
    repository: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = git(other, "rev-parse", "HEAD")
    monkeypatch.setenv("GIT_ALTERNATE_OBJECT_DIRECTORIES", str(other / ".git/objects"))
    assert git(repository, "cat-file", "-t", elsewhere) == "commit"
    with pytest.raises(UsageError, match="unknown revision"):
        find_commit(str(repository), elsewhere)


@pytest.fixture
def marker(tmp_path: Path) -> Iterator[Path]:
    """Return a file that does not exist, before the test and after it."""
    file = tmp_path / "marker"
    yield file
    assert not file.exists()


def test_no_command_of_the_configuration_is_run(repository: Path, tmp_path: Path, marker: Path) -> None:
    command = tmp_path / "command"
    write(command, f"#!/bin/sh\ntouch {marker}\nexec cat\n")
    command.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "pre-auto-gc", "post-index-change", "reference-transaction"):
        (hooks / hook).symlink_to(command)
    write(repository / ".git/info/attributes", "* diff=d filter=f\n")
    names = ("core.fsmonitor core.sshCommand core.pager core.editor core.alternateRefsCommand "
             "diff.external diff.d.command diff.d.textconv filter.f.smudge filter.f.clean filter.f.process "
             "gpg.program pager.log pager.diff-tree pager.rev-parse credential.helper sequence.editor")  # fmt: skip
    for name in names.split():
        git(repository, "config", name, str(command))
    for alias in ("log", "ls-tree", "cat-file", "diff-tree", "rev-parse", "for-each-ref"):
        git(repository, "config", f"alias.{alias}", f"!{command}")
    git(repository, "config", "core.hooksPath", str(hooks))
    ask_everything(repository)


def test_signatures_are_not_checked_by_a_program_of_the_configuration(
    repository: Path, tmp_path: Path, marker: Path
) -> None:
    command = tmp_path / "command"
    write(command, f"#!/bin/sh\ntouch {marker}\n")
    command.chmod(0o755)
    signed = git(repository, "cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
    )
    write(tmp_path / "signed", signed + "\n")
    commit = git(repository, "hash-object", "-t", "commit", "-w", str(tmp_path / "signed"))
    git(repository, "reset", "-q", "--hard", commit)
    for name, value in (("log.showSignature", "true"), ("gpg.program", str(command))):
        git(repository, "config", name, value)
    git(repository, "log", "-1")
    assert marker.exists()
    marker.unlink()
    ask_everything(repository)


def test_a_missing_object_is_not_fetched_by_a_command(repository: Path, marker: Path) -> None:
    blob = git(repository, "rev-parse", "main~2:old/a.txt")
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::sh -c touch% {marker}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }
    for name, value in settings.items():
        git(repository, "config", name, value)
    (repository / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(CalledProcessError):
        git(repository, "cat-file", "-p", blob)
    assert marker.exists()
    marker.unlink()
    with pytest.raises(OSError, match="Git does not have this object"):
        text_at(repository, "main~2")


def test_a_bare_repository_among_the_files_is_not_read(tmp_path: Path, other: Path) -> None:
    """A folder without `.git` that has the files of a bare repository could bring any history along."""
    git(tmp_path, "clone", "-q", "--bare", str(other), "bare")
    with pytest.raises(UsageError, match="git cannot read"):
        find_commit(str(tmp_path / "bare"), "main")


def test_a_working_tree_beside_its_repository_is_read(repository: Path, tmp_path: Path) -> None:
    git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    assert find_commit(str(tmp_path / "beside"), "HEAD") == git(repository, "rev-parse", "HEAD")
    with closing(GitTree(str(tmp_path / "beside"), find_commit(str(tmp_path / "beside"), "HEAD"))) as tree:
        assert tree.entry(f"{tmp_path}/beside/new/a.txt") is EntryKind.FILE


def test_only_what_git_needs_is_inherited(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Git that prints its environment shows what the program passes on."""
    fake = tmp_path / "bin/git"
    write(fake, f"#!/bin/sh\nenv > {tmp_path}/seen\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("GIT_SSH_COMMAND", "x")
    assert head_commit(repository) is None
    seen = {line.partition("=")[0] for line in (tmp_path / "seen").read_text().splitlines()}
    assert {"PATH", "GIT_NO_REPLACE_OBJECTS", "GIT_CEILING_DIRECTORIES"} <= seen
    assert not seen & {"SECRET_TOKEN", "GIT_SSH_COMMAND"}
