"""AsyncAPI documents, and JSON Schemas with a catalogue."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, needs_samples, outcome, short, tree
from gatekeeper.collectors.events import read as events
from gatekeeper.collectors.events.facts import PLACES, EventsFacts
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Absent, Collected, Finding, Unreadable

ENVELOPE = ["tenantId", "retentionClass", "dataResidency"]


def test_asyncapi_3() -> None:
    collected = collect(events, fixture("events", "asyncapi-3.yaml"), envelope=ENVELOPE)
    lines = "/channels/orderLines/messages"
    assert (collected.format, collected.produced_at) == ("asyncapi-3", None)
    assert collected.facts == EventsFacts(
        published=("order.placed", "orderLines"),
        consumed=("invoice.paid",),
        registered_consumers=("billing-service", "search-service"),
        published_without_schema=(
            Finding(
                "orderLines (removed) has a schema of Avro that is not a record with fields",
                "report-0",
                15,
                f"{lines}/removed",
            ),
        ),
        consumed_without_schema=(
            Finding(
                "invoice.paid has no payload", "report-0", 22, "/channels/invoicePaid/messages/paid"
            ),
        ),
        invalid_schemas=(
            Finding(
                "not a valid JSON Schema of draft-07: '1' is not of type 'number'",
                "report-0",
                62,
                "/components/schemas/LineAdded/properties/quantity/minimum",
            ),
        ),
        envelope_missing=(
            Finding(
                "order.placed does not require dataResidency",
                "report-0",
                44,
                "/components/messages/OrderPlaced/payload",
            ),
            *(
                Finding(f"orderLines (added) does not define {field}", "report-0", 14, f"{lines}/added/payload")
                for field in ENVELOPE
            ),
            *(
                Finding(f"orderLines (removed) does not define {field}", "report-0", 15, f"{lines}/removed")
                for field in ENVELOPE
            ),
        ),
    )  # fmt: skip


def test_in_asyncapi_2_publish_means_that_the_application_receives() -> None:
    collected = collect(events, fixture("events", "asyncapi-2.json"))
    assert collected.format == "asyncapi-2"
    assert collected.facts == EventsFacts(
        published=("user/signedup",),
        consumed=("user/blocked",),
        registered_consumers=None,
        published_without_schema=(),
        consumed_without_schema=(),
        invalid_schemas=(),
        envelope_missing=None,
    )


def test_a_catalogue() -> None:
    collected = collect(events, fixture("events", "catalogue.yaml"), envelope=["tenantId", "dataResidency"])
    assert collected.format == "catalogue"
    assert collected.facts == EventsFacts(
        published=("user.created",),
        consumed=("invoice.paid",),
        registered_consumers=("billing-service",),
        published_without_schema=(),
        consumed_without_schema=(
            Finding(
                "invoice.paid has the schema schemas/invoice-paid.json, which is not in the files of the artefact",
                "report-0",
                15,
                "/consumed/invoice.paid",
            ),
        ),
        invalid_schemas=(),
        envelope_missing=(
            Finding("user.created does not define dataResidency", "report-0", 4, "/published/0/schema"),
        ),
    )


LIGHTS = "smartylighting.streetlights.1.0.{}"
TURNED = tuple(LIGHTS.format(f"action.{{streetlightId}}.{which}") for which in ("turn.on", "turn.off", "dim"))
MEASURED = (LIGHTS.format("event.{streetlightId}.lighting.measured"),)
SLASHES = "smartylighting/streetlights/1/0/{}"


@needs_samples
@pytest.mark.parametrize(
    ("sample", "format_", "published", "consumed"),
    [
        ("v3-streetlights-kafka-asyncapi.yml", "asyncapi-3", TURNED, MEASURED),
        ("v2.6-streetlights-kafka.yml", "asyncapi-2", TURNED, MEASURED),
        (
            "v3-correlation-id-asyncapi.yml",
            "asyncapi-3",
            (SLASHES.format("action/{streetlightId}/dim"),),
            (SLASHES.format("event/{streetlightId}/lighting/measured"),),
        ),
        ("chainloop-2.6.json", "asyncapi-2", ("user/signedup",), ()),
    ],
)
def test_asyncapi_sample(
    sample: str, format_: str, published: tuple[str, ...], consumed: tuple[str, ...]
) -> None:
    collected = collect(events, (SAMPLES / "asyncapi" / sample).read_bytes(), envelope=["tenantId"])
    found = collected.facts
    assert (collected.format, found.published, found.consumed) == (format_, published, consumed)
    assert (found.published_without_schema, found.consumed_without_schema, found.invalid_schemas) == (
        (),
        (),
        (),
    )
    assert len(found.envelope_missing) == len(published)
    assert found.registered_consumers is None


@needs_samples
def test_asyncapi_sample_without_channels() -> None:
    sample = (SAMPLES / "asyncapi" / "chainloop-invalid.json").read_bytes()
    assert outcome(events, sample) == "unreadable: report-0 has no channels"


@needs_samples
@pytest.mark.parametrize(
    ("schema", "required"),
    [
        ("CommittedTransactions", ["ledger", "transactions", "accountMetadata"]),
        ("RevertedTransaction", ["ledger"]),
        ("SavedMetadata", ["ledger", "targetType", "targetId", "metadata"]),
    ],
)
def test_schema_samples_are_read_through_their_ref(schema: str, required: list[str]) -> None:
    name = f"formance-{schema}.json"
    catalogue = json.dumps({"published": {"ledger.event": name}, "consumed": []})
    sample = (SAMPLES / "event-schema" / name).read_bytes()
    found = events.collect(
        tree({"catalogue.json": catalogue, name: sample}), {"envelope": [*required, "tenantId"]}
    ).facts
    assert (found.published_without_schema, found.invalid_schemas, found.consumed) == ((), (), ())
    assert [finding.message for finding in found.envelope_missing or ()] == [
        "ledger.event does not define tenantId"
    ]
    assert outcome(events, sample).startswith("unreadable: reports has no AsyncAPI document, and no")


def version_3(messages: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A document that sends these messages over one channel."""
    return {
        "asyncapi": "3.0.0",
        "channels": {"c": {"address": "s", "messages": messages or {}}},
        "operations": {"o": {"action": "send", "channel": {"$ref": "#/channels/c"}}},
    } | more


