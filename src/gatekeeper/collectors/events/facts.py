"""AsyncAPI documents, or JSON Schemas with a catalogue: one file, or those of a folder or glob.

Of several files, those that are neither are there to be referred to. The slot's `envelope` names the fields
that every published event must have; `subjects`, subjects or globs, selects the events that count.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"envelope", "subjects"})


class EventsFacts(NamedTuple):
    """What AsyncAPI documents, or JSON Schemas with a catalogue, say; null where they do not.

    A subject is the address of a channel; the several messages that it may carry are told in findings.
    """

    published: tuple[str, ...] | None = None
    """Subjects that the service sends."""
    consumed: tuple[str, ...] | None = None
    """Subjects that it receives."""
    registered_consumers: tuple[str, ...] | None = None
    """Services registered for what it sends, sorted; empty only where the document says so."""
    published_without_schema: tuple[Finding, ...] | None = None
    """Messages without a JSON Schema: none at all, one that says nothing, or one of Avro or Protobuf."""
    consumed_without_schema: tuple[Finding, ...] | None = None
    invalid_schemas: tuple[Finding, ...] | None = None
    """Flaws of schemas of either, also of those referred to, by the metaschema: one for each schema."""
    envelope_missing: tuple[Finding, ...] | None = None
    """Fields of the slot's `envelope` that a published event lacks; null where the slot names none.

    A field counts where the schema of the payload, or that of the headers, defines it at the top level and
    requires it. Letter case and CloudEvents' prefix `ce-` do not count in headers, nor letter case in a
    payload that is a CloudEvent: its attributes are in small letters.
    """


FACTS = EventsFacts
