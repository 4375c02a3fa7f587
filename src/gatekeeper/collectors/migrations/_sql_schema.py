"""The tables of a database as migrations change them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

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


class Table:
    """A table after the changes so far."""

    def __init__(self, name: Name, file: str, line: int) -> None:
        self.name = name
        self.file = file
        self.line = line
        """The line of its creation, or of its first change."""
        self.columns: dict[str, None] = {}
        """In their order, as written."""
        self.rls_enabled = False
        self.rls_forced = False
        self.policies: dict[str, bool] = {}
        """By name, whether the policy restricts rows."""

    @property
    def has_rls(self) -> bool:
        """Whether row-level security is enabled and a policy restricts rows."""
        return self.rls_enabled and any(self.policies.values())


class Schema:
    """All tables of a database, in all schemas."""

    def __init__(self) -> None:
        self._tables: dict[Name, Table] = {}
        self._by_bare_name: dict[str, set[Name]] = {}
        self.file = ""
        """The file that the changes come from."""

    @property
    def tables(self) -> Iterable[Table]:
        """The tables in the order of their creation."""
        return self._tables.values()

    def find(self, name: Name) -> Table | None:
        """Return the table of a name; if a name has no schema, the only table that matches."""
        if name in self._tables:
            return self._tables[name]
        alike = self._by_bare_name.get(name.table, set())
        if name.schema:
            alike = alike & {Name("", name.table)}
        return self._tables[next(iter(alike))] if len(alike) == 1 else None

    def create(self, name: Name, columns: Iterable[str], like: Iterable[Name], line: int) -> None:
        """Create a table, with the columns of the tables that it is like."""
        table = self._tables.get(name) or self._added(Table(name, self.file, line))
        for other in like:
            if (model := self.find(other)) is not None:
                table.columns |= model.columns
        table.columns |= dict.fromkeys(columns)

    def _added(self, table: Table) -> Table:
        self._tables[table.name] = table
        self._by_bare_name.setdefault(table.name.table, set()).add(table.name)
        return table

    def _removed(self, table: Table) -> None:
        del self._tables[table.name]
        self._by_bare_name[table.name.table].discard(table.name)

    def altered(self, name: Name, line: int) -> Table:
        """Return the table to change; one that no migration created exists too."""
        return self.find(name) or self._added(Table(name, self.file, line))

    def add_columns(self, name: Name, columns: Iterable[str], line: int) -> None:
        """Add columns to a table."""
        self.altered(name, line).columns |= dict.fromkeys(columns)

    def drop_column(self, name: Name, column: str, line: int) -> None:
        """Remove a column from a table."""
        self.altered(name, line).columns.pop(column, None)

    def rename_column(self, name: Name, column: str, new: str, line: int) -> None:
        """Rename a column."""
        self.drop_column(name, column, line)
        self.add_columns(name, [new], line)

    def rename(self, name: Name, new: Name, line: int) -> None:
        """Rename a table, or move it to another schema."""
        table = self.altered(name, line)
        self._removed(table)
        table.name = new
        self._added(table)

    def drop(self, name: Name) -> None:
        """Drop a table."""
        if (table := self.find(name)) is not None:
            self._removed(table)

    def drop_schema(self, schema: str) -> None:
        """Drop all tables of a schema."""
        gone = Name("", "").within(schema).schema
        for table in [table for table in self.tables if table.name.schema == gone]:
            self._removed(table)

    def switch_rls(self, name: Name, line: int, *, which: str, on: bool) -> None:
        """Switch row-level security (`rls_enabled`), or its force on the owner (`rls_forced`), on or off."""
        setattr(self.altered(name, line), which, on)

    def put_policy(self, name: Name, policy: str, line: int, *, restricts: bool) -> None:
        """Create a policy, or change whether it restricts rows."""
        self.altered(name, line).policies[policy] = restricts

    def drop_policy(self, name: Name, policy: str) -> None:
        """Drop a policy."""
        if (table := self.find(name)) is not None:
            table.policies.pop(policy, None)

    def rename_policy(self, name: Name, policy: str, new: str) -> None:
        """Rename a policy."""
        if (table := self.find(name)) is not None and policy in table.policies:
            table.policies[new] = table.policies.pop(policy)


Change = Callable[[Schema], None]
"""The effect of a statement on a schema."""
