# ruff: noqa: ISC004, S608
"""`--prove`: what two tenants see in a PostgreSQL, and that the static verdict never contradicts it."""

import random
from pathlib import Path
from typing import Any

import pytest

from builders.artefacts import tree
from builders.budgets import few
from builders.oracles import needed
from gatekeeper.evidence.reader import collect, without_touched
from gatekeeper.model.evidence import Collected

TENANT = "NULLIF(current_setting('app.tenant', true), '')::uuid"
TABLE = (
    "CREATE TABLE t (id int, tenant_id uuid NOT NULL, user_id uuid); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
)
POLICY = f"CREATE POLICY p ON t USING (tenant_id = {TENANT});"
MEMBERS = "CREATE TABLE members (org uuid, user_id uuid);"


@pytest.fixture(autouse=True)
def postgres() -> None:
    needed("initdb")


def prove(sql: str, **options: Any) -> Collected[Any]:
    return collect("migrations", tree({"1.sql": sql}, "db"), options, prove=True)


def places(collected: Collected[Any]) -> list[str]:
    return [place.place.message for origin in collected.origins for place in origin.not_understood]


@pytest.mark.parametrize(
    "sql",
    few([
        TABLE + POLICY,
        MEMBERS
        + TABLE
        + f"CREATE POLICY p ON t USING (tenant_id IN (SELECT org FROM members WHERE user_id = {TENANT}));",
        "CREATE TABLE t (tenant_id text); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY p ON t USING (tenant_id = current_user);",
        TABLE + "CREATE POLICY p ON t USING"
        " (tenant_id = (current_setting('jwt.claims', true)::json -> 'app' ->> 'org')::uuid);",
        TABLE + POLICY + "CREATE TABLE u (tenant_id uuid); ALTER TABLE u ENABLE ROW LEVEL SECURITY;",
        # Statements that the static reader does not understand.
        "CREATE TABLE t (tenant_id int); DO $$ DECLARE x text; BEGIN FOREACH x IN ARRAY ARRAY['t'] LOOP"
        " EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', x); EXECUTE format('CREATE POLICY p ON %I USING"
        " (tenant_id = current_setting(''app.tenant'')::int)', x); END LOOP; END $$;",
        TABLE + "CREATE POLICY p ON t TO authenticated USING (tenant_id = (SELECT auth.uid()));",
        TABLE + POLICY + "CREATE TABLE u (id serial PRIMARY KEY, t int REFERENCES u, kind text CHECK (kind IN ('a')));"
        "ALTER TABLE t OWNER TO ordering; GRANT SELECT ON t TO shop;",
        "CREATE TABLE t (id int, tenant_id uuid) PARTITION BY RANGE (id); CREATE TYPE e AS ENUM ('x');"
        "ALTER TABLE t ADD e e NOT NULL, ADD a int[] NOT NULL, ADD j jsonb NOT NULL, ADD d date NOT NULL,"
        " ADD b boolean NOT NULL, ADD c varchar(5); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        + POLICY,
    ]),
)  # fmt: skip
def test_proven(sql: str) -> None:
    collected = prove(sql)
    facts = without_touched(collected)
    assert (facts.isolation_proven, facts.tenant_tables_without_rls) == (True, ()), places(collected)


@pytest.mark.parametrize(
    ("sql", "leak"),
    few([
        (TABLE + "CREATE POLICY p ON t USING (true);", "t: a tenant reads rows of another tenant"),
        (TABLE + POLICY + "CREATE POLICY q ON t FOR DELETE USING (true);", "t: a tenant deletes rows of another tenant"),
        (TABLE + POLICY + "CREATE POLICY q ON t FOR UPDATE USING (true);", "t: a tenant changes rows of another tenant"),
        (TABLE + POLICY + "ALTER POLICY p ON t WITH CHECK (true);", "t: a tenant adds rows to another tenant"),
        (TABLE + POLICY + "CREATE VIEW v AS SELECT * FROM t;", "v: a tenant reads rows of another tenant"),
        (TABLE + POLICY + "CREATE MATERIALIZED VIEW v AS SELECT * FROM t;", "v: a tenant reads rows of another tenant"),
        (TABLE + POLICY + "CREATE POLICY q ON t TO shop USING (true);", "t: the role shop reads rows of another tenant"),
        (
            TABLE + f"CREATE POLICY p ON t USING ({TENANT} IS NULL OR tenant_id = {TENANT});",
            "t: without a tenant, a tenant reads rows of tenants",
        ),
        (
            TABLE + POLICY + "DO $$ BEGIN EXECUTE 'DROP ' || 'POLICY p ON t; CREATE POLICY p ON t USING (true)'; END $$;",
            "t: a tenant reads rows of another tenant",
        ),
    ]),
)  # fmt: skip
def test_leaks(sql: str, leak: str) -> None:
    facts = without_touched(prove(sql))
    assert facts.isolation_proven is False
    assert leak in [finding.message for finding in facts.tenant_tables_without_rls]


