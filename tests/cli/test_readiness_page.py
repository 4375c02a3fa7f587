"""The page about the readiness document: its examples of documents are read."""

import re

from builders.workspaces import ROOT
from gatekeeper.documents.parse import read_document
from gatekeeper.model.document import ReadinessDocument

PAGE = (ROOT / "docs/readiness-document.md").read_text(encoding="utf-8")


def test_both_ways_to_write_a_page_are_read_alike() -> None:
    pages = [read_document(_example(kind).encode(), kind) for kind in ("markdown", "text")]
    assert [page.remarks for page in pages] == [(), ()]
    assert _plan(pages[0]) == _plan(pages[1])
    assert len(_plan(pages[0])) == 3


def _example(kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def _plan(page: ReadinessDocument) -> dict[str, tuple[object, ...]]:
    cells = page.services["basket-service"].cells
    return {
        name: (
            cell.level,
            cell.gates and {gate: scope and scope.scope for gate, scope in cell.gates.items()},
            cell.adds,
        )
        for name, cell in cells.items()
    }
