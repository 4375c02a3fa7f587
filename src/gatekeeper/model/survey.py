"""Milestones judged as a whole: what an exit report and the pages about a workspace tell."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.model.forecast import Lapse
from gatekeeper.model.level import Level
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.plan import Cell
from gatekeeper.model.register import Registered
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.service import Service
from gatekeeper.model.verdict import MilestoneResult


class Exit(NamedTuple):
    """One milestone: its verdict, what lapses before its exit, and the risk register as it stands there."""

    milestone: Milestone
    result: MilestoneResult
    forecast: tuple[Lapse, ...]
    register: tuple[Registered, ...]


class Survey(NamedTuple):
    """The milestones that were looked at, and what they have in common."""

    exits: Mapping[str, Exit]
    """Those that were judged, in the order of the roadmap."""
    roadmap: Mapping[str, Milestone]
    services: Mapping[str, Service]
    plan: Mapping[str, Mapping[str, Cell]]
    """Every cell by service and milestone."""
    earned: Mapping[str, Level]
    """By service the lower of what is verified and what is signed off."""
    rulebook: Rulebook
    as_of: date
    tool_version: str
    commit: str | None
    """The commit of the workspace's repository, where there is one."""
