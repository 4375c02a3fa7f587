"""The samples of a run of JMeter, whether they were written as CSV or as XML."""

import re
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from gatekeeper.collectors.load_test._samples import Samples
from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading import instants
from gatekeeper.model.evidence import Origin, Unreadable

_TRANSACTION = "Number of samples in transaction"
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

    @property
    def is_transaction(self) -> bool:
        """Whether a Transaction Controller wrote it."""
        return (self.message or "").startswith(_TRANSACTION)


class JMeterRun:
    """Samples under construction."""

    def __init__(self) -> None:
        self.requests, self.transactions = Samples(), Samples()
        self.has_outcomes = True
        self.zone: tzinfo = UTC

    def take(self, sample: JMeterSample) -> None:
        """Add a sample."""
        elapsed = sample.elapsed or ""
        if not _WHOLE.fullmatch(elapsed):
            raise Unreadable(f"{sample.where}: elapsed is {elapsed[:40]!r}, not a count of milliseconds")
        if sample.summed not in (None, "1"):
            raise Unreadable(f"{sample.where}: it sums up {sample.summed[:40]!r} samples; save each of them")
        self.has_outcomes &= sample.success is not None
        owner = self.transactions if sample.is_transaction else self.requests
        owner.add(self._moment(sample), int(elapsed), failed=sample.success != "true")

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
