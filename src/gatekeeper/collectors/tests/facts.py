"""Test results as test runners write them: JUnit XML, and formats of their own; one file or a glob of them.

The format is recognised from the content. The listed tests count, not the counters; but if the counters
report failures that are not listed, that is a failure too, and a report that lists fewer tests than it counts
is partial. Several files are merged, and all of them must be readable.

A test that failed and then passed in one report passed, and is flaky. A status that is not known to be a pass
is a failure.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"select", "others"})
"""`select: {suite|file|tag|name: GLOB}` selects the tests; `others` lists what other slots select."""


class TestsFacts(NamedTuple):
    """Test results; a fact is null if the files do not state it.

    A full name consists of the titles of the enclosing suites and of the test, joined by ` > `; a title that
    the rest of the name repeats is omitted, and so is the path of the source file. An id among the tags and
    properties of a test follows in brackets: `Push > is idempotent [G4.push-idempotency]`.
    """

    total: int | None = None
    """Tests listed, including skipped ones: `total` less `skipped` have run."""
    passed: tuple[str, ...] | None = None
    """Full names of the tests that passed; null if only counters are known."""
    failed: tuple[Finding, ...] | None = None
    """Failed tests and other failures: a file that could not be loaded, an interrupted run."""
    skipped: int | None = None
    """Skipped, disabled and todo."""
    skipped_pct: float | None = None
    """The share of `skipped` in `total`."""
    flaky: tuple[Finding, ...] | None = None
    """Tests that failed and then passed when they were run again; `passed` has them too."""
    duration_s: float | None = None
    """Sum over the tests."""
    counted_from: str | None = None
    """`cases`, or `counters` if a report has no cases."""


FACTS = TestsFacts
AMOUNTS = ("passed",)
MEASURES = True
