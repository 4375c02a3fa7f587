"""Runs of the Evals API of OpenAI: the output items of a run, or the run itself with its counts.

https://platform.openai.com/docs/api-reference/evals: an object `eval.run`, or objects `eval.run.output_item`
in a page `{object: list, data, has_more}` or in a bare list, as scripts save all pages. A run without its
items shows how many items passed, and not which. Map either of them, not both.
"""

from collections.abc import Iterator

from gatekeeper.collectors.evals._report import Check, EvalCase, EvalReport, Item, brief, number
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text, mapping, section, shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.collectors.reading.one_line import first_line, one_line
from gatekeeper.model.evidence import Finding, Origin, Unreadable, oldest
from gatekeeper.syntax.json import Object

ABOUT = About(
    tool="the Evals API of OpenAI and Azure",
    seen="the API of 2025 and 2026, by its reference",
    source="https://platform.openai.com/docs/api-reference/evals",
    command='curl "$API/v1/evals/EVAL/runs/RUN/output_items?limit=100" > evals.json',
    recognised="`object` is `eval.run`, or `eval.run.output_item` in the items of `data` or of a list",
    models="items with the results of each grader, errors, whether there are more pages; of a run its counts",
    not_modelled="which items of a run failed, if only the run is mapped; usage and costs",
)
_RUN, _ITEM = "eval.run", "eval.run.output_item"
_MOST = 100_000


def recognises(content: Content) -> bool:
    """Return whether the file is a run, or has output items."""
    value = None if content.is_lines else content.first
    if isinstance(value, dict) and value.get("object") == _RUN:
        return True
    rows = value.get("data") if isinstance(value, dict) else value
    return isinstance(rows, list) and any(
        isinstance(row, dict) and row.get("object") == _ITEM for row in rows
    )


def read(content: Content) -> EvalReport:
    """Return the results of a run."""
    root = Node.of(content.json_document)
    if isinstance(root.value, dict) and root.value.get("object") == _RUN:
        return _run(root)
    items = root.listed() if isinstance(root.value, list) else root.list_of("data")
    cases = [_case(item) for item in items]
    has_more = isinstance(root.value, dict) and root.value.get("has_more") is not False
    times = [instants.from_epoch(item.object().get("created_at")) for item in items]
    origin = Origin(
        "openai-evals",
        producer="OpenAI Evals API",
        produced_at=oldest(times),
        partial=("there are more pages",) if has_more else (),
        items=len(cases),
    )
    return EvalReport(origin, cases)


def _case(node: Node) -> EvalCase:
    value = node.object()
    if value.get("object") != _ITEM:
        raise node.flaw(f"is {shown(value.get('object'))}, not an output item of a run")
    item = Item(f"item {shown(value.get('datasource_item_id', value.get('id')))}", node)
    results = node.list_of("results")
    checks = tuple(_check(item, result, at) for at, result in enumerate(results))
    error = section(section(value, "sample"), "error")
    said = first_text(error, "message", "code")
    if said:
        return EvalCase(item.finding(first_line(said)), checks=checks, errored=True)
    failed = [check.failure.message for check in checks if check.failure]
    if failed or value.get("status") not in ("pass", "completed"):
        why = one_line("; ".join(failed)) or f"the status is {shown(value.get('status'))}"
        return EvalCase(item.finding(why), checks=checks)
    return EvalCase(unasserted=None if checks else item.finding("no grader judged it"), checks=checks)


def _check(item: Item, result: Node, at: int) -> Check:
    passed, name = result.flag("passed"), result.text("name")
    score = number(result.object().get("score"))
    failure = None
    if passed is not True:
        failure = item.finding(f"{brief(name or 'a grader')} failed", "results", at)
    return Check(name, passed is True, failure, score)


def _run(run: Node) -> EvalReport:
    value = run.object()
    counts = section(value, "result_counts")
    names = ("total", "passed", "failed", "errored")
    total, passed, failed, errored = (count(counts.get(name, 0), f"result_counts.{name}") for name in names)
    if max(total, passed, failed, errored) > _MOST:
        raise Unreadable(f"the run counts more than {_MOST:,} items")
    criteria = run.list_of("per_testing_criteria_results")
    missing = max(total - passed - failed - errored, 0)
    cases = [
        *[_uncriticised(run, criteria)] * passed,
        *[EvalCase(_counted(run, failed, "failed"))] * failed,
        *[EvalCase(_counted(run, errored, "ended in an error"), errored=True)] * errored,
    ]
    if cases:
        cases[0] = cases[0]._replace(checks=tuple(_by_criterion(criteria)))
    status = value.get("status")
    partial = [f"the status of the run is {shown(status)}"] if status != "completed" else []
    partial += [f"{missing} of {total} items have no result"] if missing else []
    error = value.get("error")
    said = first_text(mapping(error, "error"), "message", "code") if error else None
    origin = Origin(
        "openai-evals",
        producer="OpenAI Evals API",
        produced_at=instants.from_epoch(value.get("created_at")),
        partial=tuple(partial),
        items=len(cases),
    )
    return EvalReport(origin, cases, (run.finding(f"the run failed: {first_line(said)}"),) if said else ())


def _uncriticised(run: Node, criteria: list[Node]) -> EvalCase:
    return EvalCase(unasserted=None if criteria else run.finding("the run has no testing criteria"))


def _counted(run: Node, number_of: int, what: str) -> Finding:
    return run.document.finding(f"{number_of} items {what}", *run.path, "result_counts")


def _by_criterion(criteria: list[Node]) -> Iterator[Check]:
    for criterion in criteria:
        row: Object = criterion.object()
        name = first_text(row, "testing_criteria") or "a criterion"
        passed, failed = (count(row.get(key, 0), key) for key in ("passed", "failed"))
        if max(passed, failed) > _MOST:
            raise Unreadable(f"{brief(name)} counts more than {_MOST:,} items")
        yield from [Check(name, passed=True)] * passed
        failure = criterion.finding(f"{brief(name)} failed for {failed} items")
        yield from [Check(name, passed=False, failure=failure)] * failed
