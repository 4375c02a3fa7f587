"""Files of migrations -> the schema that they leave behind, and the facts about it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.migrations._files import part_that_runs
from gatekeeper.collectors.migrations._message_tables import is_inbox, is_outbox, plain
from gatekeeper.collectors.migrations._proof import Proof
from gatekeeper.collectors.migrations._row_level_security import Tenants, flaws
from gatekeeper.collectors.migrations._sql import statements
from gatekeeper.collectors.migrations._sql_ddl import changes
from gatekeeper.collectors.migrations._sql_schema import Change, Schema, Table, TableKind
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.collectors.reading.files import opened
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Absent, ArtefactFile, Finding, Options, Unreadable, Unrecognised
from gatekeeper.syntax import SyntaxProblem, decode

DIALECTS = ("postgres", "mysql", "tsql", "sqlite")
"""In the order in which they are tried."""
_MAX_BYTES = 5_000_000
"""The largest file that is read; the tokenizer takes about a second for each million bytes."""
_VERBS = frozenset({
    "ABORT", "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "CLUSTER", "COMMENT", "COMMIT", "COPY",
    "CREATE", "DEALLOCATE", "DECLARE", "DELETE", "DETACH", "DISCARD", "DO", "DROP", "END", "EXEC",
    "EXECUTE", "EXPLAIN", "FLUSH", "GRANT", "IF", "IMPORT", "INSERT", "LISTEN", "LOAD", "LOCK", "MERGE",
    "NOTIFY", "OPTIMIZE", "PRAGMA", "PREPARE", "PRINT", "REASSIGN", "REFRESH", "REINDEX", "RELEASE",
    "RENAME", "REPLACE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SECURITY", "SELECT", "SET", "SHOW",
    "START", "TABLE", "TRUNCATE", "UNLOCK", "UPDATE", "USE", "VACUUM", "VALUES", "WITH",
})  # fmt: skip
"""The first words of statements; with any other, the file is of another dialect, or not SQL."""


def replayed(files: Iterable[ArtefactFile], ledger: Ledger, *, alone: bool) -> Schema:
    """Apply files in their order; what is not understood is noted.

    Raises:
        Absent: The only file is empty.
        Unreadable: A file is not SQL.
    """
    schema = Schema(ledger)
    for file in files:
        schema.file, schema.search_path = file.name, ""
        for change in _changes(file, alone=alone):
            change(schema)
    return schema


def _changes(file: ArtefactFile, *, alone: bool) -> Sequence[Change]:
    try:
        with opened(file) as data:
            if len(data) > _MAX_BYTES:
                raise Unreadable(f"the file has {len(data):,} bytes; at most {_MAX_BYTES:,} are read")
            text = decode(data)
            if "\0" in text:
                raise Unreadable("binary, not SQL")
            return _read(part_that_runs(text))
    except Absent:
        if alone:
            raise
        # A migration may be empty: running it does nothing.
        return ()


class _Reading(NamedTuple):
    """A file, read in one dialect."""

    changes: Sequence[Change]
    known: bool
    unknown: bool
    """Whether it has a statement with an unknown first word."""


def _read(text: str) -> Sequence[Change]:
    """Read a file in the first dialect that knows all statements, or else in the first that knows one."""
    readings: list[_Reading] = []
    problems: list[SyntaxProblem] = []
    for dialect in DIALECTS:
        try:
            reading = _reading(text, dialect)
        except SyntaxProblem as problem:
            problems.append(problem)
            continue
        if not reading.unknown:
            return reading.changes
        readings.append(reading)
    for reading in readings:
        if reading.known:
            return reading.changes
    if readings:
        raise Unrecognised("not SQL: no known statement")
    # The dialect that read the most lines is probably that of the file.
    raise max(problems, key=lambda problem: problem.line or 0)


def _reading(text: str, dialect: str) -> _Reading:
    found: list[Change] = []
    known = unknown = False
    begin = 0
    for statement in statements(text, dialect):
        word = statement[0].word
        if word == "\\":
            found += changes(statement, dialect)
            continue
        is_known = word in _VERBS or word == "("
        known, unknown = known or is_known, unknown or not is_known
        if dialect == "postgres" and word in ("BEGIN", "START"):
            begin = len(found)
        elif dialect == "postgres" and word in ("ROLLBACK", "ABORT") and len(statement) < 3:
            del found[begin:]
        found += changes(statement, dialect)
    return _Reading(found, known, unknown)


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
