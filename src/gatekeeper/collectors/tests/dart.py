"""The events of `dart test` and `flutter test`, one a line (JSON reporter, protocol 0.1).

https://github.com/dart-lang/test/blob/master/pkgs/test/doc/json_reporter.md. A hidden test loads a file
or sets up a group; it counts only if it failed. An error may follow the end of its test.
"""

from collections.abc import Iterable
from typing import Any

from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Dart and Flutter",
    seen="by the protocol 0.1.1",
    source="https://github.com/dart-lang/test/blob/master/pkgs/test/doc/json_reporter.md",
    command="dart test --file-reporter json:tests.jsonl; flutter test --machine",
    recognised="JSON Lines of which the first is the event `start` with `protocolVersion`",
    models="the tests within their groups with errors, durations and places; tests that did not end",
    not_modelled="tests that were run again, of which the events show the last run only",
)


def recognises(content: Content) -> bool:
    """Return whether the first line is the event that starts a run."""
    first = content.first
    return isinstance(first, dict) and first.get("type") == "start" and "protocolVersion" in first


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    events = _Events(content)
    cases = [case for id_ in events.tests if (case := _case(events, id_))]
    end = events.end
    partial = () if end and end.get("success") is not None else ("the run did not finish",)
    version = figures.first_text(events.start, "runnerVersion")
    origin = Origin("dart", producer=f"dart test {version}" if version else "dart test", partial=partial)
    return TestReport(origin, cases, succeeded=end.get("success") is not False)


class _Events:
    """The events of a run, by the id of what they are about."""

    def __init__(self, content: Content) -> None:
        self.start: Object = {}
        self.end: Object = {}
        self.suites: dict[Any, Object] = {}
        self.groups: dict[Any, Object] = {}
        self.tests: dict[Any, Object] = {}
        self.began: dict[Any, float] = {}
        self.ended: dict[Any, Object] = {}
        self.errors: dict[Any, str] = {}
        for line in content.stream():
            # Flutter adds lines of its own, which are lists.
            if isinstance(line.value, dict):
                self._add(line.value)

    def _add(self, event: Object) -> None:
        match event.get("type"):
            case "start":
                self.start = event
            case "suite":
                suite = figures.section(event, "suite")
                self.suites[_id(suite, "id")] = suite
            case "group":
                group = figures.section(event, "group")
                self.groups[_id(group, "id")] = group
            case "testStart":
                test = figures.section(event, "test")
                self.tests[_id(test, "id")] = test
                self.began[test["id"]] = figures.amount(event.get("time", 0), "`time`")
            case "testDone":
                self.ended[_id(event, "testID")] = event
            case "error":
                error = event.get("error")
                self.errors.setdefault(_id(event, "testID"), error if isinstance(error, str) else "an error")
            case "done":
                self.end = event
            case _:
                pass


def _case(events: _Events, id_: Json) -> TestCase | None:
    """Return a test; None if it is hidden and passed."""
    test, done = events.tests[id_], events.ended.get(id_, {})
    outcome, said = _judged(done, events.errors.get(id_))
    if done.get("hidden") is True and outcome is CaseOutcome.PASSED:
        return None
    suites = _titles(events.groups.get(of) for of in figures.entries(test.get("groupIDs"), "groupIDs"))
    name = figures.text(test.get("name"), "the name of a test").removeprefix(" ".join(suites)).strip()
    suite = events.suites.get(test.get("suiteID"), {})
    return TestCase(
        _report.full_name(suites, name),
        suites,
        figures.first_text(suite, "path"),
        _seconds(events, id_),
        outcome,
        said,
        figures.line_or_none(test.get("root_line") or test.get("line")),
    )


def _judged(done: Object, error: str | None) -> tuple[CaseOutcome, str]:
    result = done.get("result")
    if error is not None or result != "success":
        return CaseOutcome.FAILED, error or (f"result {result!r}" if done else "it did not end")
    return (CaseOutcome.SKIPPED if done.get("skipped") is True else CaseOutcome.PASSED), ""


def _titles(groups: Iterable[Object | None]) -> tuple[str, ...]:
    """Return the own names of groups from the outside in; the name of one begins with that of its parent."""
    titles, around = list[str](), ""
    for group in groups:
        name = (figures.first_text(group, "name") if group else None) or ""
        if own := name.removeprefix(around).strip():
            titles.append(own)
        around = name or around
    return tuple(titles)


def _seconds(events: _Events, id_: Json) -> float | None:
    time = events.ended.get(id_, {}).get("time")
    return None if time is None else max(0.0, figures.amount(time, "`time`") - events.began[id_]) / 1000


def _id(owner: Object, key: str) -> int:
    return figures.count(owner.get(key), f"`{key}` of an event")
