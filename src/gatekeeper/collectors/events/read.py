"""Read evidence of the kind `events`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from gatekeeper.collectors.events._documents import Library
from gatekeeper.collectors.events._event import Catalogue, Event, EventDocument, Message, all_consumers
from gatekeeper.collectors.events._schemas import FieldReader, Fields, invalid
from gatekeeper.collectors.events.facts import EventsFacts
from gatekeeper.collectors.reading.globs import chooser, texts
from gatekeeper.collectors.reading.merging import collected
from gatekeeper.collectors.reading.recognition import Formats
from gatekeeper.model.evidence import Absent, Artefact, Collected, Finding, Options, Unrecognised

__all__ = ["FORMATS", "EventDocument", "collect"]

FORMATS = Formats[EventDocument]("events")
_CLOUD_EVENTS = ("ce-", "ce_")


def collect(artefact: Artefact, options: Options) -> Collected[EventsFacts]:
    """Read the documents, and check the schemas of the events that `subjects` selects."""
    library = Library(artefact)
    # Documents that no format recognises are there to be referred to.
    formats = ((content, FORMATS.find(content)) for content in library.contents())
    catalogues = [format_.read(content).catalogue(library) for content, format_ in formats if format_]
    if not catalogues:
        raise Unrecognised(f"{artefact.path} has no AsyncAPI document, and no `published` or `consumed`")
    subjects = texts(options.get("subjects"))
    published = _selected([catalogue.published for catalogue in catalogues], subjects)
    consumed = _selected([catalogue.consumed for catalogue in catalogues], subjects)
    if published is None and consumed is None:
        raise Absent(f"{artefact.path} does not state which events are sent or received")
    if subjects and not published and not consumed and not library.ledger.places():
        raise Absent(f"{artefact.path} has no event that matches {', '.join(subjects)}")
    facts = _facts(library, catalogues, published, consumed, texts(options.get("envelope")))
    found = collected(catalogues, facts)
    return found._replace(origins=library.ledger.told_with(found.origins))


def _selected(events: Iterable[Sequence[Event] | None], subjects: Sequence[str]) -> list[Event] | None:
    said = [some for some in events if some is not None]
    if not said:
        return None
    matches = chooser(subjects or None)
    # An address may have braces of its own, as in `orders.{region}`.
    return [event for event in chain(*said) if event.subject in subjects or matches(event.subject)]


def _facts(
    library: Library,
    catalogues: Sequence[Catalogue],
    published: Sequence[Event] | None,
    consumed: Sequence[Event] | None,
    envelope: Sequence[str],
) -> EventsFacts:
    registered = _registered(library, catalogues, published or ())
    messages = [message for event in (*(published or ()), *(consumed or ())) for message in event.messages]
    schemas = [schema for message in messages for schema in (message.payload, *message.headers) if schema]
    return EventsFacts(
        published=_subjects(published),
        consumed=_subjects(consumed),
        registered_consumers=None if registered is None else tuple(sorted(registered)),
        published_without_schema=_without_schema(published),
        consumed_without_schema=_without_schema(consumed),
        invalid_schemas=tuple(dict.fromkeys(invalid(library, schemas))),
        envelope_missing=None
        if published is None or not envelope
        else _envelope_missing(library, published, envelope),
    )


def _registered(
    library: Library, catalogues: Sequence[Catalogue], published: Sequence[Event]
) -> frozenset[str] | None:
    """Return the consumers of all published events; of an event that names none, they are not known."""
    registered = all_consumers(
        [*(catalogue.consumers for catalogue in catalogues), *(event.consumers for event in published)]
    )
    if registered is not None and any(catalogue.consumers is None for catalogue in catalogues):
        for event in published:
            with library.ledger.noting("consumers"):
                if event.consumers is None:
                    raise event.place.flaw(f"({event.subject}) names no consumers, as others do; write []")
    return registered


def _subjects(events: Sequence[Event] | None) -> tuple[str, ...] | None:
    return None if events is None else tuple(dict.fromkeys(event.subject for event in events))


def _without_schema(events: Sequence[Event] | None) -> tuple[Finding, ...] | None:
    return None if events is None else tuple(dict.fromkeys(_lacks(events)))


def _lacks(events: Iterable[Event]) -> Iterator[Finding]:
    for event in events:
        if not event.messages:
            yield event.place.finding(f"{event.subject} has no message")
        for message in event.messages:
            if message.lack:
                yield message.place.finding(f"{event.label(message)} {message.lack}")


def _envelope_missing(
    library: Library, events: Iterable[Event], envelope: Sequence[str]
) -> tuple[Finding, ...]:
    reader = FieldReader(library)
    found: dict[Finding, None] = {}
    for event in events:
        if not event.messages:
            found |= {event.place.finding(f"{event.subject} has no {field}"): None for field in envelope}
        for message in event.messages:
            with library.ledger.noting("schema", ("envelope_missing",)):
                found |= dict.fromkeys(_lacking(event, message, envelope, reader))
    return tuple(found)


def _lacking(
    event: Event, message: Message, envelope: Iterable[str], reader: FieldReader
) -> Iterator[Finding]:
    found = Fields()
    for schema in (message.payload, *message.headers):
        if schema is not None:
            fields = reader.fields(schema)
            exact = schema is message.payload and "specversion" not in fields.named
            fields = fields._replace(required=fields.named & fields.required)
            found |= Fields(*(_present(envelope, names, exact=exact) for names in fields))
    place = message.payload or message.place
    for name in envelope:
        if flaw := _flaw(name, found):
            yield place.finding(f"{event.label(message)} {flaw} {name}")


def _flaw(name: str, fields: Fields) -> str:
    if name not in fields.named:
        return "does not define"
    if name not in fields.required:
        return "does not require"
    if name in fields.hollow:
        return "allows no value for"
    return "" if name in fields.defined else "allows every value for"


def _present(envelope: Iterable[str], fields: Iterable[str], *, exact: bool) -> frozenset[str]:
    if exact:
        return frozenset(envelope).intersection(fields)
    plain = {_plain(field) for field in fields}
    return frozenset(name for name in envelope if _plain(name) in plain)


def _plain(name: str) -> str:
    """Return the name of a header in the form in which spellings are compared."""
    plain = name.casefold()
    return plain[3:] if plain.startswith(_CLOUD_EVENTS) else plain
