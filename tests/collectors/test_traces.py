"""Traces in OTLP's JSON encoding."""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from builders.artefacts import (
    SAMPLES,
    chosen,
    collect,
    facts,
    fixture,
    needs_samples,
    outcome,
    short,
)
from gatekeeper.collectors.traces import read as traces
from gatekeeper.collectors.traces.facts import TracesFacts
from gatekeeper.model.evidence import Finding, Subject, SubjectType

OLDEST = datetime(2026, 3, 2, 10, 0, 0, 1000, tzinfo=UTC)
END_TO_END: dict[str, Any] = {
    "services": ("assignment-service", "progress-service", "web-bff"),
    "spans": 6,
    "broken": (),
    "uncrossed": (),
    "beyond": (),
    "crossings": 2,
    "boundaries": ("assignment-service > progress-service", "web-bff > assignment-service"),
    "traces": 2,
    "entries": 1,
}


@pytest.mark.parametrize("name", ["end-to-end.json", "export.jsonl"])
def test_one_document_or_lines(name: str) -> None:
    collected = collect(traces, fixture("traces", name))
    assert (collected.format, collected.produced_at) == ("otlp-json", OLDEST)
    assert collected.facts == TracesFacts(**END_TO_END)


def test_the_spans_of_a_trace_may_be_in_different_files() -> None:
    lines = fixture("traces", "export.jsonl").splitlines()
    assert facts(traces, *lines) == TracesFacts(**END_TO_END)
    assert facts(traces, *reversed(lines)) == TracesFacts(**END_TO_END)
    assert facts(traces, *lines, *lines) == TracesFacts(**END_TO_END)  # exported twice
    without_the_service = facts(traces, lines[0], lines[2])
    assert without_the_service.crossings == 0
    assert without_the_service.broken == (
        Finding(
            "span c000000000000001 'assignments.created process' of progress-service, "
            "trace 5b8efff798038103d269b633813fc60c: its parent b000000000000002 is missing",
            "report-1",
            1,
            "/resourceSpans/0/scopeSpans/0/spans/0",
        ),
    )


def test_the_place_of_a_broken_span() -> None:
    whole = fixture("traces", "end-to-end.json").replace(b'"parentSpanId": "a000000000000001"', b'"parentSpanId": "a0000000000000ff"')  # fmt: skip
    [broken] = facts(traces, whole).broken
    assert (broken.file, broken.line, broken.pointer) == (
        "report-0",
        45,
        "/resourceSpans/0/scopeSpans/0/spans/1",
    )
    [broken] = facts(traces, b"\n" + json.dumps(json.loads(whole)).encode() + b"\n\n{}\n").broken
    assert (broken.line, broken.pointer) == (2, "/resourceSpans/0/scopeSpans/0/spans/1")


TRACE, OTHER = "5b8efff798038103d269b633813fc60c", "00000000000000000000000000000001"
SERVER, CLIENT, CONSUMER = 2, 3, 5


def span(id_: int, parent: int | str | None = None, *, trace: str = TRACE, **more: Any) -> dict[str, Any]:
    value: dict[str, Any] = {"traceId": trace, "spanId": f"{id_:016x}", "startTimeUnixNano": id_}
    if parent is not None:
        value["parentSpanId"] = f"{parent:016x}" if isinstance(parent, int) else parent
    return value | more


def service(name: str | None, *spans: object) -> dict[str, Any]:
    attributes = [] if name is None else [{"key": "service.name", "value": {"stringValue": name}}]
    return {"resource": {"attributes": attributes}, "scopeSpans": [{"spans": list(spans)}]}


def otlp(*resources: object) -> str:
    return json.dumps({"resourceSpans": resources})


def broken(export: str) -> list[int]:
    """The numbers of the spans that are broken."""
    return [int(finding.message.split()[1], 16) for finding in facts(traces, export).broken]


