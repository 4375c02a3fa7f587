"""SQL statements -> changes of a schema: tables, their columns, and row-level security.

https://www.postgresql.org/docs/current/sql-createtable.html, -altertable, -createpolicy. The notations of
other databases are read too (CHANGE and RENAME TABLE of MySQL, the list after ADD of T-SQL). Statements about
anything else are skipped.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from gatekeeper.collectors.migrations._sql import Statement, Token
from gatekeeper.collectors.migrations._sql_cursor import Cursor
from gatekeeper.collectors.migrations._sql_schema import Change, Name, Schema

_NOT_KEPT = frozenset({"TEMP", "TEMPORARY", "FOREIGN", "EXTERNAL", "VIRTUAL"})
"""Temporary tables, and tables whose rows are in another database."""
_CONSTRAINTS = frozenset({
    "CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE", "KEY", "INDEX", "FULLTEXT", "SPATIAL",
    "PERIOD", "PARTITION",
})  # fmt: skip
_ACTIONS = frozenset({
    "ADD", "ALTER", "ATTACH", "CHANGE", "CHECK", "CLUSTER", "COMMENT", "CONVERT", "DEFAULT", "DETACH",
    "DISABLE", "DROP", "ENABLE", "ENGINE", "FORCE", "INHERIT", "MODIFY", "NO", "NOCHECK", "NOT", "OF",
    "OWNER", "RENAME", "REPLICA", "RESET", "SET", "VALIDATE", "WITH", "AUTO_INCREMENT",
})  # fmt: skip
_ROW_LEVEL_SECURITY = ("ROW", "LEVEL", "SECURITY")


def changes(statement: Statement) -> Iterator[Change]:
    """Yield the changes of a statement.

    Raises:
        SyntaxProblem: The statement is about a table and cannot be read.
    """
    cursor = Cursor(statement)
    for words, read in _READERS.items():
        if cursor.accept(*words):
            yield from read(cursor)
            return


def _create(cursor: Cursor) -> Iterator[Change]:
    cursor.accept("OR", "REPLACE")
    kept = True
    while cursor.accept_any("GLOBAL", "LOCAL", "UNLOGGED", *_NOT_KEPT):
        kept = kept and cursor.tokens[cursor.at - 1].word not in _NOT_KEPT
    if cursor.accept("TABLE"):
        yield from _create_table(cursor) if kept else ()
    elif cursor.accept("POLICY"):
        yield _put_policy(cursor, *_policy_name(cursor))


def _create_table(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("#"):
        return  # T-SQL's mark of a temporary table
    cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    columns: list[str] = []
    like: list[Name] = []
    if cursor.accept("LIKE") or cursor.accept("PARTITION", "OF"):
        like.append(cursor.name())
    elif cursor.word == "(" and not any(
        token.word in ("SELECT", "WITH") for token in cursor.tokens[cursor.at + 1 : cursor.at + 2]
    ):
        for element in cursor.parenthesised():
            if element.accept("LIKE"):
                like.append(element.name())
            elif element.word not in _CONSTRAINTS:
                columns.append(element.identifier("a column"))
    elif cursor.word not in ("AS", "(", "OF", "USING", "WITH", "SELECT"):
        raise cursor.expected("the columns of a table")
    if cursor.accept("INHERITS"):
        like += [parent.name() for parent in cursor.parenthesised()]
    columns_of_query, read = _query(cursor)
    yield partial(
        Schema.create, name=name, columns=[*columns, *columns_of_query], like=[*like, *read], line=cursor.line
    )


def _query(cursor: Cursor) -> tuple[list[str], list[Name]]:
    """Return the columns that the query of a table selects, and the tables whose columns it all selects."""
    rest = cursor.tokens[cursor.at :]
    words = [token.word for token in rest]
    start = next((at for at, word in enumerate(words) if word in ("SELECT", "TABLE")), None)
    if start is None or not ("AS" in words or words[0] in ("(", "SELECT")):
        return [], []
    reading = next((at for at, token in enumerate(rest) if at >= start and token.word == "FROM"), len(rest))
    selected = rest[start + 1 : reading]
    names = [token.text if not token.word else token.text.casefold() for token in selected if _is_name(token)]
    if rest[start].word == "TABLE":
        return [], [Cursor(selected).name()] if selected else []
    read = rest[reading:] if any(token.word == "*" for token in selected) else ()
    behind = [at + 1 for at, token in enumerate(read) if token.word in ("FROM", "JOIN")]
    return names, [Cursor(read[at : at + 5]).name() for at in behind if at < len(read) and _is_name(read[at])]


def _is_name(token: Token) -> bool:
    return not token.is_text and (not token.word or token.word[0].isalpha() or token.word[0] == "_")


def _alter(cursor: Cursor) -> Iterator[Change]:
    if cursor.accept("TABLE"):
        cursor.accept("IF", "EXISTS")
        cursor.accept("ONLY")
        name = cursor.name()
        cursor.accept("*")
        yield from _alter_table(name, cursor)
    elif cursor.accept("POLICY"):
        yield from _alter_policy(cursor)


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


def _switch_rls(name: Name, action: Cursor, *, which: str, on: bool) -> Iterator[Change]:
    yield partial(Schema.switch_rls, name=name, line=action.line, which=which, on=on)


_TABLE_ACTIONS: Mapping[tuple[str, ...], Callable[[Name, Cursor], Iterator[Change]]] = {
    ("ENABLE", *_ROW_LEVEL_SECURITY): partial(_switch_rls, which="rls_enabled", on=True),
    ("DISABLE", *_ROW_LEVEL_SECURITY): partial(_switch_rls, which="rls_enabled", on=False),
    ("FORCE", *_ROW_LEVEL_SECURITY): partial(_switch_rls, which="rls_forced", on=True),
    ("NO", "FORCE", *_ROW_LEVEL_SECURITY): partial(_switch_rls, which="rls_forced", on=False),
    ("SET", "SCHEMA"): _set_schema,
    ("DROP",): _drop_column,
    ("RENAME",): _rename,
    ("CHANGE",): _change_column,
}


def _policy_name(cursor: Cursor) -> tuple[str, Name]:
    policy = cursor.identifier("the name of a policy")
    if not cursor.accept("ON"):
        raise cursor.expected("ON")
    return policy, cursor.name()


def _alter_policy(cursor: Cursor) -> Iterator[Change]:
    policy, name = _policy_name(cursor)
    if cursor.accept("RENAME", "TO"):
        yield partial(Schema.rename_policy, name=name, policy=policy, new=cursor.identifier())
    elif any(token.word in ("USING", "CHECK") for token in cursor.tokens):
        yield _put_policy(cursor, policy, name)


def _put_policy(cursor: Cursor, policy: str, name: Name) -> Change:
    """Return the change to a policy; one with `(true)` does not restrict rows."""
    words = [token.word for token in cursor.tokens]
    at = next((words.index(condition) for condition in ("USING", "CHECK") if condition in words), len(words))
    inner = [word for word in words[at + 1 : at + 8] if word != "("]
    restricts = inner[:2] != ["TRUE", ")"]
    return partial(Schema.put_policy, name=name, policy=policy, line=cursor.line, restricts=restricts)


def _drop(cursor: Cursor) -> Iterator[Change]:
    what = cursor.word
    if not cursor.accept_any("TABLE", "SCHEMA", "POLICY"):
        return
    cursor.accept("IF", "EXISTS")
    if what == "TABLE":
        yield from (partial(Schema.drop, name=name) for name in cursor.names())
    elif what == "SCHEMA":
        yield from (partial(Schema.drop_schema, schema=name.table) for name in cursor.names())
    else:
        policy, name = _policy_name(cursor)
        yield partial(Schema.drop_policy, name=name, policy=policy)


def _rename_tables(cursor: Cursor) -> Iterator[Change]:
    for pair in cursor.items():
        name = pair.name()
        if not pair.accept("TO"):
            raise pair.expected("TO")
        yield partial(Schema.rename, name=name, new=pair.name(), line=pair.line)


_READERS: Mapping[tuple[str, ...], Callable[[Cursor], Iterator[Change]]] = {
    ("CREATE",): _create,
    ("ALTER",): _alter,
    ("DROP",): _drop,
    ("RENAME", "TABLE"): _rename_tables,
}
