"""Compare versions of packages, and ranges of them (https://github.com/package-url/vers-spec), by `univers`.

A version that its ecosystem does not allow, a range of another ecosystem, and a range in other words than a
`vers` range cannot be compared. A `vers:semver` range holds for any package whose versions are semantic.
"""

import re
from enum import IntEnum
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

_LONGEST = 2_000
_CONSTRAINT = r"(?:[<>]=?|!=|=)?[\w.+~:-]+"
_RANGE = re.compile(rf"vers:([a-z]+)/(\*|{_CONSTRAINT}(?:\|{_CONSTRAINT})*)", re.ASCII)
_NUMBERED = re.compile(r"(?:v|\d+:)?\d[\w.+~:-]*", re.ASCII)
_SEMANTIC = re.compile(r"\d+\.\d+\.\d+(?:-[\w.-]+)?(?:\+[\w.-]+)?", re.ASCII)


class Match(IntEnum):
    """Whether two descriptions are of the same thing."""

    OTHER = 0
    UNKNOWN = 1
    """They do not contradict each other, and one does not state all that the other states."""
    SAME = 2


def compare(ecosystem: str, stated: str, version: str) -> Match:
    """Return whether a stated version of an ecosystem, such as `npm`, is a version; none states every one."""
    if not stated or stated == version:
        return Match.SAME
    return _compared(ecosystem, stated, version) if version else Match.UNKNOWN


def within(ecosystem: str, range_: str, version: str) -> Match:
    """Return whether a version is in a range, such as `vers:npm/>=1.2|<2`."""
    found = _RANGE.fullmatch(unquote(range_)) if len(range_) <= _LONGEST else None
    if found is None or "%7c" in range_.lower():
        return Match.UNKNOWN
    if found[2] == "*" and found[1] in (ecosystem, "semver"):
        return Match.SAME
    return _contained(ecosystem, found[1], found[2], version)


@lru_cache(maxsize=4096)
def _compared(ecosystem: str, stated: str, version: str) -> Match:
    versions = _ecosystem(ecosystem)
    if versions is None or not (_is_numbered(stated) and _is_numbered(version)):
        return Match.UNKNOWN
    try:
        is_same = versions.version_class(stated) == versions.version_class(version)
    except Exception:  # noqa: BLE001 - the library raises many kinds for a text that is not a version
        return Match.UNKNOWN
    return Match.SAME if is_same else Match.OTHER


@lru_cache(maxsize=4096)
def _contained(ecosystem: str, scheme: str, constraints: str, version: str) -> Match:
    texts = [re.sub("^[<>=!]+", "", one) for one in constraints.split("|")]
    if scheme == "semver" and all(map(_SEMANTIC.fullmatch, (*texts, version))):
        ecosystem = scheme = "npm"
    versions = _ecosystem(scheme) if scheme == ecosystem else None
    if versions is None or not all(map(_is_numbered, (*texts, version))):
        return Match.UNKNOWN
    try:
        stated = versions.from_string(f"vers:{scheme}/{constraints}", validate=True)
        is_in = versions.version_class(version) in stated
    except Exception:  # noqa: BLE001 - likewise, and for a range that contradicts itself
        return Match.UNKNOWN
    return Match.SAME if is_in else Match.OTHER


def _is_numbered(version: str) -> bool:
    return len(version) <= _LONGEST and _NUMBERED.fullmatch(version) is not None


def _ecosystem(type_: str) -> Any:
    from univers.version_range import RANGE_CLASS_BY_SCHEMES  # takes 0.1 s

    return RANGE_CLASS_BY_SCHEMES.get(type_)
