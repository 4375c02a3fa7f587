"""Results of promptfoo: its JSON output of versions 2 and 3, and its JSON lines.

https://www.promptfoo.dev/docs/configuration/outputs and what promptfoo 0.24 to 0.123 write. A row's `success`
is its verdict. Under a test's `threshold` a row can succeed although assertions failed; failed assertions are
in `gradingResult.componentResults`, into which promptfoo flattens assertion sets.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from gatekeeper.collectors.evals._assertions import judges
from gatekeeper.collectors.evals._report import (
    Check,
    EvalCase,
    EvalReport,
    Item,
    brief,
    compared,
    only_object,
    prompt_named,
)
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import (
    count,
    first_text,
    flag,
    listing,
    mapping,
    objects,
    section,
    shown,
)
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import first_line
from gatekeeper.collectors.reading.structured import Structured
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="promptfoo",
    seen="0.24, 0.123",
    source="https://www.promptfoo.dev/docs/configuration/outputs/",
    command="promptfoo eval --output evals.json",
    recognised=(
        "`results.results`; in JSON Lines `success` and one of `vars`, `testCase`, `promptIdx` on "
        "the first line"
    ),
    models="rows, assertions with their metrics, errors, counters, filters, prompts",
    not_modelled="CSV, HTML and XML outputs; costs and times",
)

_VERSIONS = (2, 3)
_OF_A_ROW = frozenset({"vars", "testCase", "promptIdx"})
_SHOWN_VARIABLES = 5
_STAND_IN = "echo"
"""The provider that returns the prompt."""
_ERROR = 2
"""The `failureReason` of an error; 0 means success, 1 a failed assertion."""


def recognises(content: Content) -> bool:
    """Return whether the file is an output of promptfoo, or its JSON lines."""
    results = only_object(content).get("results")
    return _is_in_lines(content) or (isinstance(results, dict) and "results" in results)


def read(content: Content) -> EvalReport:
    """Return the results of an output."""
    if not _is_in_lines(content):
        return _output(content.lines[0])
    # JSON lines have neither counters nor a timestamp.
    cases = [_case(Node.of(document)) for document in content.lines]
    return EvalReport(Origin("promptfoo-jsonl", items=len(cases)), cases)


def _is_in_lines(content: Content) -> bool:
    row = content.first
    return isinstance(row, dict) and "success" in row and not row.keys().isdisjoint(_OF_A_ROW)


def _output(document: Structured) -> EvalReport:
    summary = mapping(document.object["results"], "results")
    version = summary.get("version")
    if type(version) is not int or version not in _VERSIONS:
        raise Unreadable(f"results of promptfoo with the version {shown(version)}; supported are 2 and 3")
    rows = Node(document, ("results", "results"), summary["results"]).listed()
    cases = [_case(row) for row in rows]
    stats = section(summary, "stats", "results.stats")
    passed, failed, errors = (
        count(stats.get(name, 0), f"results.stats.{name}") for name in ("successes", "failures", "errors")
    )
    tool = section(document.object, "metadata").get("promptfooVersion")
    origin = Origin(
        f"promptfoo-v{version}",
        producer=f"promptfoo {tool}" if isinstance(tool, str) else None,
        produced_at=instants.from_text(summary.get("timestamp")),
        partial=(*_unasserted(summary, cases), *_filtered(document)),
        items=len(cases),
    )
    # Version 2 may count neither successes nor failures if every row ended in an error.
    by_prompt = [section(prompt, "metrics") for prompt in objects(summary.get("prompts") or [], "prompts")]
    of_prompts = {
        name: sum(count(metrics.get(name) or 0, name) for metrics in by_prompt)
        for name in ("testFailCount", "testErrorCount", "testPassCount")
    }
    not_passed = max(failed + errors, of_prompts["testFailCount"] + of_prompts["testErrorCount"])
    total = max(passed + failed + errors, sum(of_prompts.values()))
    return compared(EvalReport(origin, cases), not_passed, total, document, "results", "stats")


def _filtered(document: Structured) -> Iterator[str]:
    """Yield the filters that the output states; others leave no trace in it."""
    options = section(document.object, "runtimeOptions")
    for name in ("filterRange", "providerFilter"):
        if options.get(name):
            yield f"the run was filtered: `{name}` is {shown(options[name])}"


def _unasserted(summary: Object, cases: Sequence[EvalCase]) -> Iterator[str]:
    """Yield a reason if the prompts count more failed assertions than the rows list."""
    if any(case.checks is None for case in cases):
        return
    graded = (section(row, "gradingResult") for row in objects(summary["results"], "results.results"))
    listed = sum(each.get("pass") is False for grading in graded for each in _components(grading).values())
    metrics = (section(prompt, "metrics") for prompt in objects(summary.get("prompts") or [], "prompts"))
    counted = sum(count(each.get("assertFailCount") or 0, "assertFailCount") for each in metrics)
    if counted > listed:
        yield f"{counted} failed assertions are counted, {listed} are listed"


def _case(node: Node) -> EvalCase:
    row = Item(_name(node.object()), node)
    value = node.object()
    success = flag(value.get("success"), f"{row.name}: success")
    grading = value.get("gradingResult")
    graded = None if grading is None else mapping(grading, "gradingResult")
    errored = value.get("error") or value.get("failureReason") == _ERROR
    held = success and not errored and (graded or {}).get("pass") is not False
    case = _passed(row, graded) if held else _failed(row, graded)
    return case._replace(prompt=prompt_named(_first_text(value.get("prompt"), "label", "display")))


def _name(row: Object) -> str:
    """Return the test, and the prompt and the provider if the row names them."""
    prompt = _first_text(row.get("prompt"), "label", "display", "raw")
    provider = _first_text(row.get("provider"), "label", "id")
    by = "; ".join(brief(part) for part in (prompt, provider) if part)
    return f"{_test(row)} [{by}]" if by else _test(row)


def _test(row: Object) -> str:
    described = _first_text(row.get("testCase"), "description") or _first_text(row, "description")
    if described:
        return brief(described)
    variables = row.get("vars")
    if isinstance(variables, dict) and variables:
        first = islice(variables.items(), _SHOWN_VARIABLES)
        texts = ((key, value if isinstance(value, str) else shown(value)) for key, value in first)
        return brief(", ".join(f"{brief(key)}={brief(value)}" for key, value in texts))
    return "a test without a description"


def _passed(row: Item, graded: Object | None) -> EvalCase:
    if graded is None and any(_planned(row.node.object())):
        # The grading may have been removed from the output; the assertions of the test remain.
        return EvalCase(checks=None)
    components = _components(graded or {})
    checks = tuple(_checks(row, components))
    if _first_text(row.node.object().get("provider"), "id") == _STAND_IN:
        return EvalCase(unasserted=row.finding(f"{_STAND_IN} answers, and no model"), checks=checks)
    if _was_judged(graded or {}, components.values()):
        return EvalCase(checks=checks)
    why = "no assertion judges the answer" if checks else "passed without an assertion"
    return EvalCase(unasserted=row.finding(why), checks=checks)


def _failed(row: Item, graded: Object | None) -> EvalCase:
    # Before version 3 there is no reason, and a row without a grading could not be graded.
    errored = row.node.object().get("failureReason", _ERROR if graded is None else None) == _ERROR
    checks: tuple[Check, ...] | None = None
    if graded is not None:
        checks = tuple(_checks(row, _components(graded)))
    elif errored:
        # No metric was judged because of the error.
        metrics = (_first_text(assertion, "metric") for assertion in _planned(row.node.object()))
        checks = tuple(Check(metric, passed=False) for metric in metrics if metric)
    said = row.node.object().get("error") or (graded or {}).get("reason")
    return EvalCase(failure=row.finding(_reason(said)), checks=checks, errored=errored)


def _reason(said: object) -> str:
    return (first_line(said) if isinstance(said, str) else "") or "failed without a reason"


def _components(graded: Object) -> dict[int, Object]:
    """Return the results of assertions by index; an assertion that was not run is missing."""
    components = listing(graded.get("componentResults") or [], "componentResults")
    return {
        index: mapping(component, "one of componentResults")
        for index, component in enumerate(components)
        if component is not None
    }


def _was_judged(graded: Object, components: Iterable[Object]) -> bool:
    """Return whether an assertion decided; early versions put a single one into the result itself."""
    stated = [component.get("assertion") for component in components] or [graded.get("assertion")]
    named = [assertion for assertion in stated if isinstance(assertion, dict)]
    # What promptfoo puts beside the assertions of a set states none.
    return any(map(judges, named)) if named else any(component for component in components)


def _checks(row: Item, components: Mapping[int, Object]) -> Iterator[Check]:
    for index, component in components.items():
        passed = flag(component.get("pass"), f"{row.name}: an assertion's pass")
        failure = None
        if not passed and not _only_measures(component):
            name = brief(_first_text(component.get("assertion"), "metric", "type") or "an assertion")
            message = f"{name}: {_reason(component.get('reason'))}"
            failure = row.finding(message, "gradingResult", "componentResults", index)
        yield Check(_first_text(component.get("assertion"), "metric"), passed, failure)


def _only_measures(component: Object) -> bool:
    """Return whether an assertion only measures: it was declared to decide nothing."""
    assertion = component.get("assertion")
    return isinstance(assertion, dict) and assertion.get("metricOnly") is True


def _planned(row: Object) -> Iterator[Object]:
    """Yield the assertions of the test; those of an assertion set follow the set."""
    test = row.get("testCase")
    asserted = test.get("assert") if isinstance(test, dict) else None
    for assertion in asserted if isinstance(asserted, list) else ():
        if isinstance(assertion, dict):
            members = assertion.get("assert")
            yield assertion
            yield from (
                each for each in (members if isinstance(members, list) else ()) if isinstance(each, dict)
            )


def _first_text(value: object, *keys: str) -> str | None:
    """Return a text, or the first non-empty text under one of the keys of an object."""
    if isinstance(value, dict):
        return first_text(value, *keys)
    return value if isinstance(value, str) else None
