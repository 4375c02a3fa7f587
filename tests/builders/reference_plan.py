"""The published readiness document, by section."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


DOCUMENT = Path(
    os.environ.get("GATEKEEPER_SPEC") or ROOT.parent / "shared" / "spec" / "service-readiness-gates.txt"
)


needs_document = pytest.mark.skipif(
    not DOCUMENT.is_file(), reason="the readiness document is absent: set GATEKEEPER_SPEC to its path"
)


def section(number: int) -> list[str]:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    starts = {line[:2]: here for here, line in enumerate(lines) if re.match(r"\d\. ", line)}
    return lines[starts[f"{number}."] + 1 : starts[f"{number + 1}."]]
