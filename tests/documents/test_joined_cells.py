"""Cells that run together are split at the ids that a page defines, or that its reader knows."""

import pytest

from builders.own_ids import remarks
from gatekeeper.documents.parse import read_document
from gatekeeper.model.document import PageIds
from gatekeeper.model.service import Scope

TEXT = """\
1. Levels

LevelMeaningWho may use it
noneNothing yet
bronzeIt works for usColleagues
gold-plusIt is promisedEverybody

2. Gates

GateDefinitionTest artefact
build BuildIt is builtReport
run RunIt is operatedRunbook

3. Matrix

quicksilver

MilestoneLevelGates
beta—
gabronzebuild, run (on call); gift cards
lategold-plus+ vouchers

marigold-plus

MilestoneLevelGates
ganoneno gates

5. Summary

MilestoneMust-green services (level target)
gaquicksilver bronze, marigold-plus none (new)
late+ quicksilver gold-plus
never—
"""


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        (TEXT, None),
        (
            TEXT.replace("\n", "\n\n"),
            PageIds(("none", "bronze", "gold-plus"), ("build", "run"), ("ga", "late", "never")),
        ),
    ],
    ids=["rows together", "rows apart"],
)
def test_joined_cells_are_split_at_ids(text: str, usual: PageIds | None) -> None:
    document = read_document(text.encode(), "page.txt", usual)
    assert document.remarks == ()
    assert {name: (of.meaning, of.audience) for name, of in document.levels.items()} == {
        "none": ("Nothing yet", None),
        "bronze": ("It works for us", "Colleagues"),
        "gold-plus": ("It is promised", "Everybody"),
    }
    assert {name: (of.name, of.artefact) for name, of in document.gates.items()} == {
        "build": ("Build", "Report"),
        "run": ("Run", "Runbook"),
    }
    cells = {name: of.cells for name, of in document.services.items()}
    assert {name: [(of.milestone, of.level) for of in some.values()] for name, some in cells.items()} == {
        "quicksilver": [("ga", "bronze"), ("late", "gold-plus")],
        "marigold-plus": [("ga", "none")],
    }
    assert cells["quicksilver"]["ga"].gates == {"build": None, "run": Scope(scope="on call")}
    assert cells["marigold-plus"]["ga"].gates == {}
    assert {
        name: [(to.service, to.level) for to in row.targets] for name, row in document.published.items()
    } == {
        "ga": [("quicksilver", "bronze"), ("marigold-plus", "none")],
        "late": [("quicksilver", "gold-plus")],
        "never": [],
    }


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        ("gabronzebuild", "gasilverbuild",
         "20: ga: 'silverbuild, run (on call); gift cards' is not a level; write one of none, bronze, gold-plus"),
        ("lategold-plus+ vouchers", "soonplatinum+ vouchers",
         "21: this row cannot be split into cells: its milestone or level is unknown"),
        ("marigold-plus\n\nMilestoneLevel", "marigold-plus\n\nMilestoneLevels",
         "26: this row is not below a known line of titles: "),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_split_is_reported(was: str, becomes: str, expected: str) -> None:
    assert was in TEXT
    told = remarks(TEXT.replace(was, becomes, 1))
    assert any(line.startswith(expected) for line in told), told
