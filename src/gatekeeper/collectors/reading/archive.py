"""Read the files of a zip archive within limits: their number, their sizes, and all of them together.

The central directory states the size of a file; no more than that is unpacked, and its checksum must match.
Zstandard, method 93 of APPNOTE.TXT 6.3.7, is read with `compression.zstd` of Python 3.14 or the package
zstandard.
"""

import lzma
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

from gatekeeper.model.evidence import Unreadable

_BEGIN = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
"""What begins the entry of a file in the central directory."""
_ZSTANDARD = 93
_MOST_FILES = 200_000
_MOST_BYTES = 200_000_000
"""Of one file, and of all that are read."""
_DAMAGED = (BadZipFile, EOFError, RuntimeError, ValueError, OSError, struct.error, zlib.error, lzma.LZMAError)
_LOCAL_HEADER = 30
"""The length of what is before the name of a file, of which the last four bytes state two lengths."""


def is_archive(data: bytes) -> bool:
    """Return whether data begins like a zip archive."""
    return data.startswith(_BEGIN)


class Archive:
    """A zip archive; `Unreadable` if it is damaged, encrypted, or beyond the limits."""

    def __init__(self, data: bytes) -> None:
        if (entries := data.count(_ENTRY)) > _MOST_FILES:
            raise Unreadable(f"the archive has {entries:,} files; at most {_MOST_FILES:,} are read")
        self._data = data
        try:
            self._zip = ZipFile(BytesIO(data))
        except _DAMAGED as error:
            raise Unreadable(f"not a zip archive: {error}") from None
        infos = self._zip.infolist()
        self._files = {info.filename: info for info in infos}
        if len(self._files) < len(infos):
            raise Unreadable("the archive has two files of one name")
        self._left = _MOST_BYTES

    @property
    def names(self) -> frozenset[str]:
        """The names of its files."""
        return frozenset(self._files)

    def read(self, name: str) -> bytes:
        """Return the content of a file.

        Raises:
            Unreadable: There is no such file, it is damaged, or it is too large.
        """
        info = self._files.get(name)
        if info is None:
            raise Unreadable(f"the archive has no {name}")
        self._left -= info.file_size
        if self._left < 0:
            raise Unreadable(f"{name}: more than {_MOST_BYTES:,} bytes would be unpacked")
        if info.flag_bits & 1:
            raise Unreadable(f"{name} is encrypted")
        try:
            if info.compress_type == _ZSTANDARD:
                return self._by_zstandard(info)
            with self._zip.open(info) as file:
                return file.read(info.file_size)
        except _DAMAGED as error:
            raise Unreadable(f"{name} cannot be unpacked: {error}") from None

    def _by_zstandard(self, info: ZipInfo) -> bytes:
        begin = info.header_offset + _LOCAL_HEADER
        if begin > len(self._data):
            raise BadZipFile("it is outside of the archive")
        begin += sum(struct.unpack_from("<HH", self._data, begin - 4))
        found = _unpack(info.filename)(self._data[begin : begin + info.compress_size], info.file_size)
        if len(found) != info.file_size or zlib.crc32(found) != info.CRC:
            raise BadZipFile("the checksum does not match")
        return found


def _unpack(name: str) -> Callable[[bytes, int], bytes]:
    """Return a function that unpacks little more than so many bytes, of one frame or several."""
    for module in ("compression.zstd", "zstandard"):
        with suppress(ModuleNotFoundError):
            return _unpacking(import_module(module))
    raise Unreadable(f"{name} is compressed by Zstandard: install the package zstandard")


def _unpacking(zstd: Any) -> Callable[[bytes, int], bytes]:
    def unpack(data: bytes, size: int) -> bytes:
        try:
            if hasattr(zstd, "ZstdFile"):
                found: bytes = zstd.ZstdFile(BytesIO(data)).read(size + 1)
            else:
                found = zstd.ZstdDecompressor().stream_reader(data, read_across_frames=True).read(size + 1)
        except zstd.ZstdError as error:
            raise BadZipFile(str(error)) from None
        return found

    return unpack