@pytest.mark.parametrize(
    ("spans", "entries", "expected"),
    [
        pytest.param([span(1), span(2, 1)], 0, [], id="a root and its child"),
        pytest.param([span(1), span(2, 9)], 0, [2], id="an orphan beside a root"),
        pytest.param(
            [span(1), span(2, 9, kind=SERVER, flags=0x301)], 0, [2], id="a service in between has exported nothing"
        ),
        pytest.param([span(2, 9, kind=SERVER), span(3, 2)], 1, [], id="entered by a browser"),
        pytest.param([span(2, 9, kind=CONSUMER)], 1, [], id="entered by a message"),
        pytest.param([span(2, 9, kind="SPAN_KIND_SERVER")], 1, [], id="a kind by its name"),
        pytest.param([span(2, 9, kind=1, flags=0x300)], 1, [], id="the flags tell of a remote parent"),
        pytest.param([span(2, 9, kind=SERVER, flags=0x101)], 0, [2], id="the flags tell of a parent in the process"),
        pytest.param([span(2, 9, kind=SERVER, flags=0x200)], 1, [], id="flags that say nothing leave it to the kind"),
        pytest.param([span(2, 9, kind=1, flags=0x200)], 0, [2], id="nor do they tell of a remote parent"),
        pytest.param([span(2, 9, kind=CLIENT)], 0, [2], id="the parent of a call is in the process"),
        pytest.param([span(2, 9)], 0, [2], id="neither flags nor kind"),
        pytest.param(
            [span(2, 9, kind=SERVER), span(3, 9, kind=SERVER)], 1, [], id="two calls of the parent that is outside"
        ),
        pytest.param(
            [span(5, 8, kind=SERVER), span(2, 9, kind=SERVER), span(3, 2)],
            1,
            [5],
            id="a trace is entered once, by its earliest span",
        ),
        pytest.param(
            [span(2, 9, kind=SERVER), span(3, 9, kind=CLIENT)], 1, [3], id="only for spans that may be remote"
        ),
        pytest.param(
            [span(2, 9, kind=SERVER), span(1, 9, kind=SERVER, trace=OTHER)], 2, [], id="each trace is entered once"
        ),
        pytest.param([span(1), span(2, 1, trace=OTHER)], 0, [2], id="a parent of another trace is not a parent"),
        pytest.param([span(1, 2), span(2, 1)], 0, [1], id="each other's parents"),
        pytest.param([span(1, 1)], 0, [1], id="its own parent"),
        pytest.param([span(1, ""), span(2, 0), span(3, None)], 0, [], id="roots have no parent, an empty or a zero one"),
        pytest.param([{**span(1), "parentSpanId": None}], 0, [], id="a parent that is null"),
    ],
)  # fmt: skip
def test_what_is_broken(spans: list[object], entries: int, expected: list[int]) -> None:
    export = otlp(service("a", *spans))
    assert broken(export) == expected
    assert facts(traces, export).entries == entries


def at(starts: int, ends: int) -> dict[str, Any]:
    return {"startTimeUnixNano": starts, "endTimeUnixNano": ends}


def calling(target: str, key: str = "server.address") -> list[dict[str, Any]]:
    return [{"key": key, "value": {"stringValue": target}}]


PRODUCER, INTERNAL = 4, 1
ROOT = span(1)


