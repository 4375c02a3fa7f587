"""Traces are read as OpenTelemetry's own definitions of OTLP read them: whatever the spelling of the JSON."""

import json
import random
from base64 import b64decode
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from builders.artefacts import collect, fixture
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.traces import otlp
from gatekeeper.collectors.traces import read as traces

IDS = ("traceId", "spanId", "parentSpanId", "trace_id", "span_id", "parent_span_id")


def drawn(draw: random.Random) -> TracesData:
    data = TracesData()
    for name in ("a", "b", ""):
        resource = data.resource_spans.add()
        if name:
            attribute = resource.resource.attributes.add(key="service.name")
            attribute.value.string_value = name
        spans = resource.scope_spans.add().spans
        for _ in range(draw.randint(0, 4)):
            span = spans.add(name="n", kind=draw.randint(0, 5), flags=draw.choice([0, 1, 0x101, 0x301]))
            span.trace_id, span.span_id = bytes(15) + b"\x01", bytes(7) + bytes([draw.randint(1, 9)])
            span.parent_span_id = draw.choice([b"", bytes(8), bytes(7) + bytes([draw.randint(1, 12)])])
            span.start_time_unix_nano = draw.choice([0, 1, 2**63 + 5])
            if draw.random() < 0.2:
                span.links.add(trace_id=span.trace_id, span_id=span.span_id)
    return data


def in_hexadecimal(value: Any) -> Any:
    """The one exception of OTLP from the mapping of Protobuf: identifiers in hexadecimal."""
    if isinstance(value, dict):
        return {
            key: b64decode(inner).hex() if key in IDS else in_hexadecimal(inner)
            for key, inner in value.items()
        }
    return [in_hexadecimal(inner) for inner in value] if isinstance(value, list) else value


def spans_of(text: str) -> list[tuple[Any, ...]]:
    export = otlp.read(Content("f", text.encode()))
    return [
        (span.trace, span.id, span.parent, span.service, span.kind, span.starts, span.links)
        for span in export.spans
    ]


def expected(data: TracesData) -> list[tuple[Any, ...]]:
    kinds = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
    return [
        (
            span.trace_id.hex(), span.span_id.hex(),
            span.parent_span_id.hex() if span.parent_span_id.strip(b"\0") else "(not named)" if span.flags & 0x200 else None,
            next((each.value.string_value for each in resource.resource.attributes), None), kinds[span.kind],
            span.start_time_unix_nano, tuple(link.span_id.hex() for link in span.links),
        )
        for resource in data.resource_spans for scope in resource.scope_spans for span in scope.spans
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_every_spelling_is_read_alike(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311
    data = drawn(draw)
    for is_snake in (False, True):
        for are_numbers in (False, True):
            written = json_format.MessageToDict(
                data, preserving_proto_field_name=is_snake, use_integers_for_enums=are_numbers
            )
            if written:
                assert spans_of(json.dumps(written)) == expected(data)
                assert spans_of(json.dumps(in_hexadecimal(written))) == expected(data)


@pytest.mark.parametrize("name", ["end-to-end.json", "export.jsonl"])
def test_the_fixtures_are_otlp(name: str) -> None:
    count = 0
    for line in [fixture("traces", name)] if name.endswith(".json") else fixture("traces", name).splitlines():
        data = json_format.Parse(line, TracesData(), ignore_unknown_fields=True)
        count += sum(len(scope.spans) for each in data.resource_spans for scope in each.scope_spans)
    assert count >= collect(traces, fixture("traces", name)).facts.spans
