"""`what-if` of the mutants of a rulebook finds what judging by the changed rulebook alone gives."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest

from builders.program import PILOT
from builders.workspaces import QUARTERS
from gatekeeper.collectors import find
from gatekeeper.errors import UsageError
from gatekeeper.judging.rules.editing import REMOVED
from gatekeeper.judging.rules.mutants import Mutant, mutants
from gatekeeper.judging.rules.notation import read_changes, spelled
from gatekeeper.judging.verdicts.services import judge_everywhere
from gatekeeper.manifests.fragments import flow
from gatekeeper.model.report import Filter
from gatekeeper.model.what_if import WhatIf
from gatekeeper.model.workspace import Manifests
from gatekeeper.workspace.differences import entries_of
from gatekeeper.workspace.judging import cases_of
from gatekeeper.workspace.loading import LoadedWorkspace, open_workspace
from gatekeeper.workspace.rule_changes import RuleChanges, changed, read_value
from gatekeeper.workspace.what_if import judge_change

DAY = date(2026, 11, 20)


class Judged(NamedTuple):
    """What is judged of all services: verdicts and what is open by service and milestone, and levels."""

    verdicts: dict[tuple[str, str], str]
    open: dict[tuple[str, str], frozenset[str]]
    levels: dict[str, str]


def judged(loaded: LoadedWorkspace) -> Judged:
    found = Judged({}, {}, {})
    entries = entries_of(loaded.manifests)
    for name, case in cases_of(loaded, loaded.manifests.services.values(), DAY).items():
        for milestone, result in judge_everywhere(case, entries[name]).items():
            found.levels[name] = str(result.effective_level)
            if milestone in loaded.manifests.milestones.pending(DAY):
                found.verdicts[name, milestone] = str(result.verdict)
                found.open[name, milestone] = frozenset(one.rule.id for one in result.open_criteria)
    return found


def as_text(manifests: Manifests, mutant: Mutant, effective: str | None) -> RuleChanges:
    edit = mutant.edit
    name = spelled(manifests, edit.manifest, edit.path)
    if edit.value is REMOVED:
        return RuleChanges(drop=(name,), effective=effective)
    return RuleChanges(set=(f"{name}={flow(edit.value)}",), effective=effective)


def differs(found: WhatIf, before: Judged, after: Judged) -> bool:
    flips = {(of.service, of.milestone): (str(of.before), str(of.after)) for of in found.flips}
    levels = {of.service: (str(of.before), str(of.after)) for of in found.levels if not of.once}
    criteria = {
        (of.service, milestone, of.criterion, of.blocks)
        for of in found.criteria
        for milestone in of.milestones
    }
    verdicts, opened = after.verdicts, after.open
    return (
        flips != {at: (of, verdicts[at]) for at, of in before.verdicts.items() if of != verdicts[at]}
        or levels
        != {at: (of, after.levels[at]) for at, of in before.levels.items() if of != after.levels[at]}
        or criteria
        != {(*at, name, name in opened[at]) for at, ids in before.open.items() for name in ids ^ opened[at]}
    )


@pytest.mark.parametrize(
    ("folder", "effective", "every", "flipping"),
    [
        pytest.param(QUARTERS, None, 2, 10, id="quarters", marks=pytest.mark.long),
        pytest.param(QUARTERS, "2027Q1", 2, 5, id="quarters from a milestone on"),
        pytest.param(PILOT, None, 4, 20, id="pilot", marks=pytest.mark.long),
        pytest.param(PILOT, "M3", 4, 5, id="pilot from a milestone on", marks=pytest.mark.long),
    ],
)
def test_it_finds_what_the_changed_rulebook_gives(
    folder: Path, effective: str | None, every: int, flipping: int
) -> None:
    """Of every n-th mutant; at least so many flip verdicts."""
    loaded = open_workspace(folder)
    before, flips = judged(loaded), 0
    for mutant in list(mutants(loaded.manifests, find))[::every]:
        changes = as_text(loaded.manifests, mutant, effective)
        try:
            after = changed(loaded, changes).workspace
        except UsageError:
            continue
        found = judge_change(loaded, changes, None, DAY, Filter())
        flips += bool(found.flips)
        assert not differs(found, before, judged(after)), mutant.id
    assert flips >= flipping


@pytest.mark.parametrize("folder", [QUARTERS, PILOT], ids=["quarters", "pilot"])
def test_every_mutant_has_a_name_that_is_read_back(folder: Path) -> None:
    manifests = open_workspace(folder).manifests
    for mutant in list(mutants(manifests, find))[:: 1 if folder is QUARTERS else 5]:
        text = as_text(manifests, mutant, None)
        edits, mistakes = read_changes(manifests, text.set, text.drop, read_value)
        assert (mistakes, [edit[:2] for edit in edits]) == ((), [mutant.edit[:2]]), mutant.id
