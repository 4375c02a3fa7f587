"""Read evidence of the kind `migrations`."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gatekeeper.collectors.migrations._files import part_that_runs, that_run
from gatekeeper.collectors.migrations._message_tables import is_inbox, is_outbox, plain
from gatekeeper.collectors.migrations._sql import Statement, block_statements, statements
from gatekeeper.collectors.migrations._sql_ddl import changes
from gatekeeper.collectors.migrations._sql_schema import Change, Schema, Table
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.files import opened
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.model.evidence import (
    Absent,
    Artefact,
    ArtefactFile,
    Collected,
    Finding,
    Options,
    Origin,
    Unreadable,
    Unrecognised,
)
from gatekeeper.syntax import SyntaxProblem, decode

DIALECTS = ("postgres", "mysql", "tsql", "sqlite")
"""In the order in which they are tried."""
_MAX_BYTES = 5_000_000
"""The largest file that is read; the tokenizer takes about a second for each million bytes."""
_TENANT_COLUMNS = frozenset({"tenant", "tenantid"})
_DEFINES = re.compile(
    rb"(\s|--[^\n]*\n)*(create|alter|drop)\s+(or\s|temp|unlogged|table|schema|type|(unique\s+)?index)",
    re.IGNORECASE,
)
_VERBS = frozenset({
    "ABORT", "ALTER", "ANALYZE", "ATTACH", "BEGIN", "CALL", "CLUSTER", "COMMENT", "COMMIT", "COPY",
    "CREATE", "DEALLOCATE", "DECLARE", "DELETE", "DETACH", "DISCARD", "DO", "DROP", "END", "EXEC",
    "EXECUTE", "EXPLAIN", "FLUSH", "GRANT", "IF", "IMPORT", "INSERT", "LISTEN", "LOAD", "LOCK", "MERGE",
    "NOTIFY", "OPTIMIZE", "PRAGMA", "PREPARE", "PRINT", "REASSIGN", "REFRESH", "REINDEX", "RELEASE",
    "RENAME", "REPLACE", "RESET", "REVOKE", "ROLLBACK", "SAVEPOINT", "SECURITY", "SELECT", "SET", "SHOW",
    "START", "TABLE", "TRUNCATE", "UNLOCK", "UPDATE", "USE", "VACUUM", "VALUES", "WITH",
})  # fmt: skip
"""The first words of statements; with any other, the file is of another dialect, or not SQL."""


def recognises(content: Content) -> bool:
    """Return whether the name is that of an SQL file, or the text begins with a definition in SQL."""
    return content.name.casefold().endswith(".sql") or _DEFINES.match(content.data) is not None


def collect(artefact: Artefact, options: Options) -> Collected[MigrationsFacts]:
    """Apply the migrations that `include` selects, and return facts about the resulting tables."""
    schema = Schema()
    for file in that_run(_selected(artefact, options.get("include"))):
        schema.file = file.name
        for change in _changes(file, alone=len(artefact.files) == 1):
            change(schema)
    tables = list(schema.tables)
    if not tables:
        raise Absent(f"{artefact.path}: no table exists after the migrations")
    return Collected(_facts(tables), (Origin("sql"),))


def _selected(artefact: Artefact, include: str | list[str] | None) -> list[ArtefactFile]:
    """Return the files that `include` selects; without it, those named `.sql` if there are any."""
    files = list(artefact.files)
    if include is None and len(files) > 1:
        chosen = [file for file in files if file.name.casefold().endswith(".sql")]
        return chosen or files
    selects = chooser(include)
    if not (selected := [file for file in files if selects(file.name)]):
        raise Absent(f"{artefact.path} has no file" + (f" that matches {include}" if include else ""))
    return selected


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
    for statement in statements(text, dialect):
        is_known = statement[0].word in _VERBS or statement[0].word == "("
        known, unknown = known or is_known, unknown or not is_known
        for part in _parts(statement, dialect):
            found += changes(part)
    return _Reading(found, known, unknown)


def _parts(statement: Statement, dialect: str) -> Iterable[Statement]:
    """Return a statement, or the statements that an anonymous block (`DO`) may run."""
    if statement[0].word != "DO":
        return (statement,)
    return (part for token in statement if token.is_text for part in block_statements(token, dialect))


def _facts(tables: Sequence[Table]) -> MigrationsFacts:
    tenant_tables = [table for table in tables if _TENANT_COLUMNS.intersection(map(plain, table.columns))]
    outboxes = tuple(str(table.name) for table in tables if is_outbox(table))
    inboxes = tuple(str(table.name) for table in tables if is_inbox(table))
    return MigrationsFacts(
        tables=tuple(str(table.name) for table in tables),
        has_outbox=bool(outboxes),
        has_inbox=bool(inboxes),
        tenant_tables=tuple(str(table.name) for table in tenant_tables),
        tenant_tables_without_rls=tuple(
            Finding(f"{table.name} {_lack(table)}", table.file, table.line)
            for table in tenant_tables
            if not table.has_rls
        ),
        outbox_tables=outboxes,
        inbox_tables=inboxes,
        tenant_tables_rls_unforced=tuple(
            str(table.name) for table in tenant_tables if not (table.rls_enabled and table.rls_forced)
        ),
    )


def _lack(table: Table) -> str:
    if not table.rls_enabled:
        return "has a tenant column, but row-level security is not enabled"
    if not table.policies:
        return "has row-level security, but no policy"
    return "has row-level security, but its policies allow everything"