@pytest.mark.parametrize(
    ("caller", "called", "expected"),
    [
        pytest.param([span(2, 1, kind=CLIENT)], [span(3, 2, kind=SERVER)], "", id="it arrives"),
        pytest.param([span(2, 1, kind=CLIENT), span(4, 2, kind=CLIENT)], [span(3, 4, kind=SERVER)], "", id="a call in a call"),
        pytest.param(
            [span(2, 1, kind=CLIENT, **at(10, 30))], [span(3, trace=OTHER, kind=SERVER, **at(15, 20))], "restarted", id="a new trace"
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, **at(10, 30), attributes=calling("b-service"))],
            [span(3, trace=OTHER, kind=SERVER, **at(15, 20))], "restarted uncrossed", id="a new trace in the service that was called",
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, **at(0, 0))], [span(3, trace=OTHER, kind=SERVER, **at(0, 0))], "restarted", id="at unknown times"
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, **at(10, 30))], [span(3, trace=OTHER, kind=SERVER, **at(40, 50))], "unnamed", id="a user, later"
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, **at(10, 30), attributes=calling("postgresql", "db.system"))],
            [span(3, trace=OTHER, kind=SERVER, **at(15, 20))], "", id="a user, during a query of a database",
        ),
        pytest.param(
            [span(2, 1, kind=PRODUCER, **at(10, 11))], [span(3, trace=OTHER, kind=CONSUMER, **at(90, 95))], "restarted", id="a message"
        ),
        pytest.param(
            [span(2, 1, kind=PRODUCER)], [span(3, trace=OTHER, kind=CONSUMER, links=[{"traceId": TRACE, "spanId": f"{2:016x}"}])],
            "", id="a consumer that links to the producer",
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT)], [span(3, trace=OTHER, kind=SERVER, links=[{"traceId": TRACE, "spanId": f"{2:016x}"}])],
            "restarted unnamed", id="a server that only links",
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, attributes=calling("b.shop.svc.cluster.local"))], [span(3, trace=OTHER)], "uncrossed", id="by its host"
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, attributes=calling("http://B:8080/x", "url.full"))], [span(3, trace=OTHER)], "uncrossed", id="by its URL"
        ),
        pytest.param(
            [span(2, 1, kind=CLIENT, attributes=calling("api.stripe.com"))], [span(3, trace=OTHER)], "", id="another company"
        ),
        pytest.param(
            [span(2, 1, kind=PRODUCER, attributes=calling("kafka", "messaging.system"))], [span(3, trace=OTHER)], "", id="a broker"
        ),
        pytest.param([span(2, 1, kind=CLIENT)], [span(3, trace=OTHER)], "unnamed", id="something without a name"),
        pytest.param(
            [span(2, 1, kind=CLIENT, attributes=calling("localhost"))], [span(3, trace=OTHER)], "unnamed", id="something on this machine"
        ),
        pytest.param([span(2, 1, kind=INTERNAL)], [span(3, trace=OTHER)], "", id="no call"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_call(caller: list[object], called: list[object], expected: str) -> None:
    collected = collect(traces, otlp(service("a", ROOT, *caller), service("b", *called)))
    [origin] = collected.origins
    found = {
        "restarted": collected.facts.broken,
        "uncrossed": collected.facts.uncrossed,
        "unnamed": origin.not_understood,
    }
    assert [name for name, what in found.items() if what] == expected.split()
    assert all(place.touches == {"uncrossed", "beyond"} for place in origin.not_understood)


def test_a_consumer_that_links_is_a_crossing() -> None:
    link = [{"traceId": TRACE, "spanId": f"{2:016x}"}]
    export = otlp(
        service("a", ROOT, span(2, 1, kind=PRODUCER)),
        service("b", span(3, trace=OTHER, kind=CONSUMER, links=link)),
    )
    assert facts(traces, export).boundaries == ("a > b",)


@pytest.mark.parametrize(
    "change", [{"parentspanid": "x"}, {"kind": 9}, {"kind": "SERVER"}, {"parent_id": f"{9:016x}"}], ids=short
)
def test_a_field_or_kind_that_is_not_known(change: dict[str, Any]) -> None:
    [origin] = collect(traces, otlp(service("a", span(1, **change)))).origins
    assert {"broken", "uncrossed", "crossings"} <= origin.not_understood[0].touches


@pytest.mark.parametrize(
    ("sampled", "is_partial"),
    [
        ({"traceState": "ot=th:8"}, True),
        ({"traceState": "vendor=x,ot=p:3;r:5"}, True),
        ({"traceState": "ot=th:0"}, False),
        ({"attributes": [{"key": "sampler.param", "value": {"doubleValue": 0.1}}]}, True),
        ({"attributes": [{"key": "sampler.param", "value": {"stringValue": "1"}}]}, False),
        ({"attributes": [{"key": "SampleRate", "value": {"intValue": "20"}}]}, True),
        ({"attributes": [{"key": "SampleRate", "value": {"intValue": "1"}}]}, False),
    ],
    ids=short,
)
def test_sampling_makes_a_file_partial(sampled: dict[str, Any], is_partial: bool) -> None:
    [origin] = collect(traces, otlp(service("a", span(1, **sampled)))).origins
    assert bool(origin.partial) is is_partial


def base64(identifier: str) -> str:
    return b64encode(bytes.fromhex(identifier)).decode()


def in_base64(value: dict[str, Any]) -> dict[str, Any]:
    return value | {key: base64(value[key]) for key in ("traceId", "spanId", "parentSpanId") if key in value}


def in_upper_case(value: dict[str, Any]) -> dict[str, Any]:
    return value | {key: value[key].upper() for key in ("traceId", "spanId", "parentSpanId") if key in value}


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        pytest.param(
            otlp(service("b", span(2, 1)), service("a", span(1))),
            {"services": ("a", "b"), "crossings": 1, "boundaries": ("a > b",), "spans": 2, "traces": 1},
            id="the parent may come later",
        ),
        pytest.param(
            otlp(service("a", span(0xA)), service("b", in_upper_case(span(0xB, 0xA)))),
            {"crossings": 1, "broken": (), "spans": 2},
            id="identifiers in upper case",
        ),
        pytest.param(
            otlp(service("a", span(0xA)), service("b", in_base64(span(0xB, 0xA)))),
            {"crossings": 1, "broken": (), "spans": 2},
            id="identifiers in base64",
        ),
        pytest.param(
            otlp(service("a", span(1), span(2, 1)), service("a", span(3, 2))),
            {"crossings": 0, "boundaries": (), "services": ("a",)},
            id="within a service",
        ),
        pytest.param(
            otlp(service("a", span(1)), service(None, span(2, 1)), service("c", span(3, 2))),
            {"crossings": 0, "services": ("a", "c"), "broken": (), "spans": 3},
            id="spans without a service cross nothing",
        ),
        pytest.param(
            otlp(
                {
                    "resource": {
                        "attributes": [
                            {"value": {"stringValue": "x"}},
                            {"key": "host"},
                            7,
                            {"key": "service.name", "value": {"stringValue": "a"}},
                        ]
                    },
                    "scopeSpans": [{"spans": [span(1, status={}), span(2, status={"code": 2}), span(3, name=7)]}],
                }
            ),
            {"services": ("a",), "spans": 3},
            id="an attribute without a key; a status that says nothing",
        ),
        pytest.param(
            otlp({"resource": {"attributes": [{"key": "service.name", "value": {"intValue": 3}}]},
                  "scopeSpans": [{"spans": [span(1)]}]}),
            {"services": (), "spans": 1},
            id="a service's name that is no text",
        ),
        pytest.param(
            otlp(service("a" * 1000, span(1))),
            {"services": ("a" * 200,)},
            id="a name is cut short",
        ),
        pytest.param(
            otlp({"instrumentationLibrarySpans": [{"spans": [span(1)]}]}, {"scopeSpans": None}, {}),
            {"spans": 1, "services": ()},
            id="the name that scopes once had; what is absent is empty",
        ),
        pytest.param(
            otlp(service("a", span(1))) + '\n{"resourceLogs": []}\n{"resourceMetrics": []}\n{}\n',
            {"spans": 1},
            id="logs and metrics in the same file",
        ),
    ],
)  # fmt: skip
def test_exports(export: str, expected: dict[str, Any]) -> None:
    assert chosen(facts(traces, export), expected) == expected