def sends(payload: Any, **more: Any) -> dict[str, Any]:
    return version_3({"m": {"payload": payload, **more}})


def catalogue(schema: Any, **more: Any) -> dict[str, Any]:
    return {"published": [{"subject": "s", "schema": schema, **more}]}


def requiring(*fields: str, **more: Any) -> dict[str, Any]:
    return {"required": list(fields), "properties": {field: {"type": "string"} for field in fields}, **more}


def tenant(schema: Any) -> dict[str, Any]:
    return {"required": ["tenantId"], "properties": {"tenantId": schema, "total": {"type": "integer"}}}


AVRO = {"schemaFormat": "application/vnd.apache.avro+yaml;version=1.9.0"}
OPENAPI = {"schemaFormat": "application/vnd.oai.openapi;version=3.0.0"}
RECORD: Any = {
    "type": "record",
    "name": "Placed",
    "fields": [
        {"name": "tenantId", "type": "string"},
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a"]}},
    ],
}
T = requiring("tenantId")
A_TEXT = {"type": "string"}
VALUES: list[Any] = [
    A_TEXT,
    {"type": ["string", "null"]},
    {"const": "acme"},
    {"enum": ["eu", "us"]},
    {"allOf": [{}, A_TEXT]},
    {"anyOf": [{"type": "null"}, A_TEXT]},
    {
        "definitions": {"id": A_TEXT},
        "$ref": "#/channels/c/messages/m/payload/properties/tenantId/definitions/id",
    },
]
EMPTY: list[Any] = [
    {"type": "null"},
    {"type": ["null"]},
    {"const": ""},
    {"const": None},
    {"enum": [None, ""]},
    {"type": "string", "maxLength": 0},
    {"allOf": [A_TEXT, {"const": ""}]},
    {"oneOf": [{"type": "null"}, {"const": ""}]},
]
LATEST = "https://json-schema.org/draft/2020-12/schema"


def messages(document: Any, fact: str, **options: Any) -> list[str]:
    return [finding.message for finding in getattr(facts(events, json.dumps(document), **options), fact)]


NOT_DEFINED, NOT_REQUIRED = ["s does not define tenantId"], ["s does not require tenantId"]


