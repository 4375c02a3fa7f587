"""Standard streams that fail in a defined way: a full disk, a reader that went away, a closed descriptor."""

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

from gatekeeper.errors import ExitCode, GatekeeperError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class UnwritableOutput(GatekeeperError):  # noqa: N818 - reads as what it is at `raise`
    """Standard output cannot be written. The message is empty if its reader went away, as `head` does."""

    exit_code = ExitCode.OUTPUT

    def __init__(self, error: OSError) -> None:
        reason = f"standard output cannot be written: {error.strerror}"
        super().__init__("" if error.errno == errno.EPIPE else reason)


def harden() -> None:
    """Replace the standard streams that are not terminals; a closed one becomes a stream without content.

    Otherwise the next file that is opened would get the number of a closed stream.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # A file opened for reading refuses what is written to standard output; messages are dropped.
            os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the end
    sys.stdout = _hardened(sys.stdout, _Output(1, "w", closefd=False))
    sys.stderr = _hardened(sys.stderr, _Messages(2, "w", closefd=False))


def _hardened(stream: TextIO | None, raw: io.FileIO) -> TextIO:
    if stream is not None and stream.isatty():
        return stream
    encoding, errors = (stream.encoding, stream.errors) if stream else ("utf-8", "backslashreplace")
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding, errors, line_buffering=isinstance(raw, _Messages)
    )


class _Output(io.FileIO):
    def write(self, data: "ReadableBuffer", /) -> int:
        """Write bytes; raise `UnwritableOutput` if they cannot be written."""
        try:
            return super().write(data)
        except OSError as error:
            raise UnwritableOutput(error) from None


class _Messages(io.FileIO):
    def write(self, data: "ReadableBuffer", /) -> int:
        """Write bytes; drop them if they cannot be written: there is no other place for them."""
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes
