"""The rulebook of a workspace changed in memory."""

import pytest
from pydantic import ValidationError

from builders.workspaces import ROOT
from gatekeeper.judging.rules.editing import REMOVED, RuleEdit, as_written, edited, value_at
from gatekeeper.model.evidence_rules import EvidenceRules
from gatekeeper.model.rulebook import Gate, Governance, Levels
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.loading import open_workspace


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return open_workspace(ROOT).manifests


COVERAGE = ("criteria", 2, "requires", "domain_coverage.lines_pct", "at_least")


def test_a_value_is_changed_and_nothing_else(manifests: Manifests) -> None:
    after = edited(manifests, RuleEdit((Gate, "G1"), COVERAGE, 96))
    requires = after.gates["G1"].criteria[2].requires
    assert requires["domain_coverage.lines_pct"].at_least == 96
    again = edited(after, RuleEdit((Gate, "G1"), COVERAGE, 95))
    assert again.gates == manifests.gates


def test_rules_for_evidence_are_changed(manifests: Manifests) -> None:
    after = edited(manifests, RuleEdit((EvidenceRules, ""), ("attestations", "valid_days"), 30))
    validity = after.evidence_rules.attestations
    assert validity is not None
    assert validity.valid_days == 30


def test_what_is_at_a_path_is_removed(manifests: Manifests) -> None:
    after = edited(
        manifests,
        RuleEdit((Gate, "G1"), ("criteria", 2, "requires", "domain_coverage.lines_pct"), REMOVED),
        RuleEdit((Governance, ""), ("upgrade_sign_offs", 0), REMOVED),
        RuleEdit((Levels, ""), ("levels", 1, "criteria", 0), REMOVED),
    )
    assert list(after.gates["G1"].criteria[2].requires) == ["domain_source.files"]
    assert after.governance.upgrade_sign_offs == ("architecture", "security")
    assert [criterion.id for criterion in after.levels.levels[1].criteria] == ["L1.no-customer-endpoints"]


def test_a_criterion_is_added(manifests: Manifests) -> None:
    first = manifests.gates["G1"].criteria[0].model_dump(by_alias=True, exclude_unset=True)
    path = ("criteria", len(manifests.gates["G1"].criteria))
    after = edited(manifests, RuleEdit((Gate, "G1"), path, {**first, "id": "G1.more"}))
    assert [criterion.id for criterion in after.gates["G1"].criteria][-1] == "G1.more"


def test_an_edit_that_makes_no_valid_manifest_is_refused(manifests: Manifests) -> None:
    with pytest.raises(ValidationError):
        edited(manifests, RuleEdit((Gate, "G1"), ("criteria", 2, "max_age_days"), "soon"))
    with pytest.raises(KeyError):
        edited(manifests, RuleEdit((Gate, "G1"), ("criteria", 0, "max_age_days"), REMOVED))
    with pytest.raises(KeyError):
        edited(manifests, RuleEdit((Gate, "G9"), ("name",), "Nine"))


def test_edits_of_one_manifest_are_validated_together(manifests: Manifests) -> None:
    after = edited(
        manifests,
        RuleEdit((Gate, "G1"), ("criteria", 2, "requires"), REMOVED),
        RuleEdit((Gate, "G1"), ("criteria", 2, "attested_by"), "architecture"),
    )
    assert after.gates["G1"].criteria[2].attested_by == "architecture"


def test_days_that_a_manifest_states_survive_an_edit(manifests: Manifests) -> None:
    approval = {"what": "G1.coverage", "by": "dana", "on": "2026-11-02", "link": "https://example.org/1"}
    first = edited(manifests, RuleEdit((Governance, ""), ("weakenings",), [approval]))
    again = edited(first, RuleEdit((Governance, ""), ("exit_role",), "security"))
    assert again.governance.weakenings == first.governance.weakenings


def test_a_value_is_found_by_its_path(manifests: Manifests) -> None:
    written = as_written(manifests.gates["G1"])
    assert value_at(written, COVERAGE) == 95
    assert value_at(written, ("criteria", 99, "id")) is REMOVED
    assert value_at(written, ("criteria", 0, "max_age_days")) is REMOVED