@pytest.mark.parametrize(
    ("document", "missing"),
    [
        (sends(T), []),
        (sends({"properties": {"tenantId": A_TEXT}}), NOT_REQUIRED),
        (sends({"properties": {"tenantId": A_TEXT}, "required": ["other"]}), NOT_REQUIRED),
        (sends({"required": ["tenantId"]}), NOT_DEFINED),
        (sends({"required": ["tenantId"], "properties": {"tenantId": False}}), NOT_DEFINED),
        (sends({"properties": {"data": T}, "required": ["data"]}), NOT_DEFINED),
        (sends(requiring("tenantid")), NOT_DEFINED),
        (sends({"allOf": [{"properties": {"tenantId": A_TEXT}}, {"required": ["tenantId"]}]}), []),
        (sends(RECORD, **AVRO), []),
        (sends({**RECORD, "fields": [{"name": "tenantId", "type": ["null", "string"]}]}, **AVRO), NOT_REQUIRED),
        (sends({**RECORD, "fields": [{"name": "tenantId", "type": "null"}]}, **AVRO), NOT_REQUIRED),
        *((sends(tenant(value)), []) for value in VALUES),
        *((sends(tenant(value)), ["s allows no value for tenantId"]) for value in EMPTY),
        *((sends(tenant(value)), ["s allows every value for tenantId"]) for value in ({}, True, {"title": "T"})),
        (sends({"type": "object", **tenant({"type": ["string", "number", "object", "array", "boolean", "null"]})}),
         ["s allows every value for tenantId"]),
        (sends({"allOf": [T, tenant({"type": "null"})]}), ["s allows no value for tenantId"]),
        (sends({"oneOf": [T, tenant({"type": "null"})]}), ["s allows every value for tenantId"]),
        (sends({"type": "object", **tenant({})}, headers=T), []),
        (sends({"oneOf": [T, {"allOf": [T]}]}), []),
        (sends({"oneOf": [T, {"type": "object"}]}), NOT_DEFINED),
        (sends({"anyOf": [T, {"properties": {"tenantId": A_TEXT}}]}), NOT_REQUIRED),
        (sends({"oneOf": []}), NOT_DEFINED),
        (sends({"type": "object"}, headers=T), []),
        (sends({"type": "object"}, headers=requiring("ce-tenantid")), []),
        (sends({"type": "object"}, headers=requiring("CE_TenantId")), []),
        (sends({"type": "object"}, headers={"properties": {"tenantid": A_TEXT}}), NOT_REQUIRED),
        (sends({"type": "object"}, traits=[{"headers": T}]), []),
        (sends(requiring("specversion", "tenantid")), []),
        (version_3({}), ["s has no tenantId"]),
        (sends({"properties": 3, "required": 3, "allOf": 3}), NOT_DEFINED),
        (catalogue({"$schema": LATEST, "$ref": "#/$defs/a", "$defs": {"a": T}}), []),
        (catalogue({"$schema": LATEST, "$ref": "#/$defs/a", "$defs": {"a": {"type": "object"}}} | T), []),
        (
            catalogue(
                {"$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/x/a", "x": {"a": {"type": "object"}}} | T
            ),
            NOT_DEFINED,
        ),
        (
            catalogue(
                {"$schema": "http://json-schema.org/draft-04/schema#", "definitions": {"a": T},
                 "allOf": [{"$ref": "#/definitions/a"}]}
            ),
            [],
        ),
        (catalogue({"$id": "urn:a", "$defs": {"b": {"$anchor": "c"} | T}, "$ref": "#c"}), []),
        (catalogue({"id": "urn:a", "definitions": {"b": {"id": "#c"} | T}, "$ref": "#c"}), []),
        (catalogue({"type": "object"}, headers=T), []),
        (catalogue(None), NOT_DEFINED),
        (catalogue({"allOf": [{"$ref": "#/published/0/schema"}]}), NOT_DEFINED),
    ],
    ids=short,
)  # fmt: skip
def test_envelope(document: Any, missing: list[str]) -> None:
    assert messages(document, "envelope_missing", envelope="tenantId") == missing


def test_references_within_references_cost_once() -> None:
    doubling = {f"d{n}": {"allOf": 2 * [{"$ref": f"#/$defs/d{n + 1}"}]} for n in range(40)}
    document = catalogue({"$schema": LATEST, "$ref": "#/$defs/d0", "$defs": {**doubling, "d40": T}})
    assert messages(document, "envelope_missing", envelope="tenantId") == []


NO_RECORD = "s has a schema of Avro that is not a record with fields"
PROTOBUF = {"schemaFormat": "application/vnd.google.protobuf;version=3"}
NO_JSON_SCHEMA = "s has a schema of application/vnd.google.protobuf;version=3, which is not JSON Schema"


