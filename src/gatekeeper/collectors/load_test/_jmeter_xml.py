"""JMeter's samples in XML, as `SampleResultConverter` writes them.

Samples within a sample are what it fetched, but within a Transaction Controller they are its requests.
"""

from collections.abc import Callable

from gatekeeper.collectors.load_test._jmeter_samples import JMeterSample
from gatekeeper.model.evidence import Unreadable

_SAMPLES = frozenset({"sample", "httpSample"})
_PARTS = frozenset(
    {
        "assertionResult",
        "responseHeader",
        "requestHeader",
        "responseData",
        "responseFile",
        "cookies",
        "method",
    }
    | {"queryString", "redirectLocation", "samplerData", "java.net.URL"}
)
"""What a sample consists of besides other samples."""


class _Open:
    """A sample that has begun."""

    def __init__(self, sample: JMeterSample, *, counts: bool) -> None:
        self.sample = sample
        self.counts = counts
        """Whether it counts by itself, not as a part of another sample."""


class JMeterXml:
    """Listens to the elements of a file and passes on the samples."""

    def __init__(self, take: Callable[[JMeterSample], None]) -> None:
        self._take = take
        self._open: list[_Open] = []
        self._verdicts: dict[str, str] = {}
        """The texts of an assertion: its `name`, `failure` and `error`."""
        self._path: list[str] = []
        self._number = 0
        self.passed, self.failed = 0, 0
        """How many assertions passed and failed."""

    @property
    def checks(self) -> tuple[int, int] | None:
        """How many assertions passed and failed; None if the file has none."""
        return (self.passed, self.failed) if self.passed or self.failed else None

    def start(self, tag: str, attributes: dict[str, str]) -> bool:
        owner = self._path[-1] if self._path else None
        self._path.append(tag)
        if tag in _SAMPLES:
            self._begin(attributes)
        elif owner == "testResults" or (owner in _SAMPLES and tag not in _PARTS):
            raise Unreadable(f"<{tag[:60]}> is not known among the samples of JMeter")
        elif tag == "assertionResult":
            self._verdicts = {}
        elif owner == "assertionResult":
            self._verdicts[tag] = ""
        return owner == "assertionResult"

    def text(self, text: str) -> None:
        self._verdicts[self._path[-1]] = self._verdicts.get(self._path[-1], "") + text

    def end(self, tag: str) -> bool:
        self._path.pop()
        if tag in _SAMPLES:
            done = self._open.pop()
            if done.counts:
                self._take(done.sample)
        elif tag == "assertionResult" and self._open:
            self._judge()
        return bool(self._path) and self._path[-1] == "assertionResult"

    def _begin(self, attributes: dict[str, str]) -> None:
        self._number += 1
        within = self._open[-1] if self._open else None
        counts = within is None or (within.counts and within.sample.in_transaction is not None)
        sample = JMeterSample(
            f"sample {self._number}", *(attributes.get(name) for name in ("ts", "t", "s", "rm", "sc", "tn"))
        )
        self._open.append(_Open(sample, counts=counts))

    def _judge(self) -> None:
        """Count an assertion; a sample whose assertion failed has failed, whatever it says."""
        if self._verdicts.get("failure") == "false" and self._verdicts.get("error", "false") == "false":
            self.passed += 1
        else:
            self.failed += 1
            self._open[-1].sample = self._open[-1].sample._replace(success="false")
