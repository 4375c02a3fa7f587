"""Record the exit of a milestone with the digests of its verdict, or withdraw a record."""

import hashlib
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import ExitCode, GatekeeperError, UsageError
from gatekeeper.judging.verdicts.roster import objection_to_person
from gatekeeper.manifests.text_edit import Step
from gatekeeper.model.milestone import Exited, ExitRecord, Milestone
from gatekeeper.model.statement import of_exit
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.verdict import MilestoneResult
from gatekeeper.workspace.editing import Edit, value_of
from gatekeeper.workspace.judging import judge
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import person_hint, select_milestone

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


class MilestoneBlocked(GatekeeperError):  # noqa: N818 - reads as what it is at `raise`
    """A milestone that is blocked must not exit."""

    exit_code = ExitCode.BLOCKED


class ExitRequest(NamedTuple):
    """A record that somebody wants to make."""

    milestone: str | None
    by: str
    on: date
    override: str | None = None
    """Why the milestone exits although it is blocked."""
    withdrawn: str | None = None
    """Why an earlier record is withdrawn."""
    signer: "StatementSigner | None" = None
    """The key; None: the record is only typed."""


def prepare_exit(loaded: LoadedWorkspace, request: ExitRequest) -> tuple[str, Edit]:
    """Return a milestone, and the edit that records its exit or the withdrawal of that.

    Raises:
        UsageError: The person may not record it, or its records say so already.
        MilestoneBlocked: The milestone is blocked, and `override` does not say why it exits all the same.
    """
    governance = loaded.rulebook.governance
    name = select_milestone(loaded.manifests, request.milestone, request.on)
    record = ExitRecord.model_construct(by=request.by)
    statement = of_exit(name, request.on, record, governance.exit_role)
    if why := objection_to_person(loaded.rulebook, statement, request.on):
        raise UsageError(f"the record would not count: {why}{person_hint(governance, request.by)}")
    last = loaded.manifests.milestones[name].last_record(date.max)
    _must_change(name, request, last)
    if request.withdrawn is None and request.override is None:
        _must_not_skip(loaded, name, request.on)
    result = judge(loaded, name, request.on, loaded.manifests.services.values())
    if request.withdrawn is None:
        _must_allow(loaded, name, request, result)
    path = (Step("exited"), Step(request.on.isoformat()))
    value = value_of(_record(loaded, request, result))
    return name, Edit(loaded.manifests.files[Milestone, name], path, value)


def _record(loaded: LoadedWorkspace, request: ExitRequest, result: MilestoneResult) -> ExitRecord:
    if request.withdrawn is not None:
        return ExitRecord.model_construct(by=request.by, withdrawn=request.withdrawn)
    return ExitRecord.model_construct(
        by=request.by,
        verdict=result.verdict,
        rulebook=loaded.rulebook.digest,
        evidence=evidence_digest(result),
        override=request.override,
    )


def _must_change(name: str, request: ExitRequest, last: Exited | None) -> None:
    if request.withdrawn is not None and (last is None or last.record.withdrawn):
        raise UsageError(f"{name} has no exit to withdraw")
    if last is None:
        return
    if request.withdrawn is None and last.record.counts:
        raise UsageError(f"{name} exited on {last.on}: withdraw that record first")
    if last.on >= request.on:
        raise UsageError(f"{name} has a record of {last.on} already: date the next one later")


def _must_not_skip(loaded: LoadedWorkspace, name: str, on: date) -> None:
    if pending := loaded.manifests.milestones.skipped_by(name, on):
        raise UsageError(
            f"{pending} comes before {name} and has not exited: record its exit first, "
            f"`gatekeeper exit {pending}`; nothing was written"
        )


def _must_allow(loaded: LoadedWorkspace, name: str, request: ExitRequest, result: MilestoneResult) -> None:
    is_blocked = result.verdict is MilestoneVerdict.BLOCKED
    if request.override is None:
        if is_blocked:
            blockers = ", ".join(result.blocked_by) or "an empty scope"
            steps = f"`gatekeeper next --milestone {name}` shows what to do"
            raise MilestoneBlocked(f"{name} is blocked by {blockers}; nothing was written; {steps}")
        return
    if not loaded.rulebook.governance.break_glass:
        raise UsageError("governance does not allow an exit of a blocked milestone: see `break_glass`")
    if not is_blocked:
        raise UsageError(f"{name} is not blocked: leave --override out")


def evidence_digest(result: MilestoneResult) -> str:
    """Return `sha256:` and a digest over every artefact behind a verdict, by service, slot and content."""
    lines = {
        f"{of.service.service} {seen.slot} {seen.sha256}\n"
        for of in result.services
        for one in of.criteria
        for seen in one.evidence
        if seen.sha256
    }
    return f"sha256:{hashlib.sha256(''.join(sorted(lines)).encode()).hexdigest()}"
