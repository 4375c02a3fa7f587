"""The closed sets of outcomes; YAML, JSON and screens use the same names."""

from enum import StrEnum


class Status(StrEnum):
    """The status of one criterion."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    MISSING = "missing"
    STALE = "stale"
    UNREADABLE = "unreadable"
    EXCEPTED = "excepted"
    NOT_APPLICABLE = "not_applicable"


OPEN = frozenset({Status.FAIL, Status.MISSING, Status.STALE, Status.UNREADABLE})
"""The statuses that make a gate red."""


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
    """The basis of a pass: an artefact, a collected record, or an attestation."""

    EVIDENCE = "evidence"
    RECORD = "record"
    ATTESTATION = "attestation"


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
