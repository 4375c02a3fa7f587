# ruff: noqa: S608
"""Row-level security by its effect: what isolates tenants, what does not, and what is not understood."""

from typing import Any

import pytest

from builders.artefacts import collect
from gatekeeper.collectors.migrations import read as migrations
from gatekeeper.evidence.reader import without_touched
from gatekeeper.model.evidence import Collected

ENABLED = "CREATE TABLE t (id int, tenant_id uuid, user_id uuid); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
FORCED = ENABLED + "ALTER TABLE t FORCE ROW LEVEL SECURITY;"
TENANT = "current_setting('app.tenant')::uuid"
POLICY = f"CREATE POLICY p ON t USING (tenant_id = {TENANT});"
OWN_MEMBERS = (
    "CREATE TABLE members (tenant_id uuid, user_id uuid); ALTER TABLE members ENABLE ROW LEVEL SECURITY;"
    "CREATE POLICY m ON members USING (tenant_id = current_setting('a.b')::uuid);"
)
MEMBERS = "CREATE TABLE members (org uuid, user_id uuid);"


def using(condition: str) -> str:
    return f"{FORCED}CREATE POLICY p ON t USING ({condition});"


ISOLATED = {
    "as pg_dump writes it": using(
        "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid)"
    ),
    "begin atomic": "CREATE FUNCTION cur() RETURNS uuid LANGUAGE sql BEGIN ATOMIC SELECT current_setting('a.x')::uuid; END;"
    + using("tenant_id = cur()"),
    "plain": FORCED + POLICY,
    "nullif": using("tenant_id = NULLIF(current_setting('app.tenant', true), '')::uuid"),
    "text": using("tenant_id::text = current_setting('app.tenant', true)"),
    "select wrap": using(f"tenant_id = (SELECT {TENANT})"),
    "jwt": using("(auth.jwt() ->> 'tenant_id')::uuid = tenant_id"),
    "jwt2": using("tenant_id = ((auth.jwt() -> 'app_metadata') ->> 'tenant_id')::uuid"),
    "jwt3": using("tenant_id = ((current_setting('request.jwt.claims', true))::json ->> 'tenant')::uuid"),
    "fn undefined": using("tenant_id = current_tenant_id()"),
    "fn sql": "CREATE FUNCTION app.tid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT current_setting('app.tenant', true)::uuid $$;"
    + using("tenant_id = app.tid()"),
    "fn plpgsql": "CREATE FUNCTION tid() RETURNS uuid AS $$ DECLARE v text; BEGIN v := current_setting('a.x', true); IF v IS NULL OR v = '' THEN RETURN NULL; END IF; RETURN v::uuid; EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$ LANGUAGE plpgsql STABLE;"
    + using("tenant_id = tid()"),
    "fn return": "CREATE FUNCTION tid() RETURNS uuid LANGUAGE sql RETURN current_setting('a.x')::uuid;"
    + using("tenant_id = tid()"),
    "any": using("tenant_id = ANY(string_to_array(current_setting('app.tenants', true), ',')::uuid[])"),
    "in members": OWN_MEMBERS
    + using("tenant_id IN (SELECT tenant_id FROM members WHERE user_id = auth.uid())"),
    "in members alias": MEMBERS
    + using("tenant_id IN (SELECT m.org FROM members m WHERE m.user_id = (select auth.uid()))"),
    "exists": MEMBERS
    + using("EXISTS (SELECT 1 FROM members m WHERE m.org = t.tenant_id AND m.user_id = auth.uid())"),
    "exists join": MEMBERS
    + "CREATE TABLE users (id uuid, login text);"
    + using(
        "EXISTS (SELECT 1 FROM members m JOIN users u ON u.id = m.user_id WHERE m.org = tenant_id AND u.login = current_user)"
    ),
    "fn bool": MEMBERS
    + "CREATE FUNCTION is_member(x uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM members WHERE org = x AND user_id = auth.uid()) $$;"
    + using("is_member(tenant_id)"),
    "fn bool $1": MEMBERS
    + "CREATE FUNCTION is_member(uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM members WHERE org = $1 AND user_id = auth.uid()) $$;"
    + using("is_member(tenant_id)"),
    "per command": FORCED
    + f"CREATE POLICY a ON t FOR SELECT USING (tenant_id = {TENANT}); CREATE POLICY b ON t FOR INSERT WITH CHECK (tenant_id = {TENANT}); CREATE POLICY c ON t FOR UPDATE USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT}); CREATE POLICY d ON t FOR DELETE USING (tenant_id={TENANT})",
    "restrictive": FORCED
    + f"CREATE POLICY a ON t USING (true); CREATE POLICY b ON t AS RESTRICTIVE USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT});",
    "and": using(f"tenant_id = {TENANT} AND user_id = auth.uid()"),
    "qualified": using(f"t.tenant_id = {TENANT} AND (user_id IS NULL OR user_id = auth.uid())"),
    "do type": "DO $$ BEGIN CREATE TYPE x AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    + FORCED
    + POLICY,
    "do role": "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN CREATE ROLE app; END IF; END $$;"
    + FORCED
    + POLICY,
    "do grant": "DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO app', 'x'); END $$;"
    + FORCED
    + POLICY,
    "invoker view": FORCED + POLICY + "CREATE VIEW v WITH (security_invoker = true) AS SELECT * FROM t;",
    "invoker view unforced": ENABLED + POLICY + "CREATE VIEW v WITH (security_invoker) AS SELECT * FROM t;",
    "view of invoker view": ENABLED
    + POLICY
    + "CREATE VIEW v WITH (security_invoker = true) AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v;",
    "view forced": FORCED + POLICY + "CREATE VIEW v AS SELECT * FROM t;",
    "view alter": ENABLED
    + POLICY
    + "CREATE VIEW v AS SELECT * FROM t; ALTER VIEW v SET (security_invoker = on);",
    "view filter": ENABLED
    + POLICY
    + f"CREATE VIEW v WITH (security_barrier = true) AS SELECT id FROM t WHERE tenant_id = {TENANT};",
    "view dropped": ENABLED + POLICY + "CREATE VIEW v AS SELECT * FROM t; DROP VIEW v;",
    "interval": "CREATE TABLE x (d interval DEFAULT '1 day'::interval, tenant_name text);" + FORCED + POLICY,
    "temp": FORCED + POLICY + "CREATE TEMP TABLE s AS SELECT * FROM t; ",
    "trigger fn": FORCED
    + POLICY
    + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN INSERT INTO t VALUES (1); RETURN NEW; END $$; CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();",
    "pg_dump": "\\restrict abc\nSET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\nSET row_security = off;\n"
    + FORCED.replace(" t ", " public.t ")
    + POLICY.replace(" t ", " public.t ")
    + "ALTER TABLE public.t OWNER TO me;\n\\unrestrict abc\n",
    "recursive": FORCED
    + POLICY
    + "CREATE TABLE c AS WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n+1 FROM r) SELECT n FROM r;",
    "drop cascade": FORCED
    + POLICY
    + "CREATE MATERIALIZED VIEW m AS SELECT * FROM t; DROP MATERIALIZED VIEW m CASCADE;",
    "coalesce nil": using(
        "tenant_id = COALESCE(NULLIF(current_setting('app.tenant', true), ''), '00000000-0000-0000-0000-000000000000')::uuid"
    ),
    "rename": FORCED + POLICY + "ALTER TABLE t RENAME COLUMN tenant_id TO tenant;",
    "reports agg": FORCED + POLICY + "CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;",
    "setof": MEMBERS
    + "CREATE FUNCTION my_orgs() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER AS $$ SELECT org FROM members WHERE user_id = auth.uid() $$;"
    + using("tenant_id IN (SELECT my_orgs())"),
    "any array select": MEMBERS
    + using("tenant_id = ANY (ARRAY(SELECT org FROM members WHERE user_id = auth.uid()))"),
    "not-null neq": using(f"NOT (tenant_id <> {TENANT})"),
    "user": "CREATE TABLE t (tenant_id text); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (tenant_id = current_user)",
    "user2": "CREATE TABLE t (tenant_id text); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (tenant_id = user)",
    "prefix": using("tenant_id::text = replace(current_setting('app.tenant'), '-', '')"),
    "no with": FORCED + f"CREATE POLICY p ON t FOR SELECT USING (tenant_id = {TENANT});",
    "fn missing_ok default": "CREATE OR REPLACE FUNCTION current_tenant() RETURNS uuid LANGUAGE plpgsql STABLE AS $fn$ BEGIN RETURN NULLIF(current_setting('app.current_tenant', TRUE), '')::uuid; END; $fn$;"
    + using("tenant_id = current_tenant()"),
    "drop fn": "CREATE FUNCTION tid() RETURNS uuid LANGUAGE sql AS $$ SELECT current_setting('a.b')::uuid $$;"
    + using("tenant_id = tid()")
    + "DROP FUNCTION tid() CASCADE;",
    "drop col": FORCED
    + POLICY
    + "ALTER TABLE t DROP COLUMN tenant_id CASCADE; ALTER TABLE t ADD tenant_id uuid;",
    "no policy": FORCED,
    "own members": OWN_MEMBERS
    + "CREATE FUNCTION is_member(x uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $$ SELECT EXISTS (SELECT 1 FROM members WHERE tenant_id = x AND user_id = auth.uid()) $$;"
    + using("is_member(tenant_id)"),
    "own members in plpgsql": OWN_MEMBERS
    + "CREATE FUNCTION is_member(x uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN RETURN EXISTS (SELECT 1 FROM members WHERE tenant_id = x AND user_id = auth.uid()); END $$;"
    + FORCED
    + POLICY,
    "do if missing": FORCED
    + "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_policies WHERE tablename = 't' AND policyname = 'p') THEN "
    + POLICY
    + " END IF; END $$;",
    "do column if missing": FORCED
    + POLICY
    + "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'note') THEN ALTER TABLE t ADD COLUMN note text; END IF; END $$;",
    "do enable if missing": "CREATE TABLE t (tenant_id uuid); DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 't' AND relrowsecurity) THEN ALTER TABLE t ENABLE ROW LEVEL SECURITY; END IF; END $$;"
    + POLICY,
    "rows of the same table": FORCED + POLICY + "INSERT INTO t SELECT * FROM t ON CONFLICT DO NOTHING;",
    "rows without a tenant": FORCED
    + POLICY
    + "CREATE TABLE u (a int); CREATE TABLE v (a int); INSERT INTO u (a) SELECT a FROM v; UPDATE u SET a = v.a FROM v;",
    "rows with their tenant": FORCED
    + POLICY
    + OWN_MEMBERS
    + "INSERT INTO members (tenant_id, user_id) SELECT tenant_id, user_id FROM t RETURNING tenant_id; UPDATE members SET user_id = t.user_id FROM t;",
    "begin commit": "BEGIN;" + FORCED + POLICY + "COMMIT;",
}
FLAWS = {
    "ctas expression": FORCED
    + POLICY
    + "CREATE TABLE m AS SELECT COALESCE(tenant_id, user_id) AS owner FROM t;",
    "set_config": "CREATE SCHEMA a; CREATE TABLE t (tenant_id uuid); SELECT set_config('search_path', 'a', false);"
    + FORCED
    + POLICY,
    "case": using(f"CASE WHEN current_setting('x', true) IS NULL THEN true ELSE tenant_id = {TENANT} END"),
    "the tenant itself": using("tenant_id = tenant_id"),
    "or true": using(f"tenant_id = {TENANT} OR true"),
    "1=1": using("1=1"),
    "tenant is not null": using("tenant_id IS NOT NULL"),
    "coalesce": using("tenant_id::text = COALESCE(current_setting('app.tenant', true), tenant_id::text)"),
    "or null": using(f"current_setting('app.tenant', true) IS NULL OR tenant_id = {TENANT}"),
    "or ''": using(f"tenant_id = {TENANT} OR current_setting('app.tenant', true) = ''"),
    "role": using(f"current_user = 'admin' OR tenant_id = {TENANT}"),
    "pg_has": using(f"pg_has_role(current_user, 'a', 'member') OR tenant_id = {TENANT}"),
    "other tenants": using(f"tenant_id <> {TENANT}"),
    "like": FORCED + POLICY + "CREATE TABLE c (LIKE t INCLUDING ALL);",
    "an unknown function of no column": using("is_admin()"),
    "one tenant for all": using("tenant_id = '11111111-1111-1111-1111-111111111111'"),
    "correlated": "CREATE TABLE users (id uuid);"
    + using("tenant_id IN (SELECT tenant_id FROM users WHERE id = auth.uid())"),
    "exists taut": MEMBERS.replace("org", "tenant_id")
    + using("EXISTS (SELECT 1 FROM members m WHERE m.tenant_id = tenant_id AND m.user_id = auth.uid())"),
    "subq all": MEMBERS + using("tenant_id IN (SELECT org FROM members)"),
    "exists self": MEMBERS + using("EXISTS (SELECT 1 FROM members m WHERE m.user_id = auth.uid())"),
    "check true": FORCED + f"CREATE POLICY p ON t USING (tenant_id = {TENANT}) WITH CHECK (true);",
    "update open": FORCED + POLICY + "CREATE POLICY u ON t FOR UPDATE USING (true) WITH CHECK (false);",
    "delete open": FORCED + POLICY + "CREATE POLICY u ON t FOR DELETE USING (true);",
    "restrictive other cmd": FORCED
    + f"CREATE POLICY a ON t USING (true); CREATE POLICY b ON t AS RESTRICTIVE FOR SELECT USING (tenant_id = {TENANT});",
    "restrictive role": FORCED
    + f"CREATE POLICY a ON t USING (true); CREATE POLICY b ON t AS RESTRICTIVE TO x USING (tenant_id = {TENANT});",
    "named open": FORCED + "CREATE POLICY a ON t TO app USING (true);",
    "alter": FORCED + POLICY + "ALTER POLICY p ON t USING (tenant_id IS NOT NULL);",
    "alter check": FORCED + POLICY + "ALTER POLICY p ON t WITH CHECK (true);",
    "fn bad": "CREATE FUNCTION current_tenant_id() RETURNS uuid LANGUAGE sql AS $$ SELECT '11111111-1111-1111-1111-111111111111'::uuid $$;"
    + using("tenant_id = current_tenant_id()"),
    "fn bad2": "CREATE FUNCTION is_member(x uuid) RETURNS boolean LANGUAGE sql AS $$ SELECT true $$;"
    + using("is_member(tenant_id)"),
    "view": ENABLED + POLICY + "CREATE VIEW v AS SELECT * FROM t;",
    "view agg": ENABLED + POLICY + "CREATE VIEW v AS SELECT id FROM t;",
    "view replaced": ENABLED
    + POLICY
    + "CREATE VIEW v WITH (security_invoker = true) AS SELECT * FROM t; CREATE OR REPLACE VIEW v AS SELECT * FROM t;",
    "view reset": ENABLED
    + POLICY
    + "CREATE VIEW v WITH (security_invoker = true) AS SELECT * FROM t; ALTER VIEW v RESET (security_invoker);",
    "view off": ENABLED + POLICY + "CREATE VIEW v WITH (security_invoker = false) AS SELECT * FROM t;",
    "view filter bad": ENABLED + POLICY + "CREATE VIEW v AS SELECT id FROM t WHERE tenant_id IS NOT NULL;",
    "ctas alias": FORCED + POLICY + "CREATE TABLE c AS SELECT tenant_id AS who FROM t;",
    "ctas rename": FORCED + POLICY + "CREATE TABLE c (a, b, d) AS SELECT * FROM t;",
    "ctas via temp": FORCED
    + POLICY
    + "CREATE TEMP TABLE s AS SELECT * FROM t; CREATE TABLE c AS SELECT * FROM s;",
    "ctas only": FORCED + POLICY + "CREATE TABLE c AS SELECT * FROM ONLY t;",
    "ctas paren join": FORCED
    + POLICY
    + "CREATE TABLE x (a int); CREATE TABLE c AS SELECT * FROM (x CROSS JOIN t);",
    "ctas union": FORCED
    + POLICY
    + "CREATE TABLE c AS SELECT 1 AS a, 2 AS b, 3 AS d UNION ALL SELECT * FROM t;",
    "ctas subq": FORCED + POLICY + "CREATE TABLE c AS SELECT * FROM (SELECT * FROM (SELECT * FROM t) a) b;",
    "ctas view": FORCED
    + POLICY
    + "CREATE VIEW v WITH (security_invoker=on) AS SELECT * FROM t; CREATE TABLE c AS TABLE v;",
    "into unlogged": FORCED + POLICY + "SELECT t.* INTO UNLOGGED c FROM t;",
    "with into": FORCED + POLICY + "WITH o AS (SELECT * FROM t) SELECT * INTO c FROM o;",
    "partition later column": FORCED
    + POLICY
    + "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p DEFAULT; ALTER TABLE p ADD tenant_id uuid; ALTER TABLE p ENABLE ROW LEVEL SECURITY; "
    + POLICY.replace(" t ", " p "),
    "inherit": FORCED + POLICY + "CREATE TABLE ch (x int) INHERITS (t);",
    "do exec lit": FORCED
    + POLICY
    + "DO $$ BEGIN EXECUTE 'ALTER TABLE t DISABLE ROW LEVEL SECURITY'; END $$;",
    "rollback": "CREATE TABLE t (tenant_id int); BEGIN; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    + POLICY
    + "ROLLBACK;",
    "schemas": "CREATE TABLE a.t (tenant_id int); CREATE TABLE b.t (tenant_id int); SET search_path TO a; ALTER TABLE t ENABLE ROW LEVEL SECURITY; "
    + POLICY,
    "copied tenant": FORCED + POLICY + "CREATE TABLE u (a uuid); INSERT INTO u SELECT tenant_id FROM t;",
    "copied tenant, by column": FORCED
    + POLICY
    + "CREATE TABLE u (a uuid, b uuid); INSERT INTO u (b, a) SELECT tenant_id, user_id FROM t ON CONFLICT DO NOTHING;",
    "user only": using("user_id = auth.uid()"),
    "in with col": using(f"tenant_id IN ({TENANT}, tenant_id)"),
    "any col": using("tenant_id = ANY(ARRAY[tenant_id])"),
    "ge": using(f"tenant_id >= {TENANT}"),
    "random": using("tenant_id = gen_random_uuid()"),
    "or exists": MEMBERS
    + using(f"tenant_id = {TENANT} OR EXISTS (SELECT 1 FROM members WHERE user_id = auth.uid())"),
    "if not exists replace": "CREATE TABLE IF NOT EXISTS t (tenant_id int); CREATE TABLE IF NOT EXISTS t (tenant_id int);",
    "default": using(
        "tenant_id = COALESCE(current_setting('app.tenant', true)::uuid, '11111111-1111-1111-1111-111111111111')"
    ),
    "lateral": FORCED
    + POLICY
    + "CREATE TABLE c AS SELECT l.* FROM generate_series(1,2) g, LATERAL (SELECT * FROM t) l;",
}
NEVER = (
    "CREATE TABLE t (tenant_id uuid); DO $$ BEGIN {} ALTER TABLE t ENABLE ROW LEVEL SECURITY; {} END $$;"
    + POLICY
)
NOT_UNDERSTOOD = {
    "do never": NEVER.format("IF false THEN", "END IF;"),
    "do never, says the catalogue": NEVER.format(
        "IF EXISTS (SELECT FROM pg_tables WHERE false) THEN", "END IF;"
    ),
    "do if the table is missing": NEVER.format(
        "IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 't') THEN", "END IF;"
    ),
    "do otherwise": NEVER.format(
        "IF NOT EXISTS (SELECT FROM pg_class WHERE relrowsecurity) THEN NULL; ELSE", "END IF;"
    ),
    "do after return": NEVER.format("RETURN;", ""),
    "do in no loop": NEVER.format("FOR r IN SELECT 1 FROM pg_tables WHERE false LOOP", "END LOOP;"),
    "do and undo": NEVER.format("", "PERFORM 1 / 0; EXCEPTION WHEN OTHERS THEN NULL;"),
    "do in a handler": NEVER.format("NULL; EXCEPTION WHEN duplicate_object THEN", ""),
    "setting of the server": using("tenant_id::text = current_setting('server_version')"),
    "setting of an extension": using("tenant_id::text = current_setting('plpgsql.variable_conflict')"),
    "copied rows": FORCED + POLICY + "CREATE TABLE u (a uuid); INSERT INTO u SELECT user_id FROM t;",
    "copied by an update": FORCED
    + POLICY
    + "CREATE TABLE u (a uuid, b int); UPDATE u SET a = t.user_id FROM t WHERE t.id = u.b;",
    "copied by a merge": FORCED
    + POLICY
    + "CREATE TABLE u (a uuid, b int); MERGE INTO u USING t ON t.id = u.b WHEN NOT MATCHED THEN INSERT (a, b) VALUES (t.user_id, t.id);",
    **{
        f"definer {returns}: {does}": ENABLED
        + POLICY
        + f"CREATE FUNCTION f(x uuid) RETURNS {returns} LANGUAGE {language} SECURITY DEFINER AS $$ {does} $$;"
        for returns, language, does in (
            ("void", "sql", "DELETE FROM t"),
            ("void", "sql", "SELECT 1; UPDATE t SET user_id = x"),
            ("void", "plpgsql", "BEGIN EXECUTE 'DELETE FROM ' || 't'; END"),
            ("boolean", "sql", "SELECT EXISTS (SELECT 1 FROM t WHERE user_id = x)"),
            (
                "boolean",
                "sql",
                "SELECT EXISTS (SELECT 1 FROM t a JOIN t b ON a.id > b.id WHERE a.user_id = auth.uid())",
            ),
            ("boolean", "plpgsql", "BEGIN RETURN EXISTS (SELECT 1 FROM t WHERE user_id = x); END"),
            ("trigger", "plpgsql", "BEGIN UPDATE t SET user_id = NEW.user_id; RETURN NEW; END"),
        )
    },
    "matview without tenant": FORCED + POLICY + "CREATE MATERIALIZED VIEW m AS SELECT id, user_id FROM t;",
    "ctas without tenant": FORCED + POLICY + "CREATE TABLE m AS SELECT id, user_id FROM t;",
    "definer later": ENABLED
    + POLICY
    + "CREATE FUNCTION f() RETURNS SETOF t LANGUAGE sql AS $$ SELECT * FROM t $$; ALTER FUNCTION f() SECURITY DEFINER;",
    "savepoint": "BEGIN; SAVEPOINT s; " + FORCED + POLICY + "ROLLBACK TO SAVEPOINT s; COMMIT;",
    "insert calls": FORCED
    + POLICY
    + "CREATE FUNCTION off() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER TABLE t DISABLE ROW LEVEL SECURITY'; RETURN 1; END $$; INSERT INTO t (id) VALUES (off());",
    "default argument": "CREATE FUNCTION current_tenant_id(x int DEFAULT 1) RETURNS uuid LANGUAGE sql AS $$ SELECT id FROM tenants LIMIT 1 $$;"
    + using("tenant_id = current_tenant_id()"),
    "unknown action": FORCED + POLICY + 'ALTER TABLE U&"\\0074" DISABLE ROW LEVEL SECURITY;',
    "admin trusted(opt)": FORCED + POLICY + "CREATE POLICY adm ON t TO admin USING (true);",
    "an unknown function of the tenant": using("can_see(tenant_id)"),
    "cross": MEMBERS
    + "CREATE TABLE tenants (id uuid);"
    + using("tenant_id IN (SELECT tenants.id FROM tenants, members WHERE members.user_id = auth.uid())"),
    "named + iso": FORCED + POLICY + "CREATE POLICY a ON t TO app USING (true);",
    "fn fail open": "CREATE FUNCTION tid() RETURNS uuid LANGUAGE plpgsql AS $$ BEGIN RETURN current_setting('a.x')::uuid; EXCEPTION WHEN OTHERS THEN RETURN (SELECT id FROM tenants LIMIT 1); END $$;"
    + using("tenant_id = tid()"),
    "ctas only paren": FORCED + POLICY + "CREATE TABLE c AS SELECT * FROM ONLY (t);",
    "ctas row": FORCED + POLICY + "CREATE TABLE c AS SELECT row_to_json(t) AS j FROM t;",
    "ctas execute": FORCED + POLICY + "CREATE TABLE c AS EXECUTE q;",
    "ctas unknown": FORCED + POLICY + "CREATE TABLE c AS SELECT * FROM elsewhere;",
    "of type": FORCED + POLICY + "CREATE TYPE ty AS (tenant_id int); CREATE TABLE c OF ty;",
    "foreign": FORCED + POLICY + "CREATE FOREIGN TABLE f (tenant_id int) SERVER s;",
    "import": FORCED + POLICY + "IMPORT FOREIGN SCHEMA a FROM SERVER b INTO c;",
    "do exec": FORCED
    + POLICY
    + "DO $$ BEGIN EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', 't'); END $$;",
    "do if": "CREATE TABLE t (tenant_id int); DO $$ BEGIN IF current_setting('env') = 'prod' THEN ALTER TABLE t ENABLE ROW LEVEL SECURITY; END IF; END $$;"
    + POLICY,
    "do if false": "CREATE TABLE t (tenant_id int); DO $$ BEGIN IF false THEN ALTER TABLE t ENABLE ROW LEVEL SECURITY; END IF; END $$;"
    + POLICY,
    "fn call": "CREATE TABLE t (tenant_id int); CREATE FUNCTION weaken() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE t DISABLE ROW LEVEL SECURITY; END $$; ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    + POLICY
    + "SELECT weaken();",
    "psql i": FORCED + POLICY + "\n\\i other.sql\n",
    "psql if": "\n\\if :x\n" + FORCED + POLICY + "\n\\endif\n",
    "gexec": FORCED + POLICY + "\nSELECT 'DROP POLICY p ON t' \\gexec\n",
    "bypass": FORCED + POLICY + "CREATE ROLE app LOGIN BYPASSRLS;",
    "rule": FORCED + POLICY + "CREATE RULE r AS ON SELECT TO x DO INSTEAD SELECT * FROM t;",
    "definer": ENABLED
    + POLICY
    + "CREATE FUNCTION all_t() RETURNS SETOF t LANGUAGE sql SECURITY DEFINER AS $$ SELECT * FROM t $$;",
    "cast bool": using("tenant_id::boolean = current_setting('x')::boolean"),
    "mod": using("tenant_id % 2 = current_setting('x')::int % 2"),
    "distinct": using("tenant_id IS NOT DISTINCT FROM current_setting('x', true)::uuid"),
    "null or": using(f"tenant_id IS NULL OR tenant_id = {TENANT}"),
    "rows of a status": "CREATE TABLE members (org uuid, status text);"
    + using("tenant_id IN (SELECT org FROM members WHERE status = current_setting('app.status'))"),
    "exists with a status": "CREATE TABLE members (org uuid, status text);"
    + using(
        "EXISTS (SELECT 1 FROM members m WHERE m.org = tenant_id AND m.status = current_setting('app.status'))"
    ),
    "setting of another schema": using("tenant_id = mine.current_setting('app.tenant')::uuid"),
    "arrays overlap": using(
        "ARRAY[tenant_id] && string_to_array(current_setting('app.tenants'), ',')::uuid[]"
    ),
    "garbage": using("tenant_id @@@ FOO BAR"),
    "row": using(f"(tenant_id, 1) = ({TENANT}, 1)"),
}


