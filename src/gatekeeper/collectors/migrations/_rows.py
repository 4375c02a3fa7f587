# ruff: noqa: S608 - names come quoted from the catalogue, in a database that is thrown away
"""The tables of a running PostgreSQL, and rows for them."""

import re
from typing import Any, NamedTuple

from gatekeeper.collectors.migrations._message_tables import plain
from gatekeeper.collectors.migrations._postgres import NotProven
from gatekeeper.collectors.migrations._row_level_security import Tenants

_OWN = "n.nspname !~ '^pg_|^information_schema$' AND c.relname !~ '^gatekeeper_rest_'"
_CHECKS = (
    "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint JOIN pg_class c"
    " ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE contype IN ('f', 'c')"
    f" AND coninhcount = 0 AND conparentid = 0 AND {_OWN}"
)
_PARTITIONS = (
    "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits JOIN pg_class"
    " ON inhrelid = oid WHERE relispartition AND relkind IN ('r', 'p')"
)
_PARTITIONED = "SELECT partrelid::regclass::text FROM pg_partitioned_table WHERE partstrat <> 'h'"
_RELATIONS = (
    "SELECT c.oid::int, c.oid::regclass::text, c.relkind::text, c.relforcerowsecurity,"
    " c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid), a.attname,"
    " quote_ident(a.attname), format_type(a.atttypid, null) FROM pg_class c JOIN pg_namespace n ON"
    " n.oid = relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND attnum > 0 AND NOT attisdropped"
    f" WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {_OWN} ORDER BY c.oid, a.attnum"
)
_COLUMNS = (
    "SELECT quote_ident(attname), format_type(atttypid, null), typcategory::text, attnotnull, atttypmod"
    " FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid WHERE attrelid = %s AND attnum > 0"
    " AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum"
)
_NUMBERS = re.compile(r"smallint|integer|bigint|numeric|real|double precision")
_SAMPLES = {
    "boolean": "true", "json": "'{}'", "jsonb": "'{}'", "bytea": "''::bytea", "money": "1::money",
    "interval": "'1 day'", "inet": "'127.0.0.1'", "cidr": "'127.0.0.1'", "tsvector": "''::tsvector",
}  # fmt: skip


class Relation(NamedTuple):
    """A table or view of the database."""

    oid: int
    name: str
    """Quoted where needed, with its schema unless that is on the search path."""
    kind: str
    """The letter of the catalogue: r or p a table, v a view, m a materialised view."""
    forced: bool
    closed: bool
    """Whether it has row-level security and no policy: nobody but its owner sees a row."""
    tenant: str = ""
    """Its tenant column, quoted where needed; empty without one."""
    type: str = ""


def relations_of(owner: Any, tenants: Tenants) -> list[Relation]:
    """Return all tables and views."""
    found: dict[int, Relation] = {}
    for oid, name, kind, forced, closed, column, written, type_ in owner.execute(_RELATIONS).fetchall():
        is_tenant = column is not None and plain(column) in tenants.columns
        if is_tenant or oid not in found:
            found[oid] = Relation(oid, name, kind, forced, closed, *((written, type_) if is_tenant else ()))
    return list(found.values())


def make_fillable(owner: Any) -> None:
    """Drop what keeps rows out of tables, but not what keeps tenants from rows."""
    for table, name in owner.execute(_CHECKS).fetchall():
        owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name} CASCADE".encode())
    for child, parent in owner.execute(_PARTITIONS).fetchall():
        owner.execute(f"ALTER TABLE {parent} DETACH PARTITION {child}".encode())
    for at, (parent,) in enumerate(owner.execute(_PARTITIONED).fetchall()):
        owner.execute(f"CREATE TABLE gatekeeper_rest_{at} PARTITION OF {parent} DEFAULT".encode())


def insertion(connection: Any, table: Relation, tenant: str, seed: str) -> str:
    """Return the statement that inserts a row of a tenant, with the seed in all other columns.

    Raises:
        NotProven: No value is known for a column that needs one.
    """
    values: dict[str, str] = {}
    for name, type_, category, needed, modifier in connection.execute(_COLUMNS, [table.oid]).fetchall():
        if value := _value(type_, category, tenant if name == table.tenant else seed, modifier):
            values[name] = value
        elif needed:
            raise NotProven(f"{table.name} takes no row: no value is known for the type {type_}")
    if not values:
        return f"INSERT INTO {table.name} DEFAULT VALUES"
    return f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({', '.join(values.values())})"


def _value(type_: str, category: str, seed: str, modifier: int) -> str:
    """Return a value of a type, another one for another seed where possible; empty if none is known."""
    if type_ == "uuid" or _NUMBERS.fullmatch(type_):
        return literal(type_, seed)
    if category == "S":
        most = modifier - 4
        return literal(type_, seed[-most:] if 0 < most < len(seed) else seed)
    if category == "D":
        return f"'2026-01-01 00:00:00'::{type_}"
    if category in "AR":
        return f"'{'{}' if category == 'A' else 'empty'}'::{type_}"
    return f"(enum_range(NULL::{type_}))[1]" if category == "E" else _SAMPLES.get(type_, "")


def literal(type_: str, seed: str) -> str:
    """Return a seed as a value of a type."""
    if type_ == "uuid" and seed.isdecimal():
        return f"'00000000-0000-4000-8000-{seed.zfill(12)}'::uuid"
    if _NUMBERS.fullmatch(type_):
        return f"{seed if seed.isdecimal() else 1000 + int(seed[0], 16)}::{type_}"
    return f"'{seed}'::{type_}"


def quoted(name: str) -> str:
    """Return a name as SQL takes it, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