@pytest.mark.parametrize(
    ("document", "lacks"),
    [
        (sends(T), []),
        (sends(None), ["s has no payload"]),
        (sends({}), ["s has a schema that allows every object"]),
        (
            sends({"title": "T", "description": "d", "$defs": {"a": T}}),
            ["s has a schema that allows every object"],
        ),
        (sends(True), ["s has a schema that allows every object"]),
        (sends(False), ["s has a schema that allows every object"]),
        (sends(RECORD, **AVRO), []),
        (sends(AVRO | {"schema": RECORD}), []),
        (sends({"type": "record"}, **AVRO), [NO_RECORD]),
        (sends(AVRO | {"schema": {"type": "record", "fields": []}}), [NO_RECORD]),
        (sends(AVRO | {"schema": {"type": "record", "fields": [{"name": "a"}]}}), [NO_RECORD]),
        (sends(AVRO | {"schema": {"type": "string"}}), [NO_RECORD]),
        (sends("message Placed {}", **PROTOBUF), [NO_JSON_SCHEMA]),
        (sends(OPENAPI | {"schema": T}), []),
        (sends(OPENAPI), ["s has no schema behind its schemaFormat"]),
        (
            sends({"$ref": "#/components/schemas/a"})
            | {"components": {"schemas": {"a": PROTOBUF | {"schema": "message Placed {}"}}}},
            [NO_JSON_SCHEMA],
        ),
        (version_3({}), ["s has no message"]),
        (
            version_3({"a": {"payload": T}, "b": {}, "c": {"name": "C"}}),
            ["s (b) has no payload", "s (C) has no payload"],
        ),
        (
            version_3(
                {"a": {"payload": T}, "b": {}},
                operations={
                    "o": {
                        "action": "send",
                        "channel": {"$ref": "#/channels/c"},
                        "messages": [{"$ref": "#/channels/c/messages/a"}],
                    }
                },
            ),
            [],
        ),
        (
            version_3(
                {"a": {"payload": T}},
                operations={"o": {"action": "send", "channel": {"$ref": "#/channels/c"}, "messages": []}},
            ),
            ["s has no message"],
        ),
        ({"asyncapi": "2.0.0", "channels": {"s": {"subscribe": {}}}}, ["s has no message"]),
        ({"published": ["s"]}, ["s has no schema"]),
        ({"published": {"s": None}}, ["s has no schema"]),
        ({"published": {"s": {"consumers": []}}}, ["s has no schema"]),
        ({"published": {"s": {"schema": {}}}}, ["s has a schema that allows every object"]),
        (
            {"published": {"s": "events/s.proto"}},
            ["s has the schema events/s.proto, which is not JSON Schema"],
        ),
        (
            {"published": {"s": "s.json"}},
            ["s has the schema s.json, which is not in the files of the artefact"],
        ),
        ({"published": []}, []),
    ],
    ids=short,
)
def test_without_schema(document: Any, lacks: list[str]) -> None:
    assert messages(document, "published_without_schema") == lacks


def invalidity(draft: str, message: str) -> list[str]:
    return [f"not a valid JSON Schema of {draft}: {message}"]


def of(draft: str, **schema: Any) -> dict[str, Any]:
    return catalogue({"$schema": f"http://json-schema.org/{draft}/schema#", **T, **schema})


NOT_OF_TYPE_NUMBER = "True is not of type 'number'"


@pytest.mark.parametrize(
    ("document", "flaws"),
    [
        (sends({"type": "objekt"}), invalidity("draft-07", "'objekt' is not valid under any of the given schemas")),
        (sends({"type": "object"}, headers={"required": "a"}), invalidity("draft-07", "'a' is not of type 'array'")),
        (sends("text"), invalidity("draft-07", "'text' is not of type 'object', 'boolean'")),
        (of("draft-04", exclusiveMinimum=True, minimum=3), []),
        (of("draft-06", exclusiveMinimum=True), invalidity("draft-06", NOT_OF_TYPE_NUMBER)),
        (of("draft-07", exclusiveMinimum=True), invalidity("draft-07", NOT_OF_TYPE_NUMBER)),
        (of("draft/2019-09", items=[T]), []),
        (catalogue({"$schema": LATEST, "items": [T], "required": ["a"]}), invalidity("2020-12", f"{[T]!r} is not of type 'object', 'boolean'")),
        (of("draft-07", pattern="^\\p{L}+$"), []),
        (
            of("draft-03"),
            ["$schema is 'http://json-schema.org/draft-03/schema#', which is not a supported draft"],
        ),
        (catalogue({"$schema": 3, **T}), ["$schema is '3', which is not a supported draft"]),
        (
            catalogue({"$ref": "#/x/a"}) | {"x": {"a": {"type": 3}}},
            invalidity("draft-07", "3 is not valid under any of the given schemas"),
        ),
        (sends({"properties": {"enum": {"enum": [{"$ref": "#/nowhere"}]}, "$ref": {"type": "string"}}}), []),
        (sends({"x-note": {"$ref": "#/nowhere"}, "type": "object"}), []),
    ],
    ids=short,
)  # fmt: skip
def test_invalid_schemas(document: Any, flaws: list[str]) -> None:
    assert messages(document, "invalid_schemas") == flaws


