"""The benchmark that compares what is recognised in public repositories with labels."""

import importlib.util
from pathlib import Path

import pytest

from builders.workspaces import write

BENCHMARK = Path(__file__).parents[1] / "benchmarks/public_repositories.py"


@pytest.mark.skipif(not BENCHMARK.is_file(), reason="an installed package has no benchmarks")
def test_what_is_recognised_is_compared_with_the_first_label_that_matches(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("public_repositories", BENCHMARK)
    assert spec
    assert spec.loader
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    for name in ("a.xml", "b.xml", "c/d.xml"):
        write(tmp_path / name, "<testsuite/>")
    write(tmp_path / "gone.xml", "<other/>")
    write(tmp_path / "README.md", "# Names decide\n")
    labels = benchmark.labels_of({"a.xml": "tests", "gone.xml": "tests", "*.xml": "none"})
    counts, lines = benchmark.compare(tmp_path, labels, read=True)
    assert (counts["files"], counts["recognised"]) == (4, 3)
    assert lines == [
        "wrong: b.xml: tests",
        "missed: gone.xml: not recognised",
        "unlabelled: c/d.xml: tests",
    ]
