"""Whether the rows of a tenant can be seen or changed by another: row-level security, by its effect.

Of each command, the permissive policies are OR-ed and the restrictive ones AND-ed, for each role.
https://www.postgresql.org/docs/current/ddl-rowsecurity.html, -sql-createpolicy, -sql-createview.
"""

from collections.abc import Iterator
from typing import NamedTuple

from sqlglot import exp

from gatekeeper.collectors.migrations._isolation import Isolation, TenantRow, bound, conjuncts, effect
from gatekeeper.collectors.migrations._message_tables import plain
from gatekeeper.collectors.migrations._sql import Statement, block_statements, parsed
from gatekeeper.collectors.migrations._sql_query import sources_of, tables_of, unwrapped
from gatekeeper.collectors.migrations._sql_schema import Routine, RowPolicy, Schema, Table, TableKind
from gatekeeper.syntax import SyntaxProblem

_CLAUSES = (
    ("SELECT", "using"),
    ("INSERT", "check"),
    ("UPDATE", "using"),
    ("UPDATE", "check"),
    ("DELETE", "using"),
)
_CHANGES = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE"})
_DOES = {"SELECT": "read", "INSERT": "add", "UPDATE": "change", "DELETE": "delete"}


class IsolationFlaw(NamedTuple):
    """Why the rows of a tenant table are not isolated, or why that is not known."""

    message: str
    file: str
    line: int
    place: str = ""
    """The kind of place that is not understood; empty if the rows are certainly not isolated."""
    bare: str = ""
    """The table, if nothing restricts its rows: PostgreSQL would show that."""


class Tenants(NamedTuple):
    """What the rulebook says about tenants."""

    columns: frozenset[str]
    """The names of the columns that hold the tenant, without underscores and in lower case."""
    trusted_roles: frozenset[str] = frozenset()
    """Roles in which no request of a tenant is served."""

    def columns_of(self, table: Table) -> frozenset[str]:
        """Return the tenant columns of a table, by their names or by those that they descend from."""
        return frozenset(
            name
            for name, origins in table.columns.items()
            if self.columns.intersection(map(plain, {name, *origins}))
        )


def flaws(schema: Schema, tenants: Tenants) -> Iterator[IsolationFlaw]:
    """Yield why rows of tenants are not isolated, or why that is not known."""
    for table in schema.tables:
        judge = _of_view if table.kind is TableKind.VIEW else _of_table
        if (flaw := judge(table, schema, tenants)) is not None:
            yield flaw
    for routine in schema.routines.values():
        if routine.definer:
            yield from _of_routine(routine, schema, tenants)
    for role, (file, line) in schema.bypassing_roles.items():
        if role not in tenants.trusted_roles and any(map(tenants.columns_of, schema.tables)):
            yield IsolationFlaw(f"row-level security does not apply to the role {role}", file, line, "role")


def _of_table(table: Table, schema: Schema, tenants: Tenants) -> IsolationFlaw | None:
    if table.kind is TableKind.TEMPORARY:
        return None
    if not tenants.columns_of(table):
        open_copy = not table.rls_enabled and any(table.columns.values())
        copied = list(filter(tenants.columns_of, table.reads)) if open_copy else []
        lack = f"holds what a query read from {copied[0].name}, without its tenant column" if copied else ""
        return IsolationFlaw(f"{table.name} {lack}", table.file, table.line, "table") if lack else None
    place = bare = ""
    if table.kind is TableKind.FOREIGN:
        lack, place = (
            "has a tenant column and is a table of another database, which protects its rows or not",
            "table",
        )
    elif table.kind is TableKind.MATERIALISED:
        lack = "is a materialised view with a tenant column: it cannot have row-level security"
    elif not table.rls_enabled:
        lack, bare = "has a tenant column, but row-level security is not enabled", str(table.name)
    else:
        lack, place = _weakness(table, schema, tenants)
    return IsolationFlaw(f"{table.name} {lack}", table.file, table.line, place, bare) if lack else None


def _weakness(table: Table, schema: Schema, tenants: Tenants) -> tuple[str, str]:
    """Return what the policies of a table lack, and the place if that is not known; empty if they isolate."""
    row = TenantRow(schema, tenants.columns_of(table), frozenset(table.names))
    named = frozenset().union(*(policy.roles for policy in table.policies.values())) - tenants.trusted_roles
    worst: dict[str, tuple[Isolation, str, str]] = {}
    for role in ("", *sorted(named)):
        found = [(_combined(table, command, clause, role, row), command) for command, clause in _CLAUSES]
        (least, policy), command = min(found, key=lambda one: one[0][0])
        worst[role] = (least, policy, command)
    opened = {role: one for role, one in worst.items() if one[0] is Isolation.OPEN}
    serves_all = any(policy.permissive and not policy.roles for policy in table.policies.values())
    if "" in opened or (opened and len(opened) == len(named) and not serves_all):
        _, policy, command = next(iter(opened.values()))
        lets = f"lets every tenant {_DOES[command]} rows of the others"
        return f"has row-level security, but its policy {policy} {lets}", ""
    if opened:
        role, (_, policy, command) = next(iter(opened.items()))
        return (
            f"has a policy {policy} that lets the role {role} {_DOES[command]} rows of every tenant",
            "role",
        )
    unclear = next((policy for least, policy, _ in worst.values() if least is Isolation.UNKNOWN), "")
    return (f"has a policy {unclear}, whose condition is not understood", "policy") if unclear else ("", "")


