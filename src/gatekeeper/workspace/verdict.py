"""The verdict of the public API: what was found, how it is rendered, and the exit code."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from gatekeeper.errors import ExitCode, Problem, UsageError, in_order, known
from gatekeeper.judging.judge import Facts
from gatekeeper.model.action import Action
from gatekeeper.model.attested import ATTESTED
from gatekeeper.model.changes import Comparison
from gatekeeper.model.evidence import Evidence, EvidenceKey
from gatekeeper.model.forecast import Lapse
from gatekeeper.model.report import Filter, Places, Report
from gatekeeper.model.screen import Screen
from gatekeeper.model.status import FailOn, MilestoneVerdict
from gatekeeper.model.verdict import MilestoneResult, ServiceResult
from gatekeeper.workspace import judging, selection
from gatekeeper.workspace.files import StrPath
from gatekeeper.workspace.loading import LoadedWorkspace

BASE_IS_NOT_ATTESTED = (
    f"{ATTESTED} states the verdict on a commit by its own rules: leave --base out, or choose another format"
)


class Verdict:
    """The verdict on a milestone's exit, as `Workspace.judge` returns it."""

    def __init__(
        self,
        loaded: LoadedWorkspace,
        facts: Facts,
        result: MilestoneResult,
        asked: Filter,
        commit: str | None,
    ) -> None:
        self._loaded = loaded
        self._facts = facts
        self._asked = asked
        self._commit = commit
        self.comparison: Comparison | None = None
        """What the change does; None unless it was judged with a base."""
        self.before: Callable[[], MilestoneResult | None] = lambda: None
        """Judges the base at the same milestone. Internal."""
        self.result = result
        """Every result. Internal: it may change with any release; the other attributes are stable."""

    def __repr__(self) -> str:
        return f"Verdict({self.milestone!r}, {str(self.as_of)!r}, {str(self.outcome)!r})"

    @property
    def milestone(self) -> str:
        """The milestone that was judged."""
        return self.result.milestone

    @property
    def as_of(self) -> date:
        """The as-of date: the day for which the verdict was reached."""
        return self.result.as_of

    @property
    def outcome(self) -> MilestoneVerdict:
        """`ready`, `ready_with_exceptions` or `blocked`."""
        return self.result.verdict

    @cached_property
    def services(self) -> Mapping[str, ServiceResult]:
        """The result of each service by name: verdict, levels, reasons, gates and criteria."""
        return {of.service.service: of for of in self.result.services}

    @property
    def blocked_by(self) -> tuple[str, ...]:
        """The names of the services that block the exit."""
        return self.result.blocked_by

    @property
    def actions(self) -> tuple[Action, ...]:
        """The work that unblocks the exit, the most helpful first."""
        return self.result.actions

    @cached_property
    def forecast(self) -> tuple[Lapse, ...]:
        """The criteria that lapse before the milestone exits, unless their evidence is renewed."""
        return judging.forecast_by(self._loaded, self._facts, self.result)

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """Files that have no effect and probably should: overlooked manifests, unreadable records."""
        found = self._facts.evidence
        services = found if self._facts.is_partial else self._loaded.manifests.services
        return warnings_of(self._loaded, found, services)

    @cached_property
    def _places(self) -> Places:
        from gatekeeper.workspace.rendering import places_of

        return places_of(self._loaded, self.milestone)  # kept, so that all output formats share its answers

    def exit_code(self, *, strict: bool = False, fail_on: str | None = None) -> ExitCode:
        """Return the exit code that `gatekeeper check` would end with. A change that must not be merged is 1.

        Args:
            strict: Count an exit with exceptions as blocked.
            fail_on: `blocked`, the default; `regression` to count only what was earned and is lost; `change`,
                the default with a base, to count nothing but the change.

        Raises:
            UsageError: The name is unknown, or it is `change` and there is no base.
        """
        from gatekeeper.judging.verdicts.milestones import exit_code

        if self.comparison and self.comparison.blocking:
            return ExitCode.BLOCKED
        return exit_code(self.result, strict=strict, fail_on=self._fail_on(fail_on))

    def _fail_on(self, name: str | None) -> FailOn:
        return fail_on_named(name, has_base=self.comparison is not None)

    def render(
        self,
        format: str = "table",  # noqa: A002 - named as the option of the command line
        *,
        strict: bool = False,
        fail_on: str | None = None,
        gates: Iterable[str] = (),
        details: bool = False,
        key: StrPath | None = None,
        screen: Screen | None = None,
    ) -> str:
        """Return the verdict as text.

        Args:
            format: An output format of `gatekeeper check`, or of an installed plugin.
            strict: As for `exit_code`.
            fail_on: As for `exit_code`.
            gates: Show these gates only.
            details: Show every open criterion, and the forecast.
            key: A file with a private key; the format `intoto` is signed with it.
            screen: Width, colour and characters for the format `table`, and the services that it lists.

        Raises:
            UsageError: The format or a gate is unknown, the key cannot be used, or `intoto` is requested
                with a base or for a workspace with uncommitted changes.
        """
        shown = {"strict": strict, "fail_on": fail_on, "gates": gates, "details": details}
        return "".join(self.pieces(format, shown, key=key, screen=screen))

    def pieces(
        self,
        format: str,  # noqa: A002 - as for `render`
        shown: Mapping[str, Any],
        *,
        key: StrPath | None = None,
        screen: Screen | None = None,
    ) -> Iterable[str]:
        """Return the text of `render` in pieces. Internal: it may change with any release.

        Everything that can be refused is refused at once; a large text is rendered as it is asked for.

        Args:
            format: As for `render`.
            shown: The arguments of `report`.
            key: As for `render`.
            screen: As for `render`.
        """
        from gatekeeper.workspace.rendering import must_be_committed, rendered, shows_forecast, signed

        report = self.report(**shown)
        if shows_forecast(format):
            report = report._replace(forecast=self.forecast)
        if format == ATTESTED:
            if self.comparison:
                raise UsageError(BASE_IS_NOT_ATTESTED)
            must_be_committed(self._loaded, report.commit)
        elif key is not None:
            raise UsageError(f"only the format {ATTESTED} can be signed, not {format}")
        pieces = rendered(format, report, screen or Screen())
        return pieces if key is None else [signed("".join(pieces), Path(key))]

    def report(
        self,
        *,
        strict: bool = False,
        fail_on: str | None = None,
        gates: Iterable[str] = (),
        details: bool = False,
    ) -> Report:
        """Return what an output format renders. Internal: it may change with any release."""
        from gatekeeper.version import __version__
        from gatekeeper.workspace.installation import home

        loaded = self._loaded
        listed = selection.names(gates, "gates")
        shown = tuple(known(gate, loaded.rulebook.gates, "gate") for gate in listed)
        return Report(
            result=self.result,
            rulebook=loaded.rulebook,
            tool_version=__version__,
            commit=self._commit,
            exit_code=self.exit_code(strict=strict, fail_on=fail_on),
            strict=strict,
            fail_on=self._fail_on(fail_on),
            filter=self._asked._replace(gates=shown),
            details=details,
            forecast=self.forecast if details else (),
            evidence=tuple(seen for of in self._facts.evidence.values() for seen in of.values()),
            places=self._places,
            warnings=self.warnings,
            comparison=self.comparison,
            before=self.before,
            tool_home=home,
            roadmap=loaded.manifests.milestones,
            workspace=loaded.manifests.id,
        )


