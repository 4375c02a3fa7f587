# ruff: noqa: S608 - names come quoted from the catalogue, in a database that is thrown away
"""Whether PostgreSQL isolates tenants: the migrations are run, and two tenants look at each other's rows.

The migrations run as a role that owns the database and nothing else. Before rows are inserted, foreign keys,
checks and triggers are dropped, and partitions are detached, so that each table takes a row of each tenant;
none of these decides who sees a row. A tenant's row holds the tenant's id in every column that can hold it,
and the session's settings hold it too. So conditions about users and members are met as well.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from gatekeeper.collectors.migrations._files import part_that_runs
from gatekeeper.collectors.migrations._postgres import SUPERUSER, NotProven, Server, server
from gatekeeper.collectors.migrations._row_level_security import Tenants
from gatekeeper.collectors.migrations._rows import (
    Relation,
    insertion,
    literal,
    make_fillable,
    quoted,
    relations_of,
)
from gatekeeper.collectors.migrations._sql import Statement, filled_in, statements
from gatekeeper.collectors.migrations._sql_code import psql_command
from gatekeeper.collectors.migrations._sql_cursor import Cursor
from gatekeeper.model.evidence import ArtefactFile, Finding
from gatekeeper.syntax import SyntaxProblem, decode

_OWNER, _TENANT, _DATABASE = "migrator", "tenant", "proof"
_ROLE = re.compile(r"\bcreate\s+(?:role|user|group)\s+\"?(\w+)", re.IGNORECASE)
_SETTING = re.compile(r"current_setting\s*\(\s*'+([\w.]+)'", re.IGNORECASE)
_CLAIM, _CLAIMS_WITHIN = re.compile(r"->>\s*'(\w+)'"), re.compile(r"->\s*'(\w+)'")
_MISSING_ROLE = re.compile(r'role "([^"]+)" does not exist')
_SUPABASE = """
CREATE SCHEMA auth;
CREATE TABLE auth.users (id uuid PRIMARY KEY);
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
  $$ SELECT coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT (auth.jwt() ->> 'sub')::uuid $$;