def test_a_schema_nested_deep_is_a_flaw_at_most() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(80):
        schema = {"properties": {"a": schema}}
    assert messages(sends(schema), "invalid_schemas") in ([], ["is nested too deeply to be checked"])


CONSUMERS = {"x-consumers": ["b-service", "a-service"]}


@pytest.mark.parametrize(
    ("document", "registered"),
    [
        (sends(T), None),
        (sends(T, **CONSUMERS), ("a-service", "b-service")),
        (sends(T, **{"x-consumers": []}), ()),
        (sends(T) | CONSUMERS, ("a-service", "b-service")),
        (
            version_3(operations={"o": {"action": "send", "channel": {"$ref": "#/channels/c"}, **CONSUMERS}}),
            ("a-service", "b-service"),
        ),
        (
            version_3(operations={"o": {"action": "receive", "channel": {"$ref": "#/channels/c"}, **CONSUMERS}}),
            None,
        ),
        (
            {"asyncapi": "2.6.0", "channels": {"s": {"subscribe": {"message": {"payload": T}}, **CONSUMERS}}},
            ("a-service", "b-service"),
        ),
        (catalogue(T), None),
        (catalogue(T, consumers=[]), ()),
        (catalogue(T) | {"consumers": []}, ()),
        ({"published": {"s": {"schema": T, "consumers": ["z"]}, "t": {"schema": T, "consumers": ["a", "z"]}}}, ("a", "z")),
        ({"published": [], "consumed": [{"subject": "s", "schema": T, "consumers": ["a"]}]}, None),
    ],
    ids=short,
)  # fmt: skip
def test_registered_consumers(document: Any, registered: tuple[str, ...] | None) -> None:
    assert facts(events, json.dumps(document)).registered_consumers == registered


SUBJECTS = {
    "published": {
        s: {"schema": T, "consumers": [f"of-{s}"]} for s in ("user.created", "user.gone", "a.{b}.c")
    },
    "consumed": {"order.placed": {"schema": T}},
}


@pytest.mark.parametrize(
    ("subjects", "published", "consumed", "consumers"),
    [
        (None, ("user.created", "user.gone", "a.{b}.c"), ("order.placed",), ("of-a.{b}.c", "of-user.created", "of-user.gone")),
        (["user.*"], ("user.created", "user.gone"), (), ("of-user.created", "of-user.gone")),
        ("user.gone", ("user.gone",), (), ("of-user.gone",)),
        (["a.{b}.c", "order.*"], ("a.{b}.c",), ("order.placed",), ("of-a.{b}.c",)),
    ],
    ids=short,
)  # fmt: skip
def test_subjects_narrow(
    subjects: Any, published: tuple[str, ...], consumed: tuple[str, ...], consumers: tuple[str, ...]
) -> None:
    found = facts(events, json.dumps(SUBJECTS), subjects=subjects)
    assert (found.published, found.consumed, found.registered_consumers) == (published, consumed, consumers)


def test_only_what_is_selected_is_judged() -> None:
    document = {"published": {"a": {"schema": {"type": 3}}, "b": {"schema": T}, "c": None}}
    expected: dict[str, Any] = {
        "published": ("b",), "published_without_schema": (), "invalid_schemas": (), "envelope_missing": ()
    }  # fmt: skip
    found = facts(events, json.dumps(document), subjects=["b"], envelope=["tenantId"])
    assert chosen(found, expected) == expected


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"published": {"s": T}}, {"consumed": None, "consumed_without_schema": None}),
        ({"published": None, "consumed": []}, {"published": None, "envelope_missing": None, "consumed": ()}),
        ({"consumed": {"s": T}}, {"published": None, "published_without_schema": None, "consumed": ("s",)}),
        ({"published": []}, {"published": (), "published_without_schema": (), "envelope_missing": ()}),
    ],
    ids=short,
)
def test_what_a_catalogue_does_not_say_is_null(document: Any, expected: dict[str, Any]) -> None:
    assert chosen(facts(events, json.dumps(document), envelope=ENVELOPE), expected) == expected


