"""Functions and calls of them, policies and roles, and commands of clients -> changes of a schema.

https://www.postgresql.org/docs/current/sql-createpolicy.html, -alterpolicy, -createrole.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import Statement, block_statements, parsed
from gatekeeper.collectors.migrations._sql_cursor import Cursor
from gatekeeper.collectors.migrations._sql_schema import Change, Name, Routine, RowPolicy, Schema

DEFINITIONS = frozenset({"CREATE", "ALTER", "DROP", "RENAME"})
_HARMLESS_OF_PSQL = frozenset({
    "RESTRICT", "UNRESTRICT", "CONNECT", "C", "SET", "UNSET", "ECHO", "QECHO", "PSET", "TIMING", "COPY",
    "ENCODING", "PROMPT", "X", "T", "A", "D", "DT", "WARN", ".", "",
})  # fmt: skip


def noted(cursor: Cursor, place: str, message: str) -> Change:
    """Return the change that notes a statement."""
    return partial(Schema.note, place=place, message=message, line=cursor.line)


def call(cursor: Cursor) -> Iterator[Change]:
    """Yield what a query changes by calls: of `set_config`, and a note of functions that change tables."""
    for setting, value in pairwise([token for token in cursor.tokens if token.is_text]):
        if setting.text.casefold() == "search_path":
            yield _search_path([name.strip().strip('"') for name in value.text.split(",")])
    called = [
        token.spelled for token, after in pairwise(cursor.tokens) if after.word == "(" and not token.is_text
    ]
    if called:
        yield partial(_note_calls, called=called, line=cursor.line)


def _note_calls(schema: Schema, called: list[str], line: int) -> None:
    for name in called:
        if any(routine.name == name and _defines(routine.body) for routine in schema.routines.values()):
            schema.note("dynamic SQL", f"a call of {name}, which changes tables", line)


def _defines(body: Statement) -> bool:
    """Return whether the body of a routine may change tables."""
    texts = [one for token in body if token.is_text for one in block_statements(token, "postgres")]
    words = {token.word for one in [body, *texts] for token in one}
    return "EXECUTE" in words or bool(words & DEFINITIONS and words & {"TABLE", "POLICY", "VIEW"})


def create_routine(cursor: Cursor) -> Iterator[Change]:
    name = cursor.name()
    written = [list(item.tokens) for item in cursor.parenthesised()] if cursor.word == "(" else []
    parameters = tuple(_parameter(tokens) for tokens in written)
    rest = list(cursor.rest)
    words = [token.word for token in rest]
    languages = (token.word or token.text for before, token in pairwise(rest) if before.word == "LANGUAGE")
    language = next(languages, "sql").casefold()
    returns = rest[1].text.casefold() if words[:1] == ["RETURNS"] else ""
    body: Statement = ()
    if "AS" in words:
        body = [token for token in rest[words.index("AS") + 1 :] if token.is_text][:1]
    elif "RETURN" in words:
        body = rest[words.index("RETURN") + 1 :]
    elif "ATOMIC" in words:
        body = rest[words.index("ATOMIC") + 1 : -2]
    routine = partial(
        Routine, name=name.table, line=cursor.line, parameters=parameters, body=body, language=language,
        definer="DEFINER" in words, returns=returns,
    )  # fmt: skip

    def change(schema: Schema) -> None:
        schema.routines[name.table, len(parameters)] = routine(file=schema.file)

    yield change


def alter_routine(cursor: Cursor) -> Iterator[Change]:
    name = cursor.name().table
    if "SECURITY" in (words := [token.word for token in cursor.rest]):
        yield partial(Schema.set_definer, name=name, definer="DEFINER" in words)


def _parameter(tokens: Statement) -> str:
    words = [token for token in tokens if token.word not in ("IN", "INOUT", "VARIADIC")]
    return words[0].spelled if len(words) > 1 and words[1].word not in ("=", "DEFAULT", "(", "[", ".") else ""


def psql_command(cursor: Cursor) -> Iterator[Change]:
    if cursor.word not in _HARMLESS_OF_PSQL:
        yield noted(cursor, "statement", f"\\{cursor.token.text} of psql")


def exec_(cursor: Cursor) -> Iterator[Change]:
    if cursor.dialect == "postgres":
        return  # EXECUTE of a prepared statement, which cannot be a definition
    if cursor.word == "(" or cursor.token.text.casefold() in ("sp_executesql", "sp_rename"):
        yield noted(cursor, "dynamic SQL", f"EXEC {cursor.token.text}")


def set_(cursor: Cursor) -> Iterator[Change]:
    cursor.accept_any("LOCAL", "SESSION")
    if cursor.token.spelled == "search_path":
        yield _search_path([token.spelled for token in cursor.rest[2:] if token.word not in (",", "$")])


def _search_path(names: Sequence[str]) -> Change:
    first = next((name for name in names if name not in ("$user", "user", "default")), "")
    return lambda schema: setattr(schema, "search_path", Name("", "").within(first).schema)


def policy_name(cursor: Cursor) -> tuple[str, Name]:
    policy = cursor.identifier("the name of a policy")
    if not cursor.accept("ON"):
        raise cursor.expected("ON")
    return policy, cursor.name()


def alter_policy(cursor: Cursor) -> Iterator[Change]:
    policy, name = policy_name(cursor)
    if cursor.accept("RENAME", "TO"):
        new = cursor.identifier()

        def rename(schema: Schema) -> None:
            policies = schema.altered(name, cursor.line).policies
            if policy in policies:
                policies[new] = policies.pop(policy)

        yield rename
    else:
        yield put_policy(cursor, policy, name, new=False)


def put_policy(cursor: Cursor, policy: str, name: Name, *, new: bool) -> Change:
    """Return the change that creates a policy, or gives one other roles or conditions."""
    given: dict[str, Any] = {}
    while cursor.at < len(cursor.tokens):
        if cursor.accept("AS"):
            given["permissive"] = cursor.identifier() != "restrictive"
        elif cursor.accept("FOR"):
            given["command"] = cursor.identifier().upper()
        elif cursor.accept("TO"):
            roles = {cursor.identifier("a role")}
            while cursor.accept(","):
                roles.add(cursor.identifier("a role"))
            given["roles"] = frozenset() if "public" in roles else frozenset(roles)
        elif cursor.accept("USING"):
            given["using"] = _condition(cursor)
        elif cursor.accept("WITH", "CHECK"):
            given["check"] = _condition(cursor)
        else:
            raise cursor.expected("TO, USING or WITH CHECK")

    def change(schema: Schema) -> None:
        policies = schema.altered(name, cursor.line).policies
        if new or policy in policies:
            policies[policy] = (RowPolicy() if new else policies[policy])._replace(**given)

    return change


def _condition(cursor: Cursor) -> exp.Expr:
    """Return the condition in parentheses; one that is not understood has a type of its own."""
    start, depth = cursor.at, 0
    while cursor.at < len(cursor.tokens):
        depth += (cursor.word == "(") - (cursor.word == ")")
        cursor.at += 1
        if not depth:
            break
    return parsed(cursor.tokens[start : cursor.at], cursor.dialect, condition=True) or exp.Command()


def alter_role(cursor: Cursor) -> Iterator[Change]:
    role = cursor.identifier("a role")
    words = {token.word for token in cursor.rest}
    if words & {"BYPASSRLS", "SUPERUSER"}:
        yield lambda schema: schema.bypassing_roles.setdefault(role, (schema.file, cursor.line))
    elif words & {"NOBYPASSRLS", "NOSUPERUSER"}:
        yield lambda schema: schema.bypassing_roles.pop(role, None)
