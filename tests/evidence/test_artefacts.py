"""Which files a path with wildcards names."""

import pytest

from builders.in_memory import ROOT, MemoryTree
from gatekeeper.evidence.artefacts import Bounds, files_at

FILES = {
    "target/surefire-reports/TEST-a.xml": b"",
    "target/surefire-reports/a.txt": b"",
    "build/test-results/test/TEST-b.xml": b"",
    "build/test-results/test/binary/c.bin": b"",
    "target/site/jacoco/jacoco.xml": b"",
}


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("{target/surefire-reports,build/test-results/test}/TEST-*.xml", ["TEST-a.xml", "TEST-b.xml"]),
        ("{target/site/jacoco/jacoco.xml,build/reports/jacoco/test/jacocoTestReport.xml}", ["jacoco.xml"]),
        ("{target/*-reports,build/test-results}/**/TEST-*.xml", ["TEST-a.xml", "TEST-b.xml"]),
        ("{none/of,these}/*.xml", []),
        ("**/TEST-{a,b}.xml", ["TEST-b.xml", "TEST-a.xml"]),
        ("{target/surefire-reports,target/*}/TEST-a.xml", ["TEST-a.xml"]),
        (f"{ROOT}/target/*/jacoco/*.xml", ["jacoco.xml"]),
    ],
)
def test_alternatives_may_name_folders_and_a_glob_may_be_absolute(path: str, names: list[str]) -> None:
    found = files_at(ROOT, path, Bounds(MemoryTree(FILES)))
    assert [file.rpartition("/")[2] for file in found] == names
