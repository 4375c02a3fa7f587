"""Locust's statistics in JSON.

`StatsEntry.serialize` in `locust/stats.py`. Each entry counts its requests by their rounded time: up to
100 ms whole milliseconds, above that two significant digits. So a percentile, by nearest rank, is at most 5 %
off.

Not modelled: exceptions in tasks, which are not requests.
"""

from collections import Counter
from collections.abc import Sequence

from gatekeeper.collectors.load_test._samples import percentiles
from gatekeeper.collectors.load_test.read import LoadReport
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import amount, count, mapping, objects
from gatekeeper.model.evidence import Absent, Origin, Unreadable
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Locust's statistics in JSON",
    seen="2.47.0",
    source="https://github.com/locustio/locust/blob/2.47.0/locust/stats.py",
    command="locust --headless --json > locust.json",
    recognised="a list of entries with `num_requests` and `response_times`",
    models="requests, failures, times counted, start and end, of all entries together",
    not_modelled="exceptions in tasks",
)
_MARKS = frozenset({"num_requests", "num_failures", "response_times"})


def recognises(content: Content) -> bool:
    """Return whether the JSON is a list of entries of statistics."""
    if not content.is_json or content.is_lines or not isinstance(content.json, list):
        return False
    return bool(content.json) and all(isinstance(one, dict) and one.keys() >= _MARKS for one in content.json)


def read(content: Content) -> LoadReport:
    """Return the figures of all entries together."""
    entries = list(objects(content.json, "the entries", "an entry"))
    used = [entry for entry in entries if count(entry["num_requests"], "num_requests")]
    if not used:
        raise Absent("the run made no request")
    times: Counter[float] = Counter()
    for entry in used:
        times.update(_times(entry))
    requests = sum(count(entry["num_requests"], "num_requests") for entry in used)
    failed = sum(count(entry["num_failures"], "num_failures") for entry in entries)
    start = min(_known(used, "start_time"), default=None)
    end = max(_known(used, "last_request_timestamp"), default=None)
    return LoadReport(
        Origin("locust", producer="Locust", produced_at=instants.from_epoch(start), items=requests),
        requests,
        failed=min(failed, requests),
        latency_ms=percentiles(times),
        duration_s=end - start if start is not None and end is not None and end > start else None,
    )


def _times(entry: Object) -> dict[float, int]:
    """Return how many requests took so many milliseconds."""
    listed = mapping(entry["response_times"], "response_times")
    found = {_milliseconds(time): count(times, f"response_times: {time}") for time, times in listed.items()}
    timed = sum(found.values()) + count(entry.get("num_none_requests", 0), "num_none_requests")
    if timed != entry["num_requests"]:
        raise Unreadable(f"an entry counts {entry['num_requests']} requests, but the times of {timed}")
    return found


def _milliseconds(time: str) -> float:
    try:
        return amount(float(time), "a response time")
    except ValueError:
        raise Unreadable(f"response_times: {time[:40]!r} is not a number of milliseconds") from None


def _known(entries: Sequence[Object], key: str) -> list[float]:
    values: list[Json] = [entry.get(key) for entry in entries]
    return [amount(value, key) for value in values if value is not None]
