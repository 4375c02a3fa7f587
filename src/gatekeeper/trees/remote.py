"""Folders elsewhere, by fsspec: `file`, `http`, `https`, `s3` and `sftp`; only read, and within limits."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gatekeeper.errors import UsageError, nearest
from gatekeeper.trees import TooLarge

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

SCHEMES = ("file", "http", "https", "s3", "sftp")
SUMS = "SHA256SUMS"
"""The digests of the files of a folder, as `sha256sum` writes them."""
EXTRA = "scale"
"""The extra of this program that installs what reads a location."""
_MOST_BYTES_OF_SUMS = 500_000_000
_LINE = re.compile(r"([0-9a-f]{64}) [ *](?:\./)?(.+)")


def check_location(location: str) -> str:
    """Return a location without its last slash.

    Raises:
        ValueError: It has another scheme, no path or host, or a password.
    """
    parts = urlsplit(location)
    if "::" in location or parts.scheme not in SCHEMES:
        known = nearest(parts.scheme, SCHEMES)
        raise ValueError(f"{location!r} is not a location: write it as s3://bucket/prefix; {known}")
    if parts.password is not None:
        raise ValueError("a location has no password: use a key, or what the environment provides")
    if parts.query or parts.fragment:
        raise ValueError(f"{location!r}: leave out what follows ? or #")
    is_local = parts.scheme == "file"
    if bool(parts.netloc) == is_local or (is_local and not parts.path.startswith("/")):
        raise ValueError(
            f"{location!r} is not whole: write s3://bucket/prefix, or file:///path of a folder here"
        )
    return location.rstrip("/")


class RemoteFolder:
    """A folder at a location. Errors of all protocols become `UsageError`."""

    def __init__(self, location: str) -> None:
        self.location = location
        with self._explained("cannot be opened"):
            self._files, self._root = _opened(check_location(location))

    @property
    def is_listable(self) -> bool:
        """Whether the protocol says which files a folder has; a web server does not."""
        return not self.location.startswith("http")

    @property
    def at_once(self) -> int:
        """How many files can be read at the same time."""
        return 16 if self._files.async_impl else 1

    @cached_property
    def digests(self) -> dict[str, str] | None:
        """The digests by file that `SHA256SUMS` states; None without that file.

        Raises:
            UsageError: It cannot be read, or a line is not one of `sha256sum`.
        """
        try:
            text = self.read(SUMS, _MOST_BYTES_OF_SUMS).decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            raise UsageError(f"{self.location}/{SUMS} is not UTF-8") from None
        found = {}
        for number, line in enumerate(text.splitlines(), 1):
            stated = _LINE.fullmatch(line)
            if stated is None:
                # Not quoted: a location that a manifest names may be any file that this machine can read.
                raise UsageError(f"{self.location}/{SUMS}:{number} is not a line of sha256sum: write it anew")
            found[stated[2]] = stated[1]
        return found

    def names(self, below: str, depth: int, at_most: int) -> list[str]:
        """Return the sorted files below a folder (`""`: this one), relative to this one; [] if it is absent.

        Raises:
            UsageError: There are more than `at_most`, or they cannot be listed.
        """
        folder = f"{self._root}/{below}".rstrip("/")
        # S3 lists all files below a prefix at once, and has no links that lead back. In other folders, a
        # folder that cannot be listed must not look like an empty one.
        limits = {} if self.location.startswith("s3:") else {"maxdepth": depth, "on_error": "raise"}
        try:
            with self._explained("cannot be listed", FileNotFoundError):
                found = self._files.find(folder, **limits)
        except FileNotFoundError:
            if not below:
                raise UsageError(f"there is no folder {self.location}") from None
            return []
        if len(found) > at_most:
            raise UsageError(f"{self.location} has more than {at_most:,} files: name a folder of records")
        return sorted(name[len(self._root) :].lstrip("/") for name in found)

    def read(self, name: str, at_most: int) -> bytes:
        """Return the content of a file.

        Raises:
            FileNotFoundError: There is no such file.
            TooLarge: It has more than `at_most` bytes.
            UsageError: It cannot be read.
        """
        with self._explained(f"has a file that cannot be read, {name}", FileNotFoundError):
            # As a stream over HTTP: not every server can send a part of a file.
            sized = {} if self.is_listable else {"block_size": 0}
            with closing(self._files.open(f"{self._root}/{name}", "rb", **sized)) as file:
                data = _first_bytes(file.read, at_most + 1)
        if len(data) > at_most:
            raise TooLarge(len(data))
        return data

    @contextmanager
    def _explained(self, what: str, passing: type[Exception] = UsageError) -> Iterator[None]:
        try:
            yield
        except (UsageError, passing):
            raise
        except ImportError as error:
            raise UsageError(
                f"{self.location} needs {error.name}: pip install 'readiness-gatekeeper[{EXTRA}]'"
            ) from None
        except Exception as error:  # noqa: BLE001 - each protocol has errors of its own
            why = str(error) or type(error).__name__
            raise UsageError(f"{self.location} {what}: {why}") from None


def digest_of(data: bytes) -> str:
    """Return a digest as `SHA256SUMS` states it."""
    return hashlib.sha256(data).hexdigest()


def _first_bytes(read: Callable[[int], bytes], at_most: int) -> bytes:
    """Return at most so many bytes; a stream may return fewer at once."""
    pieces, left = [], at_most
    while left > 0 and (piece := read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _opened(location: str) -> "tuple[AbstractFileSystem, str]":
    """Return a file system and the path of a location in it; nothing of it is cached."""
    import fsspec

    if location.startswith("sftp:"):
        from gatekeeper.trees.sftp import KnownHosts

        parts = urlsplit(location)
        named: dict[str, Any] = {"username": parts.username, "port": parts.port}
        given = {name: value for name, value in named.items() if value is not None}
        return KnownHosts(parts.hostname, skip_instance_cache=True, **given), parts.path.rstrip("/")
    files, path = fsspec.core.url_to_fs(location, use_listings_cache=False, skip_instance_cache=True)
    return files, path.rstrip("/")
