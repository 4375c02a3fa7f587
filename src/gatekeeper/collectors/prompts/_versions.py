"""Distinguish a concrete version from one that changes: a tag such as `latest`, a range, a rounded number."""

import re
from collections.abc import Collection

from gatekeeper.collectors.reading.figures import shown

_WRITTEN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._+:/@-]*[A-Za-z0-9])?")
_SEPARATOR = re.compile(r"[._+:/@-]")
_RANGE = re.compile(r"v?(\d{1,3}(?:\.\d+)*)-v?(\d{1,3}(?:\.\d+)*)", re.IGNORECASE)
_MOVING = frozenset({
    "any", "auto", "current", "default", "head", "latest", "live", "main", "master", "newest", "nightly",
    "prod", "production", "snapshot", "stable", "tbd", "todo", "x",
})  # fmt: skip
"""Parts that make a version change although it has a digit: `1.x`, `2-latest`."""


def moves(value: object) -> bool:
    """Return whether a text is a tag that moves from version to version, such as `latest`."""
    return isinstance(value, str) and value.strip().lower() in _MOVING


def flaw_of(version: object, known: Collection[str] | None) -> str | None:
    """Return why a version cannot be pinned; None if it can.

    A version is a whole number, or text with a digit. If the known versions are listed, it must be one of
    them.
    """
    match version:
        case None:
            return "no version is given"
        case float():
            return f"{version} is a number, and as a number 1.10 is 1.1: put the version in quotes"
        case int() if version < 0:
            return f"{version} is not a version"
        case bool() | dict() | list():
            return f"{shown(version)} is not a version"
        case str() if not _is_concrete(version):
            return f"{shown(version)} is not a concrete version"
    if known is not None and str(version) not in known:
        return f"{shown(version)} is not among its versions"
    return None


def _is_concrete(version: str) -> bool:
    parts, ends = _SEPARATOR.split(version.lower()), _RANGE.fullmatch(version)
    is_range = ends is not None and ends[1].count(".") == ends[2].count(".")  # 1.0.0-1 is a pre-release
    return bool(
        _WRITTEN.fullmatch(version)
        and not is_range
        and ".." not in version
        and any(character.isdigit() for character in version)
        and _MOVING.isdisjoint(parts)
    )
