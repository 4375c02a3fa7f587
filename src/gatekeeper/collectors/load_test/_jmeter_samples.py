"""The samples of a run of JMeter, whether they were written as CSV or as XML."""

import re
from datetime import UTC, datetime, tzinfo
from itertools import islice
from typing import NamedTuple

from gatekeeper.collectors.load_test._samples import Samples
from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading import instants
from gatekeeper.model.evidence import Origin, Unreadable

_TRANSACTION = re.compile(r"Number of samples in transaction : ([0-9]{1,9})")
_MOST_RECENT = 1000
_WHOLE = re.compile(r"[0-9]{1,15}")


class JMeterSample(NamedTuple):
    """A sample; every value is text as it is written, None if it is missing."""

    where: str
    start: str | None
    elapsed: str | None
    success: str | None
    message: str | None
    summed: str | None
    """How many samples it sums up."""
    thread: str | None = None

    @property
    def in_transaction(self) -> int | None:
        """How many samples a Transaction Controller saw; None if no such controller wrote it."""
        found = _TRANSACTION.match(self.message or "")
        return int(found[1]) if found else None


class JMeterRun:
    """Samples under construction."""

    def __init__(self) -> None:
        self.requests, self.transactions = Samples(), Samples()
        self.has_outcomes = True
        self.zone: tzinfo = UTC
        self._began_by_thread: dict[str, list[float]] = {}
        """When the latest samples of a thread began."""

    def take(self, sample: JMeterSample) -> None:
        """Add a sample."""
        elapsed = sample.elapsed or ""
        if not _WHOLE.fullmatch(elapsed):
            raise Unreadable(f"{sample.where}: elapsed is {elapsed[:40]!r}, not a count of milliseconds")
        if sample.summed not in (None, "1"):
            raise Unreadable(f"{sample.where}: it sums up {sample.summed[:40]!r} samples; save each of them")
        self.has_outcomes &= sample.success is not None
        start = self._moment(sample)
        owner = self.transactions if self._lists_samples_of(sample, start or 0) else self.requests
        owner.add(start, int(elapsed), failed=sample.success != "true")
        self._remember(sample.thread or "", start or 0)

    def _lists_samples_of(self, sample: JMeterSample, start: float) -> bool:
        """Return whether a sample is a transaction whose own samples are listed before it.

        If it "generates a parent sample", CSV lists it instead of its samples.
        """
        wanted = sample.in_transaction
        if wanted is None:
            return False
        for began in islice(reversed(self._began_by_thread.get(sample.thread or "", [])), _MOST_RECENT):
            if began >= start:
                wanted -= 1
            if wanted <= 0 or (began < start and sample.thread):
                break
        return wanted <= 0

    def _remember(self, thread: str, start: float) -> None:
        recent = self._began_by_thread.setdefault(thread, [])
        recent.append(start)
        if len(recent) > 2 * _MOST_RECENT:
            del recent[:_MOST_RECENT]

    def _moment(self, sample: JMeterSample) -> float | None:
        """Return when a sample began, in milliseconds since 1970; None if that was not saved."""
        if sample.start is None or _WHOLE.fullmatch(sample.start):
            return None if sample.start is None else int(sample.start)
        moment = instants.from_text(sample.start.replace("/", "-"))
        if moment is None:
            raise Unreadable(f"{sample.where}: timeStamp is {sample.start[:40]!r}, not a time")
        self.zone = moment.tzinfo or UTC
        return moment.timestamp() * 1000

    def report(self, checks: tuple[int, int] | None = None) -> LoadReport:
        """Return the figures; `checks` says how many assertions passed and failed."""
        samples = self.requests if self.requests.requests else self.transactions
        passed, failed = checks or (None, None)
        report = samples.report(
            Origin("jmeter", producer="JMeter", produced_at=self._began(samples)),
            checks_passed=passed,
            checks_failed=failed,
        )
        return report if self.has_outcomes else report._replace(failed=None)

    def _began(self, samples: Samples) -> datetime | None:
        began = instants.from_epoch(samples.start)
        return began and began.replace(tzinfo=self.zone)
