"""A register of aggregates, their invariants and the tests of each."""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates"})


class InvariantsFacts(NamedTuple):
    """What a register of aggregates, their invariants and the tests of each says; null where it does not."""

    aggregates: tuple[str, ...] | None = None
    invariants: int | None = None
    untested: tuple[Finding, ...] | None = None
    """Invariants without a test."""
    tests: tuple[str, ...] | None = None
    """Names of the tests that the register promises."""


FACTS = InvariantsFacts
