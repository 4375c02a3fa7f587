"""A register of aggregates, their invariants and the tests of each, in YAML or JSON.

A mapping, at the top or under the key `aggregates`: aggregate -> invariant -> the name of its test, a list
of names, or nothing yet. Or a list, in the same two places, of `{aggregate, invariant, test}` or `tests`.
Several files are merged, and all of them must be readable.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates"})


class InvariantsFacts(NamedTuple):
    """What a register of aggregates, their invariants and the tests of each says; null where it does not."""

    aggregates: tuple[str, ...] | None = None
    """The slot's `aggregates` narrows these, and all other facts with them."""
    invariants: int | None = None
    untested: tuple[Finding, ...] | None = None
    """Invariants without a test, and aggregates without an invariant."""
    tests: tuple[str, ...] | None = None
    """Names of the tests that the register promises."""


FACTS = InvariantsFacts
