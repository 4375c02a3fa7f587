"""A map from sensitive actions to event subjects, written by the team: YAML or JSON, one file or several.

Its key `actions` has a mapping from action to subject, or a list of entries `{action, event}` or
`{action, subject}`; such a list may also be the whole document. In a mapping, a value may be such an
entry, too. An action whose event is null, empty, missing or a word such as `none` or `TODO` has no event.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AuditEventsFacts(NamedTuple):
    """Facts about a map from sensitive actions to event subjects."""

    actions: tuple[str, ...] | None = None
    """The actions, in the order of the map, each once."""
    without_event: tuple[Finding, ...] | None = None
    """Entries without an event, even if another entry for the same action has one."""
    subjects: tuple[str, ...] | None = None
    """The subjects of the events, in the order of the map, each once."""


FACTS = AuditEventsFacts
PLACES = {"key": frozenset(AuditEventsFacts._fields)}
