"""Gatling's simulation log: text up to 3.12, binary since 3.13.

`LogFileDataWriter.scala`, of 3.9 for the text; 3.0 to 3.3 write the number of the user as well. Times are
whole milliseconds, so percentiles are exact, by nearest rank. An error outside of requests is a request that
Gatling could not build: it counts as a failed one.

Not modelled: assertions, which the log holds without results; Gatling's `assertions.json` has them. That
a run was cut short: users who have not finished are also normal, with `maxDuration`.
"""

import re
from typing import BinaryIO

from gatekeeper.collectors.load_test._gatling_binary import GatlingBinary, elapsed
from gatekeeper.collectors.load_test._samples import Samples
from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.model.evidence import Origin, Unreadable

ABOUT = About(
    tool="Gatling's simulation.log",
    seen="3.0 to 3.15, by its source",
    source="https://github.com/gatling/gatling/blob/v3.9.5/gatling-core/src/main/scala/io/gatling/core/stats/writer/LogFileDataWriter.scala",
    command="any run writes it, into the folder of its results",
    recognised="a first line `RUN` or `ASSERTION`, or a binary record of a run",
    models="each request: time, OK or KO; errors outside of requests",
    not_modelled="assertions, which the log holds without results",
)
_TEXT = re.compile(rb"(?:ASSERTION\t[^\n]*\n)*RUN\t")
_BINARY = re.compile(rb"\x00\x00\x00\x00[\x05-\x20][0-9]\.[0-9]{1,3}\.[0-9]")
_NUMBER = re.compile(r"[0-9]{1,15}")


def recognises(content: Content) -> bool:
    """Return whether the first records are assertions and a run."""
    return bool(_TEXT.match(content.head) or _BINARY.match(content.head))


def read(content: Content) -> LoadReport:
    """Return the figures of the requests."""
    samples = Samples()
    log: GatlingBinary | _TextLog
    if _BINARY.match(content.head):
        log = GatlingBinary(content.data, samples)
        log.read()
    else:
        log = _TextLog(samples)
        with content.open() as file:
            log.read_lines(file)
    began = instants.from_epoch(log.start)
    return samples.report(Origin("gatling", producer=f"Gatling {log.version}", produced_at=began))


class _TextLog:
    """Reads the lines of a log one after another."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self.version, self.start = "", 0

    def read_lines(self, file: BinaryIO) -> None:
        """Read all lines."""
        for number, line in enumerate(file, start=1):
            try:
                self._take(line)
            except Unreadable as flaw:
                raise Unreadable(f"line {number}: {flaw}") from None

    def _take(self, line: bytes) -> None:
        if not line.endswith(b"\n"):
            raise Unreadable("the line has no end: the log was cut short")
        fields = line.decode(errors="replace").rstrip("\r\n").split("\t")
        match fields:
            case ["RUN", _, _, began, _, release]:
                self.version, self.start = release.strip(), _moment(began)
            case ["REQUEST", *_] if len(fields) in (7, 8):
                self._request(*fields[-4:-1])
            case ["USER", _, "START" | "END", moment]:
                self._samples.extend(_moment(moment))
            case ["ERROR", _, moment]:
                _moment(moment)
                self._samples.add_unsent()
            case ["USER" | "GROUP" | "ASSERTION", *_]:
                pass
            case _:
                raise Unreadable(f"{fields[0][:40]!r} begins no record of Gatling 3")

    def _request(self, started: str, ended: str, status: str) -> None:
        start, end = _moment(started), _moment(ended)
        if status not in ("OK", "KO"):
            raise Unreadable(f"{status[:40]!r} is neither OK nor KO")
        self._samples.add(start, elapsed(start, end), failed=status == "KO")


def _moment(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unreadable(f"{text[:40]!r} is not a time in milliseconds")
    return int(text)