@pytest.mark.parametrize(
    ("ends", "produced_at"),
    [
        (["1772445701500000000", 1772445600001000000], OLDEST),
        ([1772445600001000000.0], OLDEST),
        (["0", "1772445601500000000"], None),
        ([None], None),
        (["18446744073709551615"], datetime(2554, 7, 21, 23, 34, 33, 709553, tzinfo=UTC)),
    ],
)
def test_the_oldest_end_is_the_age(ends: list[object], produced_at: datetime | None) -> None:
    spans = [span(number, endTimeUnixNano=end, startTimeUnixNano=0) for number, end in enumerate(ends, 1)]
    assert collect(traces, otlp(service("a", *spans))).produced_at == produced_at


def test_a_span_without_an_end_is_dated_by_its_start() -> None:
    spans = [span(1, endTimeUnixNano=1772445601500000000), span(2, startTimeUnixNano=1772445600001000000)]
    assert collect(traces, otlp(service("a", *spans))).produced_at == OLDEST


@pytest.mark.parametrize(
    "empty", [{}, {"scopeSpans": []}, {"scopeSpans": [{}]}, {"scopespans": [{"spans": [span(2)]}]}], ids=short
)
def test_a_resource_without_spans_makes_a_file_partial(empty: dict[str, Any]) -> None:
    [origin] = collect(traces, otlp(service("a", span(1)), empty)).origins
    assert origin.partial == ("1 resources or scopes list no span",)


def test_a_file_without_spans_does_not_count() -> None:
    dated = otlp(service("a", span(1, endTimeUnixNano=1772445600001000000)))
    collected = collect(traces, dated, '{"resourceLogs": []}')
    assert collected.produced_at == OLDEST
    assert [(origin.file, origin.items) for origin in collected.origins] == [("report-0", 1)]


def test_each_file_is_about_all_services() -> None:
    export = otlp(service("b", span(1)), service("a", span(2)), service(None, span(3)))
    for origin in collect(traces, export, otlp(service("c", span(4)))).origins:
        assert origin.subjects == tuple(Subject(SubjectType.SERVICE, name) for name in "abc")


@pytest.mark.parametrize(
    "dropped",
    [
        lambda export: export["resourceSpans"][0]["resource"],
        lambda export: export["resourceSpans"][0]["scopeSpans"][0].setdefault("scope", {}),
        lambda export: export["resourceSpans"][0]["scopeSpans"][0]["spans"][0],
    ],
    ids=["of the resource", "of the scope", "of the span"],
)
def test_dropped_attributes_make_a_file_partial(dropped: Callable[[Any], dict[str, Any]]) -> None:
    export = json.loads(otlp(service("a", span(1)), service("b", span(2))))
    dropped(export)["droppedAttributesCount"] = 3
    [origin] = collect(traces, json.dumps(export)).origins
    assert origin.partial == ("attributes of 1 of 2 spans were dropped",)


