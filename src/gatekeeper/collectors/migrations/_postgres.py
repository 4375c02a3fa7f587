"""A PostgreSQL server of this machine that is thrown away.

It runs as a user without rights, in a folder of its own. It listens on no network, only on a Unix socket in
that folder. What runs in it comes from strangers: a deadline and limits of memory and disk end it.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from signal import SIGQUIT
from typing import Any

_SECONDS = 60
"""How long the server lives at most."""
_MOST_BYTES = 1 << 30
"""How large its folder may become."""
_LIMITED = 'ulimit -c 0 -v 4194304 -f 524288; exec "$0" "$@"'
"""At most 4 GiB of memory for a process, and 256 MiB for a file."""
_SETTINGS = (
    "listen_addresses=", "fsync=off", "full_page_writes=off", "shared_buffers=16MB", "autovacuum=off",
    "max_connections=20", "temp_file_limit=100MB", "log_min_messages=fatal", "max_prepared_transactions=0",
    "statement_timeout=10s", "unix_socket_permissions=0700", "max_parallel_workers=0", "jit=off",
)  # fmt: skip
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
SUPERUSER = "gatekeeper"


class NotProven(Exception):  # noqa: N818 - an outcome
    """Nothing could be proven; the message says why."""


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def connect(self, user: str, database: str) -> Any:
        """Return a connection of psycopg on which each statement takes effect at once.

        Raises:
            psycopg.Error: The server refuses it, or has ended.
        """
        import psycopg

        return psycopg.connect(host=str(self._folder), user=user, dbname=database, autocommit=True)


@contextmanager
def server() -> Iterator[Server]:
    """Start a server, and remove it with all its files.

    Raises:
        NotProven: PostgreSQL or psycopg is not installed, or it does not start.
    """
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="gatekeeper-", dir="/tmp"))
    process = None
    try:
        identity: dict[str, Any] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        null = subprocess.DEVNULL
        how: dict[str, Any] = {"cwd": folder, "env": _ENVIRONMENT, "stdin": null, "stdout": null, **identity}
        data = folder / "data"
        create: list[str | Path] = [programs / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust"]
        create += ["-E", "UTF8", "--locale=C", "--no-sync"]
        created = subprocess.run(create, check=False, timeout=_SECONDS, stderr=subprocess.PIPE, **how)  # noqa: S603
        if created.returncode:
            raise NotProven(f"initdb failed: {created.stderr.decode(errors='replace').strip()[-200:]}")
        run: list[str | Path] = ["/bin/sh", "-c", _LIMITED, programs / "postgres", "-D", data, "-k", folder]
        run += [part for setting in _SETTINGS for part in ("-c", setting)]
        process = subprocess.Popen(run, stderr=null, start_new_session=True, **how)  # noqa: S603
        threading.Thread(target=_watch, args=(process, folder), daemon=True).start()
        yield _started(Server(folder), process)
    except (OSError, KeyError, subprocess.TimeoutExpired) as error:
        raise NotProven(f"PostgreSQL does not start: {error}") from None
    finally:
        if process is not None:
            _kill(process)
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Return the folder of the newest server that is installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise NotProven("psycopg is not installed: install readiness-gatekeeper[prove]") from None
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4))[
        ::-1
    ]
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NotProven("no PostgreSQL server is installed on this machine")


def _started(one: Server, process: "subprocess.Popen[bytes]") -> Server:
    import psycopg

    while process.poll() is None:
        try:
            one.connect(SUPERUSER, "postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return one
    raise NotProven("PostgreSQL does not start")


def _watch(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline or _size(folder) > _MOST_BYTES:
            _kill(process)
        time.sleep(0.25)


def _size(folder: Path) -> int:
    total = 0
    for parent, _, names in os.walk(folder):  # passes over folders that are removed meanwhile
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).lstat().st_size
    return total


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the server at once: it ends its own processes, which are in sessions of their own."""
    process.send_signal(SIGQUIT)
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
