"""AsyncAPI documents, or a catalogue with JSON Schemas: one file, or the files of a folder or glob.

Of several files, those that are neither are read if another refers to them. The slot's `envelope` names the
fields that every published event must have; `subjects`, a list of subjects or globs, selects the events.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"envelope", "subjects"})


class EventsFacts(NamedTuple):
    """Facts about the events of a service; null if the documents do not state them.

    A subject is the address of a channel. A subject may have several messages; findings name the message.
    """

    published: tuple[str, ...] | None = None
    """The subjects that the service sends."""
    consumed: tuple[str, ...] | None = None
    """The subjects that it receives."""
    registered_consumers: tuple[str, ...] | None = None
    """The services that are registered as consumers, sorted; empty only if a document lists none.

    Null if some of the published events name their consumers and others do not; an empty list names none.
    """
    published_without_schema: tuple[Finding, ...] | None = None
    """Messages without a JSON Schema, with one that allows everything, or with one of Avro or Protobuf."""
    consumed_without_schema: tuple[Finding, ...] | None = None
    invalid_schemas: tuple[Finding, ...] | None = None
    """Invalid schemas of either, referenced ones included, with the first flaw by the metaschema."""
    envelope_missing: tuple[Finding, ...] | None = None
    """Fields of the slot's `envelope` that a published event lacks; null if the slot names none.

    A field counts if the schema of the payload, or of the headers, defines it at the top level, requires it,
    and says what its value is, which must not be null or empty only. In headers, case and the prefix `ce-` of
    CloudEvents are ignored; so is case in a payload that is a CloudEvent, whose attributes are in lower case.
    """


FACTS = EventsFacts
_OF_SCHEMAS = frozenset({"invalid_schemas", "envelope_missing"})
_OF_MESSAGES = _OF_SCHEMAS | {"published_without_schema", "consumed_without_schema"}
PLACES = {
    "channel": _OF_MESSAGES | {"published", "consumed", "registered_consumers"},
    "message": _OF_MESSAGES,
    "schema": _OF_SCHEMAS,
    "consumers": frozenset({"registered_consumers"}),
}
