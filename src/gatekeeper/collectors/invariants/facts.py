"""A register of aggregates, their invariants and the tests of each, in YAML or JSON.

Its key `aggregates` has a mapping from aggregate to invariant to the name of its test, a list of names, or
null. Or it has a list of entries `{aggregate, invariant, test}`, which may also be the whole document;
`tests` may list several. Several files are merged, and all of them must be readable.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"aggregates"})


class InvariantsFacts(NamedTuple):
    """Facts about aggregates, their invariants and the tests of each; null if the register lacks them."""

    aggregates: tuple[str, ...] | None = None
    """The aggregates; the slot's `aggregates` narrows them, and all other facts."""
    invariants: int | None = None
    untested: tuple[Finding, ...] | None = None
    """Invariants without a test of their own, and aggregates without an invariant.

    A test is the own one of one invariant only. A placeholder or a single word does not name a test.
    """
    tests: tuple[str, ...] | None = None
    """The names of the tests that the register lists."""


FACTS = InvariantsFacts
PLACES = {"key": frozenset(InvariantsFacts._fields), "field": frozenset({"untested", "tests"})}
