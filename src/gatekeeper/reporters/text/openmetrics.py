"""Write gauges as text that readers of OpenMetrics 1.0 and of Prometheus' text format 0.0.4 both accept.

The two share metadata of the type `gauge` and samples without time stamps. The types `info` and `stateset`
are unknown to the older format, and a counter has another name there. `# EOF`, which OpenMetrics requires,
is a comment in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from gatekeeper.reporters.text.screen import visible

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"'})


class Sample(NamedTuple):
    """A value of a gauge; the values of its labels may be untrusted."""

    gauge: str
    value: int
    labels: Mapping[str, str]


def document(gauges: Mapping[str, str], samples: Iterable[Sample]) -> str:
    """Return samples by gauge.

    Args:
        gauges: What each gauge means, by name. A gauge has the same text in every file: the textfile
            collector drops gauges whose texts differ.
        samples: The samples, in any order.
    """
    lines: dict[str, list[str]] = {name: [] for name in gauges}
    for sample in samples:
        lines[sample.gauge].append(f"{sample.gauge}{_labels(sample.labels)} {sample.value}")
    return "".join(f"{line}\n" for line in (*_families(gauges, lines), "# EOF"))


def _families(gauges: Mapping[str, str], lines: Mapping[str, list[str]]) -> Iterator[str]:
    for name, meaning in gauges.items():
        if lines[name]:
            yield from (f"# TYPE {name} gauge", f"# HELP {name} {meaning}", *lines[name])


def _labels(labels: Mapping[str, str]) -> str:
    # `visible` leaves no line break, so no text begins another sample.
    return (
        "{" + ",".join(f'{key}="{visible(text).translate(_ESCAPES)}"' for key, text in labels.items()) + "}"
    )
