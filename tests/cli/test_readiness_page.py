"""The page about the readiness document: its examples are what the program prints, and its page is read."""

import re
import shlex
from pathlib import Path

import pytest

from conftest import ROOT, Run, copy_of_pilot
from gatekeeper.manifests.document import read_document
from gatekeeper.model.document import Document

PAGE = (ROOT / "docs/readiness-document.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```console\n\$ gatekeeper (.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)


def test_examples_are_what_the_program_prints(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy_of_pilot(tmp_path / "repository"))
    assert len(EXAMPLES) == 3
    for command, shown in EXAMPLES:
        printed = run(*shlex.split(command)).out
        pattern = ".*".join(re.escape(passage) for passage in shown.split("...\n"))
        assert re.fullmatch(pattern, printed, re.DOTALL), f"{command} prints:\n{printed}"


def test_both_ways_to_write_a_page_are_read_alike() -> None:
    pages = [read_document(_example(kind).encode(), kind) for kind in ("markdown", "text")]
    assert [page.remarks for page in pages] == [(), ()]
    assert _plan(pages[0]) == _plan(pages[1])
    assert len(_plan(pages[0])) == 3


def _example(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def _plan(page: Document) -> dict[str, tuple[object, ...]]:
    cells = page.services["basket-service"].cells
    return {
        name: (
            cell.level,
            cell.gates and {gate: scope and scope.scope for gate, scope in cell.gates.items()},
            cell.adds,
        )
        for name, cell in cells.items()
    }
