"""Decide which changes of the risk register are weakenings: extended and removed exceptions."""

from collections.abc import Iterator, Mapping, Sequence

from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.roadmap import Roadmap
from gatekeeper.model.rule import SIGN_OFF_PREFIX
from gatekeeper.model.workspace import Manifests

Register = Mapping[str, RegisteredException]


_FOR_READERS = ("risk", "owner", "approved_by", "link")


def compare_registers(base: Register, head: Manifests, former: Mapping[str, str]) -> Iterator[Change]:
    """Yield opened and closed exceptions, and as weakenings those extended or removed.

    `former` has the names that services had in the base, by their current ones.
    """
    renamed = {was: name for name, was in former.items()}
    for name, now in head.exceptions.items():
        where = ManifestPlace(head.files[RegisteredException, name])
        before = base.get(name)
        if before is None:
            message = f"{name} was opened in {now.opened_in} for {', '.join(now.delta)}"
            yield _noted(now, "opened", message, where)
        elif how := _extension(before, now, renamed.get(before.service), head.milestones):
            message = f"{name} was extended: {how}"
            yield _weakened(now, "extended", message, where, before, now)
        elif now.closed and not before.closed:
            yield _noted(now, "closed", f"{name} was closed on {now.closed}", where)
        if before and (
            edited := [field for field in _FOR_READERS if getattr(before, field) != getattr(now, field)]
        ):
            yield _noted(now, "edited", f"{name} has another {', '.join(edited)}", where)
    for name, before in base.items():
        if name not in head.exceptions:
            excepted = ", ".join(before.delta)
            message = f"{name} was removed: the register no longer shows that {excepted} was excepted"
            yield _weakened(before, "removed", message, None, before, None)


def no_longer_overdue(entry: RegisteredException, still_open: Sequence[str]) -> Change:
    """Return the weakening that an overdue entry was closed, or is not counted, and something is open."""
    what = f"was closed on {entry.closed}" if entry.closed else "is not overdue any more"
    message = f"{entry.id} {what}, and still open is {', '.join(still_open)}"
    change = weakening(
        ChangeKind.EXCEPTION, f"{entry.id}:overdue", message, None, still_open, str(entry.closed)
    )
    return change._replace(service=entry.service, milestones=(entry.opened_in,), cause=Cause.GOVERNANCE)


def _extension(
    before: RegisteredException, now: RegisteredException, service: str | None, roadmap: Roadmap
) -> str | None:
    """Return how an entry covers more, or for longer, than before; None if it does not."""
    if now.service != (service or before.service):
        return f"for {now.service} instead of {before.service}"
    if more := [name for name in now.delta if name not in before.delta and not _is_implied(name)]:
        return f"it covers {', '.join(more)} as well"
    if roadmap.position(now.opened_in) > roadmap.position(before.opened_in):
        return f"opened in {now.opened_in} instead of {before.opened_in}"
    if now.opened_on != before.opened_on:
        return f"opened on {now.opened_on} instead of {before.opened_on}"
    if before.closed and (now.closed is None or now.closed > before.closed):
        return "it was closed and is open again"
    return None


def _is_implied(name: str) -> bool:
    """Return whether every exception covers this: the sign-off of its level."""
    return name.startswith(SIGN_OFF_PREFIX)


def _noted(entry: RegisteredException, what: str, message: str, where: ManifestPlace) -> Change:
    return Change(
        ChangeKind.EXCEPTION,
        f"{entry.id}:{what}",
        message,
        Cause.GOVERNANCE,
        entry.service,
        (entry.opened_in,),
        where=where,
    )


def _weakened(
    entry: RegisteredException,
    what: str,
    message: str,
    where: ManifestPlace | None,
    before: RegisteredException,
    now: RegisteredException | None,
) -> Change:
    was, becomes = before.model_dump(mode="json"), now.model_dump(mode="json") if now else "nothing"
    change = weakening(ChangeKind.EXCEPTION, f"{entry.id}:{what}", message, where, was, becomes)
    return change._replace(service=entry.service, milestones=(entry.opened_in,), cause=Cause.GOVERNANCE)
