"""An AsyncAPI document, or JSON Schemas with a catalogue."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"envelope", "subjects"})


class EventsFacts(NamedTuple):
    """What an AsyncAPI document, or JSON Schemas with a catalogue says; null where it does not."""

    published: tuple[str, ...] | None = None
    """Subjects that the service sends."""
    consumed: tuple[str, ...] | None = None
    """Subjects that it receives."""
    registered_consumers: tuple[str, ...] | None = None
    """Services registered for what it sends."""
    published_without_schema: tuple[Finding, ...] | None = None
    consumed_without_schema: tuple[Finding, ...] | None = None
    invalid_schemas: tuple[Finding, ...] | None = None
    envelope_missing: tuple[Finding, ...] | None = None
    """Fields of the slot's `envelope` that a published event lacks."""


FACTS = EventsFacts