def of_files(files: Mapping[str, Any], **options: Any) -> Collected:
    written = {name: json.dumps(value) if isinstance(value, dict) else value for name, value in files.items()}
    return events.collect(tree(written, "events"), options)


def test_references_between_files() -> None:
    collected = of_files(
        {
            "events/asyncapi.json": version_3({"m": {"$ref": "./messages/all.yaml#/placed"}}),
            "events/messages/all.yaml": "placed:\n  payload:\n    $ref: ../schemas/order%20placed.json\n",
            "events/schemas/order placed.json": {"$schema": LATEST, "$ref": "base.json", "type": "objekt"},
            "events/schemas/base.json": {"$id": "https://example.com/base", "allOf": [{"$ref": "tenant"}]},
            "events/schemas/tenant.json": {"$id": "https://example.com/tenant", **requiring("tenantId")},
            "events/README.md": "no schema",
        },
        envelope=["tenantId", "dataResidency"],
    )
    assert collected.facts.published_without_schema == ()
    assert collected.facts.invalid_schemas == (
        Finding(
            "not a valid JSON Schema of 2020-12: 'objekt' is not valid under any of the given schemas",
            "events/schemas/order placed.json",
            1,
            "/type",
        ),
    )
    assert collected.facts.envelope_missing == (
        Finding("s does not define dataResidency", "events/messages/all.yaml", 2, "/placed/payload"),
    )


def test_a_catalogue_names_files_relative_to_itself() -> None:
    found = of_files(
        {
            "a/catalogue.yaml": "published: {s: 'schemas/s.json#/definitions/s', t: 'urn:t', u: ../b/u.json}\n",
            "a/schemas/s.json": {"definitions": {"s": T}},
            "a/t.json": {"$id": "urn:t", **T},
            "b/u.json": {"type": 3},
        },
        envelope=["tenantId"],
    ).facts
    assert found.published_without_schema == ()
    assert [finding.file for finding in found.invalid_schemas] == ["b/u.json"]
    assert [finding.message for finding in found.envelope_missing] == ["u does not define tenantId"]


def test_documents_are_merged() -> None:
    collected = of_files(
        {"a.json": {"consumed": {"t": T}}, "b.json": sends(T), "c.json": {"published": {"u": T}}}
    )
    assert collected.format == "asyncapi-3, catalogue"
    assert (collected.facts.published, collected.facts.consumed) == (("s", "u"), ("t",))


@pytest.mark.parametrize(
    ("reference", "leads_to"),
    [
        ("#/components/schemas/none", "#/components/schemas/none"),
        ("other.json", "other.json"),
        ("../asyncapi.json", "../asyncapi.json"),
        ("https://example.com/schema.json", "https://example.com/schema.json"),
        ("http://[", "http://["),
        ("#/channels/c/messages/9", "#/channels/c/messages/9"),
        ("#anchor", "#anchor"),
    ],
)
def test_a_reference_that_leads_nowhere(reference: str, leads_to: str) -> None:
    collected = of_files({"a/asyncapi.json": sends({"properties": {"p": {"$ref": reference}}})})
    [told] = collected.origins[0].not_understood
    assert (told.place.file, told.place.pointer) == (
        "a/asyncapi.json",
        "/channels/c/messages/m/payload/properties/p/$ref",
    )
    assert told.place.message == f"$ref leads to '{leads_to}', which is not in the files of the artefact"
    assert told.touches == PLACES["schema"]


def test_a_long_chain_of_references_ends() -> None:
    chain = {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}]} for n in range(300)}
    document = catalogue({"$schema": LATEST, "$ref": "#/$defs/d0", "$defs": {**chain, "d300": T}})
    collected = collect(events, json.dumps(document), envelope=["tenantId"])
    [told] = collected.origins[0].not_understood
    assert "consists of more than 200 schemas" in told.place.message
    assert without_touched(collected).envelope_missing is None


IN_CHANNEL: dict[str, Any] = {"channel": {"$ref": "#/channels/c"}}
T_ENTRY: dict[str, Any] = {"schema": T}


def replying(**reply: Any) -> dict[str, Any]:
    """A document that receives requests and replies to them."""
    channels = {
        "c": {"address": "s", "messages": {"m": {"payload": T}}},
        "r": {"address": "answer", "messages": {"a": {"payload": T}, "b": {}}},
    }
    operation = {"action": "receive", "channel": {"$ref": "#/channels/c"}, "reply": reply}
    return {"asyncapi": "3.0.0", "channels": channels, "operations": {"o": operation}}


TO_R = {"channel": {"$ref": "#/channels/r"}}


