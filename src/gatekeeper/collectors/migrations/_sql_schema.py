"""The tables, views and functions of a database as migrations change them."""

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import Statement
from gatekeeper.collectors.reading.ledger import Ledger

_DEFAULT_SCHEMAS = frozenset({"public", "dbo"})


class Name(NamedTuple):
    """The name of a table; a name that is not quoted is in lower case."""

    schema: str
    """Empty if the name has none, or the default one."""
    table: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.table}" if self.schema else self.table

    def within(self, schema: str) -> "Name":
        """Return the same name in another schema."""
        return Name("" if schema in _DEFAULT_SCHEMAS else schema, self.table)


class TableKind(Enum):
    """What a table is to a query, and to row-level security."""

    TABLE = "table"
    VIEW = "view"
    MATERIALISED = "materialised view"
    FOREIGN = "table of another database"
    TEMPORARY = "temporary table"


class RowPolicy(NamedTuple):
    """A policy of row-level security."""

    permissive: bool = True
    command: str = "ALL"
    roles: frozenset[str] = frozenset()
    """Empty: all of them."""
    using: exp.Expr | None = None
    check: exp.Expr | None = None


class Routine(NamedTuple):
    """A function or procedure."""

    name: str
    file: str
    line: int
    parameters: tuple[str, ...]
    body: Statement
    """The text of its body, or what follows RETURN."""
    language: str
    definer: bool
    """Whether it runs with the rights of its owner."""
    returns: str
    """The first word of the type that it returns, in lower case; empty if it returns nothing."""


class Table:
    """A table, or what a query reads like one, after the changes so far."""

    def __init__(self, name: Name, file: str, line: int, kind: TableKind = TableKind.TABLE) -> None:
        self.name = name
        self.kind = kind
        self.file = file
        self.line = line
        """The line of its creation, or of its first change."""
        self.names = {name.table}
        """Its name and the former ones, which policies may still use."""
        self.columns: dict[str, frozenset[str]] = {}
        """In their order, as written; each with the names of the columns that it descends from."""
        self.created = False
        """Whether a migration creates it, so that all its columns are known."""
        self.parents: list[Table] = []
        """The tables that it is a partition of, or inherits from."""
        self.query: exp.Expr | None = None
        self.reads: tuple[Table, ...] = ()
        """The tables that its query reads."""
        self.owner = ""
        """Empty: the role that runs the migrations."""
        self.invoker = False
        """Whether a view reads with the rights of who queries it."""
        self.rls_enabled = False
        self.rls_forced = False
        self.policies: dict[str, RowPolicy] = {}


