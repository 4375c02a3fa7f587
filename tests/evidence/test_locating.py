"""Findings are located relative to the repository, wherever the tool ran."""

from contextlib import closing
from pathlib import Path

import pytest

from builders.repositories import commit_all
from builders.workspaces import write
from gatekeeper.collectors.coverage.facts import CoverageFacts
from gatekeeper.evidence.locating import Locator
from gatekeeper.model.evidence import Finding
from gatekeeper.trees.disk import DiskTree
from gatekeeper.trees.git import GitTree
from gatekeeper.trees.revisions import find_commit


def located(root: Path, *files: str | None) -> list[str | None]:
    facts = CoverageFacts(lines_pct=1.0, uncovered=tuple(Finding("m", file, 3) for file in files))
    moved = Locator(DiskTree(str(root))).located(facts, "reports/lcov.info")
    assert isinstance(moved, CoverageFacts)
    assert moved.uncovered is not None
    assert all(finding.line == 3 for finding in moved.uncovered)
    return [finding.file for finding in moved.uncovered]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "src/domain").mkdir(parents=True)
    (tmp_path / "src/domain/order.ts").write_text("", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("src/domain/order.ts", "src/domain/order.ts"),
        ("./src/domain/order.ts", "src/domain/order.ts"),
        ("src\\domain\\order.ts", "src/domain/order.ts"),
        (None, None),
        # The file is here.
        ("/ci/job-7/checkout/src/domain/order.ts", "src/domain/order.ts"),
        ("file:///ci/src/domain/order.ts", "src/domain/order.ts"),
        ("D:\\a\\shop\\src\\domain\\order.ts", "src/domain/order.ts"),
        # A file beside it is not, and its folder is.
        ("/ci/job-7/checkout/src/domain/gone.ts", "/ci/job-7/checkout/src/domain/gone.ts"),
        # The sources are elsewhere: what CI services name their work folders.
        ("/home/runner/work/shop/shop/lib/a.ts", "lib/a.ts"),
        ("/__w/shop/shop/lib/a.ts", "lib/a.ts"),
        ("D:\\a\\shop\\shop\\lib\\a.ts", "lib/a.ts"),
        ("/github/workspace/lib/a.ts", "lib/a.ts"),
        ("/builds/group/shop/lib/a.ts", "lib/a.ts"),
        ("/var/jenkins_home/workspace/shop/lib/a.ts", "lib/a.ts"),
        ("/home/jenkins/agent/workspace/shop/lib/a.ts", "lib/a.ts"),
        ("/home/vsts/work/1/s/lib/a.ts", "lib/a.ts"),
        ("/home/circleci/project/lib/a.ts", "lib/a.ts"),
        ("/opt/atlassian/pipelines/agent/build/lib/a.ts", "lib/a.ts"),
        ("/usr/src/app/lib/a.ts", "lib/a.ts"),
        # Nobody knows, so it stays as the tool wrote it.
        ("/home/ana/shop/lib/a.ts", "/home/ana/shop/lib/a.ts"),
        ("/ci/../src/domain/order.ts", "/ci/../src/domain/order.ts"),
    ],
)
def test_a_file_is_located_relative_to_the_repository(
    root: Path, file: str | None, expected: str | None
) -> None:
    assert located(root, file) == [expected]


def test_what_was_cut_off_one_file_of_a_folder_is_cut_off_all(root: Path) -> None:
    files = [f"/ci/src/domain/{name}.ts" for name in ("order", "gone")]
    assert located(root, *files) == ["src/domain/order.ts", "src/domain/gone.ts"]


def test_facts_without_findings_are_left_alone(root: Path) -> None:
    picked = {"a": ("/ci/src/domain/order.ts",)}
    assert Locator(DiskTree(str(root))).located(picked, "a") is picked
    facts = CoverageFacts(paths=("/ci/src/domain/order.ts",))
    assert Locator(DiskTree(str(root))).located(facts, "reports/lcov.info") is facts


@pytest.mark.parametrize(
    ("artefact", "file", "expected"),
    [
        ("packages/cart/coverage/lcov.info", "src/cart.ts", "packages/cart/src/cart.ts"),
        ("packages/cart/lcov.info", "./src/cart.ts", "packages/cart/src/cart.ts"),
        ("packages/cart/coverage/lcov.info", "src/domain/order.ts", "src/domain/order.ts"),
        ("packages/cart/coverage/lcov.info", "src/gone.ts", "packages/cart/src/gone.ts"),
        ("packages/cart/coverage/lcov.info", "elsewhere/gone.ts", "elsewhere/gone.ts"),
        ("packages/cart/coverage/lcov.info", "../src/cart.ts", "../src/cart.ts"),
        ("../outside/lcov.info", "src/cart.ts", "src/cart.ts"),
        ("lcov.info", "src/cart.ts", "src/cart.ts"),
    ],
)
def test_a_relative_path_starts_where_the_tool_ran(
    root: Path, artefact: str, file: str, expected: str
) -> None:
    (root / "packages/cart/src").mkdir(parents=True)
    (root / "packages/cart/src/cart.ts").write_text("", encoding="utf-8")
    facts = CoverageFacts(uncovered=(Finding("first", "src/cart.ts"), Finding("m", file)))
    moved = Locator(DiskTree(str(root))).located(facts, artefact)
    assert moved.uncovered[1].file == expected


def test_a_finding_of_a_revision_is_located_in_the_tree_of_the_revision(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    committed = write(root / "packages/cart/src/cart.ts", "")
    commit_all(root)
    committed.unlink()
    write(root / "packages/cart/lib/later.ts", "")
    files = ("src/cart.ts", "/ci/shop/packages/cart/src/cart.ts", "/ci/shop/packages/cart/lib/later.ts")
    facts = CoverageFacts(uncovered=tuple(Finding("m", file) for file in files))
    with closing(GitTree(str(root), find_commit(str(root), "HEAD"))) as tree:
        moved = Locator(tree).located(facts, "packages/cart/coverage/lcov.info")
    assert [finding.file for finding in moved.uncovered] == [
        "packages/cart/src/cart.ts",
        "packages/cart/src/cart.ts",
        "/ci/shop/packages/cart/lib/later.ts",
    ]


def test_a_file_that_only_the_working_tree_has_locates_nothing_of_a_revision(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    write(root / "README.md", "a")
    commit_all(root)
    write(root / "packages/cart/src/cart.ts", "")
    facts = CoverageFacts(uncovered=(Finding("m", "src/cart.ts"),))
    with closing(GitTree(str(root), find_commit(str(root), "HEAD"))) as tree:
        of_revision = Locator(tree).located(facts, "packages/cart/lcov.info")
    on_disk = Locator(DiskTree(str(root))).located(facts, "packages/cart/lcov.info")
    assert of_revision.uncovered[0].file == "src/cart.ts"
    assert on_disk.uncovered[0].file == "packages/cart/src/cart.ts"
