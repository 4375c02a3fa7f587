"""A map from sensitive actions to event subjects, written by the team: YAML or JSON, one file or several.

Three shapes are read: a mapping from action to subject, the same under `actions`, and a list (there or at the
top) of `{action, event}` or `{action, subject}`. In a mapping the value may be such an entry too. An action
whose event is null, empty or missing emits none.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AuditEventsFacts(NamedTuple):
    """What a map from sensitive actions to event subjects says."""

    actions: tuple[str, ...] | None = None
    """In the order of the map, each once."""
    without_event: tuple[Finding, ...] | None = None
    """Entries without an event; one of two entries for the same action is enough."""
    subjects: tuple[str, ...] | None = None
    """The events' subjects, in the order of the map, each once."""


FACTS = AuditEventsFacts
