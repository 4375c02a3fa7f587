"""SQL migrations: their order, the tables they leave behind, row-level security, outbox and inbox."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders.artefacts import SAMPLES, chosen, collect, facts, fixture, needs_samples, outcome, short, tree
from gatekeeper.collectors.migrations import read as migrations
from gatekeeper.collectors.migrations.facts import MigrationsFacts
from gatekeeper.model.evidence import Absent, Finding, Unreadable


def test_every_fact() -> None:
    collected = collect(migrations, fixture("migrations", "V1__ordering.sql"))
    assert (collected.format, collected.produced_at) == ("sql", None)
    assert collected.facts == MigrationsFacts(
        tables=("ordering.orders", "ordering.order_lines", "ordering.outbox", "ordering.inbox"),
        has_outbox=True,
        has_inbox=True,
        tenant_tables=("ordering.orders", "ordering.order_lines"),
        tenant_tables_without_rls=(
            Finding(
                "ordering.order_lines has a tenant column, but row-level security is not enabled",
                "report-0",
                12,
            ),
        ),
        outbox_tables=("ordering.outbox",),
        inbox_tables=("ordering.inbox",),
        tenant_tables_rls_unforced=("ordering.order_lines",),
    )


def test_mysql() -> None:
    found = facts(migrations, fixture("migrations", "mysql.sql"))
    assert (found.tables, found.has_outbox, found.has_inbox) == (("orders", "message_outbox"), True, False)
    assert [finding.line for finding in found.tenant_tables_without_rls] == [2]


@needs_samples
def test_sample() -> None:
    found = facts(migrations, (SAMPLES / "sql-migration/utsushiiro-02-schema.sql").read_bytes())
    assert found == MigrationsFacts(
        tables=("outbox_messages", "inbox_messages"),
        has_outbox=True,
        has_inbox=True,
        tenant_tables=(),
        tenant_tables_without_rls=(),
        outbox_tables=("outbox_messages",),
        inbox_tables=("inbox_messages",),
        tenant_tables_rls_unforced=(),
    )


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("CREATE TABLE A (id int); CREATE TABLE \"A\" (id int)", ("a", "A")),
        ("CREATE TABLE public.a (id int); DROP TABLE IF EXISTS a CASCADE; CREATE TABLE b (id int)", ("b",)),
        ("CREATE TABLE x.a (id int); DROP TABLE a; CREATE TABLE b (id int)", ("b",)),
        ("CREATE TABLE x.a (id int); CREATE TABLE y.a (id int); DROP TABLE a", ("x.a", "y.a")),
        ("CREATE TABLE db.x.a (id int); DROP SCHEMA x CASCADE; CREATE TABLE b (id int)", ("b",)),
        ("CREATE TABLE a (id int); ALTER TABLE a RENAME TO b", ("b",)),
        ("CREATE TABLE x.a (id int); ALTER TABLE x.a RENAME TO b", ("x.b",)),
        ("CREATE TABLE a (id int); ALTER TABLE a SET SCHEMA x", ("x.a",)),
        ("CREATE TABLE `a` (`id` int); RENAME TABLE `a` TO `b`", ("b",)),
        ("CREATE TABLE `a` (`id` int); ALTER TABLE `a` RENAME `b`", ("b",)),
        ("CREATE TABLE [dbo].[a] ([id] int)\nGO\nCREATE TABLE b (x int) CREATE TABLE c (y int)", ("a", "b", "c")),
        ("DECLARE @x int\nEXEC sp_rename 'x', 'y'\nGO\nCREATE TABLE [a] ([id] int)\n", ("a",)),
        ("CREATE TABLE #t (id int)\nGO\nCREATE TABLE [a] ([id] int)\nGO\n", ("a",)),
        ("CREATE TEMP TABLE t (id int); CREATE FOREIGN TABLE f (id int) SERVER s; CREATE UNLOGGED TABLE a ()", ("a",)),
        ("CREATE SCHEMA s CREATE TABLE a (id int) CREATE TABLE b (id int)", ("a", "b")),
        ("ALTER TABLE a ADD COLUMN b int", ("a",)),
        ("CREATE TABLE a (id int); ALTER PUBLICATION p DROP TABLE a; GRANT CREATE TABLE TO b", ("a",)),
        ("\\restrict q1w2e3\nCREATE TABLE a (id int);\n\\connect x\nCREATE TABLE b (id int);", ("a", "b")),
        ("COPY a (b) FROM stdin;\nO'Hara\tCREATE TABLE x (id int);\n\\.\nCREATE TABLE a (id int);", ("a",)),
        ("CREATE TABLE ${schema}.a (id int); CREATE TABLE ${p}_b (id int); DROP TABLE {{ schema }}.a", ("_p_b",)),
        ("CREATE TRIGGER t BEFORE INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DROP TABLE a; END; CREATE TABLE a (id int)", ("a",)),
        ("CREATE PROCEDURE p AS BEGIN CREATE TABLE x (id int); END\nGO\nCREATE TABLE a (id int)", ("a",)),
        ("CREATE PROCEDURE p() BEGIN CASE x WHEN 1 THEN SELECT 1; END CASE; END; CREATE TABLE a (id int)", ("a",)),
        ("CREATE TABLE event (\"end\" int, begin int); CREATE TABLE b (id int)", ("event", "b")),
        ("CREATE TABLE a (id int) ODD OPTION 5; SOMETHING ELSE; CREATE TABLE b (id int)", ("a", "b")),
        ("CREATE TABLE a AS SELECT 1; CREATE TABLE b (LIKE a); CREATE TABLE c PARTITION OF b DEFAULT", ("a", "b", "c")),
        ("CREATE TABLE `b` (i int);\nDELIMITER $$\nCREATE TRIGGER x BEFORE INSERT ON b FOR EACH ROW BEGIN SET NEW.i = 1; END$$\nDELIMITER ;\n", ("b",)),
        ("DO LANGUAGE plpgsql $x$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE TABLE a (id int); END IF; END $x$", ("a",)),
    ],
    ids=short,
)  # fmt: skip
def test_tables(sql: str, tables: tuple[str, ...]) -> None:
    assert facts(migrations, sql).tables == tables


def test_one_add_may_add_several_columns() -> None:
    found = facts(
        migrations, "CREATE TABLE [a] ([id] int)\nGO\nALTER TABLE [a] ADD [x] int, [y] int, [tenant_id] int"
    )
    assert found.tenant_tables == ("a",)


def test_go_within_a_line_is_a_name_and_no_end_of_a_batch() -> None:
    found = facts(migrations, "CREATE TABLE [a] ([id] int)\nGO\nALTER TABLE [a] ADD GO int, [tenant_id] int")
    assert found.tenant_tables == ("a",)


T = "CREATE TABLE t (id int, tenant_id uuid);"
RLS = "ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
POLICY = "CREATE POLICY p ON t USING (tenant_id = current_setting('a.x')::uuid);"
AS = "CREATE TABLE copy AS "
NOT_ENABLED = "has a tenant column, but row-level security is not enabled"
LETS = "has row-level security, but its policy p lets every tenant"
READ, ADD = f"{LETS} read rows of the others", f"{LETS} add rows of the others"


@pytest.mark.parametrize(
    ("sql", "lacks"),
    [
        (T + RLS + POLICY, []),
        (T, [f"t {NOT_ENABLED}"]),
        (T + RLS, []),
        (T + POLICY, [f"t {NOT_ENABLED}"]),
        (T + POLICY + "ALTER TABLE t FORCE ROW LEVEL SECURITY", [f"t {NOT_ENABLED}"]),
        (T + "--" + RLS + "\n" + POLICY, [f"t {NOT_ENABLED}"]),
        (T + "/*" + RLS + "*/" + POLICY, [f"t {NOT_ENABLED}"]),
        (T + f"SELECT '{RLS}';" + POLICY, [f"t {NOT_ENABLED}"]),
        (T + f"COMMENT ON TABLE t IS $${RLS}$$;" + POLICY, [f"t {NOT_ENABLED}"]),
        (T + f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$BEGIN {RLS} END$$;" + POLICY, [f"t {NOT_ENABLED}"]),
        (T + f"DO $$ BEGIN {RLS} {POLICY} EXCEPTION WHEN duplicate_object THEN NULL; END $$;", []),
        (T + RLS + POLICY + "ALTER TABLE t DISABLE ROW LEVEL SECURITY", [f"t {NOT_ENABLED}"]),
        (T + RLS + POLICY + "DROP POLICY IF EXISTS p ON t", []),
        (T + RLS + POLICY + "ALTER POLICY p ON t RENAME TO q; DROP POLICY p ON t", []),
        (T + RLS + POLICY + "ALTER POLICY p ON t TO PUBLIC", []),
        (T + RLS + "CREATE POLICY p ON t USING (true); ALTER POLICY p ON t TO PUBLIC", [f"t {READ}"]),
        (T + RLS + POLICY + "ALTER POLICY p ON t USING (true)", [f"t {READ}"]),
        (T + RLS + "CREATE POLICY p ON t FOR ALL USING ((TRUE)) WITH CHECK (tenant_id = f())", [f"t {READ}"]),
        (T + RLS + "CREATE POLICY p ON t FOR INSERT WITH CHECK (true)", [f"t {ADD}"]),
        (T + RLS + "CREATE POLICY p ON t TO admin USING (true);" + POLICY.replace("p ON", "q ON"), []),
        (T + "ALTER TABLE IF EXISTS ONLY \"t\" * ADD COLUMN x int, ENABLE ROW LEVEL SECURITY;" + POLICY, []),
        (T + RLS + POLICY + "ALTER TABLE t RENAME TO u", []),
        (T + RLS + POLICY + "DROP TABLE t;" + T, [f"t {NOT_ENABLED}"]),
        (T + RLS + POLICY + T.replace("TABLE", "TABLE IF NOT EXISTS"), []),
        (T + "CREATE TABLE part PARTITION OF t DEFAULT;" + RLS + POLICY, [f"part {NOT_ENABLED}"]),
        (T + AS + "SELECT * FROM t;" + RLS + POLICY, [f"copy {NOT_ENABLED}"]),  # noqa: S608
        (T + "CREATE TABLE copy AS TABLE t;" + RLS + POLICY, [f"copy {NOT_ENABLED}"]),
        (T + "CREATE TABLE copy (SELECT * FROM t);" + RLS + POLICY, [f"copy {NOT_ENABLED}"]),  # noqa: S608
        (T + AS + "SELECT id, tenant_id FROM t;" + RLS + POLICY, [f"copy {NOT_ENABLED}"]),  # noqa: S608
        (T + AS + "SELECT id FROM t;" + RLS + POLICY, []),  # noqa: S608
        (T + "CREATE TABLE child (x int) INHERITS (t);" + RLS + POLICY, [f"child {NOT_ENABLED}"]),
        ("CREATE TABLE app.t (tenant_id uuid);" + RLS + POLICY, []),
        ("CREATE TABLE app.t (tenant uuid); CREATE TABLE b.t (id int);" + RLS + POLICY, [f"app.t {NOT_ENABLED}"]),
        ("CREATE TABLE app.t (tenant uuid);" + RLS.replace("t E", "b.t E") + POLICY, [f"app.t {NOT_ENABLED}"]),
        ("CREATE TABLE t (id int); ALTER TABLE t ADD COLUMN IF NOT EXISTS tenant_id uuid NOT NULL", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (id int); ALTER TABLE t ADD a int, tenant_id int", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (id int); ALTER TABLE t ADD (a int, tenant_id int)", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (a int); ALTER TABLE t RENAME COLUMN a TO tenant_id", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (a int); ALTER TABLE t RENAME a TO tenant_id", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE `t` (a int); ALTER TABLE t CHANGE COLUMN a tenant_id int", [f"t {NOT_ENABLED}"]),
        ("ALTER TABLE t ADD COLUMN tenant_id uuid", [f"t {NOT_ENABLED}"]),
        (T + "ALTER TABLE t DROP COLUMN IF EXISTS tenant_id", []),
        (T + "ALTER TABLE t DROP CONSTRAINT tenant_id, ADD CONSTRAINT x CHECK (true)", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (tenantId uuid)", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (\"TenantId\" uuid)", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (\"tenant\" uuid)", [f"t {NOT_ENABLED}"]),
        ("CREATE TABLE t (id int, UNIQUE (tenant_id), FOREIGN KEY (tenant_id) REFERENCES x)", []),
        ("CREATE TABLE tenants (id int, tenant_name text)", []),
    ],
    ids=short,
)  # fmt: skip
def test_row_level_security(sql: str, lacks: list[str]) -> None:
    assert [finding.message for finding in facts(migrations, sql).tenant_tables_without_rls] == lacks


def test_force_is_told_apart() -> None:
    force = "ALTER TABLE t FORCE ROW LEVEL SECURITY;"
    assert facts(migrations, T + RLS + POLICY).tenant_tables_rls_unforced == ("t",)
    assert facts(migrations, T + RLS + force).tenant_tables_rls_unforced == ()
    unforced = T + RLS + force + force.replace("FORCE", "NO FORCE")
    assert facts(migrations, unforced).tenant_tables_rls_unforced == ("t",)


@pytest.mark.parametrize(
    ("table", "outbox", "inbox"),
    [
        ("outbox_messages (message_uuid uuid, message_payload jsonb, sent_at timestamp)", True, False),
        ("outbox (id int, event_type text, payload jsonb, processed_at timestamp)", True, False),
        ('"eventOutBox" ("id" text, "type" text, "eventData" jsonb)', True, False),
        (
            "outboxevent (id uuid, aggregatetype text, aggregateid text, type text, payload jsonb)",
            True,
            False,
        ),
        ("message_outbox (id uuid, message bytea)", True, False),
        ("outbox (id int, sent_at timestamp)", False, False),
        ("outbox (id int, metadata jsonb)", False, False),
        ("outbox (id int, recipient text, body text, sent_at timestamp)", False, False),
        ("outbox_dlq_events (id int, payload jsonb)", False, False),
        ("outbox_archive (id int, payload jsonb)", False, False),
        ("events (id int, payload jsonb)", False, False),
        # Names mislead.
        ("outbox_consumed_events (id binary(16), consumed_at timestamp)", False, True),
        ("outbox_consumed_events (id int, event_id uuid, consumer text, payload jsonb)", False, True),
        ("outbox_message_consumers (outbox_message_id uuid, name text)", False, True),
        ("outbox_consumer_processing (id int, outbox_event_id int, consumer_name text)", False, True),
        ("outbox (event_id uuid, consumer text, payload jsonb)", False, False),
        ("inbox_messages (message_uuid uuid, message_payload jsonb, received_at timestamp)", False, True),
        ('"InboxMessages" ("Id" uuid, "Content" jsonb, "ProcessedOnUtc" timestamp)', False, True),
        ("inbox (message_id uuid)", False, True),
        ("inbox (id int, subject text, read_at timestamp)", False, False),
        ("inbox (id int, user_id int, message_id int, received_at timestamp)", False, False),
        ("processed_messages (id uuid)", False, True),
        ("processed_orders (id uuid, processed_at timestamp)", False, False),
        ("event_consumers (id int, url text)", False, False),
        ("inbox_archive (message_id uuid, processed_at timestamp)", False, False),
    ],
)
def test_outbox_and_inbox(table: str, outbox: bool, inbox: bool) -> None:
    found = facts(migrations, f"CREATE TABLE {table};")
    assert (found.has_outbox, found.has_inbox) == (outbox, inbox)
    assert (bool(found.outbox_tables), bool(found.inbox_tables)) == (outbox, inbox)


def of_folder(files: Mapping[str, str | bytes], **options: Any) -> Any:
    return migrations.collect(tree(files, "db"), options).facts


CREATE, DROP = "CREATE TABLE a (id int);", "DROP TABLE a; CREATE TABLE b (id int);"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2_a.sql", "10_a.sql"),
        ("V2__z.sql", "V10__a.sql"),
        ("V1.2__z.sql", "V1.10__a.sql"),
        ("V1__z.sql", "V1_1__a.sql"),
        ("V9__z.sql", "R__a.sql"),
        ("20240101_z/migration.sql", "20240102_a/migration.sql"),
        ("000001_z.up.sql", "000002_a.up.sql"),
        ("0099_z.sql", "100_a.sql"),
    ],
)
def test_order(first: str, second: str) -> None:
    assert of_folder({first: CREATE, second: DROP}).tables == ("b",)
    assert of_folder({first: DROP, second: CREATE}).tables == ("b", "a")


@pytest.mark.parametrize(
    "undoing",
    [
        "1_a.down.sql",
        "1_a.undo.sql",
        "1_a.rollback.sql",
        "U1__a.sql",
        "down.sql",
        "x/down.sql",
        "revert/1_a.sql",
        "1_a-down.sql",
        "1_a_down.sql",
    ],
)
def test_what_undoes_a_migration_does_not_run(undoing: str) -> None:
    up = {"1_a-up.sql": CREATE, "1_a_up.sql": "CREATE TABLE c (id int)"}
    assert of_folder(up | {undoing: "DROP TABLE a; not SQL '"}).tables == ("a", "c")


def test_a_name_that_only_ends_so_runs() -> None:
    assert of_folder({"1.sql": CREATE, "2_slow_down.sql": DROP}).tables == ("b",)


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- migrate:up", "-- migrate:down transaction:false"),
        ("-- +goose Up", "--   +goose Down"),
        ("-- +migrate Up", "-- +migrate Down"),
        ("-- Up Migration", "-- Down Migration"),
        ("# --- !Ups", "# --- !Downs"),
        ("", "---- create above / drop below ----"),
        ("", "-- //@UNDO"),
    ],
)
def test_the_section_that_undoes_does_not_run(up: str, down: str) -> None:
    assert facts(migrations, f"{up}\n{CREATE}\n{down}\nDROP TABLE a;").tables == ("a",)
    if up:
        assert facts(migrations, f"{down}\n{DROP}\n{up}\n{CREATE}").tables == ("a",)


def test_lines_are_those_of_the_file() -> None:
    text = "-- migrate:up\n\nSELECT 'a\nb';\nDO $$\nBEGIN\n  CREATE TABLE t (tenant_id int);\nEND $$;\n"
    found = of_folder({"db/1.sql": text, "db/2.sql": "\n\n" + T.replace(" t ", " u ")})
    assert [(finding.file, finding.line) for finding in found.tenant_tables_without_rls] == [
        ("db/1.sql", 7),
        ("db/2.sql", 3),
    ]


def test_include_selects_files() -> None:
    files = {"db/1.sql": CREATE, "db/seed/2.sql": DROP, "db/README.md": "It's not SQL"}
    assert of_folder(files, include="db/*.sql").tables == ("a",)
    assert of_folder(files, include=["**/*.sql"]).tables == ("b",)
    assert of_folder(files).tables == ("b",)
    with pytest.raises(Absent, match=r"^db has no file that matches \*\.ddl$"):
        of_folder(files, include="*.ddl")


def test_every_file_must_be_readable() -> None:
    with pytest.raises(
        Unreadable, match=r"^2\.sql: not SQL: a string, a quoted name or a comment has no end$"
    ):
        of_folder({"1.sql": CREATE, "2.sql": "DROP TABLE 'a"})
    assert of_folder({"1.sql": CREATE, "2.sql": " \n", "3.sql": "-- later"}).tables == ("a",)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("", "absent: report-0: the file is empty"),
        ("-- nothing yet", "absent: reports: no table exists after the migrations"),
        ("SELECT 1", "absent: reports: no table exists after the migrations"),
        (CREATE + "DROP TABLE a", "absent: reports: no table exists after the migrations"),
        ("hello world", "unreadable: report-0: not SQL: no known statement"),
        ('{"tables": ["a"]}', "unreadable: report-0: not SQL: no known statement"),
        (
            "\nCREATE TABLE a (id int",
            "unreadable: report-0: line 2: not SQL: expected ), found the end of the",
        ),
        ("CREATE TABLE", "unreadable: report-0: line 1: not SQL: expected the name of a table, found"),
        (
            "CREATE TABLE a",
            "unreadable: report-0: line 1: not SQL: expected the columns of a table, found",
        ),
        ("CREATE TABLE a (5 int)", "unreadable: report-0: line 1: not SQL: expected a column, found '5'"),
        (
            "ALTER TABLE 5 ADD x int",
            "unreadable: report-0: line 1: not SQL: expected the name of a table, found '5'",
        ),
        (
            "CREATE POLICY p",
            "unreadable: report-0: line 1: not SQL: expected ON, found the end of the statement",
        ),
        ("CREATE TABLE a (b text DEFAULT 'x)", "unreadable: report-0: not SQL: a string, a quoted name or"),
        ("CREATE PROCEDURE p() BEGIN SELECT 1;", "unreadable: report-0: line 1: not SQL: the routine"),
        (CREATE.encode("utf-16-le"), "unreadable: report-0: binary, not SQL"),
        (CREATE + "\0", "unreadable: report-0: binary, not SQL"),
        (" " * 5_000_001 + "x", "unreadable: report-0: the file has 5,000,002 bytes; at most 5,000,000"),
        ("(" * 20_000, "absent: reports: no table exists after the migrations"),
    ],
    ids=short,
)
def test_what_is_no_evidence(sql: str | bytes, expected: str) -> None:
    assert outcome(migrations, sql).startswith(expected)


def test_a_table_is_shown_as_it_is_left() -> None:
    expected = {"tables": ("a",), "has_outbox": False, "has_inbox": False, "tenant_tables": ()}
    assert chosen(facts(migrations, CREATE), expected) == expected
