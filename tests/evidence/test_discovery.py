"""What discovery looks at, recognises and takes together."""

import os
import subprocess
from pathlib import Path

import pytest

from builders.workspaces import PILOT, write
from gatekeeper.evidence import discovery
from gatekeeper.evidence.discovery import discover

LEDGER = PILOT / "services/ledger-service"
JUNIT = (LEDGER / "reports/api.xml").read_bytes()
LCOV = (LEDGER / "reports/lcov.info").read_bytes()


def found(folder: Path) -> dict[str, str]:
    return {one.path: one.kind for one in discover(folder).artefacts}


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    write(tmp_path / "coverage/coverage.xml", JUNIT)
    write(tmp_path / "reports/junit.xml", "<html/>")
    assert found(tmp_path) == {"coverage/coverage.xml": "tests"}


def test_of_ignored_folders_only_those_that_builds_write_to_are_looked_into(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    write(tmp_path / ".gitignore", "/private/\n/target/\n*.info\n")
    for place in ("private/a.xml", "target/deep/b.xml", "kept/c.xml", "node_modules/d/e.xml", ".cache/f.xml"):
        write(tmp_path / place, JUNIT)
    write(tmp_path / "cover.info", LCOV)
    assert sorted(found(tmp_path)) == ["cover.info", "kept/c.xml", "target/deep/b.xml"]
    assert sorted(found(tmp_path / "target")) == ["deep/b.xml"]


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/a.xml", JUNIT)
    write(tmp_path / "repository/inside.xml", JUNIT)
    (tmp_path / "repository/reports").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "repository/out.xml").symlink_to(tmp_path / "elsewhere/a.xml")
    os.mkfifo(tmp_path / "repository/pipe.json")
    assert sorted(found(tmp_path / "repository")) == ["inside.xml"]


@pytest.mark.parametrize(
    ("names", "together"),
    [
        (("TEST-a.B.xml", "TEST-a.C.xml"), "reports/TEST-*.xml"),
        (("junit-1.xml", "junit-2.xml"), "reports/junit-*.xml"),
        (("api.xml", "sync.xml"), None),
        (("run-2026-11-01.xml", "run-2026-11-02.xml"), None),
        (("TEST-{a}.xml", "TEST-{b}.xml"), None),
    ],
)
def test_shards_of_one_suite_are_one_artefact_and_suites_are_not(
    tmp_path: Path, names: tuple[str, ...], together: str | None
) -> None:
    for name in names:
        write(tmp_path / "reports" / name, JUNIT)
    paths = {f"reports/{name}" for name in names} | ({together} if together else set())
    assert found(tmp_path).keys() == paths


def test_a_glob_that_would_match_another_file_is_not_used(tmp_path: Path) -> None:
    for name, content in {"TEST-a.xml": JUNIT, "TEST-b.xml": JUNIT, "TEST-c.xml": b"<html/>"}.items():
        write(tmp_path / name, content)
    assert found(tmp_path).keys() == {"TEST-a.xml", "TEST-b.xml"}


def test_a_folder_with_nothing_else_is_one_artefact() -> None:
    of = found(LEDGER)
    assert {path for path in of if "." not in path} == {"pacts", "keys", "migrations"}
    assert of["api/openapi-*.yaml"] == "api_diff"


def test_migrations_may_have_a_folder_each(tmp_path: Path) -> None:
    for path in ("prisma/migrations/1_a/migration.sql", "prisma/migrations/2_b/migration.sql"):
        write(tmp_path / path, "CREATE TABLE a (b int);")
    write(tmp_path / "prisma/migrations/migration_lock.toml", "")
    together = [one for one in discover(tmp_path).artefacts if len(one.files) > 1]
    assert [(one.path, one.kind) for one in together] == [("prisma/migrations", "migrations")]


def test_the_source_tree_of_a_module_is_its_folder_of_sources(tmp_path: Path) -> None:
    for path in (
        "web/package.json",
        "web/src/a.ts",
        "web/test/a.test.ts",
        "web/tools/b.ts",
        "job/go.mod",
        "job/x.go",
    ):
        write(tmp_path / path, "{}")
    assert {one.path for one in discover(tmp_path).artefacts if one.kind == "source"} == {"web/src", "job"}


def test_budgets_are_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        write(tmp_path / f"{number}.xml", JUNIT)
    monkeypatch.setattr(discovery, "MOST_READ", 4)
    assert discover(tmp_path).notes == ("stopped after the content of 4 files: name a folder below",)
    monkeypatch.setattr(discovery, "MOST_NAMES", 2)
    assert discover(tmp_path).notes == ("stopped after 2 files: name a folder below",)
