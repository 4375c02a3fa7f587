"""Writing a manifest: whole or not at all, one writer at a time, and nothing that others wrote is lost."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builders.workspaces import ROOT, write
from gatekeeper.errors import UsageError
from gatekeeper.manifests.files import Replacement, only_writer, replace


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "a: 1\n")
    file.chmod(0o640)
    replace(Replacement(file, b"a: 1\n", b"a: 2\n"))
    assert file.read_bytes() == b"a: 2\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


def test_a_new_file_may_be_read_by_all_and_brings_its_folder(tmp_path: Path) -> None:
    replace(Replacement(tmp_path / "b" / "a.yaml", None, b"a: 2\n"))
    assert (tmp_path / "b" / "a.yaml").read_bytes() == b"a: 2\n"
    assert stat.S_IMODE((tmp_path / "b" / "a.yaml").stat().st_mode) == 0o644


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    target = write(tmp_path / "elsewhere" / "b.yaml", "a: 1\n")
    link = tmp_path / "a.yaml"
    link.symlink_to("elsewhere/b.yaml")
    replace(Replacement(link, b"a: 1\n", b"a: 2\n"))
    assert link.is_symlink()
    assert target.read_bytes() == b"a: 2\n"


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    file = write(tmp_path / "a.yaml", "a: 1\n")
    file.chmod(0o444)
    with pytest.raises(UsageError, match=r"a\.yaml is read-only; nothing was written"):
        replace(Replacement(file, b"a: 1\n", b"a: 2\n"))
    assert file.read_bytes() == b"a: 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]


@pytest.mark.parametrize(("there", "before"), [(b"a: 3\n", b"a: 1\n"), (None, b"a: 1\n"), (b"a: 3\n", None)])
def test_a_file_that_changed_meanwhile_is_left_as_it_is(
    there: bytes | None, before: bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "a.yaml"
    if there is not None:
        write(file, there)
    with pytest.raises(UsageError, match=r"changed meanwhile|cannot be written"):
        replace(Replacement(file, before, b"a: 2\n"))
    assert (file.read_bytes() if file.exists() else None) == there
    assert not list(tmp_path.glob(".*"))


def test_where_writing_fails_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "a.yaml", "a: 1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="cannot be written: No space left on device; nothing was written"):
        replace(Replacement(file, b"a: 1\n", b"a: 2\n"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.yaml", b"a: 1\n")]


def test_where_replacing_fails_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path / "a.yaml", "a: 1\n")

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(UsageError, match="cannot be written: Operation not permitted"):
        replace(Replacement(file, b"a: 1\n", b"a: 2\n"))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.yaml", b"a: 1\n")]


def test_several_files_are_replaced_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a, b, c = (write(tmp_path / f"{name}.yaml", "a: 1\n") for name in "abc")
    new = tmp_path / "d" / "new.yaml"
    all_ = [Replacement(file, b"a: 1\n", b"a: 2\n") for file in (a, b)] + [Replacement(new, None, b"a: 2\n")]
    rename, renamed = Path.replace, list[Path]()

    def third_fails(self: Path, target: Path) -> Path:
        renamed.append(target)
        if len(renamed) == 3:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    with pytest.raises(UsageError, match=r"c\.yaml was changed meanwhile; nothing was written"):
        replace(*all_, Replacement(c, b"a: 0\n", b"a: 2\n"))
    assert {file.read_bytes() for file in (a, b, c)} == {b"a: 1\n"}
    monkeypatch.setattr(Path, "replace", third_fails)
    with pytest.raises(UsageError, match=r"new\.yaml cannot be written: Input/output error"):
        replace(*all_)
    assert {file.read_bytes() for file in (a, b, c)} == {b"a: 1\n"}
    assert (new.exists(), list(tmp_path.rglob(".*"))) == (False, [])
    replace(*all_)
    assert {file.read_bytes() for file in (a, b, new)} == {b"a: 2\n"}


def test_there_is_one_writer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper.manifests.files.PATIENCE_S", 0.05)
    told = r"another gatekeeper has been writing .* try again"
    with only_writer(tmp_path), pytest.raises(UsageError, match=told), only_writer(tmp_path):
        pass  # pragma: no cover
    with only_writer(tmp_path):
        assert list(tmp_path.iterdir()) == []


def test_a_writer_waits_for_another(tmp_path: Path) -> None:
    order = []

    def second() -> None:
        with only_writer(tmp_path):
            order.append("second")

    with only_writer(tmp_path):
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.1)
        order.append("first")
    waiting.join()
    assert order == ["first", "second"]


def test_a_writer_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "import os, pathlib, sys; from gatekeeper.manifests.files import only_writer\n"
        "with only_writer(pathlib.Path(sys.argv[1])): os._exit(9)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=environment, check=False)
    assert done.returncode == 9
    with only_writer(tmp_path):
        pass


def test_where_there_are_no_locks_it_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def unsupported(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    with only_writer(tmp_path):
        pass
    monkeypatch.setitem(sys.modules, "fcntl", None)
    with only_writer(tmp_path):
        pass
