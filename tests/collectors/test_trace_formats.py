"""Traces of Jaeger, Tempo and Zipkin."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import SAMPLES, collect, facts, fixture, outcome
from gatekeeper.collectors.traces import read as traces

CASES = SAMPLES.parent / "cases"
published = pytest.mark.published(CASES)


def case(name: str) -> bytes:
    return Path(CASES / name).read_bytes()


# --- traces

TRACE = "5b8efff798038103d269b633813fc60c"


def jaeger(*spans: Mapping[str, Any], **answer: Any) -> str:
    """An answer of Jaeger: the spans of one trace, each in the service that it names."""
    names = dict.fromkeys(str(span["processID"]) for span in spans)
    processes = {name: {"serviceName": name, "tags": []} for name in names}
    found = {"traceID": TRACE, "spans": spans, "processes": processes, "warnings": None}
    return json.dumps({"data": [found], "total": 0, "limit": 0, "offset": 0, "errors": None} | answer)


def jaeger_span(number: int, service: str, *references: tuple[str, int], **more: Any) -> dict[str, Any]:
    return {
        "traceID": TRACE,
        "spanID": f"{number:x}",
        "operationName": "GET",
        "references": [
            {"refType": type_, "traceID": TRACE, "spanID": f"{parent:016x}"} for type_, parent in references
        ],
        "startTime": 1772445600000000 + number,
        "duration": 5,
        "tags": [],
        "logs": [],
        "processID": service,
        "warnings": None,
    } | more


def tagged(**tags: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "."), "type": "string", "value": value} for key, value in tags.items()]


def zipkin_span(number: int, service: str | None, parent: int | None = None, **more: Any) -> dict[str, Any]:
    return (
        {
            "traceId": TRACE,
            "id": f"{number:016x}",
            "name": "get",
            "timestamp": 1772445600000000 + number,
            "duration": 5,
            "localEndpoint": {"serviceName": service},
        }
        | ({} if parent is None else {"parentId": f"{parent:016x}"})
        | more
    )


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("zipkin.json", "zipkin"),
        ("jaeger.json", "jaeger"),
        ("jaeger-v3.json", "jaeger-v3"),
        ("tempo.json", "tempo"),
    ],
)
def test_the_same_calls_in_every_format_of_traces(name: str, format_: str) -> None:
    collected = collect(traces, fixture("traces", name))
    assert collected.format == format_
    assert collected.facts.boundaries == (
        "assignment-service > progress-service",
        "web-bff > assignment-service",
    )
    assert (collected.facts.spans, collected.facts.broken, collected.facts.uncrossed) == (6, (), ())
    [origin] = collected.origins
    assert [subject.name for subject in origin.subjects] == [
        "assignment-service",
        "progress-service",
        "web-bff",
    ]
    assert (origin.partial, origin.not_understood) == ((), ())
    assert collected.produced_at is not None
    assert collected.produced_at.isoformat().startswith("2026-03-02T10:00:00")


@published
@pytest.mark.parametrize("name", ["tempo-batches", "jaeger-apiv3", "zipkin"])
def test_a_published_trace_of_one_span(name: str) -> None:
    found = facts(traces, case(f"traces/traces-{name}.json"))
    assert (found.services, found.spans, found.broken) == (("a",), 1, ())


JAEGER_ROOT = jaeger_span(1, "a")


@pytest.mark.parametrize(
    ("span", "broken", "crossings"),
    [
        (jaeger_span(2, "b", ("CHILD_OF", 1)), 0, 1),
        (jaeger_span(2, "b", ("FOLLOWS_FROM", 1)), 0, 1),
        (jaeger_span(2, "b", ("FOLLOWS_FROM", 9), ("CHILD_OF", 1)), 0, 1),
        (jaeger_span(2, "b", parentSpanID="1"), 0, 1),
        (jaeger_span(2, "b", ("CHILD_OF", 9)), 1, 0),
        (jaeger_span(2, "b", ("FOLLOWS_FROM", 9)), 1, 0),
        (jaeger_span(2, "b", parentSpanID="0000000000000009"), 1, 0),
    ],
)
def test_the_parent_of_a_span_of_jaeger(span: dict[str, Any], broken: int, crossings: int) -> None:
    found = facts(traces, jaeger(JAEGER_ROOT, span))
    assert (len(found.broken), found.crossings) == (broken, crossings)


def test_a_parent_in_another_trace_is_a_link() -> None:
    other = {"refType": "CHILD_OF", "traceID": "ff", "spanID": "1"}
    found = facts(traces, jaeger(JAEGER_ROOT, jaeger_span(2, "b", references=[other])))
    assert [finding.message.split(": ")[-1] for finding in found.broken] == [
        "it starts a new trace, and only links to span 0000000000000001 of a"
    ]


def test_a_call_of_jaeger_that_does_not_arrive() -> None:
    call = jaeger_span(2, "a", ("CHILD_OF", 1), tags=tagged(span__kind="client", peer__service="b"))
    other = jaeger_span(3, "b", tags=tagged(span__kind="internal"))
    assert len(facts(traces, jaeger(JAEGER_ROOT, call, other)).uncrossed) == 1
    arrived = jaeger_span(3, "b", ("CHILD_OF", 2), tags=tagged(span__kind="server"))
    assert facts(traces, jaeger(JAEGER_ROOT, call, arrived)).uncrossed == ()


PARTIAL = f'{{"status": "PARTIAL", "message": "too large", "trace": {fixture("traces", "end-to-end.json").decode()}}}'


@pytest.mark.parametrize(
    ("content", "partial"),
    [
        (jaeger(JAEGER_ROOT, errors=[{"code": 500, "msg": "shard lost"}]), "Jaeger reports an error: shard lost"),
        (jaeger(JAEGER_ROOT, total=3), "1 of 3 traces"),
        (jaeger(JAEGER_ROOT).replace('"warnings": null}], "total"', '"warnings": ["cut"]}], "total"'), "Jaeger warns: 'cut'"),
        (jaeger(jaeger_span(1, "a", tags=tagged(sampler__param=0.1))), "1 of 1 spans say that others were not sampled"),
        (jaeger(jaeger_span(1, "a", tags=tagged(sampler__type="ratelimiting"))), "1 of 1 spans say"),
        (jaeger(jaeger_span(1, "a", tags=tagged(w3c__tracestate="ot=th:8"))), "1 of 1 spans say"),
        (jaeger(jaeger_span(1, "a", tags=tagged(otel__dropped_attributes_count=2))), "attributes of 1 of 1 spans"),
        (json.dumps([zipkin_span(1, "a", tags={"otel.dropped_attributes_count": "2"})]), "attributes of 1 of 1 spans"),
        (json.dumps([zipkin_span(1, "a", tags={"sampler.param": "0.5"})]), "1 of 1 spans say"),
        (fixture("traces", "tempo.json").decode().replace('"batches"', '"metrics": {"failedBlocks": 2}, "batches"'), "Tempo could not search 2 blocks"),
        (PARTIAL, "Tempo calls the trace partial: too large"),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_trace_that_is_not_whole_says_so(content: str, partial: str) -> None:
    [origin] = collect(traces, content).origins
    assert len(origin.partial) == 1
    assert origin.partial[0].startswith(partial)


@pytest.mark.parametrize(
    ("content", "doubt"),
    [
        (jaeger(jaeger_span(1, "a", tags=tagged(span__kind="ghost"))), "the kind 'ghost'"),
        (jaeger(jaeger_span(1, "a", ("SIBLING", 2))), "a reference of the type 'SIBLING'"),
        (jaeger(jaeger_span(1, "a", references=[{"refType": "CHILD_OF"}])), "a reference to nothing"),
        (jaeger(jaeger_span(1, "a", _references=[])), "the field '_references'"),
        (
            jaeger(JAEGER_ROOT).replace('"serviceName"', '"name"'),
            "its process has no name, or is not in the file",
        ),
        (json.dumps([zipkin_span(1, "a", kind="GHOST")]), "the kind 'GHOST'"),
        (json.dumps([zipkin_span(1, "a", _parentId="1")]), "the field '_parentId'"),
    ],
)
def test_what_is_not_understood_of_a_span_is_noted(content: str, doubt: str) -> None:
    [origin] = collect(traces, content).origins
    assert [one.place.message.endswith(doubt) for one in origin.not_understood] == [True]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (jaeger(jaeger_span(1, "a", spanID="x")), "spanID of a span is 'x', not an identifier of 16 digits"),
        (jaeger(jaeger_span(1, "a", startTime="1772445600000000")), "startTime of a span is '1772445600000000', not an amount"),
        (jaeger(jaeger_span(1, "a", traceID=None)), "a span has no traceID"),
        (json.dumps([zipkin_span(1, "a", timestamp="1772445600000000")]), "timestamp of a span is '1772445600000000', not an amount"),
        (json.dumps([zipkin_span(1, "a", binaryAnnotations=[])]), "spans of version 1"),
        (json.dumps([zipkin_span(1, "a"), {"id": "1"}]), "a span has no traceId"),
        ('{"result": {"resourceSpans": []}}\n{"error": {"message": "limit"}}\n', "not a result of Jaeger"),
        ('{"batches": []}\n{"error": "limit"}\n', "not a trace of Tempo"),
        (jaeger(jaeger_span(1, "a", traceID="ff")), "is listed in the trace 5b8efff798038103d269b633813fc60c"),
        ('{"trace": {"resourceSpans": []}}\n{"trace": {}}\n', "not a trace of Tempo"),
        (jaeger(JAEGER_ROOT)[:-9], "not JSON"),
    ],
    ids=range(11),
)  # fmt: skip
def test_a_trace_that_cannot_be_read(content: str, reason: str) -> None:
    assert reason in outcome(traces, content)


@pytest.mark.parametrize(
    "content",
    [
        '{"data": [], "total": 0, "limit": 0, "offset": 0, "errors": null}',
        jaeger(),
        '{"batches": []}',
        '{"trace": {"resourceSpans": []}, "metrics": {}}',
        '{"result": {"resourceSpans": []}}',
    ],
)
def test_an_answer_without_spans_is_no_evidence(content: str) -> None:
    assert outcome(traces, content).endswith("holds no span")


B3: list[dict[str, Any]] = [
    zipkin_span(1, "a", kind="SERVER"),
    zipkin_span(2, "a", 1, kind="CLIENT", remoteEndpoint={"serviceName": "b"}),
    zipkin_span(2, "b", 1, kind="SERVER", shared=True),
    zipkin_span(3, "b", 2, kind="CLIENT", remoteEndpoint={"serviceName": "mysql"}),
]


def test_the_halves_of_a_call_may_share_an_identifier() -> None:
    found = facts(traces, json.dumps(B3))
    assert (found.spans, found.broken, found.uncrossed) == (4, (), ())
    assert (found.boundaries, found.beyond) == (("a > b",), ("mysql",))
    unmarked = [{key: value for key, value in span.items() if key != "shared"} for span in B3]
    assert facts(traces, json.dumps([unmarked])) == found  # a list of traces
    assert facts(traces, json.dumps(B3[:2]), json.dumps(B3[2:])) == found
    of_server = facts(traces, json.dumps(B3[2:]))
    assert (of_server.spans, of_server.entries, of_server.broken) == (2, 1, ())


def test_a_call_of_zipkin_that_does_not_arrive() -> None:
    found = facts(traces, json.dumps([*B3[:2], zipkin_span(9, "b", 8, kind="SERVER")]))
    assert len(found.uncrossed) == 1
    assert len(found.broken) == 1
