"""Artefacts out of bytes and fixtures, and what a collector says of them."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gatekeeper.model.evidence import Absent, Artefact, ArtefactFile, Collected, Unreadable

FIXTURES = Path(__file__).parents[1] / "collectors/fixtures"
SAMPLES = Path(os.environ.get("GATEKEEPER_SAMPLES") or Path(__file__).parents[3] / "shared" / "samples")
"""Reports that real tools wrote, outside of the repository: where they are absent, their tests are skipped."""

needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"there is no folder of samples at {SAMPLES}")


def artefact(*contents: bytes | str) -> Artefact:
    """An artefact of files named `report-0`, `report-1` and so on."""
    return Artefact("reports", tuple(_file(number, content) for number, content in enumerate(contents)))


def tree(files: Mapping[str, bytes | str], path: str = "src") -> Artefact:
    """An artefact of files with names of their own, as a folder or a glob gives them."""
    return Artefact(path, tuple(ArtefactFile(name, _file(0, files[name]).read) for name in sorted(files)))


def _file(number: int, content: bytes | str) -> ArtefactFile:
    data = content.encode() if isinstance(content, str) else content
    return ArtefactFile(f"report-{number}", lambda: data)


def fixture(kind: str, name: str) -> bytes:
    return (FIXTURES / kind / name).read_bytes()


def collect(kind: ModuleType, *contents: bytes | str, **options: Any) -> Collected:
    collected = kind.collect(artefact(*contents), options)
    assert isinstance(collected, Collected)
    return collected


def facts(kind: ModuleType, *contents: bytes | str, **options: Any) -> Any:
    return collect(kind, *contents, **options).facts


def chosen(facts: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the facts that a table names, so that the two can be compared whole."""
    return {name: getattr(facts, name) for name in names}


def outcome(kind: ModuleType, *contents: bytes | str, **options: Any) -> str:
    """`collected`, or `absent: reason`, or `unreadable: reason`."""
    try:
        collect(kind, *contents, **options)
    except Absent as reason:
        return f"absent: {reason}"
    except Unreadable as reason:
        return f"unreadable: {reason}"
    return "collected"


def short(value: object) -> str:
    """An identifier of a table's row that stays readable where the artefact is huge."""
    return repr(value)[:60]
