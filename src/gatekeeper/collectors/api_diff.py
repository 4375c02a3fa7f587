"""The changes between two versions of an API: what oasdiff found, or two OpenAPI descriptions to compare.

Reports are recognised by their content; several are merged. Of two descriptions, a folder or a glob, the
names tell which is which: base and head, old and new, previous and current, before and after.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Artefact, Collected, Finding, Options


class ApiDiffFacts(NamedTuple):
    """What changed between two versions of an API; a list without any change says that nothing did."""

    changes: int | None = None
    """All that are listed: `oasdiff breaking` leaves out those that break nothing."""
    breaking: tuple[Finding, ...] | None = None
    """Changes that break clients, or may: oasdiff's ERR and WARN, which its command `breaking` lists."""


FACTS = ApiDiffFacts


def collect(artefact: Artefact, options: Options) -> Collected:  # noqa: ARG001 - this kind has no options
    """Read what a tool found, or compare the two descriptions."""
    # Loaded where there is something to read: a rulebook is bound to the facts alone.
    from gatekeeper.collectors._read_api_diff import read

    return read(artefact)
