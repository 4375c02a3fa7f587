"""SyncRegistration rows: YAML or JSON, one file or several.

A mapping of `aggregates` (the replicable ones, by name) and `registrations`, or a bare list of rows:

    aggregates: [Note, Attachment]
    registrations:
      - {aggregate: Note, conflictPolicy: last-writer-wins}

`registrations` may also map each aggregate to the rest of its row. A row has `aggregate` (`aggregateType`),
`conflictPolicy`, and maybe `replicable: false`, which exempts it; all in snake case as well. A bare list says
nothing of what is not in it, unless every row says whether it is `replicable`: then it is an inventory.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates", "policies"})


class SyncFacts(NamedTuple):
    """What SyncRegistration rows say; null where they do not."""

    aggregates: tuple[str, ...] | None = None
    """Replicable aggregates: those listed, and those that have a row."""
    unregistered: tuple[Finding, ...] | None = None
    """Replicable aggregates without a row; null where nothing says which aggregates are replicable."""
    without_conflict_policy: tuple[Finding, ...] | None = None
    """Rows of replicable aggregates that declare no conflict policy, or none of the option `policies`."""


FACTS = SyncFacts