@pytest.mark.parametrize(
    ("reply", "published", "lacks"),
    [
        (TO_R, ("answer",), ["answer (b) has no payload"]),
        ({**TO_R, "messages": [{"$ref": "#/channels/r/messages/a"}]}, ("answer",), []),
        ({**TO_R, "messages": []}, ("answer",), ["answer has no message"]),
        ({"$ref": "#/components/replies/b"}, ("answer",), ["answer (b) has no payload"]),
    ],
    ids=short,
)
def test_a_reply_is_sent_by_who_receives_the_request(
    reply: dict[str, Any], published: tuple[str, ...], lacks: list[str]
) -> None:
    document = replying(**reply) | {"components": {"replies": {"b": TO_R}}}
    found = facts(events, json.dumps(document))
    assert (found.published, found.consumed) == (published, ("s",))
    assert [finding.message for finding in found.published_without_schema] == lacks
    document["operations"]["o"]["action"] = "send"
    found = facts(events, json.dumps(document))
    assert (found.published, found.consumed) == (("s",), published)


def receives_and(**more: Any) -> dict[str, Any]:
    return {"asyncapi": "2.6.0", "channels": {"t": {"publish": {"message": {"payload": T}}}, "s": more}}


@pytest.mark.parametrize(
    ("document", "expected", "kind_of_place"),
    [
        (receives_and(), "s has neither publish nor subscribe", "channel"),
        (
            receives_and(subscribez={}),
            "s has the field 'subscribez', which a channel of AsyncAPI 2",
            "channel",
        ),
        (receives_and(**{"x-subscribe": {}}), "s has x-subscribe, which may be a disabled field", "channel"),
        (receives_and(subscribe=None), "s has no value for subscribe", "channel"),
        (receives_and(**{"$ref": "s.yaml"}), "$ref leads to 's.yaml', which is not in the files", "channel"),
        (
            receives_and(**{"$ref": "#/channels/t", "subscribe": {}}),
            "s has 'subscribe' beside a $ref, which tools read differently",
            "channel",
        ),
        (receives_and(subscribe={"message": {"$ref": "#/components/m"}}), "$ref leads to", "channel"),
        (receives_and(subscribe={"mesage": {}}), "subscribe has the field 'mesage'", "channel"),
        (version_3({"m": {"payload": T}}, operations={}), "c has messages, and no operation says", "channel"),
        (version_3(operations={"o": IN_CHANNEL}), "o has neither `action: send` nor", "channel"),
        (
            version_3(operations={"o": {**IN_CHANNEL, "action": "publish"}}),
            "o has neither `action",
            "channel",
        ),
        (version_3(operations={"o": {"action": "send"}}), "o names no channel", "channel"),
        (version_3(operationz={}), "the document has the field 'operationz'", "channel"),
        (replying(address={}), "reply names neither its channel nor its messages", "channel"),
        (replying(channels={}), "reply has the field 'channels'", "channel"),
        (version_3({"m": None}), "m is missing, not an object", "channel"),
        (version_3({"m": {"$ref": "#/channels/c/messages/m"}}), "m refers to itself", "channel"),
        (version_3({"m": {"name": 3}}), "name is 3, not text", "message"),
        (version_3({"m": {"payloads": T}}), "m has the field 'payloads'", "message"),
        (
            version_3({"m": {"traits": [{"$ref": "#/none"}], "payload": T}}),
            "$ref leads to '#/none'",
            "message",
        ),
        (sends({"$ref": "#/channels/c/messages/m/payload"}), "payload refers to itself", "message"),
        (sends(T, **{"x-consumers": "a"}), "x-consumers is 'a', not a list of services", "consumers"),
        (catalogue(T, consumers=[3]), "consumers 0 is 3, not the name of a service", "consumers"),
        (catalogue(T, consumer=["a"]), "published 0 has the key 'consumer', which is not known", "channel"),
        (catalogue(T) | {"events": []}, "the document has the key 'events', which is not known", "channel"),
        (
            {"published": {"s": {"schema": T, "consumers": ["a"]}, "t": T_ENTRY}},
            "t (t) names no consumers, as others do; write []",
            "consumers",
        ),
    ],
    ids=short,
)
def test_a_place_that_is_not_modelled_touches_what_depends_on_it(
    document: dict[str, Any], expected: str, kind_of_place: str
) -> None:
    collected = collect(events, json.dumps(document))
    told = next(one for one in collected.origins[0].not_understood if expected in one.place.message)
    assert told.touches == PLACES[kind_of_place]


