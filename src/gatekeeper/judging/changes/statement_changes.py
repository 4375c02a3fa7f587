"""Report what was signed and is not any more, signatures that do not count, and withdrawals that are gone."""

from collections.abc import Iterable, Iterator

from gatekeeper.judging.changes.governance_weakenings import governance_weakened
from gatekeeper.judging.changes.manifest_changes import manifest_weakened, note
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts.services import some
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.signature import SignatureState, StatementSeen
from gatekeeper.model.statement import Statement, of_exception, of_service
from gatekeeper.model.workspace import Manifests


def compare_statements(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    """Yield what people stated about a service and is signed by less than before, and their withdrawals."""
    before, after = (_seen(of_service(side), rulebook, side) for side in (pair.base, pair.head))
    lost = {
        keys for keys, now in after.items() if now.is_refused and keys in before and before[keys].is_signed
    }
    if (is_renamed := pair.base.service != pair.head.service) and lost:
        message = (
            f"{len(lost)} signatures name {pair.base.service} and do not count for {pair.head.service}: "
            "sign anew, or keep the name"
        )
        yield note(pair, "signatures", message, Cause.SIGNATURE, pair.where())
    refused: dict[str, list[tuple[str, ...]]] = {}
    for keys, now in after.items():
        if is_renamed and keys in lost:
            continue
        was, name, where = before.get(keys), ".".join(keys), pair.where(*keys)
        if how := _falls(was, now):
            yield manifest_weakened(pair, name, f"{name} {how}", where, *_plain(was, now))
        elif why := _refusal(was, now):
            refused.setdefault(why, []).append(keys)
    for why, places in refused.items():
        names, where = [".".join(keys) for keys in places], pair.where(*places[0])
        message = f"{some(names)} {'do' if places[1:] else 'does'} not count: {why}"
        yield note(pair, f"{names[0]}:signature", message, Cause.SIGNATURE, where)
    yield from _withdrawals(pair)


def compare_approvals(base: Manifests, head: Manifests, rulebook: Rulebook) -> Iterator[Change]:
    """Yield approvals that were signed and are gone, typed, or have a signature that does not count."""
    for name, entry in head.exceptions.items():
        of = head.services.get(entry.service)
        was = _approved(base.exceptions[name], rulebook, of) if name in base.exceptions else None
        now = _approved(entry, rulebook, of)
        where = ManifestPlace(head.files[RegisteredException, name], ("signature",))
        if how := _falls(was, now):
            message, states = f"the approval of {name} {how}", _plain(was, now)
            change = weakening(ChangeKind.EXCEPTION, f"{name}:signature", message, where, *states)
            yield change._replace(service=entry.service, cause=Cause.GOVERNANCE)
        elif why := _refusal(was, now):
            message = f"the approval of {name} does not count: {why}"
            yield Change(
                ChangeKind.NOTE, f"{name}:signature", message, Cause.SIGNATURE, entry.service, where=where
            )
    yield from _approvals_of_weakenings(base, head)


def _approved(entry: RegisteredException, rulebook: Rulebook, service: Service | None) -> StatementSeen:
    statement = of_exception(entry, service)
    return StatementSeen(statement, signature_of(statement, rulebook, service))


def _approvals_of_weakenings(base: Manifests, head: Manifests) -> Iterator[Change]:
    """Yield signed approvals of weakenings that are gone: written back, they approve the same once more."""
    for one in base.governance.weakenings:
        if one.signature and one not in head.governance.weakenings:
            message = (
                f"the signed approval of {one.what} by {one.by} is gone: written back, it would count again"
            )
            where = ManifestPlace(head.files[Governance, ""], ("weakenings",))
            yield governance_weakened(
                f"governance.weakenings.{one.what}", message, where, one.model_dump(mode="json"), None
            )


def _seen(
    statements: Iterable[Statement], rulebook: Rulebook, service: Service
) -> dict[tuple[str, ...], StatementSeen]:
    """Return statements about a service with how they are signed, by their keys in its manifest."""
    return {one.keys: StatementSeen(one, signature_of(one, rulebook, service)) for one in statements}


def _falls(before: StatementSeen | None, now: StatementSeen) -> str | None:
    """Return how a statement rests on less: it counts unsigned, and was signed or did not count."""
    if now.is_signed or now.seen.why is not None:
        return None
    if before and before.is_signed:
        return "was signed and is typed now"
    is_as_before = before and before.seen.why is None and before.statement == now.statement
    if now.seen.state is SignatureState.GRANDFATHERED and not is_as_before:
        return "counts although it is not signed: it is as it was when signatures became required"
    return None


def _refusal(before: StatementSeen | None, now: StatementSeen) -> str | None:
    """Return why a statement does not count, if it is new or counted before."""
    is_as_before = before and before.seen.why is not None and before.statement == now.statement
    return None if is_as_before else now.seen.why


def _withdrawals(pair: ServicePair) -> Iterator[Change]:
    where = pair.where("withdrawn")
    for one in pair.base.withdrawn:
        if one not in pair.head.withdrawn:
            others = [of.model_dump(mode="json") for of in pair.head.withdrawn if of.digest == one.digest]
            becomes = "has another person or day" if others else "is gone: the statement would count again"
            message = f"the withdrawal of {one.digest[:19]}... by {one.by} on {one.on} {becomes}"
            name, before = f"withdrawn.{one.digest[7:]}", one.model_dump(mode="json")
            yield manifest_weakened(pair, name, message, where, before, others)
    known = {one.digest for one in pair.base.withdrawn}
    for one in pair.head.withdrawn:
        if one.digest not in known:
            message = f"{one.by} withdrew the statement {one.digest[:19]}... on {one.on}"
            yield note(pair, f"withdrawn.{one.digest[7:]}", message, Cause.SIGNATURE, where)


def _plain(*states: StatementSeen | None) -> list[object]:
    """Return what is stated before and after, and the signatures, as plain data."""
    return [of and [dict(of.statement.fields), of.statement.signature] for of in states]
