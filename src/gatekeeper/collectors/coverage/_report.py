"""The type into which every format of coverage report is read."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from gatekeeper.collectors.coverage._file_coverage import FileCoverage, Ratio


class CoverageReport(NamedTuple):
    """A report, or the merged reports of an artefact."""

    format: str
    files: Sequence[FileCoverage]
    produced_at: datetime | None = None
    provider: str | None = None
    branches: Ratio = Ratio()
    """Of all files, if the report counts more branches than it lists."""
