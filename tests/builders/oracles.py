"""Programs that judge the same files as a reader, and with which it is compared."""

import os
import shutil
from pathlib import Path

import pytest


def needed(program: str) -> str:
    """The path of a program; the test is skipped where it is absent, unless GATEKEEPER_ORACLES is `required`."""
    debian = map(str, Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which(program, path=":".join([os.environ["PATH"], *debian]))
    if found is None:
        message = f"{program} is not installed"
        if os.environ.get("GATEKEEPER_ORACLES") == "required":
            pytest.fail(message)
        pytest.skip(message)
    return found
