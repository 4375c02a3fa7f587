"""Report what was signed and is not any more, signatures that do not count, and withdrawals that are gone."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gatekeeper.judging.changes.governance_weakenings import weaker as governance_weaker
from gatekeeper.judging.changes.manifest_changes import note, weaker
from gatekeeper.judging.changes.service_matching import ServicePair
from gatekeeper.judging.changes.weakening_approvals import weakening
from gatekeeper.judging.verdicts.services import some
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.changes import Cause, Change, ChangeKind, ManifestPlace
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.rule import Rulebook
from gatekeeper.model.rulebook import Governance
from gatekeeper.model.service import Service
from gatekeeper.model.signature import SignatureSeen, SignatureState
from gatekeeper.model.statement import Act, Statement, of_exception, of_service
from gatekeeper.model.workspace import Manifests


class _Stated(NamedTuple):
    statement: Statement
    seen: SignatureSeen

    @property
    def is_signed(self) -> bool:
        return self.seen.state is SignatureState.SIGNED

    @property
    def is_refused(self) -> bool:
        """Whether it has a signature that does not count."""
        return self.statement.signature is not None and self.seen.state is SignatureState.INVALID


_FIELDS = {
    Act.SIGN_OFF: "sign_offs",
    Act.ATTESTATION: "attestations",
    Act.NOT_APPLICABLE: "not_applicable",
}


def compare_statements(pair: ServicePair, rulebook: Rulebook) -> Iterator[Change]:
    """Yield what people stated about a service and is signed by less than before, and their withdrawals."""
    before = _stated(of_service(pair.base), rulebook, pair.base)
    after = _stated(of_service(pair.head), rulebook, pair.head)
    is_renamed = pair.base.service != pair.head.service
    lost = [
        place
        for place, now in after.items()
        if now.is_refused and place in before and before[place].is_signed
    ]
    if is_renamed and lost:
        message = (
            f"{len(lost)} signatures name {pair.base.service} and do not count for {pair.head.service}: "
            "sign anew, or keep the name"
        )
        yield note(pair, "signatures", message, Cause.SIGNATURE, pair.where())
    refused: dict[str, list[tuple[str, ...]]] = {}
    for place, now in after.items():
        if is_renamed and place in lost:
            continue
        name, where = ".".join(place), pair.where(*place)
        if how := _falls(before.get(place), now):
            states = [_plain(side[place].statement) if place in side else None for side in (before, after)]
            yield weaker(pair, name, f"{name} {how}", where, *states)
        elif why := _refusal(before.get(place), now):
            refused.setdefault(why, []).append(place)
    for why, places in refused.items():
        names, where = [".".join(place) for place in places], pair.where(*places[0])
        message = f"{some(names)} {'do' if places[1:] else 'does'} not count: {why}"
        yield note(pair, f"{names[0]}:signature", message, Cause.SIGNATURE, where)
    yield from _withdrawals(pair)


def compare_approvals(base: Manifests, head: Manifests, rulebook: Rulebook) -> Iterator[Change]:
    """Yield approvals that were signed and are gone, typed, or have a signature that does not count."""
    for name, entry in head.exceptions.items():
        of = head.services.get(entry.service)
        before = _approved(base.exceptions[name], rulebook, of) if name in base.exceptions else None
        now = _approved(entry, rulebook, of)
        where = ManifestPlace(head.files[RegisteredException, name], ("signature",))
        if how := _falls(before, now):
            states = [_plain(one.statement) if one else None for one in (before, now)]
            change = weakening(
                ChangeKind.EXCEPTION, f"{name}:signature", f"the approval of {name} {how}", where, *states
            )
            yield change._replace(service=entry.service, cause=Cause.GOVERNANCE)
        elif why := _refusal(before, now):
            message = f"the approval of {name} does not count: {why}"
            yield Change(
                ChangeKind.NOTE, f"{name}:signature", message, Cause.SIGNATURE, entry.service, where=where
            )
    yield from _approvals_of_weakenings(base, head)


def _approved(entry: RegisteredException, rulebook: Rulebook, service: Service | None) -> _Stated:
    statement = of_exception(entry)
    return _Stated(statement, signature_of(statement, rulebook, service))


def _approvals_of_weakenings(base: Manifests, head: Manifests) -> Iterator[Change]:
    """Yield signed approvals of weakenings that are gone: written back, they approve the same once more."""
    for one in base.governance.weakenings:
        if one.signature and one not in head.governance.weakenings:
            message = (
                f"the signed approval of {one.what} by {one.by} is gone: written back, it would count again"
            )
            where = ManifestPlace(head.files[Governance, ""], ("weakenings",))
            yield governance_weaker(
                f"governance.weakenings.{one.what}", message, where, one.model_dump(mode="json"), None
            )


def _stated(
    statements: Iterable[Statement], rulebook: Rulebook, service: Service
) -> dict[tuple[str, ...], _Stated]:
    """Return statements with how they are signed, by their path in the manifest."""
    return {
        (_FIELDS[one.act], *list(one.about.values())[1:]): _Stated(one, signature_of(one, rulebook, service))
        for one in statements
    }


def _falls(before: _Stated | None, now: _Stated) -> str | None:
    """Return how a statement rests on less: it counts unsigned, and was signed or did not count."""
    if now.is_signed or now.seen.why is not None:
        return None
    if before and before.is_signed:
        return "was signed and is typed now"
    is_as_before = before and before.seen.why is None and before.statement == now.statement
    if now.seen.state is SignatureState.GRANDFATHERED and not is_as_before:
        return "counts although it is not signed: it is as it was when signatures became required"
    return None


def _refusal(before: _Stated | None, now: _Stated) -> str | None:
    """Return why a signature does not count, if it is new or counted before."""
    if now.seen.why is None or (before and before.seen.why is not None and before.statement == now.statement):
        return None
    if now.is_refused or (before and before.is_signed):
        return now.seen.why
    return None


def _withdrawals(pair: ServicePair) -> Iterator[Change]:
    for one in pair.base.withdrawn:
        if one not in pair.head.withdrawn:
            message = (
                f"what {one.by} withdrew on {one.on} would count again: "
                f"the withdrawal of {one.digest[:19]}... is gone"
            )
            yield weaker(
                pair,
                f"withdrawn.{one.digest[7:]}",
                message,
                pair.where("withdrawn"),
                one.model_dump(mode="json"),
                [
                    other.model_dump(mode="json")
                    for other in pair.head.withdrawn
                    if other.digest == one.digest
                ],
            )
    known = {one.digest for one in pair.base.withdrawn}
    for one in pair.head.withdrawn:
        if one.digest not in known:
            message = f"{one.by} withdrew the statement {one.digest[:19]}... on {one.on}"
            yield note(pair, f"withdrawn.{one.digest[7:]}", message, Cause.SIGNATURE, pair.where("withdrawn"))


def _plain(statement: Statement) -> object:
    return [dict(statement.fields), statement.signature]
