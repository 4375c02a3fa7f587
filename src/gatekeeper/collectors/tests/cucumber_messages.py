"""The messages of Cucumber (formatter `message`): one event a line, from a feature's source to its results.

https://github.com/cucumber/messages. Each attempt of a scenario is an event, so a test that was run again is
known. A test case that was planned and did not run makes the report partial, and so does a missing end.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from gatekeeper.collectors.reading import figures
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.subjects import repositories
from gatekeeper.collectors.tests import _report
from gatekeeper.collectors.tests._gherkin import StepResult, outcome
from gatekeeper.collectors.tests._report import CaseOutcome, TestCase, TestReport
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="Cucumber",
    seen="cucumber-js 12.9 (protocol 32.2)",
    source="https://github.com/cucumber/messages",
    command="cucumber-js --format message:cucumber.ndjson",
    recognised="JSON Lines of which the first has `meta` with `protocolVersion`",
    models="the scenarios with every attempt, tags, features and rules, hooks of the run, and the commit",
)


_USED = frozenset(
    {
        "meta",
        "gherkinDocument",
        "pickle",
        "testCase",
        "testCaseStarted",
        "testStepFinished",
        "testCaseFinished",
    }
    | {"testRunStarted", "testRunHookFinished", "testRunFinished", "parseError"}
)
"""The types of messages that are kept: attachments and sources are large."""


class _Attempt(NamedTuple):
    """One run of a test case."""

    started: datetime | None
    results: list[StepResult]
    seconds: list[float]


class _Messages:
    """The messages of a run, by what they say and the id of what they are about."""

    def __init__(self, content: Content) -> None:
        self.by_type: dict[str, list[Object]] = {}
        for line in content.stream():
            for name, value in line.object.items() if not _USED.isdisjoint(line.object) else ():
                self.by_type.setdefault(name, []).append(figures.mapping(value, f"`{name}`"))
        self.pickles = {of["id"]: of for of in self.of("pickle") if isinstance(of.get("id"), str)}
        self.steps = {
            step.get("id"): step.get("text")
            for pickle in self.pickles.values()
            for step in figures.listed(pickle, "steps", "a step")
        }
        self.places = {
            id_: place
            for document in self.of("gherkinDocument")
            for id_, place in _places(figures.section(document, "feature"))
        }

    def of(self, name: str) -> list[Object]:
        """Return the messages of a type."""
        return self.by_type.get(name, [])

    def one(self, name: str) -> Object:
        """Return the last message of a type; an empty one without any."""
        return (self.of(name) or [{}])[-1]


def recognises(content: Content) -> bool:
    """Return whether the first line is the message about the run's tools."""
    first = content.first
    meta = first.get("meta") if isinstance(first, dict) else None
    return isinstance(meta, dict) and "protocolVersion" in meta


def read(content: Content) -> TestReport:
    """Return the results of a run."""
    messages = _Messages(content)
    attempts = _attempts(messages)
    cases, planned = list[TestCase](), messages.of("testCase")
    for test in planned:
        cases += _cases(messages, test, attempts.get(_id(test, "id"), []))
    finished = messages.one("testRunFinished")
    partial = tuple(_partial(messages, planned, attempts))
    succeeded = not finished or figures.flag(finished.get("success"), "`success` of the run")
    return TestReport(_origin(messages, partial), cases, tuple(_failures(messages)), succeeded=succeeded)


def _origin(messages: _Messages, partial: tuple[str, ...]) -> Origin:
    meta = messages.one("meta")
    tool = figures.section(meta, "implementation")
    name, version = figures.first_text(tool, "name"), figures.first_text(tool, "version")
    git = figures.section(figures.section(meta, "ci"), "git")
    return Origin(
        "cucumber-messages",
        producer=f"{name} {version}" if name and version else name,
        produced_at=_time(messages.one("testRunStarted")),
        commit=figures.first_text(git, "revision"),
        subjects=repositories(git.get("remote")),
        partial=partial,
    )


def _partial(
    messages: _Messages, planned: list[Object], attempts: dict[str, list[_Attempt]]
) -> Iterator[str]:
    if not messages.of("testRunFinished"):
        yield "the run did not finish"
    if missing := sum(not attempts.get(_id(test, "id")) for test in planned):
        yield f"{missing} planned tests did not run"


