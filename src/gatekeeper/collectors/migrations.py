"""SQL migrations."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include"})


class MigrationsFacts(NamedTuple):
    """What SQL migrations says; null where it does not."""

    tables: tuple[str, ...] | None = None
    has_outbox: bool | None = None
    has_inbox: bool | None = None
    tenant_tables: tuple[str, ...] | None = None
    """Tables with a tenant column."""
    tenant_tables_without_rls: tuple[Finding, ...] | None = None


FACTS = MigrationsFacts
