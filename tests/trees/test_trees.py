"""Trees: what is read from disk and from a revision is the same; what lies outside is reached by neither."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from builders.repositories import git
from builders.workspaces import write
from gatekeeper.trees import EntryKind, TooLarge, Tree, is_of_git, refusal
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.revisions import find_commit

ODD = "a b/c 'd' \"e\" $(f) \\ \n\t;&|*?[g] é"


def link(place: Path, target: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(target)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a repository with one commit that holds all that is odd."""
    root = tmp_path / "root"
    write(tmp_path / "outside/secret.txt", "secret")
    write(root / "a/one.txt", "one")
    write(root / "a/b/two.txt", "two")
    write(root / "a/node_modules/three.txt", "three")
    write(root / "blob.bin", bytes(range(256)) * 300)
    write(root / "empty", "")
    write(root / f"{ODD}/{ODD}.txt", "odd")
    link(root / "links/file", "../a/one.txt")
    link(root / "links/folder", "../a/b")
    link(root / "links/chain", "folder/two.txt")
    link(root / "links/absolute", str(root.resolve() / "a/one.txt"))
    link(root / "links/nowhere", "gone")
    link(root / "links/circle", "circle")
    link(root / "links/out", "../../outside/secret.txt")
    link(root / "links/out-folder", "../../outside")
    link(root / "links/back", "../../root/a/one.txt")
    link(root / "links/etc", "/etc/hosts")
    git(root.parent, "init", "-q", "-b", "main", "root")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "all")
    return root.resolve()


@pytest.fixture(params=["disk", "git"])
def tree(request: pytest.FixtureRequest, folder: Path) -> Iterator[Tree]:
    if request.param == "disk":
        yield DiskTree(str(folder))
        return
    with closing(GitTree(str(folder), find_commit(str(folder), "HEAD"))) as of_git:
        # What is read from a revision is not read from disk.
        for file in sorted(folder.rglob("*"), reverse=True):
            if ".git" not in file.parts:
                file.rmdir() if file.is_dir() and not file.is_symlink() else file.unlink()
        yield of_git


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("", EntryKind.FOLDER),
        ("a", EntryKind.FOLDER),
        ("a/../a/./b", EntryKind.FOLDER),
        ("a/one.txt", EntryKind.FILE),
        (f"{ODD}/{ODD}.txt", EntryKind.FILE),
        ("links/file", EntryKind.FILE),
        ("links/folder", EntryKind.FOLDER),
        ("links/folder/two.txt", EntryKind.FILE),
        ("links/chain", EntryKind.FILE),
        ("links/absolute", EntryKind.FILE),
        ("links/back", EntryKind.FILE),
        ("links/nowhere", None),
        ("links/circle", None),
        ("links/circle/x", None),
        ("a/one.txt/x", None),
        ("gone", None),
        ("a\0b", None),
        ("x" * 5000, None),
    ],
)
def test_what_stands_at_a_path(tree: Tree, path: str, entry: EntryKind | None) -> None:
    assert tree.entry(f"{tree.root}/{path}") is entry


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a/one.txt", True),
        ("gone", True),
        ("links/chain", True),
        ("links/circle", True),
        ("links/out", False),
        ("links/out-folder/secret.txt", False),
        ("links/etc", False),
        ("../outside/secret.txt", False),
        ("../root/a/one.txt", True),
        ("..", False),
        ("", True),
    ],
)
def test_links_are_followed_before_a_path_is_let_in(tree: Tree, path: str, *, inside: bool) -> None:
    assert (refusal(tree, os.path.normpath(f"{tree.root}/{path}")) is None) is inside


def test_a_neighbour_whose_name_starts_alike_is_outside(tree: Tree) -> None:
    assert refusal(tree, f"{tree.root}-2/file")


def test_steps_up_are_taken_before_a_path_is_let_in(tree: Tree) -> None:
    assert refusal(tree, f"{tree.root}/a/../../outside/secret.txt")
    assert refusal(tree, f"{tree.root}/a/../a/one.txt") is None


