"""The changes between two versions of an API: reports of oasdiff, or two OpenAPI descriptions to compare.

Reports are recognised by their content; several are merged. The names of two descriptions, of a folder or a
glob, show which is the earlier: base and head, old and new, previous and current, before and after.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding, Places


class ApiDiffFacts(NamedTuple):
    """What changed between two versions of an API; an empty list means that nothing did."""

    changes: int | None = None
    """The number of listed changes; `oasdiff breaking` lists breaking changes only."""
    breaking: tuple[Finding, ...] | None = None
    """Changes that break clients, or may break them: those that `oasdiff breaking` lists as ERR or WARN."""


FACTS = ApiDiffFacts
MEASURES = True
PLACES: Places = {"change": frozenset({"breaking"}), "level": frozenset({"breaking"})}