class Schema:
    """All tables and functions of a database, in all its schemas."""

    def __init__(self, ledger: Ledger) -> None:
        self._tables: dict[Name, Table] = {}
        self._by_bare_name: dict[str, set[Name]] = {}
        self._ledger = ledger
        self.routines: dict[tuple[str, int], Routine] = {}
        """By name without schema, and number of parameters."""
        self.bypassing_roles: dict[str, tuple[str, int]] = {}
        """Roles to which row-level security does not apply, with file and line."""
        self.file = ""
        """The file that the changes come from."""
        self.search_path = ""
        """The schema of names without one; empty for the default."""

    @property
    def tables(self) -> Iterable[Table]:
        """The tables in the order of their creation."""
        return self._tables.values()

    def note(self, place: str, message: str, line: int) -> None:
        """Note a place of the current file that is not understood."""
        self._ledger.note(place, message, file=self.file, line=line)

    def find(self, name: Name) -> Table | None:
        """Return the table of a name; if a name has no schema, the only table that matches."""
        for exact in (name if name.schema else name.within(self.search_path), name):
            if exact in self._tables:
                return self._tables[exact]
        alike = self._by_bare_name.get(name.table, set())
        if name.schema:
            alike = alike & {Name("", name.table)}
        return self._tables[next(iter(alike))] if len(alike) == 1 else None

    def create(
        self, name: Name, line: int, kind: TableKind = TableKind.TABLE, *, if_missing: bool = False
    ) -> Table | None:
        """Return a new table, or the one that is repeated; None if it exists and is only made if missing."""
        name = name if name.schema else name.within(self.search_path)
        table = self._tables.get(name)
        if table is not None and table.created and if_missing:
            return None
        if table is None or table.kind is not TableKind.TABLE or kind is not TableKind.TABLE:
            table = self._added(Table(name, self.file, line, kind))
        table.created = True
        return table

    def _added(self, table: Table) -> Table:
        self._tables[table.name] = table
        self._by_bare_name.setdefault(table.name.table, set()).add(table.name)
        return table

    def _removed(self, table: Table) -> None:
        if self._tables.get(table.name) is table:
            del self._tables[table.name]
            self._by_bare_name[table.name.table].discard(table.name)

    def altered(self, name: Name, line: int) -> Table:
        """Return the table to change; one that no migration created exists too."""
        return self.find(name) or self._added(Table(name, self.file, line))

    def family(self, name: Name, line: int) -> list[Table]:
        """Return a table to change, and those that are partitions of it or inherit from it."""
        found = [self.altered(name, line)]
        for member in found:
            found += [one for one in self.tables if member in one.parents and one not in found]
        return found

    def add_columns(self, name: Name, columns: Iterable[str], line: int) -> None:
        """Add columns to a table."""
        for table in self.family(name, line):
            table.columns |= {column: table.columns.get(column, frozenset()) for column in columns}

    def drop_column(self, name: Name, column: str, line: int) -> None:
        """Remove a column from a table, and the policies that use it."""
        for table in self.family(name, line):
            table.columns.pop(column, None)
            self.drop_policies(lambda tree: column in _columns(tree), [table])

    def rename_column(self, name: Name, column: str, new: str, line: int) -> None:
        """Rename a column, which its policies follow."""
        for table in self.family(name, line):
            table.columns[new] = table.columns.pop(column, frozenset()) | {column}
            for tree in [tree for policy in table.policies.values() for tree in _trees(policy)]:
                for found in tree.find_all(exp.Column):
                    if found.name.casefold() == column:
                        found.set("this", exp.to_identifier(new, quoted=True))

    def rename(self, name: Name, new: Name, line: int) -> None:
        """Rename a table, or move it to another schema."""
        table = self.altered(name, line)
        self._removed(table)
        table.name = new
        table.names.add(new.table)
        self._added(table)

    def drop(self, name: Name, *, cascade: bool = False) -> None:
        """Drop a table with its partitions, and if it cascades, with what else depends on it."""
        if (table := self.find(name)) is not None:
            self._drop(table, cascade=cascade)

    def _drop(self, table: Table, *, cascade: bool) -> None:
        self._removed(table)
        for other in list(self.tables):
            if table in other.parents or (cascade and table in other.reads and other.query is not None):
                self._drop(other, cascade=cascade)

    def drop_schema(self, schema: str) -> None:
        """Drop all tables of a schema, and what depends on them."""
        gone = Name("", "").within(schema).schema
        for table in [table for table in self.tables if table.name.schema == gone]:
            self._drop(table, cascade=True)

    def drop_policies(self, goes: Callable[[exp.Expr], bool], tables: Iterable[Table]) -> None:
        """Drop the policies of tables whose condition goes."""
        for table in tables:
            kept = {
                name: policy for name, policy in table.policies.items() if not any(map(goes, _trees(policy)))
            }
            table.policies = kept

    def set_definer(self, name: str, *, definer: bool) -> None:
        """Let the functions of a name run with the rights of their owner, or of who calls them."""
        for key, routine in self.routines.items():
            if key[0] == name:
                self.routines[key] = routine._replace(definer=definer)

    def drop_routine(self, name: str, *, cascade: bool) -> None:
        """Drop a function, and if it cascades, the policies that call it."""
        self.routines = {key: routine for key, routine in self.routines.items() if key[0] != name}
        if cascade:
            called = lambda tree: any(found.name.casefold() == name for found in tree.find_all(exp.Anonymous))  # noqa: E731
            self.drop_policies(called, self.tables)


def _trees(policy: RowPolicy) -> Iterator[exp.Expr]:
    yield from (tree for tree in (policy.using, policy.check) if tree is not None)


def _columns(tree: exp.Expr) -> set[str]:
    return {column.name.casefold() for column in tree.find_all(exp.Column)}


Change = Callable[[Schema], object]
"""The effect of a statement on a schema."""
