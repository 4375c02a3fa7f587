"""Whether a condition lets through only rows of the session's tenant.

It does if it compares the tenant column with a value that the session sets, and cannot be true without that.
A disjunction isolates if each part does, a conjunction if one part does.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

from sqlglot import exp

from gatekeeper.collectors.migrations._sql import Statement, block_statements, parsed, statements
from gatekeeper.collectors.migrations._sql_query import RowSources, column_in, sources_of, spelled, unwrapped
from gatekeeper.collectors.migrations._sql_schema import Routine, Schema
from gatekeeper.syntax import SyntaxProblem


class Isolation(IntEnum):
    """What a condition does; that of a disjunction is the least, that of a conjunction the greatest."""

    OPEN = 0
    UNKNOWN = 1
    ISOLATES = 2


_NOBODY = re.compile(r"|0|-1|[0-]+-0+")
"""Values that no tenant has."""
_KEEPS_ALL = re.compile(
    r"text|varchar|uuid|int|integer|bigint|smallint|citext|decimal|numeric|name", re.IGNORECASE
)
"""Types in which different tenants stay different."""
_SESSION = re.compile(r"current|session|auth|jwt|request|context|claim|my_|active")
_TENANT = re.compile(r"tenant|org|account|workspace|company|customer|uid|user|jwt|claim|member")
_IDENTIFIES = re.compile(r"(id|key|uuid|tenant|sub|email|login|user|username|user_name|slug|subject)\Z")
"""Columns that name a tenant or a person; many rows of many tenants have the same status."""
_OWN_SETTING = re.compile(r"role|session_authorization|(?!plpgsql\.|pg_|auto_explain\.).+\..+", re.IGNORECASE)
"""Settings that a session has of its own; others, such as `server_version`, are those of the server."""
_DEEPEST_CALL = 5
_THE_ROW = "the row"
"""Qualifies the columns that are arguments of a function."""


class TenantRow(NamedTuple):
    """The row that a condition is about."""

    schema: Schema
    tenants: frozenset[str]
    """Its tenant columns."""
    names: frozenset[str]
    """What qualifies its columns: the name of the table, its alias."""
    inner: tuple[RowSources, ...] = ()
    """What the queries around the condition read, the innermost last."""
    depth: int = 0

    def has(self, column: exp.Column) -> bool | None:
        """Return whether a column is one of the row; None if that is not known."""
        of, name = spelled(column.args.get("table")), spelled(column.this)
        for sources in reversed(self.inner):
            if of in sources or any(name in (source.columns or ()) for source in sources.values() if not of):
                return False
            if not of and any(source.columns is None for source in sources.values()):
                return None
        return not of or of in self.names

    def is_tenant(self, side: exp.Expr) -> bool:
        """Return whether an expression is a tenant column of the row, perhaps as another type."""
        while isinstance(side, exp.Paren | exp.Cast):
            narrows = isinstance(side, exp.Cast) and not _KEEPS_ALL.fullmatch(side.to.sql("postgres"))
            side = exp.Null() if narrows else side.this
        return isinstance(side, exp.Column) and spelled(side.this) in self.tenants and self.has(side) is True

    def names_one(self, side: exp.Expr) -> bool:
        """Return whether a column of a query names a tenant or a person."""
        name = spelled((column_in(side) or exp.Column()).args.get("this"))
        return name in self.tenants or bool(_IDENTIFIES.search(name))

    def is_inner(self, side: exp.Expr) -> bool:
        """Return whether an expression is a column of a query within the condition."""
        column = column_in(side)
        return column is not None and self.has(column) is False


Judge = Callable[[Any, TenantRow], Isolation]


def effect(condition: exp.Expr, row: TenantRow) -> Isolation:
    """Return what a condition does to the rows of other tenants."""
    judge = next((judge for types, judge in _CONDITIONS.items() if isinstance(condition, types)), None)
    return judge(condition, row) if judge else Isolation.UNKNOWN


def session(value: exp.Expr, row: TenantRow) -> Isolation:
    """Return whether a value is one that the session sets, and none without it; OPEN if it is another."""
    judge = next((judge for types, judge in _VALUES.items() if isinstance(value, types)), None)
    if judge:
        return judge(value, row)
    decides = value.find(exp.Anonymous, exp.Select, exp.CurrentUser, exp.SessionUser)
    return Isolation.UNKNOWN if decides else Isolation.OPEN


def _is(condition: exp.Is, row: TenantRow) -> Isolation:
    if condition.args.get("negate"):
        return Isolation.OPEN
    if isinstance(condition.expression, exp.Boolean) and condition.expression.this:
        return effect(condition.this, row)
    # Rows without a tenant: whose they are is not known.
    return Isolation.UNKNOWN if row.is_tenant(condition.this) else Isolation.OPEN


def _not(condition: exp.Not, row: TenantRow) -> Isolation:
    inner = condition.this.unnest()
    if isinstance(inner, exp.NEQ):
        return _compared(exp.EQ(this=inner.this, expression=inner.expression), row)
    return Isolation.OPEN


def _results(case: exp.Expr) -> Iterator[exp.Expr]:
    yield from (branch.args["true"] for branch in case.args["ifs"])
    if case.args.get("default") is not None:
        yield case.args["default"]


def _all(judge: Judge, value: exp.Expr, row: TenantRow) -> Isolation:
    """Judge a value that is one of several: of COALESCE, CASE or an array."""
    parts = _results(value) if isinstance(value, exp.Case) else (value.this, *value.expressions)
    return min((judge(part, row) for part in parts if part is not None), default=Isolation.UNKNOWN)


def _pairs(condition: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr]]:
    """Yield the sides of a comparison, in both orders; for a list, its values as an array."""
    if isinstance(condition, exp.In):
        yield condition.this, condition.args.get("query") or exp.Array(expressions=condition.expressions)
        return
    left, right = condition.this, condition.expression
    if isinstance(right, exp.Anonymous) and right.name.upper() == "SOME" and len(right.expressions) == 1:
        right = right.expressions[0]
    right = right.this if isinstance(right, exp.Any) else right
    yield from ((left, right), (right, left))


def _compared(condition: exp.Expr, row: TenantRow) -> Isolation:
    return max((_sides(side, value, row) for side, value in _pairs(condition)), default=Isolation.OPEN)


def _sides(side: exp.Expr, value: exp.Expr, row: TenantRow) -> Isolation:
    if row.is_tenant(side):
        return session(value, row)
    uses_tenant = any(spelled(column.this) in row.tenants for column in side.find_all(exp.Column))
    is_plain = isinstance(side, exp.Column) and row.has(side) is not None
    return Isolation.UNKNOWN if uses_tenant and not is_plain and session(value, row) else Isolation.OPEN


def _selected(value: exp.Expr, row: TenantRow) -> Isolation:
    """Return whether a query selects only the session's tenants."""
    query = unwrapped(value)
    if isinstance(query, exp.SetOperation):
        return min(_selected(query.this, row), _selected(query.expression, row))
    if not isinstance(query, exp.Select) or len(query.expressions) != 1 or query.args.get("with_"):
        return Isolation.UNKNOWN
    item = query.expressions[0].unalias()
    sources = sources_of(query, row.schema)
    if not sources:
        return session(item, row)
    inside = row._replace(inner=(*row.inner, sources))
    column = column_in(item)
    if column is None or inside.has(column) is None:
        return Isolation.UNKNOWN
    return Isolation.OPEN if inside.has(column) else bound(query, inside, {_source(column, sources)})


