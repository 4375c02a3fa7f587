r"""SQL migrations: one file, or the files of a folder or glob, applied in the order of their names.

PostgreSQL is tried first, then MySQL, T-SQL and SQLite. Row-level security is that of PostgreSQL, judged by
its effect: for each command and role, every permissive policy must compare the tenant column with the
session's tenant, or a restrictive one must. `tenant_columns` names the columns that hold the tenant, and
`trusted_roles` the database roles in which no request of a tenant is served. Not modelled: SQL that `EXECUTE`
composes, blocks that change tables under a condition, calls of functions that change tables, `\i` and
`\if` of psql, rules, event triggers, tables of other databases.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include", "tenant_columns", "trusted_roles"})


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
    """Tables and materialised views with a tenant column; each partition counts.

    By default `tenant_id`, `tenantId` or `tenant`. A column of a copy counts if it was one in the original.
    """
    tenant_tables_without_rls: tuple[Finding, ...] | None = None
    """Tenant tables, and views over them, that let one tenant at the rows of another.

    Row-level security is not enabled, or no policy restricts rows to the session's tenant, or a view reads as
    the owner, to whom it does not apply. The place is that of the CREATE statement.
    """
    outbox_tables: tuple[str, ...] | None = None
    inbox_tables: tuple[str, ...] | None = None
    tenant_tables_rls_unforced: tuple[str, ...] | None = None
    """Tenant tables whose row-level security does not apply to the owner: FORCE is missing."""

    isolation_proven: bool | None = None
    """Whether two tenants in a PostgreSQL of this machine saw, changed and added only their own rows.

    Null without `--prove`, if it could not be proven, and if something remains that two tenants do not show:
    a finding of the reader, a role, a view or function that reads as its owner. What `--prove` shows
    prevails: leaks are listed in `tenant_tables_without_rls`, and policies and composed SQL that are not
    understood no longer touch that.
    """


_OF_TENANTS = frozenset({"tenant_tables", "tenant_tables_without_rls", "tenant_tables_rls_unforced"})
_ALL = frozenset(MigrationsFacts._fields) - {"isolation_proven"}
_OF_ROWS = frozenset({"tenant_tables_without_rls"})
PLACES = {
    "statement": _ALL,
    "dynamic SQL": _ALL,
    "query": _OF_TENANTS,
    "table": _OF_ROWS,
    "policy": _OF_ROWS,
    "role": _OF_ROWS,
    "function": _OF_ROWS,
    "proof": frozenset({"isolation_proven"}),
}
FLAWS = ("tenant_tables_without_rls", "tenant_tables_rls_unforced")
MAY_TAKE_AWAY = ("statement", "dynamic SQL")
"""Places that may drop a table or restrict it, so that no flaw which was found is certain."""
_SETTLED = frozenset({"tenant_tables", "tenant_tables_without_rls"})
PLACES_IF_PROVEN = {
    **PLACES,
    "statement": _ALL - _SETTLED,
    "dynamic SQL": _ALL - _SETTLED,
    "policy": frozenset[str](),
}
"""What depends on these places after PostgreSQL has run them, and shown no leak."""
PLACES_IF_LEAKING = {place: touched - _OF_ROWS for place, touched in PLACES.items()}
FACTS = MigrationsFacts
PROVES = True
