"""The plan of services that are new: from a page, a template, or the workspace's first step."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from pydantic import Field

from gatekeeper.documents.import_ import KnownRules, plan_for
from gatekeeper.documents.parse import read_document
from gatekeeper.errors import UsageError
from gatekeeper.manifests.validation import parse
from gatekeeper.model.document import DocumentProblem, PageIds, ReadinessDocument
from gatekeeper.model.manifest import Manifest, MilestoneId
from gatekeeper.model.naming import service_key
from gatekeeper.model.service import PlanCell
from gatekeeper.syntax.yaml import load
from gatekeeper.workspace.loading import LoadedWorkspace

Plan = Mapping[str, Any]
"""As a manifest states it."""


class PlanTemplate(Manifest):
    """A file with the plan of every new service."""

    plan: dict[MilestoneId, PlanCell] = Field(min_length=1)


class NewPlans(NamedTuple):
    """Plans for services that are new."""

    usual: Plan
    """The plan of those without one of their own."""
    source: str
    """Where it is from."""
    page: str | None = None
    """The name of the page."""
    own: Mapping[str, Plan] = {}
    """The plans of services, by the key of their name."""
    remarks: tuple[DocumentProblem, ...] = ()
    """What could not be understood on the page."""

    def of(self, service: str) -> tuple[Plan, str]:
        """Return the plan of a service, and where it is from."""
        own = self.own.get(service_key(service))
        return (own, str(self.page)) if own else (self.usual, self.source)


def usual_plans(loaded: LoadedWorkspace, as_of: date) -> NewPlans:
    """Return the smallest plan that asks for anything.

    It has the second level at the first milestone that has not exited, with all gates, because a gate that is
    not listed is not asked for.
    """
    manifests = loaded.manifests
    milestone = manifests.milestones.current(as_of) or next(reversed(manifests.milestones))
    level = [*manifests.levels.scale][1]
    plan = {milestone: {"level": level, "gates": dict.fromkeys(manifests.gates) or {}}}
    return NewPlans(plan, f"{level} at {milestone}, all gates")


def plans_of(loaded: LoadedWorkspace, data: bytes, name: str, as_of: date) -> NewPlans:
    """Return the plans that a file has: a page with a matrix, or YAML with a `plan` for every service.

    Raises:
        UsageError: It is neither, or has mistakes.
    """
    if name.endswith((".yaml", ".yml")):
        template = parse(data, name, PlanTemplate)
        if template.problems:
            raise UsageError("\n".join(map(str, template.problems)))
        return NewPlans(load(data).value["plan"], name)
    document = read_document(data, name, PageIds.of(loaded.manifests))
    own, remarks = _of_page(loaded, document)
    return usual_plans(loaded, as_of)._replace(page=name, own=own, remarks=remarks)


def _of_page(
    loaded: LoadedWorkspace, document: ReadinessDocument
) -> tuple[dict[str, Plan], tuple[DocumentProblem, ...]]:
    manifests = loaded.manifests
    rules = KnownRules(tuple(manifests.levels.scale), frozenset(loaded.rulebook.by_id))
    own, remarks = dict[str, Plan](), list(document.remarks)
    for service in document.services.values():
        plan, doubts = plan_for(service, document, manifests, rules)
        remarks += doubts
        if plan:
            own[service_key(service.service)] = plan
    return own, tuple(sorted(remarks))