def reach(
    loaded: LoadedWorkspace,
    milestone: str | None,
    day: date,
    asked: Filter,
    *,
    across: bool,
    after_last_exit: bool,
) -> Verdict:
    """Collect the evidence of the services that a filter selects, and judge a milestone by it.

    The arguments and errors are those of `Workspace.judge`.
    """
    from gatekeeper.workspace.rendering import commit_of

    manifests = loaded.manifests
    pending = manifests.milestones.pending(day)
    everywhere = milestone is None and after_last_exit and not pending
    last = list(manifests.milestones)[-1]
    name = last if everywhere else selection.select_milestone(manifests, milestone, day)
    # Before anything is read: the verdict is about this commit, whatever is checked out later.
    commit = commit_of(loaded)
    chosen = (
        selection.matching_services(manifests, asked)
        if everywhere
        else selection.select_services(manifests, name, asked)
    )
    names = [name, *(other for other in pending if across and other != name)]
    scope = list(manifests.milestones) if everywhere else names
    facts = judging.collect_facts(loaded, scope, day, chosen)._replace(everywhere=everywhere)
    judged = {of: judging.judge_by(loaded, facts, of) for of in names}
    result = judging.with_actions_across(judged[name], judged, facts)
    return Verdict(loaded, facts, result, asked, commit)


def warnings_of(
    loaded: LoadedWorkspace, found: Mapping[str, Mapping[EvidenceKey, Evidence]], services: Iterable[str]
) -> tuple[Problem, ...]:
    """Return the warnings of a workspace, and those about records of services whose evidence is known."""
    from gatekeeper.workspace.unread_records import unreadable_records

    # A record that gave evidence can be read.
    unused = [name for name in services if not any(seen.is_recorded for seen in found.get(name, {}).values())]
    return in_order([*loaded.warnings, *unreadable_records(loaded, unused)])


def fail_on_named(name: str | None, *, has_base: bool) -> FailOn:
    """Return what an exit code counts; by default the change, and without a base every blocked service.

    Raises:
        UsageError: The name is unknown, or it is `change` and there is no base.
    """
    if name is None:
        return FailOn.CHANGE if has_base else FailOn.BLOCKED
    chosen = FailOn(known(name, [*map(str, FailOn)], "--fail-on"))
    if chosen is FailOn.CHANGE and not has_base:
        raise UsageError("--fail-on change: name what the change is compared with, for example --base auto")
    return chosen
