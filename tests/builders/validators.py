"""What others check files with: schemas and a parser in the folder that GATEKEEPER_VALIDATORS names.

The folder is that of `.ci/run`, which takes them out of published packages. Without it the tests are skipped.
"""

import os
from pathlib import Path

import pytest


def validator(name: str) -> Path:
    """Return a file of the folder.

    Without GATEKEEPER_VALIDATORS, the test is skipped. With it, a file that is absent is an error.
    """
    folder = os.environ.get("GATEKEEPER_VALIDATORS")
    if folder is None:
        pytest.skip(f"GATEKEEPER_VALIDATORS names no folder with {name}")
    found = Path(folder, name)
    assert found.exists(), f"no {name} in {folder}"
    return found
