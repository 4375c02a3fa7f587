"""What people state about a service, and whether the signature of each statement counts."""

from collections.abc import Iterable

from gatekeeper.judging.verdicts.case import Case
from gatekeeper.judging.verdicts.signatures import signature_of
from gatekeeper.model.milestone import RegisteredException
from gatekeeper.model.service import Attestation, NotApplicable, SignOff
from gatekeeper.model.signature import StatementSeen
from gatekeeper.model.statement import of_exception, of_service


def statements_seen(case: Case, entries: Iterable[RegisteredException]) -> tuple[StatementSeen, ...]:
    """Return the statements about a service; none where signatures are neither given nor required.

    Args:
        case: The service.
        entries: Its exceptions.
    """
    service, of_register = case.service, tuple(entries)
    written: tuple[Attestation | NotApplicable | SignOff | RegisteredException, ...] = (
        *service.attestations.values(),
        *service.not_applicable.values(),
        *(sign_off for roles in service.sign_offs.values() for sign_off in roles.values()),
        *of_register,
    )
    needed = case.rulebook.governance.signatures or service.withdrawn
    if not needed and not any(entry.signature for entry in written):
        return ()
    about = (*of_service(service), *(of_exception(entry, service) for entry in of_register))
    return tuple(StatementSeen(of, signature_of(of, case.rulebook, service)) for of in about)