NO_SPAN = "absent: reports holds no span"


@pytest.mark.parametrize(
    ("export", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("{}", NO_SPAN),
        (otlp(), NO_SPAN),
        ('{"resourceSpans": null}', NO_SPAN),
        ('{"resourceLogs": []}', NO_SPAN),
        (otlp(service("a")), NO_SPAN),
        ("resourceSpans: []\n", "unreadable: report-0: the file has no supported format"),
        ("<trace/>", "unreadable: report-0: XML with the root <trace> has no supported format"),
        ("[]", "unreadable: report-0: the JSON has no supported format"),
        ('{"data": [{"traceID": "1"}]}', "unreadable: report-0: the JSON has no supported format"),
        ('{"resource_spans": []}', NO_SPAN),
        ('{"resourceSpans": {}}', "unreadable: report-0: resourceSpans is an object, not a list"),
        (otlp(3), "unreadable: report-0: an item of resourceSpans is 3, not an object"),
        (otlp({"resource": 3}), "unreadable: report-0: a resource is 3, not an object"),
        (otlp({"scopeSpans": [3]}), "unreadable: report-0: an item of scopeSpans is 3, not an object"),
        (otlp(service("a", 3)), "unreadable: report-0: a span is 3, not an object"),
        (otlp(service("a", {})), "unreadable: report-0: a span has no traceId"),
        (otlp(service("a", {"traceId": TRACE})), "unreadable: report-0: a span has no spanId"),
        (otlp(service("a", span(0))), "unreadable: report-0: a span has no spanId"),
        (
            otlp(service("a", span(1, trace="5b8e"))),
            "unreadable: report-0: traceId of a span is '5b8e', not an identifier of 16 bytes",
        ),
        (otlp(service("a", span(1, "g" * 16))), "unreadable: report-0: parentSpanId of a span is 'gggg"),
        (otlp(service("a", span(1, "+" * 12))), "unreadable: report-0: parentSpanId of a span is '++++"),
        (otlp(service("a", span(1, spanId=1))), "unreadable: report-0: spanId of a span is 1, not an identifier"),
        (
            otlp(service("a", span(1, endTimeUnixNano="soon"))),
            "unreadable: report-0: endTimeUnixNano of a span is 'soon', not a count",
        ),
        (
            otlp(service("a", span(1, startTimeUnixNano=-1))),
            "unreadable: report-0: startTimeUnixNano of a span is -1, not a count",
        ),
        (
            otlp(service("a", span(1, endTimeUnixNano=2**64))),
            "unreadable: report-0: endTimeUnixNano of a span is 18446744073709551616, more than 64 bits",
        ),
        (otlp(service("a", span(1, endTimeUnixNano=True))), "unreadable: report-0: endTimeUnixNano of a span is"),
        (otlp(service("a", span(1, flags="1"))), "unreadable: report-0: the flags of a span is '1', not a count"),
        (otlp(service("a", span(1))).replace(": 1}", ": NaN}"), "unreadable: report-0: line 1: not JSON"),
        (otlp(service("a", span(1)))[:-4], "unreadable: report-0: line 1: not JSON: EOF while parsing"),
        (
            otlp(service("a", span(1))) + "\n" + otlp(service("a", span(2)))[:-4],
            "unreadable: report-0: line 2: not JSON: EOF while parsing",
        ),
        ('{"resourceSpans": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (otlp(service("a", span(1))).encode("utf-16-le"), "unreadable: report-0: line 1: not JSON"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(export: str | bytes, expected: str) -> None:
    assert outcome(traces, export).startswith(expected)


def test_all_of_several_files_must_be_readable() -> None:
    whole = otlp(service("a", span(1)))
    assert outcome(traces, whole, " ") == "unreadable: report-1: the file is empty"
    assert outcome(traces, whole, "[]").startswith("unreadable: report-1: the JSON has no supported format")
    assert outcome(traces, whole, "{}") == "collected"


@needs_samples
def test_sample() -> None:
    collected = collect(traces, (SAMPLES / "otlp/otel-js-http-json.jsonl").read_bytes())
    assert collected.produced_at == datetime(2026, 11, 24, 4, 23, 37, 807091, tzinfo=UTC)
    assert collected.facts == TracesFacts(
        services=("checkout-api", "orders-api"),
        spans=12,
        broken=(),
        uncrossed=(),
        beyond=(),
        crossings=3,
        boundaries=("checkout-api > orders-api",),
        traces=3,
        entries=0,
    )
