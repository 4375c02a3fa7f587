"""The store: what is put comes back, and nothing that happens to its file changes an answer or fails a run."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper.cache import store as store_module
from gatekeeper.cache.store import TABLES, Store, open_store

VALUES = {f"key {number}": b"%d" % number * number for number in range(50)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def opened(folder: Path, most_bytes: int = 10_000_000) -> Store:
    store = open_store(folder, most_bytes)
    assert store is not None
    return store


def filled(folder: Path) -> Path:
    """A store with values in each table, closed; return its file."""
    with closing(opened(folder)) as store:
        for table in TABLES:
            store.put(table, VALUES)
        store.commit()
    return store.path


def test_values_come_back_in_this_run_and_in_the_next(folder: Path) -> None:
    with closing(opened(folder)) as store:
        store.put("facts", VALUES)
        assert store.get("facts", [*VALUES, "other"]) == VALUES
        assert store.get("services", VALUES) == {}
        store.commit()
        assert store.get("facts", [*VALUES, "other"]) == VALUES
    with closing(opened(folder)) as store:
        assert store.get("facts", [*VALUES, "other"]) == VALUES
        assert store.get("services", VALUES) == {}
        counts = {table: entries.number for table, entries in store.entries().items()}
        assert counts == {"facts": len(VALUES), "services": 0, "outputs": 1}
        store.put("facts", {"key 1": b"new"})
        assert store.get("facts", ["key 1"]) == {"key 1": b"new"}
        store.commit()
        assert store.get("facts", ["key 1"]) == {"key 1": b"new"}


def test_without_a_commit_nothing_is_kept(folder: Path) -> None:
    with closing(opened(folder)) as store:
        store.put("facts", VALUES)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == {}


def test_a_closed_store_is_empty(folder: Path) -> None:
    filled(folder)
    store = opened(folder)
    store.close()
    store.put("facts", {"a": b"b"})
    store.commit()
    assert (store.get("facts", [*VALUES, "a"]), store.entries()) == ({}, {})


def test_more_keys_than_a_query_takes(folder: Path) -> None:
    many = {str(number): b"value" for number in range(1_234)}
    with closing(opened(folder)) as store:
        store.put("services", many)
        store.commit()
        assert store.get("services", many) == many


def test_many_bytes_are_written_before_the_run_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_BUFFERED", 100)
    with closing(opened(folder)) as store:
        store.put("facts", {"a": bytes(101)})
        assert store.entries()["facts"].number == 1


def test_another_program_finds_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(folder)
    monkeypatch.setattr(store_module, "by_times", lambda: "0" * 64)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == VALUES
    monkeypatch.setattr(store_module, "by_content", lambda: "1" * 64)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == VALUES, "its times are known"
    monkeypatch.setattr(store_module, "by_times", lambda: "2" * 64)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == {}


def test_without_a_folder_there_is_no_store() -> None:
    assert open_store(None) is None


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_only_the_user_reads_it(folder: Path) -> None:
    path = filled(folder)
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)
    assert [each.name for each in folder.iterdir()] == [path.name]


def _linked(path: Path) -> None:
    path.rename(moved := path.with_name("moved"))
    path.symlink_to(moved)


def _as_of_another_user(path: Path) -> None:
    os.chown(path, 12_345, 12_345)


UNTRUSTED: list[Callable[[Path], object]] = [
    _linked,
    lambda path: path.chmod(0o770 if path.is_dir() else 0o660),
    lambda path: path.chmod(0o707 if path.is_dir() else 0o606),
    pytest.param(
        _as_of_another_user,
        marks=pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may"),
    ),  # type: ignore[list-item]
]


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
@pytest.mark.parametrize("of", ["folder", "file"])
@pytest.mark.parametrize("change", UNTRUSTED)
def test_what_others_may_write_is_not_used(
    folder: Path, change: Callable[[Path], object], of: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = filled(folder)
    change(folder if of == "folder" else path)
    assert open_store(folder) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("of", ["folder", "file"])
def test_what_is_of_another_kind_is_not_used(folder: Path, of: str) -> None:
    path = filled(folder)
    if of == "folder":
        shutil.rmtree(folder)
        folder.write_text("a file")
    else:
        path.unlink()
        path.mkdir()
    assert open_store(folder) is None


def _sql(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def _as_wal(path: Path) -> None:
    _sql(path, "PRAGMA journal_mode = WAL")
    for other in ("-wal", "-shm"):
        path.with_name(path.name + other).unlink(missing_ok=True)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "no database": lambda path: path.write_bytes(b"hello" * 10_000),
    "truncated": lambda path: os.truncate(path, 5_000),
    "a header only": lambda path: os.truncate(path, 100),
    "zeros in the schema": lambda path: _overwrite(path, 100, bytes(3_000)),
    "another application": lambda path: _sql(path, "PRAGMA application_id = 1"),
    "another table": lambda path: _sql(path, "CREATE TABLE more (a)"),
    "a table less": lambda path: _sql(path, "DROP TABLE facts"),
    "a trigger": lambda path: _sql(
        path, "CREATE TRIGGER t AFTER INSERT ON facts BEGIN DELETE FROM facts; END"
    ),
    "a view": lambda path: _sql(path, "DROP TABLE facts; CREATE VIEW facts AS SELECT 1 AS key"),
    "a log": _as_wal,
}


def _overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


@pytest.mark.long
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=list(DAMAGE))
def test_a_damaged_file_is_made_anew(folder: Path, damage: Callable[[Path], object]) -> None:
    path = filled(folder)
    damage(path)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == {}
        store.put("facts", VALUES)
        store.commit()
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == VALUES


def _values_of(path: Path) -> Iterator[tuple[str, bytes]]:
    store = open_store(path.parent)
    if store is not None:
        with closing(store):
            for table in TABLES:
                yield from store.get(table, VALUES).items()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("cache") / "cache")


@given(
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=40)), min_size=1, max_size=20)
)
def test_no_damage_gives_another_value(written: Path, damage: list[tuple[float, bytes]]) -> None:
    """Bytes anywhere in the file: each value that is found is the one that was put."""
    kept = written.read_bytes()
    try:
        for at, data in damage:
            _overwrite(written, int(at * len(kept)), data)
        assert all(VALUES[key] == value for key, value in _values_of(written))
    finally:
        written.unlink(missing_ok=True)
        written.write_bytes(kept)
        written.chmod(0o600)


@pytest.mark.parametrize("change", ["value", "swap", "type"])
def test_a_value_under_another_key_is_no_value(folder: Path, change: str) -> None:
    path = filled(folder)
    scripts = {
        "value": "UPDATE facts SET value = value || x'00'",
        "swap": "UPDATE facts SET value = (SELECT other.value FROM services AS other WHERE rowid IN "
        "(SELECT max(key) FROM services))",
        "type": "UPDATE facts SET value = 'text', used = 'never'",
    }
    _sql(path, scripts[change])
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == {}
        assert store.get("outputs", VALUES) == VALUES


def test_a_file_damaged_during_a_run_is_made_anew_by_the_next(folder: Path) -> None:
    path = filled(folder)
    store = opened(folder)
    path.write_bytes(b"hello" * 10_000)
    assert store.get("facts", VALUES) == {}
    store.put("facts", VALUES)
    store.commit()
    filled(folder)
    with closing(opened(folder)) as store:
        assert store.get("facts", VALUES) == VALUES


def test_a_locked_file_is_not_waited_for_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "_SECONDS_OF_WAITING", 0.01)
    path = filled(folder)
    with closing(opened(folder)) as store, closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert store.get("facts", VALUES) == {}
        other.rollback()
        assert store.get("facts", VALUES) == {}
    assert path.exists()
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert open_store(folder) is None


def test_a_file_that_cannot_be_written_can_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(folder)
    with closing(opened(folder)) as store:
        connection = store._connection
        assert connection is not None
        connection.execute("PRAGMA query_only = ON")
        assert store.get("facts", VALUES) == VALUES
        store.put("facts", {"a": b"b"})
        store.commit()
    with closing(opened(folder)) as store:
        assert store.get("facts", [*VALUES, "a"]) == VALUES
    assert path.exists()


def test_a_folder_that_cannot_be_made_is_no_error(folder: Path) -> None:
    folder.write_text("a file")
    assert open_store(folder / "below") is None


def test_the_file_stays_small_and_what_was_used_last_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 2_000_000
    for day in range(10):
        monkeypatch.setattr(store_module, "_today", lambda day=day: 20_000 + 10 * day)
        with closing(opened(folder, most)) as store:
            store.put("facts", {f"{day} {number}": os.urandom(10_000) for number in range(50)})
            store.put("services", {"always": b"used"} if day == 0 else {})
            assert store.get("services", ["always"]) == {"always": b"used"}
            store.commit()
        assert store.path.stat().st_size <= most
    with closing(opened(folder, most)) as store:
        assert store.get("services", ["always"]) == {"always": b"used"}
        assert len(store.get("facts", [f"9 {number}" for number in range(50)])) == 50
        assert store.get("facts", [f"0 {number}" for number in range(50)]) == {}


def test_what_is_larger_than_the_file_may_be_is_not_kept(folder: Path) -> None:
    with closing(opened(folder, 500_000)) as store:
        store.put("facts", {"a": bytes(1_000_000)})
        store.commit()
    with closing(opened(folder, 500_000)) as store:
        assert store.get("facts", ["a"]) == {}
    assert store.path.stat().st_size <= 500_000


WRITES = """
import sys
from pathlib import Path
from gatekeeper.cache.store import open_store

folder, worker = Path(sys.argv[1]), int(sys.argv[2])
for turn in range(20):
    store = open_store(folder)
    assert store is not None
    found = store.get("facts", map(str, range(500)))
    assert all(key.encode() == value for key, value in found.items())
    mine = str(worker * 100 + turn)
    store.put("facts", {mine: mine.encode()})
    store.put("services", {"same": b"value"})
    store.commit()
    store.close()
"""


@pytest.mark.long
def test_processes_write_at_the_same_time(folder: Path) -> None:
    command = [sys.executable, "-c", WRITES, str(folder)]
    workers = [subprocess.Popen([*command, str(worker)]) for worker in range(4)]
    assert [worker.wait(120) for worker in workers] == [0] * 4
    keys = [str(worker * 100 + turn) for worker in range(4) for turn in range(20)]
    with closing(opened(folder)) as store:
        assert store.get("facts", keys) == {key: key.encode() for key in keys}
        assert store.get("services", ["same"]) == {"same": b"value"}
    assert [each.name for each in folder.iterdir()] == [store.path.name]
