"""What a query reads and returns: the tables behind it, and its columns with those that they descend from."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp

from gatekeeper.collectors.migrations._sql_schema import Name, Schema, Table

Columns = Mapping[str, frozenset[str]]
"""The columns of a result, each with the names of the columns that it descends from."""


class RowSource(NamedTuple):
    """What a query reads in its FROM."""

    columns: Columns | None
    """None: not known."""
    table: Table | None = None


RowSources = Mapping[str, RowSource]
"""By the alias, or the name of the table."""
_Named = Mapping[str, Columns | None]


def spelled(node: exp.Expr | None) -> str:
    """Return a name as the database keeps it."""
    if node is None:
        return ""
    return str(node.name) if node.args.get("quoted") else str(node.name).casefold()


def name_of(table: exp.Expr) -> Name:
    """Return the name of a table in a query."""
    return Name("", spelled(table.this)).within(spelled(table.args.get("db")))


def unwrapped(query: exp.Expr) -> exp.Expr:
    """Return a query without the parentheses around it."""
    while isinstance(query, exp.Subquery | exp.Paren) and not query.args.get("joins"):
        query = query.this
    return query


def column_in(side: exp.Expr) -> exp.Column | None:
    """Return the column that an expression is, perhaps as another type."""
    while isinstance(side, exp.Paren | exp.Cast | exp.Distinct):
        side = side.this or side.expressions[0]
    return side if isinstance(side, exp.Column) else None


def tables_of(query: exp.Expr, schema: Schema) -> list[Table]:
    """Return the tables of a schema that a query reads anywhere."""
    own = {spelled(cte.args["alias"].this) for cte in query.find_all(exp.CTE)}
    names = {name_of(table) for table in query.find_all(exp.Table) if isinstance(table.this, exp.Identifier)}
    found = map(schema.find, sorted(name for name in names if name.schema or name.table not in own))
    return [table for table in found if table is not None]


def columns_of(query: exp.Expr, schema: Schema, named: _Named | None = None) -> Columns | None:
    """Return the columns that a query returns; None if that is not known."""
    named = _with(query, schema, named or {})
    query = unwrapped(query)
    named = _with(query, schema, named)
    if isinstance(query, exp.SetOperation):
        left, right = columns_of(query.this, schema, named), columns_of(query.expression, schema, named)
        if left is None or right is None or len(left) != len(right):
            return None
        both = zip(left.items(), right.items(), strict=True)
        return {name: own | other | {theirs} for (name, own), (theirs, other) in both}
    if isinstance(query, exp.Values):
        return {}
    if not isinstance(query, exp.Select):
        return None
    sources = sources_of(query, schema, named)
    found: dict[str, frozenset[str]] = {}
    for item in query.expressions:
        columns = _selected(item, sources, f"?{len(found)}")
        if columns is None:
            return None
        found |= columns
    return found


def _with(query: exp.Expr, schema: Schema, named: _Named) -> _Named:
    clause = query.args.get("with_")
    for cte in clause.expressions if clause else ():
        # A recursive one reads itself; what it adds has the columns of its first part.
        recursive = (
            clause is not None and clause.args.get("recursive") and isinstance(cte.this, exp.SetOperation)
        )
        columns = columns_of(cte.this.this if recursive else cte.this, schema, named)
        named = {**named, spelled(cte.args["alias"].this): _renamed(columns, cte.args["alias"])}
    return named


def _renamed(columns: Columns | None, alias: exp.Expr | None) -> Columns | None:
    """Return columns with the names that an alias such as `x (a, b)` gives them."""
    return renamed(columns, [spelled(column) for column in alias.args.get("columns") or ()] if alias else [])


def renamed(columns: Columns | None, names: list[str]) -> Columns | None:
    """Return columns with new names, in their order."""
    if columns is None or not names:
        return columns
    items = list(columns.items())
    given = {new: origins | {old} for new, (old, origins) in zip(names, items, strict=False)}
    return dict.fromkeys(names, frozenset()) | given | dict(items[len(names) :])


def sources_of(select: exp.Expr, schema: Schema, named: _Named | None = None) -> RowSources:
    """Return what a SELECT reads in its FROM and its joins."""
    from_ = select.args.get("from_")
    first = [from_.this] if from_ else []
    joined = [join.this for join in select.args.get("joins") or ()]
    return dict(pair for node in first + joined for pair in _sources(node, schema, named or {}))


def _sources(node: exp.Expr, schema: Schema, named: _Named) -> Iterator[tuple[str, RowSource]]:
    alias = node.args.get("alias")
    key = spelled(alias.this) if alias and alias.this else ""
    for join in node.args.get("joins") or ():
        yield from _sources(join.this, schema, named)
    match node:
        case exp.Table(this=exp.Identifier()):
            name = name_of(node)
            table = schema.find(name)
            columns: Columns | None = table.columns if table is not None and table.created else None
            if not name.schema and name.table in named:
                table, columns = None, named[name.table]
            yield key or name.table, RowSource(_renamed(columns, alias), table)
        case exp.Subquery(this=exp.Table()):
            yield from _sources(node.this, schema, named)
        case exp.Subquery() | exp.Paren():
            yield key, RowSource(_renamed(columns_of(node.this, schema, named), alias))
        case exp.Lateral(this=exp.Subquery()):
            yield key, RowSource(_renamed(columns_of(node.this, schema, named), alias))
        case exp.Values() | exp.Unnest():
            yield key, RowSource(_renamed({}, alias))
        case _:
            yield key, RowSource(None)


def _selected(item: exp.Expr, sources: RowSources, unnamed: str) -> Columns | None:
    if isinstance(item, exp.Star) or (isinstance(item, exp.Column) and isinstance(item.this, exp.Star)):
        of = spelled(item.args.get("table"))
        read = [source.columns for key, source in sources.items() if not of or key == of]
        if not read or any(columns is None for columns in read):
            return None
        return {name: origin for columns in read for name, origin in (columns or {}).items()}
    whole = (item.find(exp.Star) and not item.find(exp.Count)) or any(
        _is_row(one, sources) for one in item.find_all(exp.Column)
    )
    if whole:
        return None
    inner = item.this if isinstance(item, exp.Alias) else item
    name = spelled(item.args["alias"]) if isinstance(item, exp.Alias) else ""
    while isinstance(inner, (exp.Cast, exp.Paren)):
        inner = inner.this
    if not isinstance(inner, exp.Column):
        return {name or unnamed: _origins(inner, sources)}
    return {name or spelled(inner.this): _origin(inner, sources)}


def _origins(value: exp.Expr, sources: RowSources) -> frozenset[str]:
    """Return the columns that a value descends from: none, if it is a truth value or a number of rows."""
    if isinstance(value, exp.Predicate | exp.Count | exp.Connector | exp.Not):
        return frozenset()
    return frozenset().union(*(_origin(column, sources) for column in value.find_all(exp.Column)))


def _is_row(column: exp.Expr, sources: RowSources) -> bool:
    """Return whether a column is the whole row of a table, as in `row_to_json(orders)`."""
    name = spelled(column.this)
    return (
        not column.args.get("table")
        and name in sources
        and not any(name in (source.columns or ()) for source in sources.values())
    )


def _origin(column: exp.Expr, sources: RowSources) -> frozenset[str]:
    of, name = spelled(column.args.get("table")), spelled(column.this)
    for key, source in sources.items():
        if source.columns and name in source.columns and of in ("", key):
            return source.columns[name] | {name}
    return frozenset({name})
