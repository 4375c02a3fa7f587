"""A schema -> the facts about it."""

from gatekeeper.collectors.migrations._message_tables import is_inbox, is_outbox, plain
from gatekeeper.collectors.migrations._proof import Proof
from gatekeeper.collectors.migrations._row_level_security import Tenants, flaws
from gatekeeper.collectors.migrations._sql_schema import Schema, Table, TableKind
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Finding, Options

_TENANT_COLUMNS = ("tenant", "tenant_id")


def stated(schema: Schema, ledger: Ledger, tenants: Tenants, proven: Proof | None) -> MigrationsFacts:
    """Return the facts about a schema; what is not understood is noted."""
    tables = [table for table in schema.tables if table.kind is TableKind.TABLE]
    kept = [table for table in schema.tables if table.kind in (TableKind.TABLE, TableKind.MATERIALISED)]
    tenant_tables = [table for table in kept if tenants.columns_of(table)]
    outboxes = tuple(str(table.name) for table in tables if is_outbox(table))
    inboxes = tuple(str(table.name) for table in tables if is_inbox(table))
    refuted = proven.tables if proven and proven.isolates else ()
    found = [flaw for flaw in flaws(schema, tenants) if flaw.bare not in refuted]
    for flaw in found:
        if flaw.place:
            ledger.note(flaw.place, flaw.message, file=flaw.file, line=flaw.line)
    # Two tenants in one minute show neither all roles and settings nor what functions return.
    remaining = next((flaw.message for flaw in found if flaw.place != "policy"), "")
    if proven and (reason := proven.reason or (proven.isolates and remaining)):
        ledger.note("proof", f"not proven: {reason}")
    tables_seen = proven.tables if proven else ()
    return MigrationsFacts(
        tables=tuple(str(table.name) for table in tables),
        has_outbox=bool(outboxes),
        has_inbox=bool(inboxes),
        tenant_tables=tuple(dict.fromkeys([*(str(table.name) for table in tenant_tables), *tables_seen])),
        tenant_tables_without_rls=tuple(
            Finding(flaw.message, flaw.file, flaw.line) for flaw in found if not flaw.place
        )
        + (proven.leaks if proven else ()),
        outbox_tables=outboxes,
        inbox_tables=inboxes,
        tenant_tables_rls_unforced=tuple(str(table.name) for table in tenant_tables if not _is_forced(table)),
        isolation_proven=proven.isolates if proven else None,
    )


def _is_forced(table: Table) -> bool:
    return table.rls_enabled and table.rls_forced


def tenants_of(options: Options) -> Tenants:
    """Return what the options of a slot say about tenants."""
    columns = options.get("tenant_columns") or _TENANT_COLUMNS
    return Tenants(frozenset(map(plain, columns)), frozenset(options.get("trusted_roles") or ()))
