"""A map from sensitive actions to event subjects."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class AuditEventsFacts(NamedTuple):
    """What a map from sensitive actions to event subjects says; null where it does not."""

    actions: tuple[str, ...] | None = None
    without_event: tuple[Finding, ...] | None = None
    subjects: tuple[str, ...] | None = None


FACTS = AuditEventsFacts
