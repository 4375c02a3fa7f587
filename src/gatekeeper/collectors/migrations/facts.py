"""SQL migrations: one file, or the files of a folder or glob, applied in the order of their names.

PostgreSQL is tried first, then MySQL, T-SQL and SQLite. Row-level security is that of PostgreSQL. Effects
that a statement has only when it runs are not seen: SQL that `EXECUTE` composes, functions and procedures.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include"})


class MigrationsFacts(NamedTuple):
    """Facts about the tables that exist after all migrations.

    A name includes its schema unless that is `public` or `dbo`; a name that is not quoted is in lower case.
    """

    tables: tuple[str, ...] | None = None
    """The tables in the order of their creation, without those that are dropped later.

    Temporary tables and tables of other databases do not count. A table that is only altered counts, because
    it exists.
    """
    has_outbox: bool | None = None
    """Whether a table, by its name and columns, holds messages to be sent."""
    has_inbox: bool | None = None
    """Whether a table, by its name and columns, records which messages were received."""
    tenant_tables: tuple[str, ...] | None = None
    """Tables with a column `tenant_id`, `tenantId` or `tenant`; each partition counts."""
    tenant_tables_without_rls: tuple[Finding, ...] | None = None
    """Tenant tables without row-level security, or without a policy that restricts rows.

    The place is that of the CREATE TABLE. A policy `USING (true)` restricts nothing.
    """
    outbox_tables: tuple[str, ...] | None = None
    inbox_tables: tuple[str, ...] | None = None
    tenant_tables_rls_unforced: tuple[str, ...] | None = None
    """Tenant tables whose row-level security does not apply to the owner: FORCE is missing."""


FACTS = MigrationsFacts