@pytest.mark.parametrize(
    ("schema", "is_trivial"),
    [
        ({"oneOf": [T, {}]}, True),
        (
            {
                "anyOf": [{"$ref": "#/channels/c/messages/m/payload/definitions/any"}],
                "definitions": {"any": {}},
            },
            True,
        ),
        ({"allOf": [{}, {"description": "any"}]}, True),
        ({"allOf": [{}, T]}, False),
        ({"propertees": {"a": {}}}, True),
        ({"properties": {}, "additionalProperties": True}, True),
        ({"additionalProperties": False}, False),
        ({"type": "object"}, True),
        ({"type": ["object", "null"]}, True),
        ({"type": "object", "properties": {"a": {}, "b": {"description": "b"}}}, True),
        ({"type": "object", "properties": {"a": {"type": "object"}}}, False),
        ({"type": "object", "required": ["a"]}, False),
        ({"type": "string"}, False),
        ({"minProperties": 0}, True),
        ({"minProperties": 1}, False),
        ({"patternProperties": {".*": {}}}, True),
        ({"patternProperties": {"^x": {"type": "string"}}}, False),
        ({"not": False}, True),
        ({"not": {"required": ["a"]}}, False),
        ({"if": {"required": ["a"]}}, True),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}}, False),
        ({"maxLength": 9, "pattern": "^a", "items": {"type": "string"}, "maximum": 3}, True),
    ],
    ids=short,
)
def test_a_schema_with_a_choice_that_allows_everything_allows_everything(
    schema: Any, is_trivial: bool
) -> None:
    lacks = ["s has a schema that allows every object"] if is_trivial else []
    assert messages(sends(schema), "published_without_schema") == lacks


def test_every_file_must_be_readable() -> None:
    with pytest.raises(Unreadable, match=r"^b\.json: line 1: not JSON"):
        of_files({"a.json": sends(T), "b.json": '{"type": '})
    with pytest.raises(Absent, match=r"^b\.json: the file is empty"):
        of_files({"a.json": sends(T), "b.json": ""})


NEITHER = "unreadable: reports has no AsyncAPI document, and no `published` or `consumed`"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("# later", "unreadable: report-0: 0 YAML documents; expected one"),
        ({}, NEITHER),
        ([], NEITHER),
        ("text", NEITHER),
        (T, NEITHER),
        ({"asyncapi": "2.6.0"}, "unreadable: report-0 has no channels"),
        ({"asyncapi": "3.0.0", "channels": None}, "unreadable: report-0 has no channels"),
        ({"asyncapi": "3.0.0", "channels": {}}, "absent: report-0: there is no channel"),
        ({"asyncapi": "3.0.0", "channels": []}, "unreadable: report-0: /channels is a list, not an object"),
        ({"asyncapi": "1.2.0", "topics": {}}, "unreadable: report-0 has asyncapi: '1.2.0'"),
        ({"asyncapi": 3.0, "channels": {}}, "unreadable: report-0 has asyncapi: 3.0; versions"),
        (version_3(operations={}), "absent: report-0: no operation says what is sent or received"),
        ({"published": None}, "unreadable: reports has no AsyncAPI document"),
        ({"published": 3}, "unreadable: reports has no AsyncAPI document"),
        ({"published": 3, "consumed": []}, "unreadable: report-0: /published is 3, neither a list nor an object"),
        ({"published": [3]}, "unreadable: report-0: /published/0 is 3, not an object"),
        ({"published": [{"schema": "a.json"}]}, "unreadable: report-0: /published/0 has no subject"),
        ('{"asyncapi": "3.0.0", "channels": NaN}', "unreadable: report-0: /channels is 'NaN', not an object"),
        ('{"published": ', "unreadable: report-0: line 1: not JSON"),
        ('{"published": ' * 50_000, "unreadable: report-0: line 1: not JSON: nested too deep"),
        (b"published: \xff", "unreadable: report-0: line 1: byte 0xff is not UTF-8"),
        ("published: [a]\n---\npublished: [b]\n", "unreadable: report-0: 2 YAML documents; expected one"),
    ],
    ids=short,
)  # fmt: skip
def test_what_is_no_evidence(document: Any, expected: str) -> None:
    written = document if isinstance(document, str | bytes) else json.dumps(document)
    assert outcome(events, written).startswith(expected)


def test_nothing_is_left_of_it() -> None:
    assert outcome(events, json.dumps(SUBJECTS), subjects=["usr.*"]) == (
        "absent: reports has no event that matches usr.*"
    )
