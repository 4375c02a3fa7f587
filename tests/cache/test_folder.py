"""The folder of the cache on each platform, and what makes it that of another program."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gatekeeper.cache import identity as identity_module
from gatekeeper.cache.folder import is_within, usual_folder
from gatekeeper.cache.identity import by_content, by_times

HOME = "/home/ada" if os.name == "posix" else "C:/ada"


@pytest.mark.skipif(os.name != "posix", reason="paths are those of POSIX")
@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "/home/ada/.cache/gatekeeper"),
        ("linux", {"XDG_CACHE_HOME": "/scratch"}, "/scratch/gatekeeper"),
        ("linux", {"XDG_CACHE_HOME": "scratch"}, None),
        ("linux", {"HOME": "nowhere"}, None),
        ("linux", {"GATEKEEPER_CACHE": "/kept"}, "/kept"),
        ("darwin", {}, "/home/ada/Library/Caches/gatekeeper"),
        ("win32", {}, "/home/ada/AppData/Local/gatekeeper"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/gatekeeper"),
    ],
)
def test_the_usual_folder(platform: str, environment: dict[str, str], folder: str | None) -> None:
    found = usual_folder({"HOME": "/home/ada", **environment}, platform)
    assert found == (Path(folder) if folder else None)


def test_without_a_home_in_the_environment_the_system_is_asked() -> None:
    found = usual_folder({}, "linux")
    assert found is None or found.is_absolute()


def test_a_folder_is_within_once_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "repository")
    assert is_within(tmp_path / "link" / "below", tmp_path / "repository")
    assert is_within(tmp_path / "repository", tmp_path / "link")
    assert not is_within(tmp_path / "repository-2", tmp_path / "repository")


@pytest.mark.parametrize("identity", [by_times, by_content])
def test_it_is_the_same_program_until_a_file_of_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, identity: Callable[[], str]
) -> None:
    (tmp_path / "package" / "below" / "__pycache__").mkdir(parents=True)
    module = tmp_path / "package" / "below" / "module.py"
    module.write_text("a = 1")
    monkeypatch.setattr(identity_module, "_PACKAGE", str(tmp_path / "package"))
    found = {identity()}
    (tmp_path / "package" / "below" / "__pycache__" / "module.pyc").touch()
    found.add(identity())
    assert len(found) == 1
    module.write_text("a = 22")
    found.add(identity())
    module.with_name("other.py").touch()
    found.add(identity())
    assert len(found) == 3
    os.utime(module, ns=(1, 1))
    assert (identity() in found) == (identity is by_content)


def test_the_same_program_in_another_folder_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = set()
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "module.py").write_text("a = 1")
        monkeypatch.setattr(identity_module, "_PACKAGE", str(tmp_path / name))
        found.add(by_content())
    assert len(found) == 1


@pytest.mark.parametrize("identity", [by_times, by_content])
def test_it_is_another_program_once_a_distribution_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, identity: Callable[[], str]
) -> None:
    before = identity()
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "module.py").touch()
    assert identity() == before
    (tmp_path / "parser-1.0.dist-info").mkdir()
    after = identity()
    (tmp_path / "parser-1.0.dist-info").rename(tmp_path / "parser-1.1.dist-info")
    later = identity()
    assert len({before, after, later}) == 3


def test_other_files_of_a_distribution_are_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    record = tmp_path / "parser-1.0.dist-info" / "RECORD"
    record.parent.mkdir()
    record.write_text("parser.py,sha256=abc,1")
    before = by_content()
    record.write_text("parser.py,sha256=abd,1")
    assert by_content() != before
