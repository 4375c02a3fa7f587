"""The log of `oaieval`, the runner of OpenAI's open-source Evals: JSON Lines.

https://github.com/openai/evals/blob/main/evals/record.py, `LocalRecorder`: the specification of the run,
events, and a final report. An event `match` says whether the answer to a sample is correct, an event
`metrics` has scores; other events record what happened. A sample without either event was not judged.
"""

from collections.abc import Iterator, Mapping

from gatekeeper.collectors.evals._graded import CaseScore, graded, worse
from gatekeeper.collectors.evals._report import EvalCase, EvalReport, Item, brief
from gatekeeper.collectors.reading import instants
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.figures import first_text, section, shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Finding, Origin
from gatekeeper.syntax.json import Json, Object

ABOUT = About(
    tool="oaieval, of OpenAI's open-source Evals",
    seen="3.0.1, by its source",
    source="https://github.com/openai/evals/blob/main/evals/record.py",
    command="oaieval MODEL EVAL --record_path evals.jsonl",
    recognised="JSON Lines of which the first has `spec.eval_name`",
    models="the events `match`, `metrics` and `error` of each sample, and the accuracy of the final report",
    not_modelled="the answers themselves; metrics of the final report other than `accuracy`",
)
_STAND_INS = ("dummy", "dummy-chat", "dummy-completion")
_JUDGES = ("error", "match", "metrics")
_ROUNDING = 1e-6


def recognises(content: Content) -> bool:
    """Return whether the file is such a log."""
    first = content.first if content.is_json else None
    spec = first.get("spec") if isinstance(first, dict) else None
    return isinstance(spec, dict) and "eval_name" in spec


def read(content: Content) -> EvalReport:
    """Return the results of a log."""
    lines = map(Node.of, content.stream())
    spec = section(next(lines).object(), "spec")
    samples: dict[str, list[Node]] = {}
    finals = []
    for line in lines:
        value = line.object()
        if "final_report" in value:
            finals.append(line)
        elif (sample := value.get("sample_id")) is not None and "type" in value:
            events = samples.setdefault(str(sample), [])
            if not events or value["type"] in _JUDGES:
                events.append(line)
        else:
            raise line.flaw("is neither an event of a sample nor the final report")
    cases = [_case(name, events, spec) for name, events in samples.items()]
    origin = Origin(
        "oaieval",
        producer="oaieval",
        produced_at=instants.from_text(spec.get("created_at")),
        partial=() if finals else ("the run has no final report",),
        items=len(cases),
    )
    return EvalReport(origin, cases, tuple(_unlisted(finals, cases)))


def _case(name: str, events: list[Node], spec: Object) -> EvalCase:
    item = Item(f"sample {brief(name)} [{brief(str(spec['eval_name']))}]", events[0])
    for event in events:
        if event.object()["type"] == "error":
            said = first_text(section(event.object(), "data"), "message", "msg", "type")
            return EvalCase(item.finding(brief(said or "an error without a message")), errored=True)
    case = graded(item, dict(_scores(events)))
    models = spec.get("completion_fns")
    stand_ins = [one for one in models if one in _STAND_INS] if isinstance(models, list) else []
    if stand_ins and case.failure is None:
        return case._replace(unasserted=item.finding(f"{stand_ins[0]} answers, and no model"))
    return case


def _scores(events: list[Node]) -> Iterator[tuple[str, CaseScore]]:
    """Yield what judged a sample; of several judgements by one name the worst."""
    worst: dict[str, Json] = {}
    for event in events:
        data: Mapping[str, Json] = section(event.object(), "data")
        match event.object()["type"]:
            case "match":
                found: Mapping[str, Json] = {"match": data.get("correct")}
            case "metrics":
                found = {name: value for name, value in data.items() if isinstance(value, bool | int | float)}
                found = found or dict.fromkeys(data)
            case _:
                found = {}
        for name, value in found.items():
            worst[name] = worse(name, worst[name], value) if name in worst else value
    yield from ((name, CaseScore(value, "data")) for name, value in worst.items())


def _unlisted(finals: list[Node], cases: list[EvalCase]) -> Iterator[Finding]:
    passed = sum(case.failure is None for case in cases) / len(cases) if cases else 0
    for final in finals:
        accuracy = section(final.object(), "final_report").get("accuracy")
        if isinstance(accuracy, int | float) and accuracy < passed - _ROUNDING:
            yield final.finding(f"the accuracy of the run is {shown(accuracy)}, the samples show more")
