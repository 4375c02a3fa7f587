"""Read evidence of the kind `migrations`."""

import re

from gatekeeper.collectors.migrations._files import that_run
from gatekeeper.collectors.migrations.facts import (
    FLAWS,
    MAY_TAKE_AWAY,
    PLACES,
    PLACES_IF_LEAKING,
    PLACES_IF_PROVEN,
    MigrationsFacts,
)
from gatekeeper.collectors.reading.about import About
from gatekeeper.collectors.reading.content import Content
from gatekeeper.collectors.reading.globs import chooser
from gatekeeper.collectors.reading.ledger import Ledger
from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Options, Origin

ABOUT = About(
    tool="SQL, as Flyway, Liquibase, Prisma and others run it in the order of the files' names",
    seen="PostgreSQL; MySQL, T-SQL and SQLite for tables only",
    source="https://www.postgresql.org/docs/current/ddl-rowsecurity.html",
    command="`pg_dump --schema-only`, or the migrations as they are",
    recognised="the ending `.sql`, or a definition in SQL at the beginning",
    models="tables, outbox and inbox, views and functions, policies of row-level security and roles",
    not_modelled=(
        "SQL that `EXECUTE` composes, blocks under a condition, calls of functions that change "
        "tables, rules, event triggers"
    ),
)

_DEFINES = re.compile(
    rb"(\s|--[^\n]*\n)*(create|alter|drop)\s+(or\s|temp|unlogged|table|schema|type|(unique\s+)?index)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    rb"^(\xef\xbb\xbf)?\s*((create|alter|drop|grant|revoke|rename)|comment\s+on)\s+[a-z]",
    re.IGNORECASE | re.MULTILINE,
)
_OF_A_TOOL = re.compile(
    r"(^|/)([VU][\d._]+__|R__)[^/]*$|\.(up|down)\.sql$"
    r"|(^|/)(migrations?|migrate|migrator|dbscripts)/([^/]+/)?(\d[^/]*|migration)\.sql$",
    re.IGNORECASE,
)
"""The names that Flyway, golang-migrate, Prisma and others give to migrations: one may change rows alone."""


def recognises(content: Content) -> bool:
    """Return whether the name is that of an SQL file, or the text begins with a definition in SQL."""
    return content.name.casefold().endswith(".sql") or _DEFINES.match(content.head) is not None


def is_distinct(content: Content) -> bool:
    """Return whether the text has a definition, or the name is that of a migration: queries have neither."""
    return bool(_STATEMENT.search(content.head) or _OF_A_TOOL.search(content.name))


def collect(artefact: Artefact, options: Options) -> Collected[MigrationsFacts]:
    """Apply the migrations that `include` selects, and return facts about the resulting tables."""
    # Loads the SQL parser.
    from gatekeeper.collectors.migrations._replay import replayed, stated, tenants_of

    files = that_run(_selected(artefact, options.get("include")))
    tenants = tenants_of(options)
    places, proven = PLACES, None
    if options.get("prove"):
        from gatekeeper.collectors.migrations._proof import proof

        proven = proof(files, tenants)
        places = {None: PLACES, True: PLACES_IF_PROVEN, False: PLACES_IF_LEAKING}[proven.isolates]
    ledger = Ledger(places)
    schema = replayed(files, ledger, alone=len(artefact.files) == 1)
    facts = ledger.null_where(stated(schema, ledger, tenants, proven), FLAWS, MAY_TAKE_AWAY)
    if not facts.tables and not ledger.places():
        raise Absent(f"{artefact.path}: no table exists after the migrations")
    return Collected(facts, (Origin("sql", not_understood=ledger.places()),))


def _selected(artefact: Artefact, include: str | list[str] | None) -> list[ArtefactFile]:
    """Return the files that `include` selects; without it, those named `.sql` if there are any."""
    files = list(artefact.files)
    if include is None and len(files) > 1:
        chosen = [file for file in files if file.name.casefold().endswith(".sql")]
        return chosen or files
    selects = chooser(include)
    if not (selected := [file for file in files if selects(file.name)]):
        raise Absent(f"{artefact.path} has no file" + (f" that matches {include}" if include else ""))
    return selected