def read(sql: str, **options: Any) -> Collected[Any]:
    return collect(migrations, sql, **options)


def flaws(sql: str, **options: Any) -> Any:
    """The findings; None if something that they depend on is not understood."""
    return without_touched(read(sql, **options)).tenant_tables_without_rls


@pytest.mark.parametrize("sql", ISOLATED.values(), ids=ISOLATED)
def test_isolated(sql: str) -> None:
    assert flaws(sql) == ()


@pytest.mark.parametrize("sql", FLAWS.values(), ids=FLAWS)
def test_flaws(sql: str) -> None:
    assert flaws(sql)


@pytest.mark.parametrize("sql", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_not_understood(sql: str) -> None:
    assert flaws(sql) is None
    assert all(place.place.line for origin in read(sql).origins for place in origin.not_understood)


@pytest.mark.parametrize(
    "condition", ["(" * 500 + "true" + ")" * 500, " OR ".join([f"tenant_id = {TENANT}"] * 3000)]
)
def test_what_is_too_deep_is_not_understood(condition: str) -> None:
    assert flaws(using(condition)) is None


def test_columns_of_tenants_are_an_option() -> None:
    sql = "CREATE TABLE t (orgId uuid, tenant_id uuid);"
    assert [finding.message for finding in flaws(sql, tenant_columns=["org_id"])] == [
        "t has a tenant column, but row-level security is not enabled"
    ]
    assert flaws(sql.replace("orgId uuid, ", ""), tenant_columns=["org_id"]) == ()


def test_a_role_that_sees_everything_may_be_trusted() -> None:
    for sql in ("CREATE POLICY a ON t TO admin USING (true);", "CREATE ROLE admin BYPASSRLS;"):
        assert flaws(FORCED + POLICY + sql) is None
        assert flaws(FORCED + POLICY + sql, trusted_roles=["admin"]) == ()


def test_a_composed_statement_touches_every_fact() -> None:
    collected = read("CREATE TABLE a (id int); DO $$ BEGIN EXECUTE 'CREATE TABLE ' || name; END $$;")
    assert set(without_touched(collected)) == {None}
    assert [place.place for origin in collected.origins for place in origin.not_understood] == [
        ("EXECUTE composes a statement", "report-0", 1, None)
    ]


def test_tables_under_search_path() -> None:
    sql = "SET search_path TO app, public; CREATE TABLE t (id int); SET search_path = public; CREATE TABLE u (id int);"
    assert read(sql).facts.tables == ("app.t", "u")


def test_dropping_a_table_drops_its_partitions_and_with_cascade_its_views() -> None:
    sql = "CREATE TABLE c PARTITION OF t DEFAULT; CREATE VIEW v AS SELECT * FROM t; DROP TABLE t CASCADE; CREATE TABLE z (a int);"
    found = read(ENABLED + sql).facts
    assert (found.tables, found.tenant_tables_without_rls) == (("z",), ())


def test_halves_of_statements_are_no_crash() -> None:
    assert flaws(ENABLED + POLICY + "CREATE VIEW v WITH (security_invoker = AS SELECT * FROM t;")
    empty = "CREATE FUNCTION own(x uuid) RETURNS boolean LANGUAGE sql AS $$ $$;"
    assert flaws(empty + using("own(tenant_id)")) is None