def _exists(condition: exp.Expr, row: TenantRow) -> Isolation:
    """Return whether a row that a query finds belongs to the session, and to the tenant of the outer row."""
    exists = isinstance(condition, exp.Exists)
    query = unwrapped(condition.this if exists else condition)
    if not isinstance(query, exp.Select) or query.args.get("with_"):
        return Isolation.UNKNOWN
    sources = sources_of(query, row.schema)
    if not sources and not exists and len(query.expressions) == 1:
        return effect(query.expressions[0].unalias(), row)
    inside = row._replace(inner=(*row.inner, sources))
    parts = list(conjuncts(query))
    pairs = [pair for part in parts if isinstance(part, exp.EQ) for pair in _pairs(part)]
    inner = [value for side, value in pairs if inside.is_tenant(side) and inside.is_inner(value)]
    if inner:
        return bound(query, inside, {_source(value, sources) for value in inner})
    unclear = any(inside.has(column) is not False for part in parts for column in part.find_all(exp.Column))
    least = Isolation.UNKNOWN if unclear else Isolation.OPEN
    return max([effect(part, inside) for part in parts] + [least])


def conjuncts(query: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the conditions that all rows of a SELECT fulfil."""
    where = query.args.get("where")
    inner = [join for join in query.args.get("joins") or () if not join.args.get("side")]
    for condition in [where.this if where else None, *(join.args.get("on") for join in inner)]:
        parts = [condition]
        while parts:
            part = parts.pop()
            if isinstance(part, exp.And | exp.Paren):
                parts += [part.this, part.args.get("expression")]
            elif part is not None:
                yield part


def _source(side: exp.Expr, sources: RowSources) -> str:
    column = column_in(side)
    of, name = spelled(column and column.args.get("table")), spelled(column and column.this)
    return of or next((key for key, source in sources.items() if name in (source.columns or ())), "")


def bound(query: exp.Expr, row: TenantRow, wanted: set[str]) -> Isolation:
    """Return whether a wanted source is compared with the session, or joined by id to one that is."""
    sources = row.inner[-1]
    parts = list(conjuncts(query))
    compared = (pair for part in parts if isinstance(part, exp.EQ | exp.In) for pair in _pairs(part))
    pairs = [(side, value) for side, value in compared if row.is_inner(side)]
    joins = [(side, value) for side, value in pairs if row.is_inner(value) and _IDENTIFIES.search(side.name)]
    own = [side for side, value in pairs if session(value, row) is Isolation.ISOLATES]
    bound = {_source(side, sources) for side in own if row.names_one(side)}
    for _ in sources:
        bound |= {_source(side, sources) for side, value in joins if _source(value, sources) in bound}
    if wanted & bound:
        return Isolation.ISOLATES
    # Without a condition of its own, everything is selected.
    return Isolation.UNKNOWN if len(pairs) < len(parts) or joins or own else Isolation.OPEN


def _called(judge: Judge, call: exp.Expr, row: TenantRow) -> Isolation:
    """Judge the call of a function by what it returns, if a migration defines it, and else by its name."""
    of = call.this.sql().casefold() if isinstance(call, exp.Dot) else ""
    call = call.expression if isinstance(call, exp.Dot) else call
    if not isinstance(call, exp.Anonymous):
        return Isolation.UNKNOWN
    name, arguments = call.name.casefold(), call.expressions
    is_value = judge is session
    if name == "current_setting" and of in ("", "pg_catalog"):
        first = arguments[0] if arguments else exp.Null()
        setting = first.this if isinstance(first, exp.Cast) else first
        own = isinstance(setting, exp.Literal) and _OWN_SETTING.fullmatch(setting.name)
        return (Isolation.ISOLATES if own else Isolation.UNKNOWN) if is_value else Isolation.OPEN
    routine = row.schema.routines.get((name, len(arguments)))
    if routine is not None:
        given = [argument.transform(partial(_qualified, row=row)) for argument in arguments]
        inside = row._replace(depth=row.depth + 1, inner=(), names=row.names | {_THE_ROW})
        values = _returned(routine, given) if row.depth < _DEEPEST_CALL else ()
        return min((judge(value, inside) for value in values), default=Isolation.UNKNOWN)
    if any(name == known for known, _ in row.schema.routines):
        return Isolation.UNKNOWN  # arguments that are left out have defaults
    if is_value:
        says = (of == "auth" and name in ("uid", "jwt")) or (_SESSION.search(name) and _TENANT.search(name))
        return Isolation.ISOLATES if says and not arguments else Isolation.UNKNOWN
    # Without a column, it returns the same for all rows.
    return Isolation.UNKNOWN if call.find(exp.Column) else Isolation.OPEN


_WITHOUT_VALUE = frozenset({"IF", "ELSIF", "EXCEPTION", "RAISE", "END", "NULL", "WHEN", "PERFORM"})


def _returned(routine: Routine, arguments: Sequence[exp.Expr]) -> Sequence[exp.Expr]:
    """Return what a function returns or assigns to its variables; empty if that is not known."""
    try:
        written = [one for one in _values(routine) if one]
    except SyntaxProblem:
        return ()
    trees = [parsed(one, "postgres", condition=one[0].word not in ("SELECT", "WITH")) for one in written]
    known = [_filled_in(tree, routine, arguments) for tree in trees if tree is not None]
    return known if len(known) == len(trees) else ()


def _values(routine: Routine) -> Iterator[Statement]:
    """Yield the expressions that a function returns or assigns.

    Raises:
        SyntaxProblem: It does something else, too.
    """
    text = routine.body[0] if len(routine.body) == 1 and routine.body[0].is_text else None
    if text is None:
        yield routine.body
    elif routine.language == "sql":
        written = list(statements(text.text, "postgres"))
        if len(written) != 1:
            raise SyntaxProblem("a function of several statements, or of none")
        yield written[0]
    else:
        yield from (part for one in block_statements(text, "postgres") for part in _assigned(one))


def _assigned(statement: Statement) -> Iterator[Statement]:
    words = [token.word for token in statement]
    assigns = next((at for at, word in enumerate(words) if word == ":=" or (word == "=" and at == 1)), 0)
    if assigns:
        yield statement[assigns + 1 :]
    elif words[0] == "RETURN":
        yield statement[1:]
    elif words[0] == "SELECT" and "INTO" in words and "FROM" not in words:
        yield statement[1 : words.index("INTO")]
    elif words[0] not in _WITHOUT_VALUE and len(statement) > (3 if words[0] == "DECLARE" else 2):
        raise SyntaxProblem("a function that does something else")


def _filled_in(tree: exp.Expr, routine: Routine, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """Return an expression with the arguments; a variable has the values that the function assigns to it."""
    given = dict(zip(routine.parameters, arguments, strict=False))
    numbered = {str(at): argument for at, argument in enumerate(arguments, 1)}
    has_variables = routine.language == "plpgsql" and not tree.find(exp.Select)

    def fill(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Parameter):
            return numbered.get(node.name, node).copy()
        if isinstance(node, exp.Column) and not node.args.get("table"):
            return given.get(spelled(node.this), exp.Null() if has_variables else node).copy()
        return node

    return tree.transform(fill)


def _qualified(node: exp.Expr, row: TenantRow) -> exp.Expr:
    if isinstance(node, exp.Column) and row.has(node):
        name, of = (
            exp.to_identifier(spelled(node.this), quoted=True),
            exp.to_identifier(_THE_ROW, quoted=True),
        )
        return exp.column(name, of)
    return node


def _literal(value: exp.Expr, _: TenantRow) -> Isolation:
    return Isolation.ISOLATES if _NOBODY.fullmatch(value.sql("postgres").strip("'")) else Isolation.OPEN


def _column(value: exp.Column, _: TenantRow) -> Isolation:
    is_user = spelled(value.this) in ("user", "current_role") and not value.this.args.get("quoted")
    return Isolation.ISOLATES if is_user and not value.args.get("table") else Isolation.OPEN


_CONDITIONS: Mapping[type[exp.Expr] | tuple[type[exp.Expr], ...], Judge] = {
    (exp.Paren, exp.Alias): lambda one, row: effect(one.this, row),
    exp.Boolean: lambda one, _: Isolation.OPEN if one.this else Isolation.ISOLATES,
    exp.Null: lambda *_: Isolation.ISOLATES,
    exp.And: lambda one, row: max(effect(one.this, row), effect(one.expression, row)),
    exp.Or: lambda one, row: min(effect(one.this, row), effect(one.expression, row)),
    (exp.Coalesce, exp.Case): partial(_all, effect),
    exp.Is: _is,
    exp.Not: _not,
    (exp.NullSafeEQ, exp.ArrayOverlaps, exp.ArrayContainsAll): lambda one, row: min(
        _compared(one, row), Isolation.UNKNOWN
    ),
    (exp.EQ, exp.In): _compared,
    (exp.Exists, exp.Subquery, exp.Select): _exists,
    (exp.Anonymous, exp.Dot): partial(_called, effect),
    (exp.Binary, exp.Between, exp.Literal, exp.Column): lambda *_: Isolation.OPEN,
}
_VALUES: Mapping[type[exp.Expr] | tuple[type[exp.Expr], ...], Judge] = {
    (
        exp.Paren, exp.Cast, exp.Alias, exp.Nullif, exp.Lower, exp.Upper, exp.Trim, exp.StringToArray,
        exp.Replace, exp.SplitPart, exp.JSONExtract, exp.JSONExtractScalar, exp.JSONBExtract,
        exp.JSONBExtractScalar,
    ): lambda one, row: session(one.this, row),
    (exp.CurrentUser, exp.SessionUser, exp.Null): lambda *_: Isolation.ISOLATES,
    (exp.Literal, exp.Neg): _literal,
    (exp.Coalesce, exp.Case, exp.Array, exp.Unnest, exp.Explode): partial(_all, session),
    (exp.Subquery, exp.Select, exp.SetOperation): _selected,
    (exp.Anonymous, exp.Dot): partial(_called, session),
    exp.Column: _column,
}  # fmt: skip
