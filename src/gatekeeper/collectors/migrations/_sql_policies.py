"""Statements about policies and roles -> changes of a schema.

https://www.postgresql.org/docs/current/sql-createpolicy.html, -alterpolicy, -createrole.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import parsed
from gatekeeper.collectors.migrations._sql_cursor import Cursor
from gatekeeper.collectors.migrations._sql_schema import Change, Name, RowPolicy, Schema


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
