"""Artefacts out of bytes and fixtures, and what a collector says of them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gatekeeper.plugins import KindReader
from gatekeeper.testing import artefact, collect, outcome, tree

__all__ = [
    "FIXTURES",
    "SAMPLES",
    "artefact",
    "chosen",
    "collect",
    "facts",
    "fixture",
    "needs_samples",
    "outcome",
    "short",
    "tree",
]

FIXTURES = Path(__file__).parents[1] / "collectors/fixtures"
SAMPLES = Path(os.environ.get("GATEKEEPER_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples")
"""Reports that real tools wrote. They are no part of the project."""

needs_samples = pytest.mark.published(SAMPLES)


def fixture(kind: str, name: str) -> bytes:
    return (FIXTURES / kind / name).read_bytes()


def facts(kind: KindReader, *contents: bytes | str, **options: Any) -> Any:
    return collect(kind, *contents, **options).facts


def chosen(facts: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that a table names, so that the two can be compared whole."""
    return {name: getattr(facts, name) for name in names}


def short(value: object) -> str:
    """An identifier of a table's row that stays readable where the artefact is huge."""
    return repr(value)[:60]
