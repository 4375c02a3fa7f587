"""What reporters are given: a verdict, how it was asked for, and the screen it is meant for."""

from collections.abc import Callable
from typing import NamedTuple

from gatekeeper.errors import ExitCode
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import FailOn
from gatekeeper.model.verdict import MilestoneResult


class Filter(NamedTuple):
    """What narrows a run: services and owners narrow what is judged, gates only what is shown."""

    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()


class Where(NamedTuple):
    """A line of a file of the repository."""

    file: str
    """Relative to the repository, with forward slashes."""
    line: int


Keys = tuple[str | int, ...]
"""The keys that lead to a value of a manifest: `("plan", "M1", "level")`."""


def _at_its_top(service: str, keys: Keys) -> Where:  # noqa: ARG001 - nobody has looked
    return Where(f"services/{service}.yaml", 1)


def _nowhere(service: str, file: str) -> None:  # noqa: ARG001 - likewise
    return None


Find = Callable[[str, str], str | None]


class Places(NamedTuple):
    """Where things stand; formats ask, because they themselves read no file."""

    of: Callable[[str, Keys], Where] = _at_its_top
    """The line of a service's manifest at which a key stands, or the nearest key above it."""
    find: Find = _nowhere
    """The file that an artefact of a service names, relative to the repository; None where it has none."""
    link: Find = _nowhere
    """The same file as an address, with nothing in it but letters, digits and `:/%._~-`."""
    milestone: str = "milestones"
    """The manifest of the milestone, relative to the repository."""


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
    places: Places = Places()
    forecast: tuple[Lapse, ...] = ()
    """What lapses before the milestone's exit, where it was asked for."""
    evidence: tuple[Evidence, ...] = ()
    """Every artefact that was read, where that was asked for; criteria name those that they looked at."""


class Screen(NamedTuple):
    """Where text is shown: its width in columns, and whether it takes colour and more than ASCII."""

    width: int = 80
    colour: bool = False
    unicode: bool = True
    links: bool = False
    """Whether it follows links to files."""


Render = Callable[[Report, Screen], str]
"""What makes text of a report."""
