"""SyncRegistration rows in YAML or JSON, in one file or several.

A mapping of `aggregates` (the replicable ones, by name) and `registrations`, or a bare list of rows:

    aggregates: [Note, Attachment]
    registrations:
      - {aggregate: Note, conflictPolicy: last-writer-wins}

`registrations` may also map each aggregate to the rest of its row. A row has `aggregate` (or
`aggregateType`), `conflictPolicy`, and optionally `replicable: false`, which exempts it; the keys may be in
snake case. A bare list is not a complete inventory, unless every row states whether it is `replicable`.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates", "policies"})


class SyncFacts(NamedTuple):
    """Facts about SyncRegistration rows; null if the rows do not state them."""

    aggregates: tuple[str, ...] | None = None
    """Replicable aggregates: those in the list, and those that have a row."""
    unregistered: tuple[Finding, ...] | None = None
    """Replicable aggregates without a row; null if nothing states which aggregates are replicable."""
    without_conflict_policy: tuple[Finding, ...] | None = None
    """Rows of replicable aggregates without a conflict policy, or with one that `policies` does not list."""


FACTS = SyncFacts
PLACES = {"key": frozenset(SyncFacts._fields)}
