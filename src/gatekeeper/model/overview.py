"""Judged milestones: the input of an exit report and of the pages about a workspace."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.changes import Comparison
from gatekeeper.model.evidence import Finding
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.plan import Cell
from gatekeeper.model.register import Registered
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import CriterionResult, MilestoneResult

FindingLink = Callable[[str, CriterionResult, Finding], str | None]
"""Returns the address of a finding on the forge, percent-encoded; None if it has none."""


def no_link(service: str, result: CriterionResult, finding: Finding) -> None:  # noqa: ARG001 - links nothing
    """Return no address, as a workspace without `links`."""
    return


class Exit(NamedTuple):
    """One milestone with its verdict, what lapses before its exit, and its risk register."""

    milestone: Milestone
    result: MilestoneResult
    forecast: tuple[Lapse, ...]
    register: tuple[Registered, ...]


class Overview(NamedTuple):
    """The judged milestones, and the data that they share."""

    exits: Mapping[str, Exit]
    """The judged milestones in the order of the roadmap."""
    roadmap: Mapping[str, Milestone]
    services: Mapping[str, Service]
    plan: Mapping[str, Mapping[str, Cell]]
    """Every cell by service and milestone."""
    earned: Mapping[str, Level]
    """The effective level by service: the lower of verified and signed off."""
    rulebook: Rulebook
    workspace: str | None
    """The UUID of the workspace, if it has one."""
    as_of: date
    tool_version: str
    commit: str | None
    """The commit of the workspace's repository, if any."""
    link: FindingLink = no_link
    since: Comparison | None = None
    """What has changed since an earlier state, if that is asked for."""