@pytest.mark.parametrize(
    ("path", "is_git"),
    [
        (".git", True),
        (".git/config", True),
        ("a/.GIT/config", True),
        ("sub/.git", True),
        (".git. /config", True),
        ("GIT~1/config", True),
        (".gitignore", False),
        (".github/CODEOWNERS", False),
        ("git/config", False),
        ("a.git/config", False),
    ],
)
def test_what_belongs_to_git_is_neither_read_nor_written(tree: Tree, path: str, *, is_git: bool) -> None:
    assert is_of_git(path) is is_git
    assert refusal(tree, f"{tree.root}/{path}") == (
        "belongs to Git, not to the workspace" if is_git else None
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    """Reading a pipe would wait for its other end, which nobody opens."""
    os.mkfifo(tmp_path / "pipe")
    tree = DiskTree(str(tmp_path))
    for path in (f"{tmp_path}/pipe", "/dev/zero"):
        assert tree.entry(path) is None
        with pytest.raises(OSError, match="it is not a regular file"):
            tree.open(path).read()


def test_contents_are_the_bytes(tree: Tree) -> None:
    def read(path: str) -> bytes:
        return tree.open(f"{tree.root}/{path}").read()

    assert read("a/one.txt") == read("links/file") == read("links/absolute") == b"one"
    assert read("blob.bin") == bytes(range(256)) * 300
    assert read("empty") == b""
    assert read(f"{ODD}/{ODD}.txt") == b"odd"


def test_a_content_has_the_id_that_git_gives_it(tree: Tree) -> None:
    content = tree.open(f"{tree.root}/a/one.txt")
    assert content.identity() == git(Path(tree.root), "rev-parse", "HEAD:a/one.txt")
    assert content.identity() == tree.open(f"{tree.root}/links/file").identity()
    assert content.read() is content.read()


@pytest.mark.parametrize(
    ("path", "error"),
    [("gone", FileNotFoundError), ("a", IsADirectoryError), ("links/nowhere", FileNotFoundError)],
)
def test_what_cannot_be_read_is_told_as_the_disk_tells_it(
    tree: Tree, path: str, error: type[OSError]
) -> None:
    with pytest.raises(error):
        tree.open(f"{tree.root}/{path}").read()


def test_a_file_that_is_too_large_is_not_read_and_the_next_one_is(tree: Tree) -> None:
    with pytest.raises(TooLarge, match="76,800 bytes"):
        tree.open(f"{tree.root}/blob.bin", 76_799).read()
    assert len(tree.open(f"{tree.root}/blob.bin", 76_800).read()) == 76_800


def test_names_of_a_folder(tree: Tree) -> None:
    assert tree.names(f"{tree.root}/a") == ["b", "node_modules", "one.txt"]
    assert tree.names(f"{tree.root}/links/folder") == ["two.txt"]
    with pytest.raises(FileNotFoundError):
        tree.names(f"{tree.root}/gone")
    with pytest.raises(NotADirectoryError):
        tree.names(f"{tree.root}/a/one.txt")


def test_what_exists_may_be_a_link_that_leads_nowhere(tree: Tree) -> None:
    def exists(path: str) -> bool:
        return tree.exists(f"{tree.root}/{path}")

    assert exists("links/nowhere")
    assert exists("links/folder/two.txt")
    assert not exists("links/gone")
    assert not exists("gone/gone")


def test_a_walk_follows_no_link_and_passes_over_what_it_is_told_to(tree: Tree) -> None:
    walked = [
        (folder.removeprefix(tree.root), names)
        for folder, names in tree.walk(f"{tree.root}/a", frozenset({"node_modules"}))
    ]
    assert walked == [("/a", ["one.txt"]), ("/a/b", ["two.txt"])]
    [(_, names)] = tree.walk(f"{tree.root}/links", frozenset())
    assert set(names) >= {"file", "chain", "nowhere", "circle", "out"}
    assert "folder" not in names


def test_a_submodule_is_not_followed(folder: Path) -> None:
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(folder, "commit", "-qm", "sub")
    with closing(GitTree(str(folder), find_commit(str(folder), "HEAD"))) as tree:
        assert tree.entry(f"{folder}/sub") is None
        assert not tree.exists(f"{folder}/sub")


def test_a_content_that_git_lost_is_told(folder: Path) -> None:
    with closing(GitTree(str(folder), find_commit(str(folder), "HEAD"))) as tree:
        content = tree.open(f"{folder}/a/one.txt")
        blob = content.identity()
        (folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
        with pytest.raises(OSError, match="Git does not have this object"):
            content.read()
        assert tree.open(f"{folder}/a/b/two.txt").read() == b"two"


def test_a_commit_that_is_gone_is_told(folder: Path) -> None:
    with pytest.raises(OSError, match="not a tree object"):
        GitTree(str(folder), "1" * 40).entry(str(folder))


def test_nothing_is_run_before_something_is_asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    GitTree(str(folder), "1" * 40).close()


def test_a_hook_of_another_repository_does_not_mislead(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(tmp_path, "init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    commit = find_commit(str(folder), "main")
    with closing(GitTree(str(folder), commit)) as tree:
        assert tree.entry(f"{folder}/a/one.txt") is EntryKind.FILE
