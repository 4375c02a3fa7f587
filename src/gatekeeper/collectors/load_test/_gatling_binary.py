"""Gatling's binary simulation log, written since 3.13.

`LogFileDataWriter.scala` and `LogFileReader.scala` of 3.13 to 3.15. Numbers are big-endian, times are
milliseconds since the start of the run, and a text that repeats is written as its number.
"""

import struct
from collections.abc import Callable

from gatekeeper.collectors.load_test._samples import Samples
from gatekeeper.model.evidence import Unreadable

_RUN, _REQUEST, _USER, _GROUP, _ERROR = range(5)
_MOST_TEXTS = 1_000_000


class GatlingBinary:
    """Reads the records of a binary log one after another."""

    def __init__(self, data: bytes, samples: Samples) -> None:
        self._data, self._at = data, 0
        self._samples = samples
        self._texts: set[int] = set()
        self.version = ""
        self.start = 0
        """When the run began, in milliseconds since 1970."""

    def read(self) -> None:
        """Read all records.

        Raises:
            Unreadable: The file does not follow the format, or was cut short.
        """
        try:
            self._read()
        except struct.error:
            raise Unreadable("the log is cut short in the middle of a record") from None

    def _read(self) -> None:
        if self._byte() != _RUN:
            raise Unreadable("the log does not begin with a run")
        self._run()
        records: dict[int, Callable[[], None]] = {
            _REQUEST: self._request,
            _USER: self._user,
            _GROUP: self._group,
            _ERROR: self._error,
        }
        while self._at < len(self._data):
            place, header = self._at, self._byte()
            if header not in records:
                raise Unreadable(f"byte {place}: {header} is not a kind of record")
            records[header]()

    def _run(self) -> None:
        self.version = self._text()
        self._text()  # the class of the simulation
        self.start = self._unpack(">q")
        self._text()  # its description
        for _ in range(self._length()):
            self._text()  # a scenario
        for _ in range(self._length()):
            self._skip(self._length())  # an assertion

    def _request(self) -> None:
        self._groups()
        self._cached()
        start, end = self._int(), self._int()
        is_ok = self._byte() == 1
        self._cached()
        self._samples.add(self.start + start, elapsed(start, end), failed=not is_ok)

    def _user(self) -> None:
        self._int()  # the scenario
        self._byte()  # whether the user starts
        self._samples.extend(self.start + self._int())

    def _group(self) -> None:
        self._groups()
        for _ in range(3):
            self._int()
        self._byte()

    def _error(self) -> None:
        self._cached()
        self._int()
        self._samples.add_unsent()

    def _groups(self) -> None:
        for _ in range(self._length()):
            self._cached()

    def _cached(self) -> None:
        """Skip a text, which is written once and then as its negative number."""
        number = self._int()
        if number >= 0:
            self._texts.add(number)
            self._text()
        elif -number not in self._texts:
            raise Unreadable(f"byte {self._at - 4}: text {-number} is used before it is written")

    def _text(self) -> str:
        length = self._length()
        if not length:
            return ""
        place = self._at
        self._skip(length)
        return self._data[place : place + length].decode(
            "utf-16-le" if self._byte() else "latin-1", "replace"
        )

    def _length(self) -> int:
        length = self._int()
        if not 0 <= length <= _MOST_TEXTS:
            raise Unreadable(f"byte {self._at - 4}: {length} is not a length")
        return length

    def _skip(self, length: int) -> None:
        self._at += length
        if self._at > len(self._data):
            raise struct.error

    def _byte(self) -> int:
        return self._unpack(">b")

    def _int(self) -> int:
        return self._unpack(">i")

    def _unpack(self, form: str) -> int:
        number: int = struct.unpack_from(form, self._data, self._at)[0]
        self._at += struct.calcsize(form)
        return number


def elapsed(start: int, end: int) -> int:
    """Return how long a request took, in milliseconds."""
    if end < start:
        raise Unreadable(f"a request ends {start - end} ms before it starts")
    return end - start
