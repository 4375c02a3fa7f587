"""The risk register: list, open and close exceptions."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from gatekeeper.errors import Problem, UsageError, known, nearest
from gatekeeper.judging.plans.validation import excusable
from gatekeeper.judging.verdicts.risk_register import register_at
from gatekeeper.manifests.text_edit import Step
from gatekeeper.manifests.validation import locate
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.register import Registered
from gatekeeper.model.service import Service
from gatekeeper.workspace.editing import Edit, Edited, changed, exception_file, line_of, value_of
from gatekeeper.workspace.entry_signing import changed_and_signed
from gatekeeper.workspace.judging import cases_of, judge
from gatekeeper.workspace.loading import LoadedWorkspace
from gatekeeper.workspace.selection import planned_milestone, service_named

if TYPE_CHECKING:
    from gatekeeper.attested.signing import StatementSigner


class NewException(NamedTuple):
    """An exception to open; the id, the owner and the milestone have defaults."""

    service: str
    risk: str
    approved_by: str
    link: str
    delta: Sequence[str]
    """The open criteria that it covers."""
    owner: str | None
    id: str | None
    milestone: str | None
    on: date
    as_of: date
    signer: "StatementSigner | None" = None
    """The key of the person who approves it; None: the approval is only typed."""


class OpenedException(NamedTuple):
    """An exception that may be opened, not written yet."""

    entry: RegisteredException
    edited: Edited
    uncovered: tuple[str, ...]
    """Criteria that block the exit all the same."""


class ClosedException(NamedTuple):
    """An exception that was closed; written already."""

    entry: RegisteredException
    place: str
    is_new: bool
    """False: it was closed before, and nothing was written."""
    milestone: str
    """The next exit that it affects."""
    still_open: tuple[str, ...] = ()
    """Criteria that this exit finds open, and that nothing covers any more."""


def register(loaded: LoadedWorkspace, milestone: str, as_of: date) -> tuple[Registered, ...]:
    """Return every exception with its state at a milestone."""
    entries = tuple(loaded.manifests.exceptions.values())
    services = [loaded.manifests.services[name] for name in dict.fromkeys(entry.service for entry in entries)]
    cases = cases_of(loaded, services, as_of)
    return register_at(milestone, entries, cases, loaded.manifests.milestones, as_of)


def unknown_approvers(loaded: LoadedWorkspace) -> Iterator[Problem]:
    """Yield a warning for each exception that is not closed and was approved by nobody on the roster."""
    governance = loaded.rulebook.governance
    for name, entry in loaded.manifests.exceptions.items():
        if entry.closed is None and entry.approved_by.casefold() not in governance.people:
            file = loaded.manifests.files[RegisteredException, name]
            written = loaded.tree.open(str(loaded.root / file)).read()
            message = f"{entry.approved_by} approved {name} and is not on the roster"
            hint = f"name the person who accepts the risk; {nearest(entry.approved_by, governance.roster)}"
            yield Problem(file, *locate(written, ["approved_by"], of_key=False), message, hint)


def open_exception(loaded: LoadedWorkspace, new: NewException) -> OpenedException:
    """Return the workspace with a new exception.

    Raises:
        UsageError: It would not be in force, or covers nothing that is open.
    """
    service = service_named(loaded.manifests, new.service)
    at = planned_milestone(loaded.manifests, service, new.milestone, new.as_of)
    if exited := loaded.manifests.milestones[at].exited_by(new.as_of):
        raise UsageError(f"{at} was exited on {exited.on}: an exception is opened before the exit")
    rule = loaded.rulebook.exceptions
    if (target := service.plan[at].level) != rule.excuse.id:
        raise UsageError(
            f"{at} asks {new.service} for {target}: only a target of {rule.excuse} can have an exception"
        )
    name = _new_id(loaded, new.id)
    if not new.delta:
        raise UsageError(_candidates(loaded, service, at, new.as_of))
    entry = RegisteredException.model_construct(
        id=name,
        service=new.service,
        delta=tuple(dict.fromkeys((*new.delta, rule.sign_off))),
        risk=new.risk,
        owner=new.owner or service.owner,
        approved_by=new.approved_by,
        link=new.link,
        opened_in=at,
        opened_on=new.on,
    )
    edited = changed_and_signed(loaded, Edit(exception_file(loaded, name), (), value_of(entry)), new.signer)
    uncovered = _uncovered(edited.loaded, service, at, new.as_of, name)
    return OpenedException(edited.loaded.manifests.exceptions[name], edited, uncovered)


def close_exception(loaded: LoadedWorkspace, id_: str, on: date | None, as_of: date) -> ClosedException:
    """Close an exception, by default on the as-of day, and write that.

    Raises:
        UsageError: It does not exist, or was closed on another day.
    """
    exceptions = loaded.manifests.exceptions
    entry = exceptions[known(id_, exceptions, "exception")]
    edit = Edit(
        loaded.manifests.files[RegisteredException, id_], (Step("closed"),), (on or as_of).isoformat()
    )
    at = _next_exit(loaded, entry, as_of)
    if entry.closed:
        place = line_of(loaded, edit)
        if on is not None and on != entry.closed:
            raise UsageError(f"{id_} was closed on {entry.closed} already: {place}; change it there")
        return ClosedException(entry, place, is_new=False, milestone=at)
    edited = changed(loaded, edit)
    edited.write()
    [row] = [row for row in register(edited.loaded, at, as_of) if row.entry.id == id_]
    return ClosedException(entry, edited.place, is_new=True, milestone=at, still_open=row.open)


def _next_exit(loaded: LoadedWorkspace, entry: RegisteredException, as_of: date) -> str:
    """Return the milestone for which an exception must be closed; if that is past, the next one."""
    milestones = loaded.manifests.milestones
    within = loaded.rulebook.exceptions.close_within
    due = milestones.after(entry.opened_in, within) or entry.opened_in
    at = max(due, *milestones.pending(as_of)[:1], key=milestones.position)
    plan = loaded.manifests.services[entry.service].plan
    return at if at in plan else list(plan)[-1]


def _new_id(loaded: LoadedWorkspace, written: str | None) -> str:
    ids = loaded.manifests.exceptions
    if written is None:
        numbers = [int(found[1]) for name in ids if (found := re.fullmatch(r"RR-(\d{1,9})", name))]
        return f"RR-{max(numbers, default=0) + 1}"
    if written in ids:
        raise UsageError(f"the exception {written} exists: choose another --id, or leave it out")
    return written


def _candidates(loaded: LoadedWorkspace, service: Service, milestone: str, as_of: date) -> str:
    """Return a message that lists the criteria an exception could cover: they are written, not guessed."""
    result = judge(loaded, milestone, as_of, [service]).services[0]
    entries = loaded.manifests.exceptions.values()
    spent = {name for entry in entries if entry.service == service.service for name in entry.delta}
    candidates = set(excusable(service, loaded.rulebook)) - spent
    still_open = [one.rule.id for one in result.criteria if one.blocks and one.rule.id in candidates]
    options = " ".join(f"--delta {criterion}" for criterion in dict.fromkeys(still_open))
    if not options:
        return f"nothing that is open at {milestone} can be excepted, or it was excepted before"
    return f"name what is still open: {options}"


def _uncovered(
    loaded: LoadedWorkspace, service: Service, milestone: str, as_of: date, entry: str
) -> tuple[str, ...]:
    """Return the criteria that a new exception leaves open; refuse one that would not be in force."""
    result = judge(loaded, milestone, as_of, [service]).services[0]
    seen = next(exception for exception in result.exceptions if exception.id == entry)
    if seen.state == "unneeded":
        raise UsageError(f"no criterion of it is open at {milestone}; nothing was written")
    if seen.state != "in_force":
        raise UsageError(f"the exception would not be in force: {seen.message}; nothing was written")
    excepted = {one.rule.id for one in result.criteria if one.exception}
    delta = loaded.manifests.exceptions[entry].delta
    needless = [
        name for name in delta if name not in excepted and name != loaded.rulebook.exceptions.sign_off
    ]
    if needless:
        raise UsageError(f"not open at {milestone}: {', '.join(needless)}; leave it out; nothing was written")
    return tuple(one.rule.id for one in result.open_criteria)