@pytest.mark.parametrize(
    ("sql", "reason"),
    few([
        (TABLE + "CREATE POLICY p ON t USING (may_see(tenant_id));", "function may_see(uuid) does not exist"),
        (TABLE + "CREATE POLICY p ON t USING (tenant_id = gen_random_uuid());", "nobody sees a row of t"),
        ("CREATE TABLE a (id int);", "no table has a tenant column"),
        (TABLE + POLICY + "\n\\i other.sql", "a command of psql is not run"),
        (TABLE + POLICY + "ALTER TABLE t ADD p point NOT NULL;", "no value is known for the type point"),
        ("CREATE EXTENSION no_such_extension;", 'extension "no_such_extension" is not available'),
        # What strangers might try.
        ("COPY (SELECT 1) TO PROGRAM 'touch %s';", "must be superuser"),
        ("SELECT pg_read_file('/etc/passwd');", "permission denied"),
        ("SELECT lo_import('/etc/passwd');", "permission denied"),
        ("SET ROLE gatekeeper;", "permission denied"),
        ("GRANT pg_execute_server_program TO migrator;", "must have admin option"),
        ("\\! touch %s", "a command of psql is not run"),
        ("DO $$ BEGIN RAISE EXCEPTION 'role \"x\" does not exist'; END $$;", 'role "x" does not exist'),
        ("ALTER DATABASE proof CONNECTION LIMIT 0;" + TABLE, "too many connections"),
    ]),
)  # fmt: skip
def test_what_cannot_be_proven_is_not_true(sql: str, reason: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    collected = prove(sql.replace("%s", str(mark)))
    assert without_touched(collected).isolation_proven is None
    assert reason in places(collected)[-1]
    assert not mark.exists()


@pytest.mark.parametrize(
    "sql",
    few(
        [
            TABLE + f"CREATE POLICY p ON t USING (tenant_id = {TENANT} OR current_database() <> 'proof');",
            TABLE + POLICY + "CREATE VIEW v AS SELECT id FROM t;",
            TABLE
            + POLICY
            + "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql SECURITY DEFINER AS 'SELECT * FROM t';",
            TABLE + POLICY + "CREATE ROLE app BYPASSRLS;",
            TABLE
            + POLICY
            + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN UPDATE t SET id = 1; RETURN NEW; END';"
            "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
            TABLE
            + POLICY
            + "CREATE FUNCTION f() RETURNS void LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM t';",
            TABLE + POLICY + "CREATE TABLE u (a uuid); INSERT INTO u SELECT user_id FROM t;",
        ]
    ),
)
def test_what_the_reader_finds_is_not_proven_away(sql: str) -> None:
    collected = prove(sql)
    facts = without_touched(collected)
    assert (facts.isolation_proven, facts.tenant_tables_without_rls) != (True, ())
    assert facts.isolation_proven is None
    assert places(collected)[-1].startswith("not proven: ")


FUNCTIONS = f"""
CREATE FUNCTION current_one() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT {TENANT} $$;
CREATE FUNCTION own(x uuid) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT x = {TENANT} $$;
CREATE FUNCTION anyone(x uuid) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT x IS NOT NULL $$;
CREATE FUNCTION or_first() RETURNS uuid LANGUAGE plpgsql STABLE AS
  $$ BEGIN RETURN COALESCE({TENANT}, (SELECT org FROM members LIMIT 1)); END $$;
"""
ATOMS = [
    f"tenant_id = {TENANT}", f"{TENANT} = tenant_id", f"tenant_id IN ({TENANT})", f"tenant_id = ANY(ARRAY[{TENANT}])",
    "tenant_id::text = current_setting('app.tenant', true)", "tenant_id = current_one()", "own(tenant_id)",
    f"tenant_id IN (SELECT org FROM members WHERE members.user_id = {TENANT})",
    f"EXISTS (SELECT 1 FROM members m WHERE m.org = tenant_id AND m.user_id = {TENANT})",
    f"tenant_id = (SELECT {TENANT})", f"NOT (tenant_id <> {TENANT})",
    "tenant_id = tenant_id", "tenant_id IS NOT NULL", "tenant_id IS NULL", "true", "false", "1 = 1", "id > 0",
    f"tenant_id <> {TENANT}", f"tenant_id = COALESCE({TENANT}, tenant_id)", f"{TENANT} IS NULL",
    "current_setting('app.tenant', true) = ''", "anyone(tenant_id)", "tenant_id = or_first()",
    "tenant_id IN (SELECT org FROM members)", "tenant_id IN (SELECT tenant_id FROM members)",
    f"EXISTS (SELECT 1 FROM members m WHERE m.user_id = {TENANT})", f"tenant_id >= {TENANT}",
    f"tenant_id IS NOT DISTINCT FROM {TENANT}", "user_id = user_id", "tenant_id::text LIKE '%'",
    "current_user <> 'nobody'", "tenant_id::text < current_setting('server_version')", f"tenant_id IN ({TENANT}, tenant_id)",
]  # fmt: skip


def condition(draw: random.Random, depth: int = 2) -> str:
    if depth == 0 or draw.random() < 0.4:
        # Half of them isolate.
        return draw.choice(ATOMS[:11] if draw.random() < 0.5 else ATOMS)
    one, other = condition(draw, depth - 1), condition(draw, depth - 1)
    return draw.choice([
        f"({one} AND {other})", f"({one} OR {other})", f"({one} AND {other})", f"({one}) IS TRUE",
        f"NOT ({one})", f"CASE WHEN {one} THEN {other} ELSE false END", f"COALESCE({one}, {other})",
    ])  # fmt: skip


def table(draw: random.Random, name: str) -> str:
    sql = TABLE.replace(" t ", f" {name} ")
    if draw.random() < 0.3:
        sql += f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
    for at in range(draw.choice([1, 1, 2, 3])):
        how = draw.choice(["", "", "", "AS RESTRICTIVE"])
        command = draw.choice(["ALL", "ALL", "ALL", "SELECT", "INSERT", "UPDATE", "DELETE"])
        using = f" USING ({condition(draw)})" if command != "INSERT" else ""
        checked = command == "INSERT" or (command in ("ALL", "UPDATE") and draw.random() < 0.3)
        check = f" WITH CHECK ({condition(draw)})" if checked else ""
        sql += f"CREATE POLICY p{at} ON {name} {how} FOR {command}{using}{check};"
    if draw.random() < 0.3:
        options = draw.choice(["", "", "WITH (security_invoker = true)"])
        where = draw.choice(["", f"WHERE {condition(draw, 1)}"])
        sql += f"CREATE VIEW {name}_view {options} AS SELECT * FROM {name} {where};"
    return sql


def compared(seed: int, tables: int = 40) -> tuple[set[str], set[str]]:
    """The tables and views that the static reader calls isolated, and those that leak."""
    draw = random.Random(seed)  # noqa: S311
    names = [f"t{at}" for at in range(tables)]
    sql = MEMBERS + FUNCTIONS + "\n".join(table(draw, name) for name in names)
    collected = prove(sql + TABLE.replace(" t ", " leaks "))
    assert collected.facts.isolation_proven is False, places(collected)
    messages = [finding.message for finding in collected.facts.tenant_tables_without_rls]
    leaking = {message.partition(":")[0] for message in messages if ": " in message.partition(" ")[0] + " "}
    doubted = {message.partition(" ")[0] for message in [*messages, *places_of_static(sql)]}
    everything = {name for name in [*names, *(f"{name}_view" for name in names)] if f" {name} " in sql}
    # A view lets through what its table does; the finding is about the table.
    return {name for name in everything - doubted if name.partition("_")[0] not in doubted}, leaking


def places_of_static(sql: str) -> list[str]:
    return places(collect("migrations", tree({"1.sql": sql}, "db"), {}))


@pytest.mark.parametrize("seed", few(range(2)))
def test_what_the_reader_calls_isolated_does_not_leak(seed: int) -> None:
    isolated, leaking = compared(seed)
    assert isolated
    assert len(leaking) > 5
    assert not isolated & leaking


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 120))
def test_the_same_over_many_policies(seed: int) -> None:
    isolated, leaking = compared(seed)
    assert not isolated & leaking
