"""SQL migrations: one file, or those of a folder or glob, applied in the order of their names.

PostgreSQL is tried first, then MySQL, T-SQL and SQLite. Row-level security is PostgreSQL's. What a statement
does only when it runs is not seen: SQL that `EXECUTE` puts together, and what functions and procedures do.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include"})


class MigrationsFacts(NamedTuple):
    """What tables the migrations leave behind; null where they do not say.

    A name has its schema before it, other than `public` or `dbo`; what is not quoted is in small letters.
    """

    tables: tuple[str, ...] | None = None
    """In the order in which they were created; those that were dropped again are left out.

    Temporary and foreign tables do not count. A table that is only altered counts: it is there.
    """
    has_outbox: bool | None = None
    """Whether a table, by its name and its columns, holds messages that are to be sent."""
    has_inbox: bool | None = None
    """Whether a table, by its name and its columns, remembers which messages were seen."""
    tenant_tables: tuple[str, ...] | None = None
    """Tables with a column `tenant_id`, `tenantId` or `tenant`; partitions count by themselves."""
    tenant_tables_without_rls: tuple[Finding, ...] | None = None
    """Those of them where row-level security is not enabled, or no policy keeps any row back.

    Each tells the place of its CREATE TABLE. A policy `USING (true)` keeps nothing back.
    """
    outbox_tables: tuple[str, ...] | None = None
    inbox_tables: tuple[str, ...] | None = None
    tenant_tables_rls_unforced: tuple[str, ...] | None = None
    """Tenant tables whose owner row-level security does not bind: FORCE is missing."""


FACTS = MigrationsFacts
