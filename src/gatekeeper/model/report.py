"""What reporters are given: a verdict, how it was asked for, and the screen it is meant for."""

from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import FailOn
from gatekeeper.model.verdict import MilestoneResult


class Filter(NamedTuple):
    """What narrows a run: services and owners narrow what is judged, gates only what is shown."""

    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()


class Report(NamedTuple):
    """A verdict and its circumstances."""

    result: MilestoneResult
    rulebook: Rulebook
    tool_version: str
    commit: str | None
    """The commit of the workspace's repository, where there is one."""
    exit_code: ExitCode
    strict: bool = False
    fail_on: FailOn = FailOn.BLOCKED
    filter: Filter = Filter()
    details: bool = False
    """Show every open criterion rather than a line a service."""
    forecast: tuple[Lapse, ...] = ()
    """What lapses before the milestone's exit, where it was asked for."""


class Screen(NamedTuple):
    """Where text is shown: its width in columns, and whether it takes colour and more than ASCII."""

    width: int = 80
    colour: bool = False
    unicode: bool = True
