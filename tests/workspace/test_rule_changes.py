"""A rulebook changed by texts: valid and bound, or every mistake at once, without a position in a file."""

import pytest

from builders.workspaces import ROOT
from gatekeeper.errors import UsageError
from gatekeeper.model.rule import Literal
from gatekeeper.workspace.loading import LoadedWorkspace, open_workspace
from gatekeeper.workspace.rule_changes import RuleChanges, changed


@pytest.fixture(scope="module")
def loaded() -> LoadedWorkspace:
    return open_workspace(ROOT)


def test_the_changed_rulebook_is_bound(loaded: LoadedWorkspace) -> None:
    after = changed(loaded, RuleChanges(["G1.coverage=97"], ["G1.no-any"])).workspace
    assert after.rulebook.by_id["G1.coverage"].conditions[0].operand == Literal(97)
    assert "G1.no-any" not in after.rulebook.by_id
    assert after.manifests.services == loaded.manifests.services


def test_no_change_changes_nothing(loaded: LoadedWorkspace) -> None:
    assert changed(loaded, RuleChanges()).workspace.rulebook == loaded.rulebook


@pytest.mark.parametrize(
    ("set_", "says"),
    [
        (["G1.coverage=high"], "G1.coverage.domain_coverage.lines_pct.at_least: at_least takes a number"),
        (["G1.coverage="], "G1.coverage=: write a value after `=`"),
        (["G1.coverage=[1"], "G1.coverage=[1: not YAML"),
        (["G8.isolation.from=L9"], "G8.isolation.from: unknown level 'L9'"),
        (["G1.coverage.domain_tests.cnt.at_least=1"], "G1.coverage.domain_tests.cnt: the evidence"),
        (["G1.coverage.applies_when.labl=x"], "unknown field 'labl'; did you mean 'label'?"),
    ],
)
def test_a_value_that_does_not_fit_is_named_without_a_position(
    loaded: LoadedWorkspace, set_: list[str], says: str
) -> None:
    with pytest.raises(UsageError) as error:
        changed(loaded, RuleChanges(set_))
    assert says in str(error.value)
    assert "gates/" not in str(error.value)


def test_the_mistakes_of_every_file_are_reported(loaded: LoadedWorkspace) -> None:
    with pytest.raises(UsageError) as error:
        changed(loaded, RuleChanges(["G1.coverage.max_age_days=soon", "G7.saturation.effort=huge"]))
    first, second = str(error.value).splitlines()
    assert first.startswith("G1.coverage.max_age_days: 'soon' is not a number of days")
    assert second.startswith("G7.saturation.effort: 'huge' is not one of")


def test_a_service_that_contradicts_the_changed_rulebook_is_named_with_its_line() -> None:
    pilot = open_workspace(ROOT / "examples" / "pilot")
    with pytest.raises(UsageError) as error:
        changed(pilot, RuleChanges(drop=["G7.saturation"]))
    assert "the change makes the workspace invalid: services/orders-service.yaml:" in str(error.value)