"""
"""What Supabase gives to migrations that use it."""
_USES_SUPABASE = re.compile(r"\bauth\.(uid|jwt|users)\b", re.IGNORECASE)
_CREATES_AUTH = re.compile(r"\bcreate\s+schema\s+(if\s+not\s+exists\s+)?\"?auth\b", re.IGNORECASE)
_SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'"
_NAMED_ROLES = (
    "SELECT DISTINCT rolname FROM pg_policy, unnest(polroles) AS role JOIN pg_roles ON pg_roles.oid = role"
)


class Proof(NamedTuple):
    """What PostgreSQL showed."""

    isolates: bool | None
    """None: nothing could be proven."""
    reason: str = ""
    leaks: tuple[Finding, ...] = ()
    tables: tuple[str, ...] = ()
    """The tenant tables that exist after the migrations."""


def proof(files: Iterable[ArtefactFile], tenants: Tenants) -> Proof:
    """Run migrations in their order in a PostgreSQL of this machine, and return what two tenants see."""
    try:
        texts = [(file.name, part_that_runs(decode(file.read()))) for file in files]
        together = "\n".join(text for _, text in texts)
        if _USES_SUPABASE.search(together) and not _CREATES_AUTH.search(together):
            texts.insert(0, ("auth", _SUPABASE))
        with server() as one:
            return _Run(one, texts, tenants).proof()
    except (NotProven, SyntaxProblem) as reason:
        return Proof(None, str(reason))


class _Run:
    """One replay of migrations."""

    def __init__(self, one: Server, texts: Sequence[tuple[str, str]], tenants: Tenants) -> None:
        import psycopg

        self.errors = psycopg.errors
        self.server = one
        self.texts = texts
        self.tenants = tenants
        self.sql = "\n".join(text for _, text in texts)
        self.seen: set[str] = set()
        """The tables of which a tenant sees its own rows: to see no row at all would prove nothing."""

    def proof(self) -> Proof:
        """Return what two tenants see.

        Raises:
            NotProven: A statement fails, a table takes no row, or nobody sees a row.
        """
        try:
            with self.server.connect(SUPERUSER, "postgres") as admin:
                admin.execute(f"CREATE ROLE {_OWNER} LOGIN")
                admin.execute(f"CREATE DATABASE {_DATABASE} OWNER {_OWNER}")
                self._create_roles(admin, [_TENANT, *_ROLE.findall(self.sql)])
                for file, text in self.texts:
                    self._replay(admin, file, filled_in(text))
                return self._shown(admin)
        except self.errors.Error as error:
            raise NotProven(_first_line(error)) from None

    def _create_roles(self, admin: Any, names: Iterable[str]) -> int:
        """Create roles of which the owner is a member, and return how many are new.

        The owner may not create roles itself: then it could give itself those that run programs.
        """
        known = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
        new = set(names) - known
        for name in sorted(new):
            admin.execute(f"CREATE ROLE {quoted(name)} LOGIN")
            admin.execute(f"GRANT {quoted(name)} TO {_OWNER} WITH ADMIN OPTION")
        return len(new)

    def _replay(self, admin: Any, file: str, text: str) -> None:
        with self.server.connect(_OWNER, _DATABASE) as connection:
            self._open(connection, "PUBLIC")
            # A migration may read a table whose policies apply to the owner, too.
            self._become(connection, _ids({"uuid"} if "uuid" in self.sql.casefold() else {"integer"})[0])
            for statement in statements(text, "postgres"):
                cursor = Cursor(statement)
                if cursor.accept("\\"):
                    if any(True for _ in psql_command(cursor)):
                        raise NotProven(f"{file}:{cursor.line}: a command of psql is not run")
                elif not _is_left_out(statement):
                    sql = text[statement[0].native.start : statement[-1].native.end + 1]
                    self._run(admin, connection, sql, f"{file}:{cursor.line}")
                    if cursor.accept("CREATE", "SCHEMA"):
                        self._open(connection, "PUBLIC")

    def _run(self, admin: Any, connection: Any, sql: str, place: str) -> None:
        try:
            connection.execute(sql.encode())
        except self.errors.Error as error:
            missing = _MISSING_ROLE.search(str(error))
            if missing is None or not self._create_roles(admin, [missing[1]]):
                raise NotProven(f"{place}: {_first_line(error)}") from None
            self._run(admin, connection, sql, place)

    def _open(self, connection: Any, roles: str) -> None:
        """Grant everything in all schemas to roles; row-level security alone is to keep them from rows."""
        for schema in [quoted(name) for (name,) in connection.execute(_SCHEMAS).fetchall()]:
            connection.execute(f"GRANT ALL ON SCHEMA {schema} TO {roles}".encode())
            for objects in ("TABLES", "ROUTINES"):
                connection.execute(f"GRANT ALL ON ALL {objects} IN SCHEMA {schema} TO {roles}".encode())

    def _shown(self, admin: Any) -> Proof:
        with self.server.connect(_OWNER, _DATABASE) as owner:
            relations = self._filled(owner)
            ids = _ids({one.type for one in relations})
            for tenant in ids[:2]:
                admin.execute(f"CREATE ROLE {quoted(tenant)} LOGIN IN ROLE {_TENANT}")
            named = [name for (name,) in owner.execute(_NAMED_ROLES).fetchall()]
            roles = [_TENANT, *(name for name in named if name not in self.tenants.trusted_roles)]
            self._open(owner, ", ".join(map(quoted, roles)))
        leaks = [leak for role in roles for leak in self._leaks(role, relations, ids)]
        leaks += self._leaks(_OWNER, [one for one in relations if one.forced], ids)
        hidden = [
            one.name for one in relations if one.kind in "rp" and not one.closed and one.name not in self.seen
        ]
        if hidden and not leaks:
            raise NotProven(f"nobody sees a row of {hidden[0]}: how sessions name the tenant is not known")
        names = tuple(one.name for one in relations)
        return Proof(not leaks, leaks=tuple(Finding(leak) for leak in dict.fromkeys(leaks)), tables=names)

    def _filled(self, owner: Any) -> list[Relation]:
        """Return the relations with a tenant column, after a row of each tenant is in every table."""
        make_fillable(owner)
        everything = relations_of(owner, self.tenants)
        relations = [one for one in everything if one.tenant]
        if not relations:
            raise NotProven("no table has a tenant column")
        tables = [one for one in everything if one.kind in "rp"]
        for table in tables:
            owner.execute(f"ALTER TABLE {table.name} NO FORCE ROW LEVEL SECURITY".encode())
            owner.execute(f"ALTER TABLE {table.name} DISABLE TRIGGER USER".encode())
            for tenant in _ids({one.type for one in relations})[:2]:
                try:
                    owner.execute(insertion(owner, table, tenant, tenant).encode())
                except self.errors.Error as error:
                    raise NotProven(f"{table.name} takes no row: {_first_line(error)}") from None
        for view in (one for one in everything if one.kind == "m"):
            owner.execute(f"REFRESH MATERIALIZED VIEW {view.name}".encode())
        for table in tables:
            force = "FORCE" if table.forced else "NO FORCE"
            owner.execute(f"ALTER TABLE {table.name} {force} ROW LEVEL SECURITY".encode())
        return relations

    def _leaks(self, role: str, relations: Sequence[Relation], ids: Sequence[str]) -> Iterator[str]:
        """Yield what a tenant does in a role with rows of another, and what is seen without a tenant."""
        who = {_TENANT: "a tenant", _OWNER: "the owner"}.get(role, f"the role {role}")
        own, other, new = ids
        for unset in (None, ""):
            with self.server.connect(role, _DATABASE) as connection:
                self._become(connection, unset)
                for one in relations:
                    if self._count(connection, one, own) or self._count(connection, one, other):
                        yield f"{one.name}: without a tenant, {who} reads rows of tenants"
        for mine, theirs in ((own, other), (other, own)):
            with self.server.connect(mine if role == _TENANT else role, _DATABASE) as connection:
                self._become(connection, mine)
                for one in relations:
                    if self._count(connection, one, theirs):
                        yield f"{one.name}: {who} reads rows of another tenant"
                    if self._count(connection, one, mine):
                        self.seen.add(one.name)
                    if one.kind in "rp":
                        yield from self._changes(connection, one, who, (mine, theirs, new))

    def _changes(self, connection: Any, one: Relation, who: str, ids: Sequence[str]) -> Iterator[str]:
        mine, theirs, new = ids
        for does, sql, most in (
            ("adds rows to", insertion(connection, one, theirs, new), 0),
            ("changes rows of", f"UPDATE {one.name} SET {one.tenant} = {literal(one.type, mine)}", 1),
            ("gives its rows to", f"UPDATE {one.name} SET {one.tenant} = {literal(one.type, theirs)}", 0),
            ("deletes rows of", f"DELETE FROM {one.name}", 1),
        ):
            if self._does(connection, sql, most):
                yield f"{one.name}: {who} {does} another tenant"

    def _does(self, connection: Any, sql: str, most: int) -> bool:
        """Return whether a statement changes more rows than it may; nothing of it is kept."""
        connection.execute("BEGIN")
        try:
            return bool(connection.execute(sql.encode()).rowcount > most)
        except self.errors.IntegrityError:
            return True  # keys are compared after row-level security has let the row through
        except self.errors.Error:
            return False
        finally:
            connection.execute("ROLLBACK")

    def _count(self, connection: Any, one: Relation, tenant: str) -> int:
        """Return how many rows of a tenant are seen; an error shows none."""
        sql = f"SELECT count(*) FROM {one.name} WHERE {one.tenant} = {literal(one.type, tenant)}"
        try:
            return int(connection.execute(sql.encode()).fetchone()[0])
        except self.errors.OperationalError:
            raise
        except self.errors.Error:
            return 0

    def _become(self, connection: Any, tenant: str | None) -> None:
        """Set all settings that the migrations read to a tenant; None: leave them unset."""
        claims: dict[str, Any] = dict.fromkeys(["sub", *_CLAIM.findall(self.sql)], tenant)
        claims |= dict.fromkeys(_CLAIMS_WITHIN.findall(self.sql), claims.copy())
        for name in dict.fromkeys(_SETTING.findall(self.sql)) if tenant is not None else ():
            is_json = re.search(rf"{re.escape(name)}'[^;]{{0,40}}(json|->)", self.sql, re.IGNORECASE)
            value = json.dumps(claims) if is_json and tenant else tenant
            if "." in name:
                connection.execute("SELECT set_config(%s, %s, false)", [name, value])


def _is_left_out(statement: Statement) -> bool:
    """Return whether a statement is about roles, which exist, or its data is left out."""
    words = [token.word for token in statement]
    if words[:1] == ["COPY"]:
        return "STDIN" in words
    return words[:1] in (["CREATE"], ["ALTER"]) and words[1:2] in (["ROLE"], ["USER"], ["GROUP"])


def _ids(types: set[str]) -> tuple[str, str, str]:
    """Return the ids of two tenants and of a new row, in a form that all their columns take."""
    if types & {"smallint", "integer", "bigint", "numeric"}:
        return "1001", "1002", "1003"
    own, other, new = (f"{one * 8}-{one * 4}-4{one * 3}-8{one * 3}-{one * 12}" for one in "abc")
    return own, other, new


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0].rpartition("FATAL: ")[2].strip()
