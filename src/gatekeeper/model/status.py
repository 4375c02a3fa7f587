"""The closed sets of outcomes, in the words that YAML, JSON and the screen share."""

from enum import StrEnum


class Status(StrEnum):
    """What became of one criterion."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    MISSING = "missing"
    STALE = "stale"
    UNREADABLE = "unreadable"
    EXCEPTED = "excepted"
    NOT_APPLICABLE = "not_applicable"


OPEN = frozenset({Status.FAIL, Status.MISSING, Status.STALE, Status.UNREADABLE})
"""Statuses that keep a gate red."""


class GateStatus(StrEnum):
    """What became of one gate at a level."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NOT_APPLICABLE = "not_applicable"


class ServiceVerdict(StrEnum):
    """What one service means for a milestone's exit."""

    READY = "ready"
    EXCEPTED = "excepted"
    BLOCKED = "blocked"


class MilestoneVerdict(StrEnum):
    """May the milestone exit?"""

    READY = "ready"
    READY_WITH_EXCEPTIONS = "ready_with_exceptions"
    BLOCKED = "blocked"


class Basis(StrEnum):
    """What a pass rests on: an artefact at hand, a collected record, or a person's word."""

    EVIDENCE = "evidence"
    RECORD = "record"
    ATTESTATION = "attestation"


class Effort(StrEnum):
    """How much work a remedy usually is."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class FailOn(StrEnum):
    """What makes `check` exit 1: any blocked service, or only ground that was lost."""

    BLOCKED = "blocked"
    REGRESSION = "regression"
