"""A catalogue beside JSON Schemas: which subjects are sent and received, with which schema, for whom.

    published:
      - {subject: user.created, schema: schemas/user-created.json, consumers: [billing-service]}
    consumed:
      - {subject: invoice.paid, schema: schemas/invoice-paid.json}

Each of the two may also be a mapping from subjects to the rest of an entry, or to the schema's file alone. A
file is named relative to the catalogue, maybe with a pointer behind `#`, or by the `$id` of its schema; a
schema may also stand in the catalogue itself. `headers` names the schema of the message's headers.
"""

from collections.abc import Iterator, Sequence

from gatekeeper.collectors.events._documents import EventNode, Library
from gatekeeper.collectors.events._event import Catalogue, Event, Message, consumers
from gatekeeper.collectors.events._schemas import says_nothing
from gatekeeper.collectors.reading.figures import shown

FORMAT = "catalogue"
_DIRECTIONS = ("published", "consumed")
_CONSUMERS = ("consumers", "x-consumers")
_SUBJECT = ("subject", "name", "event")
_OTHER_FORMATS = (".avsc", ".avdl", ".proto", ".thrift", ".xsd")


def recognises(node: EventNode) -> bool:
    """Tell whether a document is a catalogue; a JSON Schema has neither key."""
    return isinstance(node.value, dict) and any(direction in node.value for direction in _DIRECTIONS)


def read(node: EventNode, library: Library) -> Catalogue:
    """Read what is sent and received; a key that is missing or empty does not say."""
    published, consumed = (_events(node.at(direction), library) for direction in _DIRECTIONS)
    return Catalogue(FORMAT, published, consumed, consumers(node, *_CONSUMERS))


def _events(entries: EventNode | None, library: Library) -> Sequence[Event] | None:
    if entries is None:
        return None
    if not isinstance(entries.value, dict | list):
        raise entries.unreadable(f"is {shown(entries.value)}, neither a list nor an object")
    return list(_read(entries, library))


def _read(entries: EventNode, library: Library) -> Iterator[Event]:
    for entry in entries.items():
        by_subject = isinstance(entries.value, dict)
        if by_subject and (entry.value is None or isinstance(entry.value, str)):
            schema = None if entry.value is None else entry
            yield _event(str(entry.path[-1]), entry, schema, None, library)
        elif isinstance(entry.value, str):
            yield _event(entry.value, entry, None, None, library)
        else:
            entry.mapping()
            subject = str(entry.path[-1]) if by_subject else _subject(entry)
            event = _event(subject, entry, entry.at("schema"), entry.at("headers"), library)
            yield event._replace(consumers=consumers(entry, *_CONSUMERS))


def _subject(entry: EventNode) -> str:
    for key in _SUBJECT:
        if (subject := entry.at(key)) is not None:
            return subject.text()
    raise entry.unreadable("has no subject")


def _event(
    subject: str, entry: EventNode, schema: EventNode | None, headers: EventNode | None, library: Library
) -> Event:
    payload, lack = (None, "has no schema") if schema is None else _schema(schema, library)
    header_schema = None if headers is None else _schema(headers, library)[0]
    message = Message("", entry, payload, lack, [] if header_schema is None else [header_schema])
    return Event(subject, entry, [message])


def _schema(named: EventNode, library: Library) -> tuple[EventNode | None, str]:
    """Return the schema that stands here or whose file is named, or why there is none."""
    schema: EventNode | None = named
    if isinstance(named.value, str):
        if named.value.partition("#")[0].casefold().endswith(_OTHER_FORMATS):
            return None, f"has the schema {named.value}, which is no JSON Schema"
        schema = library.find(named.document, named.value)
    if schema is None:
        return None, f"has the schema {named.value}, which is not in the files of the artefact"
    if says_nothing(library.followed(schema)):
        return None, "has a schema that says nothing"
    return schema, ""
