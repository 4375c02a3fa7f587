"""Whether a statement is signed, and by which key."""

import hashlib
from enum import StrEnum
from typing import NamedTuple

from gatekeeper.model.level import Level
from gatekeeper.model.service import SignOff
from gatekeeper.model.statement import Statement


class SignatureState(StrEnum):
    """How a statement was made."""

    SIGNED = "signed"
    """By a key of the person, over the very statement."""
    TYPED = "typed"
    """Without a signature."""
    GRANDFATHERED = "grandfathered"
    """Without a signature, before signatures became required."""
    UNKNOWN = "unknown signer"
    """Of a record: by a key that no recorder of its service has, so that it counts as unsigned."""
    INVALID = "invalid"
    """Its signature does not fit, so it does not count."""
    WITHDRAWN = "withdrawn"
    """It was withdrawn, so it does not count, signed or not."""


class SignatureSeen(NamedTuple):
    """How a statement was made, and why it does not count."""

    state: SignatureState
    key: str | None = None
    """The fingerprint of the key that signed: `SHA256:...`; of a record, or the identity."""
    why: str | None = None
    """Why it does not count, if it is invalid, or must be signed and is not."""

    @property
    def is_wrong(self) -> bool:
        """Whether it does not count, although nothing requires that it is signed."""
        return self.state in (SignatureState.INVALID, SignatureState.WITHDRAWN)

    @property
    def is_unsigned(self) -> bool:
        """Whether it does not count because it must be signed."""
        return self.state is SignatureState.TYPED and self.why is not None


class StatementSeen(NamedTuple):
    """A statement, and how it was made."""

    statement: Statement
    seen: SignatureSeen

    @property
    def is_signed(self) -> bool:
        """Whether it has a signature that counts."""
        return self.seen.state is SignatureState.SIGNED

    @property
    def is_refused(self) -> bool:
        """Whether it has a signature that does not count."""
        return self.statement.signature is not None and self.seen.state is SignatureState.INVALID


class ListedStatement(NamedTuple):
    """A statement of a workspace with its place, and whether somebody must act."""

    statement: Statement
    """Of a record: the pipeline, without the fields of the run."""
    service: str | None
    """The service that it is about, if it is about one."""
    place: str
    """The file and the line of its entry."""
    message: bytes | None
    """The bytes that are signed; None if the workspace has no id, or of a record without a signature."""
    seen: SignatureSeen
    is_problem: bool
    """Whether somebody must act: its signature is missing or does not fit, or it was withdrawn."""
    also_at: tuple[str, ...] = ()
    """Other entries with the same text of a signature."""

    @property
    def digest(self) -> str | None:
        """`sha256:` and the digest of its bytes."""
        return None if self.message is None else f"sha256:{hashlib.sha256(self.message).hexdigest()}"


class ImportedKey(NamedTuple):
    """A principal and a key of a list of allowed signers, and what its import does."""

    name: str
    """The name on the roster; of somebody who is not on it, the principal."""
    key: str
    """The fingerprint; empty if the line has no key that can be used."""
    outcome: str
    """`added`, `known`, `unknown` or `refused`."""
    why: str = ""
    """Why it is refused, or what to write to the roster for somebody who is not known."""


class RequiredSignatures(NamedTuple):
    """What it means that signatures of a role are required from now on."""

    role: str
    place: str
    """The place of the requirement in the governance; the file if it is not written yet."""
    is_new: bool
    kept: tuple[tuple[Statement, str], ...]
    """The unsigned statements that stay valid, each with the present signed level of its service."""
    people: tuple[tuple[str, int], ...]
    """Who holds the role, and how many keys each has that are not revoked."""


class RoleSignOff(NamedTuple):
    """The sign-off of a level in one role."""

    role: str
    given: SignOff | None
    seen: SignatureSeen | None
    """How it was made; None without a sign-off."""
    counts: bool
    why: str | None
    """Why one that was given does not count."""


class ServiceSignOffs(NamedTuple):
    """The sign-offs of a level of a service."""

    service: str
    owner: str
    signed_level: Level
    """The level that is signed off in all roles."""
    roles: tuple[RoleSignOff, ...]
