"""Cases are judged as the engine judges: what is remembered between them changes no answer."""

from functools import cache

import pytest

from builders.workspaces import ROOT
from gatekeeper.judging.rules.editing import RuleEdit, edited
from gatekeeper.model.case_result import Difference
from gatekeeper.model.cases import CriterionCase
from gatekeeper.model.rulebook import Gate
from gatekeeper.workspace.cases import expectations
from gatekeeper.workspace.cases.running import run
from gatekeeper.workspace.cases.suite import Suite, read_suite
from gatekeeper.workspace.loading import LoadedWorkspace, disk_tree, open_rulebook


@cache
def _reference() -> tuple[LoadedWorkspace, Suite]:
    loaded = open_rulebook(ROOT, disk_tree(ROOT))
    return loaded, read_suite(loaded)


@pytest.mark.long
def test_a_case_is_answered_alone_as_among_others(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, suite = _reference()
    assert len(suite.cases) > 500
    together = list(run(suite.cases, loaded))
    # Alone, and with its levels, which most cases do not need.
    monkeypatch.setattr(expectations, "needs_levels", lambda _: True)
    for one in together[::7]:
        [alone] = run([one.case], loaded)
        for name, value in one.answer.values.items():
            assert alone.answer.values[name] == value, one.case
        # Without its levels, only the gates and criteria that it names are judged.
        statuses = {(name, of.status) for name, of in one.answer.criteria.items()}
        assert statuses <= {(name, of.status) for name, of in alone.answer.criteria.items()}
        assert alone.differences == one.differences == ()


@pytest.mark.long
def test_the_same_worlds_are_judged_by_another_rulebook() -> None:
    loaded, suite = _reference()
    path = ("criteria", 2, "requires", "domain_coverage.lines_pct", "at_least")
    stricter = edited(loaded.manifests, RuleEdit((Gate, "G1"), path, 99))
    cases = [case for case in suite.cases if case.about == "G1.coverage"]
    noticed = [one for one in run(cases, loaded, stricter) if one.differences]
    assert noticed
    assert all(isinstance(one.case.written, CriterionCase) for one in noticed)
    assert Difference("status", "pass", "fail") == noticed[0].differences[0]
    assert [one for one in run(cases, loaded) if one.differences] == []


def test_a_rulebook_that_does_not_bind_with_a_case_is_refused() -> None:
    loaded, suite = _reference()
    broken = edited(loaded.manifests, RuleEdit((Gate, "G1"), ("role",), "nobody"))
    with pytest.raises(ValueError, match="unknown role 'nobody'"):
        next(run(suite.cases, loaded, broken))
