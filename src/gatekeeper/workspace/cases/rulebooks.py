"""The rulebook of cases: bound once for each patch of the governance and each change of rules."""

from collections.abc import Iterable
from functools import reduce
from typing import NamedTuple

from gatekeeper import collectors
from gatekeeper.errors import UsageError
from gatekeeper.judging.rules.binding import bind
from gatekeeper.judging.rules.notation import read_changes
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.workspace import Manifests, Mistake
from gatekeeper.workspace.cases.layers import GIVEN, Plain, WrongCase, merge, validated
from gatekeeper.workspace.rule_changes import apply, read_value

GOVERNANCE = "governance"
"""The field that patches the governance, which also stands for its file."""


class RulePatch(NamedTuple):
    """What a case changes of the rulebook."""

    governance: tuple[Plain, ...] = ()
    """Patches, one after the other."""
    set: tuple[str, ...] = ()
    """Changes of rules, as `what-if --set` takes them; likewise `drop`."""
    drop: tuple[str, ...] = ()
    roadmap: tuple[str, ...] = ()
    """The milestones that the rules may name; none: those of the workspace."""


class CaseRules(NamedTuple):
    """A rulebook without services."""

    manifests: Manifests
    rulebook: Rulebook


class Rulebooks:
    """Binds the rulebook of a workspace as cases change it.

    The roster is another one: each role is held by one person with its name, in the team `team`.
    """

    def __init__(self, manifests: Manifests) -> None:
        written = manifests.governance.model_dump(
            mode="json", by_alias=True, exclude_unset=True, exclude={"roster", "weakenings"}
        )
        roster = {role: {"roles": [role], "teams": ["team"]} for role in manifests.governance.roles}
        self._governance = {**written, "roster": roster}
        self._manifests = manifests._replace(
            services={},
            exceptions={},
            milestones=_roadmap(manifests.milestones),
            files={**manifests.files, (Governance, ""): GOVERNANCE},
        )
        self._known: dict[str, CaseRules] = {}

    def of(self, patch: RulePatch) -> CaseRules:
        """Return the rulebook with a patch.

        Raises:
            WrongCase: The patch is not valid, or the rulebook does not bind with it.
        """
        key = repr(patch)
        if key not in self._known:
            self._known[key] = self._bound(patch)
        return self._known[key]

    def _bound(self, patch: RulePatch) -> CaseRules:
        patched = reduce(merge, patch.governance, self._governance)
        governance = validated(Governance, patched, GIVEN / GOVERNANCE)
        manifests = self._changed(self._manifests._replace(governance=governance), patch)
        if patch.roadmap:
            manifests = manifests._replace(milestones=_roadmap(patch.roadmap))
        bound = bind(manifests, collectors.find)
        if bound.mistakes:
            field = "set" if patch.set or patch.drop else "roadmap" if patch.roadmap else GOVERNANCE
            raise WrongCase(_below(found, field) for found in bound.mistakes)
        return CaseRules(manifests, bound.rulebook)

    def _changed(self, manifests: Manifests, patch: RulePatch) -> Manifests:
        """Return manifests with the changes of rules of a patch."""
        changes = read_changes(manifests, patch.set, patch.drop, read_value)
        try:
            changed, wrong = apply(manifests, changes.edits), changes.mistakes
        except UsageError as error:
            wrong = (*changes.mistakes, *str(error).splitlines())
        if wrong:
            raise WrongCase((GIVEN / _field(line, patch)).mistake(line) for line in wrong)
        return changed


def _roadmap(milestones: Iterable[str]) -> Roadmap:
    return Roadmap({name: Milestone(milestone=name) for name in milestones})


def _field(line: str, patch: RulePatch) -> str:
    """Return the field with the text that a mistake begins with."""
    return "drop" if any(line.startswith(f"{text}: ") for text in patch.drop) else "set"


def _below(found: Mistake, field: str) -> Mistake:
    path = (GOVERNANCE, *found.path) if found.file == GOVERNANCE else (field,)
    return found._replace(file="", path=path)
