"""A catalogue of events beside JSON Schemas: the subjects with their schemas and consumers.

    published:
      - {subject: user.created, schema: schemas/user-created.json, consumers: [billing-service]}
    consumed:
      - {subject: invoice.paid, schema: schemas/invoice-paid.json}

Both may also be mappings from a subject to the rest of an entry, or to the file of its schema. A file is
named by its path relative to the catalogue, with an optional JSON pointer after `#`, or by the `$id` of its
schema. A schema may also be written in the catalogue itself. `headers` names the schema of the headers.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.events._documents import Library
from gatekeeper.collectors.events._event import Catalogue, Event, EventDocument, Message, consumers
from gatekeeper.collectors.events._schemas import of_avro, stating
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.fields import check_keys, has_others
from gatekeeper.collectors.reading.figures import shown
from gatekeeper.collectors.reading.node import Node
from gatekeeper.model.evidence import Origin

ABOUT = About(
    tool="a catalogue of events beside JSON Schemas, which people write",
    seen="JSON Schema 04 to 2020-12",
    source="docs/evidence.md#registers-that-you-write",
    command=None,
    recognised="the key `published` or `consumed`, with a list or an object, and no key `asyncapi`",
    models="the subjects, their schemas and consumers",
    not_modelled="schemas of Avro and Protobuf, which count as none",
)

_DIRECTIONS = ("published", "consumed")
_CONSUMERS = ("consumers", "x-consumers")
_SUBJECT = ("subject", "name", "event")
_OTHER_FORMATS = (".avdl", ".proto", ".thrift", ".xsd")


def recognises(content: Content) -> bool:
    """Return whether the document is a catalogue; a JSON Schema has neither key."""
    lists = (content.fields.get(direction) for direction in _DIRECTIONS)
    return "asyncapi" not in content.fields and any(isinstance(found, list | dict) for found in lists)


def is_distinct(content: Content) -> bool:
    """Return whether the document lists nothing else."""
    return not has_others(content.fields, *_DIRECTIONS, *_CONSUMERS)


def read(content: Content) -> EventDocument:
    """Return the document, to be read with the files that it refers to."""
    return EventDocument(Node.of(content.document), _catalogue)


def _catalogue(node: Node, library: Library) -> Catalogue:
    """Return the events that are sent and received; None for a key that is missing or null."""
    with library.ledger.noting("channel"):
        check_keys(node, *_DIRECTIONS, *_CONSUMERS)
    published, consumed = (_events(node.get(direction), library) for direction in _DIRECTIONS)
    named = consumers(node, library.ledger, *_CONSUMERS)
    return Catalogue(Origin("catalogue", node.document.file), published, consumed, named)


def _events(entries: Node | None, library: Library) -> Sequence[Event] | None:
    if entries is None:
        return None
    if not isinstance(entries.value, dict | list):
        raise entries.flaw(f"is {shown(entries.value)}, neither a list nor an object")
    return list(_read(entries, library))


def _read(entries: Node, library: Library) -> Iterator[Event]:
    for entry in entries.children():
        by_subject = isinstance(entries.value, dict)
        if by_subject and (entry.value is None or isinstance(entry.value, str)):
            schema = None if entry.value is None else entry
            yield _event(str(entry.path[-1]), entry, schema, None, library)
        elif isinstance(entry.value, str):
            yield _event(entry.value, entry, None, None, library)
        else:
            entry.object()
            with library.ledger.noting("channel"):
                check_keys(entry, *_SUBJECT, *_CONSUMERS, "schema", "headers")
            subject = str(entry.path[-1]) if by_subject else _subject(entry)
            event = _event(subject, entry, entry.get("schema"), entry.get("headers"), library)
            yield event._replace(consumers=consumers(entry, library.ledger, *_CONSUMERS))


def _subject(entry: Node) -> str:
    for key in _SUBJECT:
        if (subject := entry.text(key)) is not None:
            return subject
    raise entry.flaw("has no subject")


def _event(subject: str, entry: Node, schema: Node | None, headers: Node | None, library: Library) -> Event:
    payload, lack, header_schema = None, "has no schema", None
    with library.ledger.noting("message"):
        payload, lack = (None, lack) if schema is None else _schema(schema, library)
        header_schema = None if headers is None else _schema(headers, library)[0]
    message = Message("", entry, payload, lack, [] if header_schema is None else [header_schema])
    return Event(subject, entry, [message])


def _schema(named: Node, library: Library) -> tuple[Node | None, str]:
    """Return the schema that an entry contains or names; if it has none, the reason."""
    schema: Node | None = named
    file = ""
    if isinstance(named.value, str):
        file = named.value.partition("#")[0].casefold()
        if file.endswith(_OTHER_FORMATS):
            return None, f"has the schema {named.value}, which is not JSON Schema"
        schema = library.find(named.document, named.value)
    if schema is None:
        return None, f"has the schema {named.value}, which is not in the files of the artefact"
    return of_avro(library, schema) if file.endswith(".avsc") else stating(library, schema)
