"""Changes of what criteria require take effect later, as `upcoming`."""

import pytest

from builders.workspaces import ROOT
from gatekeeper.judging.rules.editing import RuleEdit, edited
from gatekeeper.judging.rules.staging import staged
from gatekeeper.model.rulebook import Gate
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import open_workspace

COVERAGE = ("criteria", 2)
RAISED = RuleEdit((Gate, "G1"), (*COVERAGE, "requires", "domain_coverage.lines_pct", "at_least"), 97)


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return open_workspace(ROOT).manifests


def test_changed_requirements_become_those_that_decide_later(manifests: Manifests) -> None:
    found = staged(manifests, edited(manifests, RAISED), [RAISED], "M3")
    assert found.mistakes == ()
    later = edited(manifests, *found.edits).gates["G1"].criteria[2]
    assert later.requires["domain_coverage.lines_pct"].at_least == 95
    assert later.upcoming
    assert later.upcoming.effective == "M3"
    assert later.upcoming.requires["domain_coverage.lines_pct"].at_least == 97
    assert later.upcoming.requires.keys() == later.requires.keys()


def test_what_is_tightened_already_is_not_tightened_twice(manifests: Manifests) -> None:
    first = staged(manifests, edited(manifests, RAISED), [RAISED], "M3")
    tightened = edited(manifests, *first.edits)
    found = staged(tightened, edited(tightened, RAISED), [RAISED], "M4")
    assert found.edits == ()
    assert found.mistakes == ("G1.coverage is tightened from M3 on already",)


def test_nothing_else_can_take_effect_later(manifests: Manifests) -> None:
    edit = RuleEdit((Gate, "G1"), (*COVERAGE, "max_age_days"), 30)
    found = staged(manifests, edited(manifests, edit), [edit], "M3")
    assert found.edits == ()
    assert found.mistakes == (
        "G1.coverage.max_age_days: only requirements and new criteria can take effect later",
    )
