"""The input of reporters: a verdict, the options of the run, and the screen."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.errors import ExitCode, Problem
from gatekeeper.model.changes import Comparison
from gatekeeper.model.evidence import Evidence
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.milestone import Milestone
from gatekeeper.model.row import MilestoneSummary, summary_of
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.status import FailOn
from gatekeeper.model.verdict import MilestoneResult


class Filter(NamedTuple):
    """The filter of a run: services and owners limit what is judged, gates only what is shown."""

    services: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        """Whether services are left out, so that measurements which services share are not found."""
        return bool(self.services or self.owners)


class Where(NamedTuple):
    """A line of a file in the repository."""

    file: str
    """Relative to the repository, with forward slashes."""
    line: int


Keys = tuple[str | int, ...]
"""The path of keys to a value in a manifest: `("plan", "M1", "level")`."""


def _at_its_top(service: str, keys: Keys) -> Where:  # noqa: ARG001 - the default looks nothing up
    return Where(f"services/{service}.yaml", 1)


def _nowhere(service: str, file: str) -> None:  # noqa: ARG001 - likewise
    return None


Find = Callable[[str, str], str | None]


class Places(NamedTuple):
    """Functions that locate things in files, because formats read no files themselves."""

    of: Callable[[str, Keys], Where] = _at_its_top
    """Returns the line of a key in a service's manifest, or of the nearest key above it."""
    find: Find = _nowhere
    """Returns a file that an artefact of a service names, relative to the repository, or None."""
    link: Find = _nowhere
    """Returns the same file as a URL that contains only letters, digits and `:/%._~-`."""
    milestone: str = "milestones"
    """The manifest of the milestone, relative to the repository."""


def _unknown() -> None:
    return None


class Report(NamedTuple):
    """A verdict and the options of its run."""

    result: MilestoneResult
    rulebook: Rulebook
    tool_version: str
    commit: str | None
    """The commit of the workspace's repository, if any."""
    exit_code: ExitCode
    strict: bool = False
    fail_on: FailOn = FailOn.BLOCKED
    filter: Filter = Filter()
    details: bool = False
    """Show every open criterion instead of one line per service."""
    places: Places = Places()
    forecast: tuple[Lapse, ...] = ()
    """What lapses before the milestone's exit, if it is asked for or the output format shows it."""
    evidence: tuple[Evidence, ...] = ()
    """Every artefact that was read, if requested; each criterion lists the evidence that it used."""
    warnings: tuple[Problem, ...] = ()
    """Files that have no effect and probably should."""
    comparison: Comparison | None = None
    """What the change does to the base, if there is a base."""
    before: Callable[[], MilestoneResult | None] = _unknown
    """Judges the base at the same milestone; None if there is no base, or it has no such milestone."""
    tool_home: Callable[[], str | None] = _unknown
    """Returns the address of a page about the program, if one is known."""
    roadmap: Mapping[str, Milestone] = {}
    """Every milestone by id, in the order of the roadmap."""
    workspace: str | None = None
    """The UUID of the workspace, if it has one."""

    def brief(self) -> "Brief":
        """Return what the first screen shows; with selected gates, only the actions that help these."""
        result, governance = self.result, self.rulebook.governance
        milestone = self.roadmap.get(result.milestone)
        if selected := self.filter.gates:
            of_gates = {
                criterion.rule.id
                for service in result.services
                for gate in service.gates
                if gate.gate in selected
                for criterion in gate.criteria
            }
            helping = (one for one in result.actions if not of_gates.isdisjoint(one.criteria))
            result = result._replace(actions=tuple(helping))
        return Brief(
            summary_of(result, governance),
            {id_: gate.title for id_, gate in self.rulebook.gates.items()},
            milestone.exit_date if milestone else None,
            self.exit_code,
            self.strict,
            self.fail_on,
            self.filter,
            self.comparison,
        )


class Brief(NamedTuple):
    """What the first screen of a verdict shows: a row a service is enough for it."""

    result: MilestoneSummary
    gates: Mapping[str, str]
    """The id and name of each gate in a heading, by id."""
    exit_date: date | None
    exit_code: ExitCode
    strict: bool = False
    fail_on: FailOn = FailOn.BLOCKED
    filter: Filter = Filter()
    comparison: Comparison | None = None
