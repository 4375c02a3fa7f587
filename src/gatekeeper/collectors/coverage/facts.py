"""Coverage of source files, by the reports of the tools of many languages; one report or several.

Several reports are merged: the shards of a run, or the packages of a repository; a line is covered if one of
them saw it run. The slot's `include`, a glob or a list of globs, selects the files that count; percentages
are recomputed from their counts. The format is recognised from the content.
"""

from typing import NamedTuple

from gatekeeper.model.evidence import Finding

OPTIONS = frozenset({"include"})


class CoverageFacts(NamedTuple):
    """The coverage of the selected files; a fact is null if the report does not state it."""

    lines_pct: float | None = None
    """0 to 100, recomputed from the counts of the files that `include` selects."""
    branches_pct: float | None = None
    """Null if no selected file has a branch. v8 and istanbul count branches very differently."""
    functions_pct: float | None = None
    files: int | None = None
    lines: int | None = None
    """The lines that can be covered, of the selected files. Go counts statements, and so does this."""
    paths: tuple[str, ...] | None = None
    """The selected files as in the report, with forward slashes; some tools write absolute paths."""
    uncovered: tuple[Finding, ...] | None = None
    """Files below 100 %, the least covered first."""
    provider: str | None = None
    """`v8` or `istanbul`, if the file shows it."""


FACTS = CoverageFacts
_COUNTED = frozenset({"lines_pct", "branches_pct", "functions_pct", "lines", "uncovered"})
PLACES = {"branch": frozenset({"branches_pct"}), "line": _COUNTED, "line of a tracefile": _COUNTED}
AMOUNTS = ("files", "lines")
MEASURES = True
