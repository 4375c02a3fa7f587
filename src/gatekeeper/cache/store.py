"""The store: values by table and key in one SQLite file, for all runs of a user, at the same time too.

A key includes the identity of the program, and a value has the digest of its key and itself. So whatever
happens to the file, a value is found only by the program that wrote it, under the key that it was written
for: damage makes a run slower and never changes its answer. That is why nothing is synced to disk. The
journal is a rollback journal: a write-ahead log needs memory that processes share, which network file systems
lack, and does not pay for runs that read first and write in few short transactions.
"""

import logging
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, TypeVar

from gatekeeper.cache.folder import Untrusted, check, file_in, prepare
from gatekeeper.cache.identity import by_content, by_times

logger = logging.getLogger(__name__)

TABLES = ("facts", "services", "outputs")
"""What was read of artefacts; the rows of services; what was rendered."""
MOST_BYTES = 1_000_000_000
"""The largest size of a file. Beyond nine tenths of it, the entries that were not used for longest go."""
_APPLICATION, _PAGE, _SEAL = 0x67617465, 4096, 16
_TOGETHER, _BUFFERED = 500, 8_000_000
"""How many keys a query has, and how many bytes a transaction."""
_IDENTITY = "identity"
_EPOCH = date(1970, 1, 1).toordinal()
_NEARLY_FULL, _DAYS_UNTIL_NOTED, _SECONDS_OF_WAITING = 0.9, 7, 2.0
_PRAGMAS = (
    "trusted_schema = OFF", "cell_size_check = ON", "temp_store = MEMORY", "synchronous = OFF",
    "mmap_size = 0",
)  # fmt: skip
_SCHEMA = tuple(
    row
    for table in sorted(TABLES)
    for row in (
        ("table", table, f"CREATE TABLE {table} (key INTEGER PRIMARY KEY, used INTEGER, value BLOB)"),
        ("index", f"{table}_used", f"CREATE INDEX {table}_used ON {table} (used)"),
    )
)
T = TypeVar("T")


class Entries(NamedTuple):
    """The entries of a table."""

    number: int
    oldest: date | None
    """About when the one was used that was not used for longest; at most a week later than that."""


class _Name(NamedTuple):
    """A key as it is stored."""

    key: str
    digest: bytes
    """Of the identity of the program, the table and the key."""

    @property
    def row(self) -> int:
        """The number of its row."""
        return int.from_bytes(self.digest[:8], "big", signed=True)

    def seal(self, value: bytes) -> bytes:
        """Return the digest of this key and a value, which is written before the value."""
        return blake2b(value, key=self.digest, digest_size=_SEAL).digest()

    def opened(self, sealed: object) -> bytes | None:
        """Return the value that was written after the seal of it; None if it is any other."""
        if not isinstance(sealed, bytes) or self.seal(value := sealed[_SEAL:]) != sealed[:_SEAL]:
            return None
        return value


class Store:
    """The cache of one version of the program. No method fails: what cannot be read is not there."""

    def __init__(self, path: Path, most_bytes: int = MOST_BYTES) -> None:
        self.path = path
        self._most_bytes = most_bytes
        self._identity = by_times().encode()
        self._connection: sqlite3.Connection | None = _opened(path, most_bytes)
        self._forget()
        self._identify()

    def _identify(self) -> None:
        """Use the identity of the program by its content, which is kept under that by times."""
        found = self.get("outputs", [_IDENTITY]).get(_IDENTITY)
        if found is None:
            found = by_content().encode()
            self.put("outputs", {_IDENTITY: found})
            self.commit()
        self._identity = found

    def _forget(self) -> None:
        self._new: dict[str, dict[str, bytes]] = {table: {} for table in TABLES}
        self._used: dict[str, list[int]] = {table: [] for table in TABLES}
        self._size = 0

    def get(self, table: str, keys: Iterable[str]) -> dict[str, bytes]:
        """Return the values of those keys that have one."""
        new = self._new[table]
        names = [self._name(table, key) for key in dict.fromkeys(keys)]
        found = {name.key: new[name.key] for name in names if name.key in new}
        others = [name for name in names if name.key not in found]
        for start in range(0, len(others), _TOGETHER):
            some = others[start : start + _TOGETHER]
            nothing: dict[str, bytes] = {}
            found |= self._attempt(partial(self._read, table, some), nothing)
        return found

    def _read(self, table: str, names: Sequence[_Name], connection: sqlite3.Connection) -> dict[str, bytes]:
        by_row = {name.row: name for name in names}
        marks = ",".join("?" * len(by_row))
        query = f"SELECT key, used, value FROM {table} WHERE key IN ({marks})"
        found, old = {}, _today() - _DAYS_UNTIL_NOTED
        for row, used, sealed in connection.execute(query, tuple(by_row)).fetchall():
            value = by_row[row].opened(sealed)
            if value is not None:
                found[by_row[row].key] = value
                self._used[table] += [row] if not isinstance(used, int) or used < old else []
        return found

    def put(self, table: str, values: Mapping[str, bytes]) -> None:
        """Keep values by their keys; they are written at `commit`, or earlier if there are many."""
        if self._connection is not None:
            self._new[table] |= values
            self._size += sum(map(len, values.values()))
            if self._size > _BUFFERED:
                self.commit()

    def commit(self) -> None:
        """Write what is new, and note what was used, in one transaction."""
        if any(self._new.values()) or any(self._used.values()):
            self._attempt(self._write, None)
        self._forget()

    def _write(self, connection: sqlite3.Connection) -> None:
        today = _today()
        connection.execute("BEGIN IMMEDIATE")
        try:
            for table, used in self._used.items():
                update = f"UPDATE {table} SET used = ? WHERE key = ?"
                connection.executemany(update, [(today, row) for row in used])
            self._make_room(connection)
            for table, new in self._new.items():
                names = ((self._name(table, key), value) for key, value in new.items())
                rows = ((name.row, today, name.seal(value) + value) for name, value in names)
                connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _make_room(self, connection: sqlite3.Connection) -> None:
        """While the file is nearly full, remove a quarter of the entries: those not used for longest."""
        counts = {table: f"SELECT count(*) FROM {table}" for table in TABLES}
        while self._pages(connection) * _PAGE + self._size > self._most_bytes * _NEARLY_FULL:
            before = connection.total_changes
            for table, query in counts.items():
                quarter = f"SELECT key FROM {table} ORDER BY used LIMIT {_number(connection, query) // 4}"
                connection.execute(f"DELETE FROM {table} WHERE key IN ({quarter})")
            if connection.total_changes == before:
                break  # what is new is too large

    @staticmethod
    def _pages(connection: sqlite3.Connection) -> int:
        """Return the number of pages in use."""
        return _number(connection, "PRAGMA page_count") - _number(connection, "PRAGMA freelist_count")

    def entries(self) -> dict[str, Entries]:
        """Return what is written, by table."""
        return self._attempt(lambda connection: {table: _entries(connection, table) for table in TABLES}, {})

    def close(self) -> None:
        """Close the file. What is not committed is lost, and the store is empty from then on."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection = None

    def _attempt(self, operation: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Return what an operation returns; if the file fails, close it. A damaged file is made anew."""
        if self._connection is None:
            return otherwise
        try:
            return operation(self._connection)
        except sqlite3.Error as error:
            logger.info("the cache %s is not used any more: %s", self.path, error)
            self.close()
            if _is_damage(error):
                _remove(self.path)
            return otherwise

    def _name(self, table: str, key: str) -> _Name:
        text = f"{table} {key}".encode("utf-8", "surrogateescape")
        return _Name(key, blake2b(text, key=self._identity, digest_size=32).digest())


