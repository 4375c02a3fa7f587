"""Statements of people and their signatures, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gatekeeper.model.register import Registered
from gatekeeper.model.signature import SignatureSeen, SignatureState, StatementSeen
from gatekeeper.model.statement import Act, Statement
from gatekeeper.model.verdict import ServiceResult
from gatekeeper.reporters.wording.counts import counted

NOUNS = {
    Act.SIGN_OFF: "sign-off",
    Act.ATTESTATION: "attestation",
    Act.NOT_APPLICABLE: "declaration",
    Act.EXCEPTION: "approval of an exception",
    Act.EXIT: "exit record",
    Act.WEAKENING: "approval of a weakening",
    Act.RECORD: "record",
}
"""What each act makes, in the singular."""
PLURALS = {Act.EXCEPTION: "approvals of exceptions", Act.WEAKENING: "approvals of weakenings"}
"""Where an s at the end is not the plural."""


def counted_statements(found: Iterable[Statement]) -> str:
    """Return statements by kind, and of how many services: `6 sign-offs, 2 attestations in 4 services`."""
    statements = list(found)
    acts = Counter(one.act for one in statements)
    kinds = ", ".join(counted(n, NOUNS[act], PLURALS.get(act)) for act, n in acts.items())
    # The exception itself names its service.
    services = {of for one in statements if (of := one.about.get("service", one.fields.get("service")))}
    return f"{kinds} in {counted(len(services), 'service')}" if services else kinds


def stated(statement: Statement) -> str:
    """Return what a statement is: `sign-off of L2 of orders-service as owner`."""
    about, noun = statement.about, NOUNS[statement.act]
    match statement.act:
        case Act.SIGN_OFF:
            return f"{noun} of {about['level']} of {about['service']} as {about['role']}"
        case Act.ATTESTATION:
            return f"{noun} of {about['criterion']} of {about['service']} as {statement.role}"
        case Act.NOT_APPLICABLE:
            return f"{noun} that {about['criterion']} does not apply to {about['service']}"
        case Act.EXCEPTION:
            return f"approval of the exception {about['exception']}"
        case Act.EXIT:
            return f"{noun} of {about['milestone']}"
        case Act.WEAKENING:
            return f"{noun}: {statement.fields['what']}"
        case Act.RECORD:
            run = f", run {about['run']}" if "run" in about else ""
            return f"{noun} of {about['service']} by the pipeline {about['pipeline']}{run}"


def wrong_signatures(services: Iterable[ServiceResult]) -> Iterator[str]:
    """Yield each statement whose signature does not fit, or that was withdrawn, and why it does not count."""
    for service in services:
        yield from map(wrong_signature, service.wrong_signatures)


def wrong_signature(one: StatementSeen) -> str:
    """Return a statement that does not count, and why."""
    of = one.statement
    return f"{stated(of)} by {of.by}, {of.on}, does not count: {one.seen.why}"


def approved_by(of: Registered) -> str:
    """Return who approved an exception, and whether with a key; why that does not count is its message."""
    how = "which does not count" if of.approval.why else how_made(of.approval)
    return f"approved by {of.entry.approved_by}, {how}"


def how_made(seen: SignatureSeen) -> str:
    """Return how a statement was made: `signed with SHA256:...`, `typed`, or why it does not count."""
    match seen.state:
        case SignatureState.SIGNED:
            return f"signed with {seen.key}"
        case SignatureState.GRANDFATHERED:
            return "typed before signatures were required"
        case _:
            return seen.why or "typed"