def _failures(messages: _Messages) -> Iterator[Finding]:
    """Yield what failed besides the scenarios: files that do not parse, hooks of the run."""
    for error in messages.of("parseError"):
        source = figures.section(error, "source")
        yield _report.failure("a feature that does not parse", error.get("message"), source.get("uri"))
    for hook in messages.of("testRunHookFinished"):
        result = _result(figures.section(hook, "result"), "a hook of the run")
        found, said = outcome([result])
        if found is CaseOutcome.FAILED:
            yield _report.failure("a hook of the run", said)


def _attempts(messages: _Messages) -> dict[str, list[_Attempt]]:
    """Return the attempts of each test case, in order."""
    names = {
        _id(step, "id"): messages.steps.get(step.get("pickleStepId"))
        for test in messages.of("testCase")
        for step in figures.listed(test, "testSteps", "a step of a test case")
    }
    ended = {_id(of, "testCaseStartedId") for of in messages.of("testCaseFinished")}
    by_id, found = dict[str, _Attempt](), dict[str, list[_Attempt]]()
    for started in messages.of("testCaseStarted"):
        id_ = _id(started, "id")
        unended = [] if id_ in ended else [StepResult("", "it did not end")]
        by_id[id_] = _Attempt(_time(started), unended, [])
        found.setdefault(_id(started, "testCaseId"), []).append(by_id[id_])
    for step in messages.of("testStepFinished"):
        attempt = by_id.get(_id(step, "testCaseStartedId"))
        if attempt is not None:
            result = figures.mapping(step.get("testStepResult"), "the result of a step")
            name = names.get(_id(step, "testStepId"))
            attempt.results.append(_result(result, f"the step {name!r}" if name else ""))
            attempt.seconds.extend(_duration(result.get("duration")))
    return found


def _cases(messages: _Messages, test: Object, attempts: list[_Attempt]) -> list[TestCase]:
    """Return the case of a test with its attempts; several if an earlier one passed."""
    pickle = messages.pickles.get(_id(test, "pickleId"), {})
    ids = figures.entries(pickle.get("astNodeIds"), "astNodeIds")
    known = [messages.places[id_] for id_ in ids if isinstance(id_, str) and id_ in messages.places]
    suites, line = (known[0][0], known[-1][1]) if known else ((), None)
    tags = tuple(
        figures.text(of.get("name"), "the name of a tag") for of in figures.listed(pickle, "tags", "a tag")
    )
    name = _report.full_name(suites, figures.text(pickle.get("name", ""), "the name of a scenario"), tags)
    file = figures.first_text(pickle, "uri")
    cases = []
    for attempt in attempts:
        found, said = outcome(attempt.results)
        seconds = sum(attempt.seconds) if attempt.seconds else None
        cases.append(TestCase(name, suites, file, seconds, found, said, line, tags, attempt.started))
    has_only_failed = all(case.outcome is CaseOutcome.FAILED for case in cases)
    return cases[-1:] if has_only_failed else list(_report.united(cases))


def _places(
    feature: Object, around: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[tuple[str, ...], int | None]]]:
    """Yield the id of each scenario and example of a feature or rule, with its titles and line."""
    titles = (*around, figures.first_text(feature, "name") or "")
    for child in figures.listed(feature, "children", "a child of a feature"):
        if "rule" in child:
            yield from _places(figures.section(child, "rule"), titles)
        scenario = figures.section(child, "scenario")
        rows = (
            row
            for examples in figures.listed(scenario, "examples", "examples")
            for row in figures.listed(examples, "tableBody", "an example")
        )
        for node in (scenario, *rows) if scenario else ():
            line = figures.line_or_none(figures.section(node, "location").get("line"))
            yield _id(node, "id"), (titles, line)


def _result(result: Object, step: str) -> StepResult:
    status, message = result.get("status"), result.get("message")
    return StepResult(
        status if isinstance(status, str) else "", message if isinstance(message, str) else "", step
    )


def _duration(value: Json) -> list[float]:
    if not isinstance(value, dict):
        return []
    seconds, nanoseconds = (figures.amount(value.get(of, 0), "a duration") for of in ("seconds", "nanos"))
    return [seconds + nanoseconds / 1e9]


def _time(owner: Object) -> datetime | None:
    stamp = figures.section(owner, "timestamp")
    if not stamp:
        return None
    try:
        return datetime.fromtimestamp(figures.amount(stamp.get("seconds"), "a timestamp"), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _id(owner: Object, key: str) -> str:
    return figures.text(owner.get(key), f"`{key}` of a message")
