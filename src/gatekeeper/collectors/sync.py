"""SyncRegistration rows."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates"})


class SyncFacts(NamedTuple):
    """What SyncRegistration rows says; null where it does not."""

    aggregates: tuple[str, ...] | None = None
    """Replicable aggregates."""
    unregistered: tuple[Finding, ...] | None = None
    without_conflict_policy: tuple[Finding, ...] | None = None


FACTS = SyncFacts
