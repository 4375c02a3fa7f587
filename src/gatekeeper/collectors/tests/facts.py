"""Test results: JUnit XML, the JSON of vitest and jest, CTRF; one file or a glob of them.

The format is recognised from the content. What a report lists counts, not what its counters say; but where
the counters tell of failures that the list does not show, that is a failure too. Several files are merged,
and all of them must be readable.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class TestsFacts(NamedTuple):
    """What test results say; null where they do not.

    A full name consists of the titles of the enclosing suites and of the test, joined by ` > `; a title that
    the rest of the name repeats is left out, and so is the path of the source file.
    """

    total: int | None = None
    """Tests listed, the skipped ones included: `total` less `skipped` have run."""
    passed: tuple[str, ...] | None = None
    """Full names of the tests that passed; null where only counters are known."""
    failed: tuple[Finding, ...] | None = None
    """Failed tests, and whatever else failed: a file that could not be loaded, an interrupted run."""
    skipped: int | None = None
    """Skipped, disabled and todo."""
    duration_s: float | None = None
    """Sum over the tests."""
    counted_from: str | None = None
    """`cases`, or `counters` where a report has no cases."""


FACTS = TestsFacts
