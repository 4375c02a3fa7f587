"""SyncRegistration rows in YAML or JSON, in one file or several.

A mapping of `registrations`, with the replicable `aggregates` by name, those that are `not_replicable`, each
with the reason, or both; or a bare list of rows:

    aggregates: [Note, Attachment]
    not_replicable: {Account: looked up online only}
    registrations:
      - {aggregate: Note, conflictPolicy: last-writer-wins}

`registrations` may also map each aggregate to the rest of its row. A row has `aggregate` (or
`aggregateType`) and `conflictPolicy`; with `replicable: false` and a `reason` it exempts the aggregate. The
keys may be in snake case. A bare list is not a complete inventory, unless every row states whether it is
`replicable`.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates", "policies"})


class SyncFacts(NamedTuple):
    """Facts about SyncRegistration rows; null if the rows do not state them."""

    aggregates: tuple[str, ...] | None = None
    """Replicable aggregates: those in the list, and those that have a row."""
    classified: tuple[str, ...] | None = None
    """All aggregates of which the rows say whether they are replicable, whatever the slot selects."""
    unregistered: tuple[Finding, ...] | None = None
    """Replicable aggregates without a row, and others without a reason.

    Null if nothing states which aggregates are replicable.
    """
    without_conflict_policy: tuple[Finding, ...] | None = None
    """Replicable aggregates without a conflict policy, with two, or with one that `policies` does not list.

    Policies are compared by their words: `lastWriterWins` is `last-writer-wins`.
    """


FACTS = SyncFacts
PLACES = {"key": frozenset(SyncFacts._fields)}
