"""Decide which changes of exit records are weakenings: typed, changed or removed, or made while blocked."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from gatekeeper.judging.changes.weakening_approvals import objection_by_base, weakening
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.milestone import Exited, ExitRecord, Milestone
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.signature import SignatureState
from gatekeeper.model.statement import Statement, of_exit
from gatekeeper.model.status import MilestoneVerdict
from gatekeeper.model.workspace import Manifests


class JudgedExit(NamedTuple):
    """The verdict of the head on the day of a new exit, and the digest of the evidence behind it."""

    verdict: MilestoneVerdict
    evidence: str


NewExits = Mapping[tuple[str, date], Mapping[str, JudgedExit]]
"""By milestone and day, then by the digest of the rules that judged: those of the base and of the head."""


def new_exits(base: Roadmap, head: Roadmap) -> Iterator[tuple[str, Exited]]:
    """Yield the records of exits that the head adds; withdrawals are none."""
    for name, milestone in head.items():
        before = base[name].exits if name in base else {}
        for on, record in milestone.exits.items():
            if on not in before and record.withdrawn is None:
                yield name, Exited(on, record)


def compare_exits(
    base: Manifests, head: Manifests, rulebook: Rulebook, judged: NewExits, as_of: date
) -> Iterator[Change]:
    """Yield each record that was removed, changed, or added without what makes it count, and notes on others.

    People and rules (`rulebook`) are those of the base. An old record is history and is not judged again.
    """
    for name, milestone in head.milestones.items():
        where = ManifestPlace(head.files[Milestone, name], ("exited",))
        before = base.milestones[name].exits if name in base.milestones else {}
        if name in base.milestones and base.milestones[name].exit_date != milestone.exit_date:
            yield _moved(name, base.milestones[name].exit_date, milestone.exit_date, where)
        for on, record in before.items():
            now = milestone.exits.get(on)
            if now != record and not (now and _only_signed(name, on, record, now, rulebook)):
                yield from _changed(name, on, record, now, where)
        for on, record in milestone.exits.items():
            if on not in before:
                statement = of_exit(name, on, record, rulebook.governance.exit_role)
                why = _objection(statement, record, rulebook, judged.get((name, on), {}), as_of)
                if why is None and (pending := head.milestones.skipped_by(name, on)):
                    why = f"{pending} comes before and has not exited" if record.counts else None
                yield _added(name, on, record, why, where)


def _moved(name: str, before: date | None, after: date | None, where: ManifestPlace) -> Change:
    message = f"{name} is planned to exit on {after or 'no day'} instead of {before or 'no day'}"
    place = where._replace(path=("exit_date",))
    return Change(ChangeKind.NOTE, f"{name}:exit_date", message, Cause.PLAN, None, (name,), where=place)


def _only_signed(name: str, on: date, before: ExitRecord, after: ExitRecord, rulebook: Rulebook) -> bool:
    """Return whether a record gained nothing but a signature that counts in the base, where none did."""
    if before.model_copy(update={"signature": after.signature}) != after:
        return False
    stated = (of_exit(name, on, of, rulebook.governance.exit_role) for of in (before, after))
    was, now = (signature_of(one, rulebook).state is SignatureState.SIGNED for one in stated)
    return now and not was


def _changed(
    name: str, on: date, before: ExitRecord, after: ExitRecord | None, where: ManifestPlace
) -> Iterator[Change]:
    what = "changed" if after else "removed"
    message = f"the record of the exit of {name} on {on} was {what}: add a further record instead"
    yield _weaker(f"{name}:exited:{on}:{what}", message, where, before, after)._replace(milestones=(name,))


def _objection(
    statement: Statement,
    record: ExitRecord,
    rulebook: Rulebook,
    judged: Mapping[str, JudgedExit],
    as_of: date,
) -> str | None:
    """Return why a new record does not count; None if it does."""
    if why := objection_by_base(rulebook, statement, as_of):
        return why
    if record.withdrawn is not None:
        return "a withdrawal asks for less: exceptions last longer, and less is due"
    if not judged:
        return "it was not judged"
    if record.override is not None:
        return None if rulebook.governance.break_glass else "governance does not allow an override"
    if any(by.verdict is MilestoneVerdict.BLOCKED for by in judged.values()):
        return "the milestone is blocked on that day"
    by = judged.get(record.rulebook or "")
    if by is None or record.evidence != by.evidence:
        return "it lacks the digests of rulebook and evidence: record it with `gatekeeper exit`"
    return None


def _added(name: str, on: date, record: ExitRecord, why: str | None, where: ManifestPlace) -> Change:
    said = "withdrew the exit of" if record.withdrawn else "recorded the exit of"
    message = f"{record.by} {said} {name} on {on}"
    if why:
        change = _weaker(
            f"{name}:exited:{on}:added", f"{message}, which does not count: {why}", where, None, record
        )
        return change._replace(milestones=(name,))
    id_ = f"{name}:exited:{on}"
    return Change(ChangeKind.NOTE, id_, message, Cause.GOVERNANCE, None, (name,), where=where)


def _weaker(
    name: str, message: str, where: ManifestPlace, before: ExitRecord | None, after: ExitRecord | None
) -> Change:
    was, becomes = (of.model_dump(mode="json") if of else "nothing" for of in (before, after))
    change = weakening(ChangeKind.PLAN_WEAKENED, name, message, where, was, becomes)
    return change._replace(cause=Cause.GOVERNANCE)