def open_store(folder: Path | None, most_bytes: int = MOST_BYTES) -> Store | None:
    """Return the store in a folder; None without a folder, or if it cannot be used: the log says why."""
    if folder is None:
        return None
    try:
        folder = folder.absolute()
        prepare(folder)
        return Store(file_in(folder), most_bytes)
    except Untrusted as reason:
        logger.warning("the cache is not used: %s", reason)
    except (OSError, sqlite3.Error) as reason:
        logger.info("the cache in %s is not used: %s", folder, reason)
    return None


def _opened(path: Path, most_bytes: int) -> sqlite3.Connection:
    """Return a connection to a store; a file that is damaged or has another layout is made anew.

    Raises:
        Untrusted: The file may not be trusted.
        OSError: It cannot be made.
        sqlite3.Error: It cannot be opened.
    """
    if not os.path.lexists(path):
        _create(path)
    connection = _connected(path, most_bytes)
    if connection is None:
        _remove(path)
        _create(path)
        connection = _connected(path, most_bytes)
    if connection is None:
        raise sqlite3.DatabaseError(f"{path} is damaged again")
    return connection


def _connected(path: Path, most_bytes: int) -> sqlite3.Connection | None:
    """Return a connection to a store; None if the file is damaged or has another layout."""
    check(path, stat.S_IFREG)
    address = f"{path.as_uri()}?mode=rw"
    connection = sqlite3.connect(
        address, _SECONDS_OF_WAITING, isolation_level=None, check_same_thread=False, uri=True
    )
    try:
        for pragma in (*_PRAGMAS, f"max_page_count = {max(most_bytes // _PAGE, 1)}"):
            connection.execute(f"PRAGMA {pragma}")
        if _layout(connection) == (_APPLICATION, "delete", _SCHEMA):
            connection.text_factory = bytes  # a damaged value may be text that is not UTF-8
            return connection
        connection.close()
    except sqlite3.Error as error:
        connection.close()
        if not _is_damage(error):
            raise
    return None


def _layout(connection: sqlite3.Connection) -> tuple[int, str, tuple[tuple[str, ...], ...]]:
    """Return the application, the kind of journal and the schema of a file."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
    journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return _number(connection, "PRAGMA application_id"), journal, tuple(rows)


def _create(path: Path) -> None:
    """Make an empty store, unless another run makes it at the same time."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    os.close(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            script = "; ".join(sql for _, _, sql in _SCHEMA)
            pragmas = f"PRAGMA page_size = {_PAGE}; PRAGMA application_id = {_APPLICATION}"
            connection.executescript(f"{pragmas}; BEGIN; {script}; COMMIT")
        try:
            os.link(new, path)
        except FileExistsError:
            pass
        except OSError:  # a file system without hard links
            new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    """Remove a damaged file; its journal belongs to no other file."""
    with suppress(OSError):
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        path.unlink(missing_ok=True)


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _number(connection: sqlite3.Connection, query: str) -> int:
    found: int = connection.execute(query).fetchone()[0]
    return found


def _entries(connection: sqlite3.Connection, table: str) -> Entries:
    count, oldest = connection.execute(f"SELECT count(*), min(used) FROM {table}").fetchone()
    is_day = isinstance(oldest, int) and 0 <= oldest <= _today()
    return Entries(count, date.fromordinal(_EPOCH + oldest) if is_day else None)


def _today() -> int:
    """Return the number of days since 1970, by which entries age."""
    return int(time.time() // 86_400)