def _combined(table: Table, command: str, clause: str, role: str, row: TenantRow) -> tuple[Isolation, str]:
    """Return what the policies of a command do for a role, and the permissive policy that does the least."""
    applicable = [
        (name, policy)
        for name, policy in table.policies.items()
        if policy.command in ("ALL", command) and (not policy.roles or role in policy.roles)
    ]
    effects = {name: _effect(policy, clause, row) for name, policy in applicable if policy.permissive}
    least = min(
        ((one, name) for name, one in effects.items() if one is not None), default=(Isolation.ISOLATES, "")
    )
    restricted = [_effect(policy, clause, row) for _, policy in applicable if not policy.permissive]
    return max(least[0], *(one for one in restricted if one is not None), Isolation.OPEN), least[1]


def _effect(policy: RowPolicy, clause: str, row: TenantRow) -> Isolation | None:
    """Return what a policy does; None if it has no condition, so that it allows nothing by itself."""
    condition = policy.using if clause == "using" else policy.check or policy.using
    if condition is None:
        return None
    try:
        return effect(condition, row)
    except RecursionError:
        return Isolation.UNKNOWN


def _of_view(view: Table, schema: Schema, tenants: Tenants) -> IsolationFlaw | None:
    if view.invoker or view.query is None:
        return None
    # A view that reads for its reader does so within another view, too, and any other view is judged itself.
    read = [table for table in view.reads if table.kind in (TableKind.TABLE, TableKind.TEMPORARY)]
    bypassed = [table for table in read if tenants.columns_of(table) and not _applies(view, table)]
    if not bypassed:
        return None
    unclear = _filters(view.query, schema, tenants)
    if unclear is Isolation.ISOLATES:
        return None
    lack = f"reads {bypassed[0].name} as its owner, to whom row-level security does not apply"
    return IsolationFlaw(
        f"{view.name} {lack}", view.file, view.line, "query" if unclear is Isolation.UNKNOWN else ""
    )


def _applies(view: Table, table: Table) -> bool:
    """Return whether row-level security applies to the owner of a view."""
    return table.rls_forced or bool(view.owner and table.owner and view.owner != table.owner)


def _filters(query: exp.Expr, schema: Schema, tenants: Tenants) -> Isolation:
    """Return whether a query itself selects only rows of the session's tenant."""
    query = unwrapped(query)
    if isinstance(query, exp.SetOperation):
        return min(_filters(query.this, schema, tenants), _filters(query.expression, schema, tenants))
    if not isinstance(query, exp.Select):
        return Isolation.UNKNOWN
    sources = sources_of(query, schema)
    effects = []
    for alias, source in sources.items():
        if source.table is not None and (columns := tenants.columns_of(source.table)):
            row = TenantRow(schema, columns, frozenset({alias}))
            effects.append(max((effect(part, row) for part in conjuncts(query)), default=Isolation.OPEN))
    direct = {source.table for source in sources.values()}
    nested = [
        table for table in tables_of(query, schema) if table not in direct and tenants.columns_of(table)
    ]
    if not effects or (nested and max(effects) is Isolation.OPEN):
        return Isolation.OPEN
    if nested or max(effects) is not min(effects):
        return Isolation.UNKNOWN
    return effects[0]


def _of_routine(routine: Routine, schema: Schema, tenants: Tenants) -> Iterator[IsolationFlaw]:
    """Yield that a function may read or change rows of all tenants, with the rights of its owner."""
    unforced = {
        table.name.table for table in schema.tables if tenants.columns_of(table) and not table.rls_forced
    }
    for statement in _written(routine):
        words = {token.word for token in statement}
        uses = unforced.intersection(token.spelled for token in statement)
        if words & (_CHANGES - {"INSERT"} if routine.returns == "trigger" else _CHANGES):
            does = "changes" if uses else ""
        else:
            silent = routine.returns in ("trigger", "void", "")
            does = "reads" if uses and not silent and not _reads_own(statement, schema, tenants) else ""
        if does or ("EXECUTE" in words and unforced):
            message = f"the function {routine.name} {does or 'may change'} rows of tenants as its owner"
            yield IsolationFlaw(f"{message} (SECURITY DEFINER)", routine.file, routine.line, "function")
            return


def _written(routine: Routine) -> Iterator[Statement]:
    """Yield the statements of the body of a function."""
    for body in routine.body:
        try:
            yield from block_statements(body, "postgres") if body.is_text else [routine.body]
        except SyntaxProblem:
            yield [body]


def _reads_own(statement: Statement, schema: Schema, tenants: Tenants) -> bool:
    """Return whether all rows of tenants that a statement reads belong to the session."""
    is_query = statement[0].word in ("SELECT", "WITH")
    tree = parsed(statement if is_query else statement[1:], "postgres", condition=not is_query)
    if tree is None:
        return False
    if is_query and _filters(tree, schema, tenants) is Isolation.ISOLATES:
        return True
    for select in tree.find_all(exp.Select):
        sources = sources_of(select, schema)
        for alias, source in sources.items():
            if source.table is not None and (columns := tenants.columns_of(source.table)):
                row = TenantRow(schema, columns, frozenset(), (sources,))
                if bound(select, row, {alias}) is not Isolation.ISOLATES:
                    return False
    return tree.find(exp.Select) is not None
