"""The closed sets of outcomes; YAML, JSON and screens use the same names."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """The status of one criterion."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNREADABLE = "unreadable"
    UNPROVEN = "unproven"
    MISSING = "missing"
    STALE = "stale"
    EXCEPTED = "excepted"
    NOT_APPLICABLE = "not_applicable"


WORST_FIRST = (Status.FAIL, Status.UNREADABLE, Status.UNPROVEN, Status.MISSING, Status.STALE, Status.PASS)
"""The order in which the status of a criterion follows from those of its conditions."""
OPEN = frozenset(WORST_FIRST) - {Status.PASS}
"""The statuses that make a gate red."""


class ReasonCode(StrEnum):
    """Why a criterion is `unproven`, `stale` or `missing`."""

    OTHER_SUBJECT = "other-subject"
    """The artefact is about something else."""
    SHARED = "shared"
    """The same measurement fills slots that must differ, or serves two services."""
    NOT_UNDERSTOOD = "not-understood"
    """A fact depends on a place that the reader could not interpret."""
    PARTIAL = "partial"
    """The artefact is not the whole."""
    TOO_LITTLE = "too-little"
    """A floor is not reached."""
    TOO_OLD = "too-old"
    UNDATED = "undated"
    OTHER_COMMIT = "other-commit"
    UNKNOWN_COMMIT = "unknown-commit"
    OLDER_THAN_COMMIT = "older-than-commit"
    """It is dated before its commit was made, so it is not of that commit."""
    OTHER_MILESTONE = "other-milestone"
    UNSIGNED = "unsigned"
    """It is not signed, and must be."""
    UNDECIDABLE = "undecidable"
    """The source is in a language in which no evidence decides it."""


class GateStatus(StrEnum):
    """The status of one gate at a level."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_APPLICABLE = "not_applicable"


class ServiceVerdict(StrEnum):
    """The verdict on one service for the exit of a milestone."""

    READY = "ready"
    EXCEPTED = "excepted"
    BLOCKED = "blocked"


class MilestoneVerdict(StrEnum):
    """Whether a milestone may exit."""

    READY = "ready"
    READY_WITH_EXCEPTIONS = "ready_with_exceptions"
    BLOCKED = "blocked"


class Basis(StrEnum):
    """What a value or a pass rests on, the strongest first.

    An artefact, a record that its pipeline signed, another record, a value typed in the manifest, an
    attestation.
    """

    ARTEFACT = "artefact"
    SIGNED_RECORD = "signed record"
    RECORD = "record"
    TYPED = "typed"
    ATTESTATION = "attestation"


_STRONGEST_FIRST = tuple(Basis)


def weakest(bases: Iterable[Basis | None]) -> Basis | None:
    """Return the weakest basis; None if none is known."""
    return max(filter(None, bases), key=_STRONGEST_FIRST.index, default=None)


class Effort(StrEnum):
    """How much work a remedy usually takes."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class FailOn(StrEnum):
    """What makes `check` exit with 1: any blocked service, only regressions, or nothing but the change."""

    BLOCKED = "blocked"
    REGRESSION = "regression"
    CHANGE = "change"
