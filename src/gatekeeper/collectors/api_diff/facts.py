"""The changes between two versions of an API: what oasdiff found, or two OpenAPI descriptions to compare.

Reports are recognised by their content; several are merged. Of two descriptions, a folder or a glob, the
names tell which is which: base and head, old and new, previous and current, before and after.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding


class ApiDiffFacts(NamedTuple):
    """What changed between two versions of an API; a list without any change says that nothing did."""

    changes: int | None = None
    """All that are listed: `oasdiff breaking` leaves out those that break nothing."""
    breaking: tuple[Finding, ...] | None = None
    """Changes that break clients, or may: oasdiff's ERR and WARN, which its command `breaking` lists."""


FACTS = ApiDiffFacts
