"""The rulebook of cases: bound once for each patch of the governance."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from gatekeeper import collectors
from gatekeeper.judging.rules.binding import bind
from gatekeeper.manifests.validation import flaws_of
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.workspace import Manifests, Mistake
from gatekeeper.workspace.cases.layers import Plain, merge

GOVERNANCE = "governance"
"""The name of the patch, as mistakes in it name their file."""


class CaseRules(NamedTuple):
    """The manifests of a rulebook without services and its rules, or what is wrong with them."""

    manifests: Manifests
    rulebook: Rulebook | None
    mistakes: tuple[Mistake, ...] = ()


class Rulebooks:
    """Binds the rulebook of a workspace for cases, whose governance is patched.

    The roster is another one: each role is held by one person with its name, in the team `team`.
    """

    def __init__(self, manifests: Manifests) -> None:
        written = manifests.governance.model_dump(
            by_alias=True, exclude_unset=True, exclude={"roster", "weakenings"}
        )
        roster = {role: {"roles": [role], "teams": ["team"]} for role in manifests.governance.roles}
        self._governance = {**written, "roster": roster}
        roadmap = Roadmap({name: Milestone(milestone=name) for name in manifests.milestones})
        self._manifests = manifests._replace(
            services={},
            exceptions={},
            milestones=roadmap,
            files={**manifests.files, (Governance, ""): GOVERNANCE},
        )
        self._known: dict[int, tuple[Plain, CaseRules]] = {}

    def of(self, patch: Plain) -> CaseRules:
        """Return the rulebook with a patch of its governance."""
        known = self._known.get(id(patch))
        if known is None:
            # The patch is kept, so that no other one gets its id.
            known = self._known[id(patch)] = (patch, self._bound(patch))
        return known[1]

    def _bound(self, patch: Plain) -> CaseRules:
        patched: Mapping[str, Any] = merge(self._governance, patch)
        try:
            governance = Governance.model_validate(patched)
        except ValidationError as error:
            found = (
                Mistake(GOVERNANCE, tuple(flaw.path), flaw.message, flaw.hint, flaw.of_key)
                for flaw in flaws_of(error, Governance)
            )
            return CaseRules(self._manifests, None, tuple(found))
        manifests = self._manifests._replace(governance=governance)
        bound = bind(manifests, collectors.find)
        return CaseRules(manifests, None if bound.mistakes else bound.rulebook, bound.mistakes)
