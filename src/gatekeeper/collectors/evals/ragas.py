"""Results of ragas: `evaluate(...).to_pandas()`, written by `to_json` or `to_csv`, or an experiment's file.

https://github.com/explodinggradients/ragas, `dataset_schema.py`: a row has the fields of the sample, and a
column for each metric, null if it could not be computed. `to_json` writes columns unless `orient="records"`
is given. The file has no time and no threshold.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress

from gatekeeper.collectors.evals._graded import CaseScore, graded
from gatekeeper.collectors.evals._report import EvalCase, EvalReport, Item, brief
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Origin, Unreadable
from gatekeeper.syntax import SyntaxProblem
from gatekeeper.syntax.json import Json

ABOUT = About(
    tool="ragas",
    seen="0.4.3",
    source="https://github.com/explodinggradients/ragas/blob/main/src/ragas/dataset_schema.py",
    command='evaluate(...).to_pandas().to_json("evals.json", orient="records")',
    recognised="rows or columns: `user_input`, `response`, `reference` or `retrieved_contexts`, and a metric",
    models="rows with the score of each metric; a row passes if each is 1, and `scores` has the means",
    not_modelled="thresholds, times and versions, because the file states none",
)
_OF_A_SAMPLE = frozenset({
    "user_input", "response", "reference", "retrieved_contexts", "reference_contexts",
    "retrieved_context_ids", "reference_context_ids", "multi_responses", "rubrics", "persona_name",
    "query_style", "query_length", "reference_tool_calls", "reference_topics", "synthesizer_name",
})  # fmt: skip
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,30})?(e-[0-9]{1,3})?")
_MARKS = frozenset({"response", "reference", "retrieved_contexts"})


def recognises(content: Content) -> bool:
    """Return whether the file has rows or columns of ragas, with a metric."""
    if not content.is_json:
        with suppress(SyntaxProblem, Unreadable):
            return _is_result(content.first_record or {})
        return False
    value = content.first
    row = value[0] if isinstance(value, list) and value else value
    return isinstance(row, dict) and _is_result(row)


def _is_result(row: dict[str, Json]) -> bool:
    return "user_input" in row and not _MARKS.isdisjoint(row) and any(map(_is_metric, row))


def _is_metric(name: str) -> bool:
    return name not in _OF_A_SAMPLE and not name.startswith("Unnamed")


def read(content: Content) -> EvalReport:
    """Return the results of a run."""
    documents = content.stream() if content.is_json else content.records()
    rows = [row for document in documents for row in _rows(Node.of(document))]
    # A table has every column in every row.
    metrics = dict.fromkeys(name for row in rows for name in row.object() if _is_metric(name))
    cases = [_case(row, metrics) for row in rows]
    return EvalReport(Origin("ragas", producer="ragas", items=len(cases)), cases)


def _rows(root: Node) -> Iterator[Node]:
    if isinstance(root.value, list):
        yield from root.listed()
    elif isinstance(root.object().get("user_input"), dict):
        yield from _of_columns(root)
    else:
        yield root


def _of_columns(root: Node) -> Iterator[Node]:
    """Yield the rows of columns; each has the place of the whole."""
    columns = {name: column.object() for name, column in root.items()}
    for key in columns["user_input"]:
        for name, column in columns.items():
            if key not in column:
                raise root.flaw(f"has no value for {key} in the column {brief(name)}")
        yield Node(root.document, root.path, {name: column[key] for name, column in columns.items()})
    for name, column in columns.items():
        if column.keys() - columns["user_input"].keys():
            raise root.flaw(f"has more rows in the column {brief(name)}")


def _case(row: Node, metrics: Iterable[str]) -> EvalCase:
    value = row.object()
    if not _is_result(value):
        raise row.flaw("has no `user_input` or no metric")
    asked = first_text(value, "user_input")
    item = Item(brief(asked) if asked else "a conversation", row)
    of_text = not row.path and row.document.format == "csv"
    return graded(item, {name: CaseScore(_score(value.get(name), of_text=of_text), name) for name in metrics})


def _score(value: Json, *, of_text: bool) -> Json:
    """Return a score; in a table it is text, empty without a score."""
    if not of_text or not isinstance(value, str):
        return value
    return float(value) if _NUMBER.fullmatch(value) else value.strip() or None
