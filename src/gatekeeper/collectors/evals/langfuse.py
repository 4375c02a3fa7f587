"""Scores of Langfuse: the items of an experiment with their scores, or a list of scores.

https://api.reference.langfuse.com: `GET /api/public/experiment-items?fields=scores`, and
`GET /api/public/v2/scores` or `v3/scores`, which the project's export has as well; whole pages
`{data, meta}`, or a bare list of their entries. Scores of one trace, or of one item, are one case; scores of
a whole run are none. A score of the type NUMERIC passes if it is 1, BOOLEAN if it is true, CATEGORICAL if its
word is a pass.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.evals._graded import CaseScore, graded, worse
from gatekeeper.collectors.evals._report import EvalCase, EvalReport, Item, brief
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import count, first_text, section, shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Origin, oldest
from gatekeeper.syntax.json import Json

ABOUT = About(
    tool="Langfuse",
    seen="the API of versions 3 to 5, by the models of the Python SDK 5.0.4",
    source="https://api.reference.langfuse.com",
    command='curl -u "$KEYS" "$HOST/api/public/v2/scores?datasetRunId=RUN&limit=100" > evals.json',
    recognised=(
        "entries of `data`, or of a list, with `dataType`, `name`, `source` and what they are of, or with "
        "`experimentItemId` and `scores`"
    ),
    models="scores by trace or item, whether pages are missing, times",
    not_modelled="inputs and outputs, scores of whole runs and of sessions, text scores and corrections",
)
_NOT_JUDGING = frozenset({"CORRECTION", "TEXT"})


def recognises(content: Content) -> bool:
    """Return whether the file has entries of Langfuse."""
    value = None if content.is_lines else content.first
    rows = value.get("data") if isinstance(value, dict) else value
    return isinstance(rows, list) and any(_is_score(row) or _is_item(row) for row in rows)


def _is_score(row: Json) -> bool:
    is_placed = isinstance(row, dict) and not row.keys().isdisjoint({"traceId", "subject", "datasetRunId"})
    return is_placed and isinstance(row, dict) and {"dataType", "name", "source"} <= row.keys()


def _is_item(row: Json) -> bool:
    return isinstance(row, dict) and {"experimentItemId", "scores"} <= row.keys()


def read(content: Content) -> EvalReport:
    """Return the results of a run."""
    root = Node.of(content.json_document)
    rows = root.listed() if isinstance(root.value, list) else root.list_of("data")
    if rows and _is_item(rows[0].value):
        cases = [_item(row) for row in rows]
        times = [instants.from_text(row.object().get("startTime")) for row in rows]
    else:
        cases = list(_by_trace(rows))
        times = [instants.from_text(row.object().get("timestamp")) for row in rows]
    origin = Origin(
        "langfuse",
        producer="Langfuse",
        produced_at=oldest(times),
        partial=tuple(_partial(root, len(rows))),
        items=len(cases),
    )
    return EvalReport(origin, cases)


def _item(row: Node) -> EvalCase:
    if not _is_item(row.value):
        raise row.flaw("has no `experimentItemId` or no `scores`")
    item = Item(f"item {brief(str(row.object()['experimentItemId']))}", row)
    case = graded(item, dict(_scores(row.list_of("scores"), len(row.path))))
    if row.object().get("level") == "ERROR":
        return case._replace(failure=case.failure or item.finding("it ended in an error"), errored=True)
    return case


def _by_trace(rows: Sequence[Node]) -> Iterator[EvalCase]:
    traces: dict[str, list[Node]] = {}
    for at, row in enumerate(rows):
        if not _is_score(row.value):
            raise row.flaw("is not a score of something: it has no `dataType`, `name` or `source`")
        value = row.object()
        of = first_text(value, "traceId") or first_text(section(value, "subject"), "traceId", "id")
        is_of_a_run = value.get("traceId") is None and first_text(value, "datasetRunId") is not None
        if not is_of_a_run:
            traces.setdefault(of or f"of entry {at}", []).append(row)
    for of, scores in traces.items():
        judging = dict(_scores(scores, len(scores[0].path)))
        yield graded(Item(f"trace {brief(of)}", scores[0]), judging)


def _scores(scores: Sequence[Node], depth: int) -> Iterator[tuple[str, CaseScore]]:
    """Yield the scores by name, the worst of those that share one."""
    worst: dict[str, CaseScore] = {}
    for node in scores:
        row = node.object()
        name, type_ = node.text("name") or "a score", node.text("dataType")
        if type_ in _NOT_JUDGING:
            continue
        value = row.get("value")
        if type_ == "NUMERIC" and isinstance(value, bool):
            raise node.flaw(f"is NUMERIC, and its value is {shown(value)}")
        if type_ == "BOOLEAN" and value in (0, 1):
            value = bool(value)
        elif type_ == "CATEGORICAL":
            value = first_text(row, "stringValue") or (value if isinstance(value, str) else shown(value))
        elif type_ not in ("NUMERIC", "BOOLEAN"):
            value = shown(type_)
        if name not in worst or worse(name, worst[name].value, value) is not worst[name].value:
            worst[name] = CaseScore(value, *node.path[depth:])
    yield from worst.items()


def _partial(root: Node, listed: int) -> Iterator[str]:
    meta = section(root.object(), "meta") if isinstance(root.value, dict) else {}
    total = count(meta.get("totalItems") or 0, "meta.totalItems")
    if total > listed:
        yield f"{listed} of {total} entries are listed"
    if meta.get("cursor") or meta.get("nextCursor"):
        yield "there are more pages"
