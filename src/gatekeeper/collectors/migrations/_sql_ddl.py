"""SQL statements -> changes of a schema: tables, their columns, views, functions, and row-level security.

https://www.postgresql.org/docs/current/sql-createtable.html, -altertable, -createpolicy. The notations of
other databases are read too (CHANGE and RENAME TABLE of MySQL, the list after ADD of T-SQL). Statements that
cannot change a table are skipped; any other that is not modelled is noted.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import Statement, block_statements, parsed, statements
from gatekeeper.collectors.migrations._sql_code import (
    DEFINITIONS,
    alter_policy,
    alter_role,
    alter_routine,
    call,
    create_routine,
    exec_,
    noted,
    policy_name,
    psql_command,
    put_policy,
    set_,
)
from gatekeeper.collectors.migrations._sql_cursor import Cursor
from gatekeeper.collectors.migrations._sql_query import columns_of, name_of, renamed, tables_of
from gatekeeper.collectors.migrations._sql_schema import Change, Name, Schema, Table, TableKind

_KINDS = {
    "TEMP": TableKind.TEMPORARY,
    "TEMPORARY": TableKind.TEMPORARY,
    "FOREIGN": TableKind.FOREIGN,
    "EXTERNAL": TableKind.FOREIGN,
    "VIRTUAL": TableKind.TEMPORARY,
    "MATERIALIZED": TableKind.MATERIALISED,
}
_CONSTRAINTS = frozenset({
    "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "KEY", "INDEX", "FULLTEXT", "SPATIAL",
    "PERIOD", "PARTITION",
})  # fmt: skip
_ACTIONS = frozenset({
    "ADD", "ALTER", "ATTACH", "CHANGE", "CHECK", "CLUSTER", "COMMENT", "CONVERT", "DEFAULT", "DETACH",
    "DISABLE", "DROP", "ENABLE", "ENGINE", "FORCE", "INHERIT", "MODIFY", "NO", "NOCHECK", "NOT", "OF",
    "OWNER", "RENAME", "REPLICA", "RESET", "SET", "VALIDATE", "WITH", "AUTO_INCREMENT",
})  # fmt: skip
_HARMLESS = frozenset({
    "ACCESS", "AGGREGATE", "ALGORITHM", "ASSEMBLY", "CAST", "CERTIFICATE", "CLUSTERED", "COLLATION",
    "CONVERSION", "DATABASE", "DEFAULT", "DEFINER", "DOMAIN", "EVENT", "EXTENSION", "FULLTEXT", "FUNCTION",
    "INDEX",
    "LANGUAGE", "LARGE", "LOGIN", "NONCLUSTERED", "OPERATOR", "PACKAGE", "PARTITION", "PROC", "PROCEDURE",
    "PUBLICATION", "ROLE", "ROUTINE",
    "SCHEMA", "SEQUENCE", "SERVER", "SPATIAL", "SQL", "STATISTICS", "SUBSCRIPTION", "SYNONYM", "SYSTEM",
    "TABLESPACE", "TEXT", "TRANSFORM", "TRIGGER", "TRUSTED", "TYPE", "UNIQUE", "CONSTRAINT", "USER", "XML",
})  # fmt: skip
"""What follows CREATE, ALTER and DROP in statements that do not change a table."""
_HARMLESS_DYNAMIC = frozenset({
    "GRANT", "REVOKE", "COMMENT", "ANALYZE", "SET", "INSERT", "UPDATE", "DELETE", "NOTIFY",
})  # fmt: skip
_CONDITIONS = frozenset({
    "IF", "ELSE", "ELSIF", "WHILE", "CASE", "FOR", "FOREACH", "EXCEPTION", "WHEN", "RETURN", "EXIT",
    "CONTINUE",
})  # fmt: skip
"""The first words of what lets statements of a block run or not."""
_CATALOGUES = re.compile(r"pg_|information_schema|to_reg")
"""What conditions ask that let a migration run once."""
_ROW_LEVEL_SECURITY = ("ROW", "LEVEL", "SECURITY")


def changes(statement: Statement, dialect: str) -> Iterator[Change]:
    """Yield the changes of a statement.

    Raises:
        SyntaxProblem: The statement is about a table and cannot be read.
    """
    yield from _changes(Cursor(statement, dialect))


def _changes(cursor: Cursor) -> Iterator[Change]:
    read = next((read for words, read in _READERS.items() if cursor.accept(*words)), None)
    yield from read(cursor) if read else ()


def _create(cursor: Cursor) -> Iterator[Change]:
    replace = cursor.accept("OR", "REPLACE") or cursor.accept("OR", "ALTER")
    kind = TableKind.TABLE
    while (word := cursor.word) and cursor.accept_any("GLOBAL", "LOCAL", "UNLOGGED", "RECURSIVE", *_KINDS):
        kind = _KINDS.get(word, kind)
    if cursor.accept("TABLE"):
        yield from _create_table(cursor, kind)
    elif cursor.accept("VIEW"):
        temporary = kind is TableKind.TEMPORARY
        yield _create_view(cursor, kind if kind is TableKind.MATERIALISED or temporary else TableKind.VIEW)
    elif cursor.accept("POLICY"):
        yield put_policy(cursor, *policy_name(cursor), new=True)
    elif cursor.accept_any("FUNCTION", "PROCEDURE"):
        yield from create_routine(cursor)
    elif cursor.accept_any("ROLE", "USER", "GROUP") and not cursor.accept("MAPPING"):
        yield from alter_role(cursor)
    elif cursor.has("EVENT", "TRIGGER") or (not replace and cursor.word not in _HARMLESS):
        yield from _not_modelled(cursor, "CREATE")


def _not_modelled(cursor: Cursor, verb: str) -> Iterator[Change]:
    if cursor.at == len(cursor.tokens) or cursor.dialect == "postgres":
        yield noted(cursor, "statement", f"{verb} {cursor.word} ...".replace("  ", " "))


def _create_table(cursor: Cursor, kind: TableKind) -> Iterator[Change]:
    if cursor.accept("#"):
        return  # T-SQL's mark of a temporary table
    if_missing = cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns, like, parents = _elements(cursor)
    if cursor.accept("OF"):
        yield noted(cursor, "query", f"the columns of {name} are those of the type {cursor.name()}")
    if cursor.accept("INHERITS"):
        parents += [parent.name() for parent in cursor.parenthesised()]
    query = _query_of(cursor)

    def change(schema: Schema) -> None:
        table = schema.create(name, cursor.line, kind, if_missing=if_missing)
        if table is not None:
            _model(schema, table, like, parents)
            table.columns |= dict.fromkeys(columns, frozenset[str]())
            _fill(schema, table, query, columns, cursor)

    yield change


def _elements(cursor: Cursor) -> tuple[list[str], list[Name], list[Name]]:
    """Return the columns of a table, the tables that it is like, and those that it is a part of."""
    columns: list[str] = []
    like: list[Name] = []
    if cursor.accept("LIKE"):
        like.append(cursor.name())
    elif cursor.accept("PARTITION", "OF"):
        return [], [], [cursor.name()]
    elif _lists_columns(cursor):
        for element in cursor.parenthesised():
            if element.accept("LIKE"):
                like.append(element.name())
            elif element.word not in _CONSTRAINTS:
                columns.append(element.identifier("a column"))
    elif cursor.word not in ("AS", "(", "OF", "USING", "WITH", "SELECT"):
        raise cursor.expected("the columns of a table")
    return columns, like, []


def _model(schema: Schema, table: Table, like: list[Name], parents: list[Name]) -> None:
    """Give a table the columns of the tables that it is like, or a part of."""
    for name in like + parents:
        model = schema.find(name)
        if model is None or not model.created:
            schema.note("query", f"{table.name} is like {name}, which no migration creates", table.line)
        if model is not None:
            table.columns |= model.columns
            table.parents += [model] if name in parents else []


def _query_of(cursor: Cursor) -> Statement:
    """Return the tokens of the query after AS, or in parentheses as in MySQL; empty without one."""
    begins = cursor.word in ("(", "SELECT")
    if not begins and not cursor.skip_past("AS"):
        return ()
    rest = list(cursor.rest)
    words = [token.word for token in rest]
    for end in (["WITH", "NO", "DATA"], ["WITH", "DATA"]):
        if words[-len(end) :] == end:
            return rest[: -len(end)]
    return rest


def _fill(schema: Schema, table: Table, query: Statement, names: list[str], cursor: Cursor) -> None:
    """Give a table or view the columns of its query, if it has one."""
    tree = parsed(query, cursor.dialect)
    if tree is not None:
        _fill_by(schema, table, tree, names)
    elif query:
        schema.note("query", f"the query of {table.name}", cursor.line)


def _fill_by(schema: Schema, table: Table, tree: exp.Expr, names: list[str]) -> None:
    table.query = tree
    table.reads = tuple(tables_of(tree, schema))
    columns = columns_of(tree, schema)
    if columns is None:
        schema.note("query", f"the columns that the query of {table.name} returns", table.line)
    table.columns |= renamed(columns or {}, names) or {}


def _create_view(cursor: Cursor, kind: TableKind) -> Change:
    cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    names = [column.identifier() for column in cursor.parenthesised()] if cursor.word == "(" else []
    words = [token.word for token in cursor.rest]
    invoker = _invoker(cursor.rest[: words.index("AS") if "AS" in words else None])
    query = _query_of(cursor)

    def change(schema: Schema) -> None:
        table = schema.create(name, cursor.line, kind)
        if table is not None:
            table.invoker = bool(invoker)
            _fill(schema, table, _without_check(query), names, cursor)

    return change


def _without_check(query: Statement) -> Statement:
    """Return the query of a view without `WITH [LOCAL | CASCADED] CHECK OPTION`."""
    words = [token.word for token in query]
    return query[: len(words) - words[::-1].index("WITH") - 1] if words[-2:] == ["CHECK", "OPTION"] else query


def _invoker(options: Statement) -> bool | None:
    """Return whether the options of a view let it read with the rights of its reader; None: not stated."""
    names = [token.spelled for token in options]
    if "security_invoker" not in names:
        return None
    is_sign, value = [*names[names.index("security_invoker") + 1 :], "", ""][:2]
    return is_sign != "=" or value.casefold() in ("true", "on", "1", "yes")


def _select_into(cursor: Cursor) -> Iterator[Change]:
    if cursor.has("INTO"):
        yield partial(_into, tokens=cursor.tokens, dialect=cursor.dialect, line=cursor.line)
    yield from call(cursor)


def _into(schema: Schema, tokens: Statement, dialect: str, line: int) -> None:
    tree = parsed(tokens, dialect)
    if tree is None:
        schema.note("statement", "a query with INTO", line)
        return
    into = tree.find(exp.Into)
    if into is None or tree.find(exp.Insert) or not isinstance(into.this, exp.Table):
        return
    kind = TableKind.TEMPORARY if into.args.get("temporary") else TableKind.TABLE
    name = name_of(into.this)
    into.pop()
    if not name.table.startswith("#") and (table := schema.create(name, line, kind)) is not None:
        _fill_by(schema, table, tree, [])


def _copy(cursor: Cursor) -> Iterator[Change]:
    """Yield the change of a statement that may copy rows of one table into another."""
    yield from call(cursor)
    cursor.accept_any("INTO", "ONLY")
    if {"SELECT", "TABLE", "FROM", "USING"}.isdisjoint(token.word for token in cursor.tokens):
        return
    name = cursor.name()
    columns = [one.identifier() for one in cursor.parenthesised()] if _lists_columns(cursor) else []
    rest = list(cursor.rest)
    words = [token.word for token in rest]
    ends = (["ON", "CONFLICT"], ["RETURNING"])
    end = next(
        (at for at in range(len(words)) if any(words[at : at + len(one)] == one for one in ends)), None
    )
    tree = parsed(rest[:end], cursor.dialect)
    yield partial(_receive, name=name, columns=columns, tree=tree, tokens=rest)


def _receive(
    schema: Schema, name: Name, columns: list[str], tree: exp.Expr | None, tokens: Statement
) -> None:
    """Let columns of a table descend from those that are copied into them."""
    if (table := schema.find(name)) is None:
        return
    spelled = {token.spelled for token in tokens}
    read = tables_of(tree, schema) if tree else [one for one in schema.tables if one.name.table in spelled]
    table.reads += tuple(one for one in read if one is not table)
    found = columns_of(tree, schema) if tree else None
    if found is None:  # every column that is named may hold what was read
        found = {column: frozenset({column}) for column in table.columns if column in spelled}
    for column, (source, origins) in zip(columns or list(table.columns), found.items(), strict=False):
        table.columns[column] = table.columns.get(column, frozenset()) | origins | {source}


def _lists_columns(cursor: Cursor) -> bool:
    following = [token.word for token in cursor.rest[:2]]
    return following[:1] == ["("] and following[1:] not in (["SELECT"], ["WITH"], ["("])


def _alter(cursor: Cursor) -> Iterator[Change]:
    other = cursor.accept_any("MATERIALIZED", "FOREIGN")
    if cursor.accept_any("TABLE", "VIEW"):
        cursor.accept("IF", "EXISTS")
        cursor.accept("ONLY")
        name = cursor.name()
        cursor.accept("*")
        yield from _alter_table(name, cursor)
    elif cursor.accept("POLICY"):
        yield from alter_policy(cursor)
    elif cursor.accept_any("ROLE", "USER", "GROUP"):
        yield from alter_role(cursor)
    elif cursor.accept_any("FUNCTION", "PROCEDURE", "ROUTINE"):
        yield from alter_routine(cursor)
    elif cursor.word not in _HARMLESS and not other:
        yield from _not_modelled(cursor, "ALTER")


def _alter_table(name: Name, cursor: Cursor) -> Iterator[Change]:
    adding = False
    for action in cursor.items():
        if adding and action.word not in _ACTIONS:
            yield from _add(name, action)
            continue
        adding = action.accept("ADD")
        if adding:
            yield from _add(name, action)
        else:
            for words, read in _TABLE_ACTIONS.items():
                if action.accept(*words):
                    yield from read(name, action)
                    break
            else:
                if action.word not in _ACTIONS:
                    yield from _not_modelled(action, f"ALTER TABLE {name}")


def _add(name: Name, action: Cursor) -> Iterator[Change]:
    action.accept("COLUMN")
    action.accept("IF", "NOT", "EXISTS")
    if action.word == "(":
        columns = [item.identifier() for item in action.parenthesised() if item.word not in _CONSTRAINTS]
    elif action.word in _CONSTRAINTS:
        return
    else:
        columns = [action.identifier("a column")]
    yield partial(Schema.add_columns, name=name, columns=columns, line=action.line)


def _drop_column(name: Name, action: Cursor) -> Iterator[Change]:
    named = action.accept("COLUMN")
    action.accept("IF", "EXISTS")
    if named or action.word not in _CONSTRAINTS:
        column = action.identifier("a column")
        yield partial(Schema.drop_column, name=name, column=column, line=action.line)


def _rename(name: Name, action: Cursor) -> Iterator[Change]:
    if action.accept_any("TO", "AS"):
        new = action.name() if name.schema == "" else action.name().within(name.schema)
        yield partial(Schema.rename, name=name, new=new, line=action.line)
    elif action.word not in ("CONSTRAINT", "INDEX", "KEY"):
        action.accept("COLUMN")
        old = action.identifier("a column")
        if action.accept("TO"):
            new_column = action.identifier("a column")
            yield partial(Schema.rename_column, name=name, column=old, new=new_column, line=action.line)
        else:  # MySQL allows RENAME without TO
            yield partial(Schema.rename, name=name, new=name._replace(table=old), line=action.line)


def _change_column(name: Name, action: Cursor) -> Iterator[Change]:
    action.accept("COLUMN")
    old, new = action.identifier("a column"), action.identifier("a column")
    yield partial(Schema.rename_column, name=name, column=old, new=new, line=action.line)


def _set_schema(name: Name, action: Cursor) -> Iterator[Change]:
    new = name.within(action.identifier("the name of a schema"))
    yield partial(Schema.rename, name=name, new=new, line=action.line)


def _assign(name: Name, action: Cursor, *, which: str, value: object) -> Iterator[Change]:
    yield lambda schema: setattr(schema.altered(name, action.line), which, value)


def _set_owner(name: Name, action: Cursor) -> Iterator[Change]:
    return _assign(name, action, which="owner", value=action.identifier("a role"))


def _set_options(name: Name, action: Cursor) -> Iterator[Change]:
    if (invoker := _invoker(action.tokens)) is not None:
        resets = action.tokens[0].word == "RESET"
        yield from _assign(name, action, which="invoker", value=invoker and not resets)


def _relate(name: Name, action: Cursor, *, child_is_named: bool, remove: bool = False) -> Iterator[Change]:
    other = action.name()
    child, parent = (other, name) if child_is_named else (name, other)

    def change(schema: Schema) -> None:
        above, below = schema.altered(parent, action.line), schema.altered(child, action.line)
        below.parents = [one for one in below.parents if one is not above] + ([] if remove else [above])

    yield change


_TABLE_ACTIONS: Mapping[tuple[str, ...], Callable[[Name, Cursor], Iterator[Change]]] = {
    ("ENABLE", *_ROW_LEVEL_SECURITY): partial(_assign, which="rls_enabled", value=True),
    ("DISABLE", *_ROW_LEVEL_SECURITY): partial(_assign, which="rls_enabled", value=False),
    ("FORCE", *_ROW_LEVEL_SECURITY): partial(_assign, which="rls_forced", value=True),
    ("NO", "FORCE", *_ROW_LEVEL_SECURITY): partial(_assign, which="rls_forced", value=False),
    ("ATTACH", "PARTITION"): partial(_relate, child_is_named=True),
    ("DETACH", "PARTITION"): partial(_relate, child_is_named=True, remove=True),
    ("INHERIT",): partial(_relate, child_is_named=False),
    ("NO", "INHERIT"): partial(_relate, child_is_named=False, remove=True),
    ("OWNER", "TO"): _set_owner,
    ("SET", "SCHEMA"): _set_schema,
    ("SET", "("): _set_options,
    ("RESET", "("): _set_options,
    ("DROP",): _drop_column,
    ("RENAME",): _rename,
    ("CHANGE",): _change_column,
}


def _drop(cursor: Cursor) -> Iterator[Change]:
    cursor.accept_any("MATERIALIZED", "FOREIGN")
    what = cursor.word
    cursor.at += 1
    cursor.accept("IF", "EXISTS")
    cascade = cursor.tokens[-1].word == "CASCADE"
    if what in ("TABLE", "VIEW"):
        yield from (partial(Schema.drop, name=name, cascade=cascade) for name in cursor.names())
    elif what == "SCHEMA":
        yield from (partial(Schema.drop_schema, schema=name.table) for name in cursor.names())
    elif what == "POLICY":
        policy, name = policy_name(cursor)
        yield lambda schema: schema.altered(name, cursor.line).policies.pop(policy, None)
    elif what in ("FUNCTION", "PROCEDURE", "ROUTINE"):
        yield partial(Schema.drop_routine, name=cursor.name().table, cascade=cascade)
    elif what in ("OWNED", "RULE") or (cascade and what in ("TYPE", "DOMAIN", "EXTENSION")):
        yield noted(cursor, "statement", f"DROP {what} drops what depends on it, too")


def _rename_tables(cursor: Cursor) -> Iterator[Change]:
    for pair in cursor.items():
        name = pair.name()
        if not pair.accept("TO"):
            raise pair.expected("TO")
        yield partial(Schema.rename, name=name, new=pair.name(), line=pair.line)


def _do(cursor: Cursor) -> Iterator[Change]:
    """Yield the changes of an anonymous block, as if every statement of it ran."""
    for block in (token for token in cursor.tokens if token.is_text):
        for statement, conditions in _with_conditions(list(block_statements(block, cursor.dialect))):
            executes = any(token.word == "EXECUTE" for token in statement)
            yield from (_execute if executes else _changes)(Cursor(statement, cursor.dialect))
            changes_more = executes or statement[0].word in DEFINITIONS
            if changes_more and not all(_is_missing(statement, one) for one in conditions):
                yield noted(cursor, "statement", "a block that changes something only under a condition")


def _with_conditions(block: Sequence[Statement]) -> Iterator[tuple[Statement, Sequence[Statement]]]:
    """Yield the statements of a block, each with the conditions under which it runs and is kept."""
    handlers = [one for one in block if one[0].word in ("EXCEPTION", "WHEN")]
    conditions = [one for one in handlers if not _handles_repetition(one)]
    for statement in block:
        word = statement[0].word
        if word in ("ELSE", "ELSIF") or (word == "END" and len(statement) > 1):
            conditions = conditions[:-1]
        if word in _CONDITIONS:
            conditions = [*conditions, statement]
        elif word != "END":
            yield statement, conditions


def _handles_repetition(handler: Statement) -> bool:
    """Return whether what an exception handler catches is that something exists already."""
    words = [token.word for token in handler]
    return all(word.startswith("DUPLICATE_") or word == "OR" for word in words[words.index("WHEN") + 1 :])


def _is_missing(statement: Statement, condition: Statement) -> bool:
    """Return whether a condition asks the catalogue that what a statement defines does not exist yet."""
    words = [token.word for token in condition]
    asks = words[:3] == ["IF", "NOT", "EXISTS"] or (words[0] == "IF" and words[-2:] == ["IS", "NULL"])
    if not asks or not any(_CATALOGUES.match(token.spelled) for token in condition):
        return False
    cursor = Cursor(statement)
    named = {token.text.rpartition(".")[2] for token in condition if token.is_text}
    if cursor.has(*_ROW_LEVEL_SECURITY):
        return any(token.spelled.endswith("rowsecurity") for token in condition)
    if not cursor.accept("CREATE"):
        return cursor.skip_past("ADD") and any(token.spelled in named for token in cursor.rest)
    if cursor.word in _HARMLESS:
        return True
    cursor.skip_past(cursor.word)
    cursor.accept("IF", "NOT", "EXISTS")
    return bool(cursor.rest) and cursor.name().table in named


def _execute(cursor: Cursor) -> Iterator[Change]:
    """Yield the changes of a statement that a block executes as text."""
    cursor.skip_past("EXECUTE")
    texts = [token for token in cursor.rest if token.is_text]
    if texts == cursor.rest and len(texts) == 1:
        for statement in statements(texts[0].text, cursor.dialect):
            yield from changes([token._replace(line=cursor.line) for token in statement], cursor.dialect)
        return
    # A text that begins a statement says what it is, as the format of one does.
    begins = bool(cursor.rest) and (cursor.token.is_text or cursor.token.spelled == "format")
    words = texts[0].text.upper().split() if texts and begins else [""]
    is_other = words[0] in DEFINITIONS and words[1:2] and words[1] in _HARMLESS and "CASCADE" not in words
    if words[0] not in _HARMLESS_DYNAMIC and not is_other:
        yield noted(cursor, "dynamic SQL", "EXECUTE composes a statement")


def _roll_back(cursor: Cursor) -> Iterator[Change]:
    if cursor.has("TO"):
        yield noted(cursor, "statement", "ROLLBACK TO a savepoint")


_READERS: Mapping[tuple[str, ...], Callable[[Cursor], Iterator[Change]]] = {
    ("CREATE",): _create,
    ("ALTER",): _alter,
    ("DROP",): _drop,
    ("RENAME", "TABLE"): _rename_tables,
    ("SELECT",): _select_into,
    ("WITH",): _select_into,
    ("(",): _select_into,
    **{(word,): call for word in ("PERFORM", "CALL", "DELETE")},
    **{(word,): _copy for word in ("INSERT", "UPDATE", "MERGE")},
    ("ROLLBACK",): _roll_back,
    ("DO",): _do,
    ("EXEC",): exec_,
    ("EXECUTE",): exec_,
    ("SET",): set_,
    ("\\",): psql_command,
    ("IMPORT",): partial(_not_modelled, verb="IMPORT"),
    ("REASSIGN",): partial(_not_modelled, verb="REASSIGN"),
}
